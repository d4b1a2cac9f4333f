//! Orders at a payment service: what a student was asked for, and that it was paid. The money becomes a movement under the
//! service's own number, so that the same payment in a bill is known already.

use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::change::new_id;
use super::payments::{Movement, due};
use super::{Act, Change, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::Case;
use crate::case::tracks::Payment as Due;
use crate::day;
use crate::phase::Phase;
use crate::settings::{Payer, Settings};

/// The service of orders, as it stands with the movements of its bills.
const SERVICE: &str = "wechat";
/// How long an order can be paid, milliseconds: the service's own longest for its codes is two hours.
pub const LASTS_MS: u64 = 2 * 3_600_000;

/// An order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Our number of it.
    pub number: String,
    /// The campaign.
    pub campaign: CampaignId,
    /// Who pays.
    pub student: Uuid,
    /// How much.
    pub fen: i64,
    /// What the phone opens to pay; empty until the service gave it.
    pub link: String,
    /// Where it stands.
    pub state: OrderState,
    /// When it was made, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// Nobody paid it yet.
    Open,
    /// It was paid.
    Paid,
    /// Paid with another sum than was asked for: a person looks.
    Wrong,
    /// Never paid, and nobody can any more.
    Closed,
}

/// That an order was paid, as the service says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Our number of the order.
    pub order: String,
    /// The service's number, as it stands in its bills.
    pub number: String,
    /// How much.
    pub fen: i64,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

impl OrderState {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Wrong => "wrong",
            Self::Closed => "closed",
        }
    }

    fn with_name(name: &str) -> Option<Self> {
        [Self::Open, Self::Paid, Self::Wrong, Self::Closed].into_iter().find(|state| state.name() == name)
    }
}

/// Whether a student pays alone, and pays now: not where a class or a unit pays, nor what was handed over already.
pub fn may_pay(settings: &Settings, phase: Phase, case: &Case) -> bool {
    let by_student = settings.fee.as_ref().is_some_and(|fee| fee.payer == Payer::Student);
    by_student && case.payment == Due::Due && phase < Phase::Closed
}

impl Register {
    /// An order over what a student still owes: the one that is open, or a new one.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] when nothing is owed, or somebody else pays.
    pub async fn order_of(&self, id: &CampaignId, student: Uuid, act: &Act<'_>) -> Result<Order> {
        let mut change = Change::begin(self.store().begin().await?, id).await?;
        let entry = change.student(student).await?;
        let fen = due(&change.settings, &entry) - change.balance(student).await?;
        if fen <= 0 || !may_pay(&change.settings, change.state.phase, &entry.case) {
            return Err(RegisterError::unusable("没有待缴的费用", "nothing is to be paid here"));
        }
        let since = act.at_ms.saturating_sub(LASTS_MS * 9 / 10);
        let known = query(tables::OPEN_ORDER).bind(id.as_str()).bind(student.to_string());
        let known = known.bind(fen).bind(since as i64).fetch_optional(&mut *change.writing).await?;
        if let Some(row) = known {
            return order(&row);
        }
        let order = Order {
            number: new_id(act.at_ms)?.simple().to_string(),
            campaign: id.clone(),
            student,
            fen,
            link: String::new(),
            state: OrderState::Open,
            at_ms: act.at_ms,
        };
        query(tables::NEW_ORDER)
            .bind(&order.number)
            .bind(id.as_str())
            .bind(student.to_string())
            .bind(fen)
            .bind(act.at_ms as i64)
            .execute(&mut *change.writing)
            .await?;
        change.log(&Logged::Money { change: "ordered", count: 1, fen }, &student.to_string(), act)?;
        change.commit().await?;
        Ok(order)
    }

    /// Orders that nobody is known to have paid, the oldest first; of one student where one is named.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn open_orders(&self, id: &CampaignId, student: Option<Uuid>) -> Result<Vec<Order>> {
        let student = student.map(|student| student.to_string()).unwrap_or_default();
        let rows = query(tables::OPEN_ORDERS).bind(id.as_str()).bind(student);
        rows.fetch_all(self.store().reader()).await?.iter().map(order).collect()
    }

    /// Every order of a student, the oldest first.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn orders_of(&self, id: &CampaignId, student: Uuid) -> Result<Vec<Order>> {
        let rows = query(tables::ORDERS_OF).bind(id.as_str()).bind(student.to_string());
        rows.fetch_all(self.store().reader()).await?.iter().map(order).collect()
    }

    /// An order that is closed at the service, or that it never heard of: nobody can pay it any more.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be written.
    pub async fn close_order(&self, number: &str) -> Result<()> {
        let closed = query(tables::CLOSE_ORDER).bind(number).bind(OrderState::Closed.name());
        closed.execute(self.store().reader()).await?;
        Ok(())
    }

    /// Keeps what the service gave for an order.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be written.
    pub async fn keep_link(&self, number: &str, link: &str) -> Result<()> {
        query(tables::KEEP_PAY_LINK).bind(number).bind(link).execute(self.store().reader()).await?;
        Ok(())
    }

    /// An order by our number.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none.
    pub async fn order(&self, number: &str) -> Result<Order> {
        let row = query(tables::ORDER).bind(number).fetch_optional(self.store().reader()).await?;
        order(&row.ok_or(RegisterError::Unknown)?)
    }

    /// Takes the service's word that an order was paid; the same word twice is one. Money in another sum than was asked
    /// for is kept all the same, and shows.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such order.
    pub async fn take_payment(&self, payment: &Payment, act: &Act<'_>) -> Result<Order> {
        let mut order = self.order(&payment.order).await?;
        let campaign = order.campaign.clone();
        let mut change = Change::begin(self.store().begin().await?, &campaign).await?;
        order.state = if payment.fen == order.fen { OrderState::Paid } else { OrderState::Wrong };
        let movement = Movement {
            service: SERVICE.into(),
            number: payment.number.clone(),
            at: day::time_of_ms(payment.at_ms).to_string(),
            fen: payment.fen,
            payer: String::new(),
            note: order.number.clone(),
            student: Some(order.student),
        };
        // A bill may have brought the money before the service's word, without saying whose it is.
        let is_new = change.add_movement(&movement).await? || change.claim_movement(&movement).await?;
        query(tables::END_ORDER)
            .bind(&order.number)
            .bind(order.state.name())
            .execute(&mut *change.writing)
            .await?;
        if is_new {
            change.settle(&[order.student], act).await?;
            let logged = Logged::Money { change: "paid-online", count: 1, fen: payment.fen };
            change.log(&logged, &order.student.to_string(), act)?;
        }
        change.commit().await?;
        Ok(order)
    }
}

impl Change<'_> {
    /// Gives a movement that belongs to nobody to whom it belongs; false where it has somebody.
    async fn claim_movement(&mut self, movement: &Movement) -> Result<bool> {
        let claimed = query(tables::CLAIM_MOVEMENT)
            .bind(self.campaign().as_str())
            .bind(&movement.service)
            .bind(&movement.number)
            .bind(movement.student.map(|student| student.to_string()).unwrap_or_default())
            .execute(&mut *self.writing)
            .await?;
        Ok(claimed.rows_affected() == 1)
    }
}

fn order(row: &AnyRow) -> Result<Order> {
    let damaged = |what: &str| RegisterError::Damaged(format!("the {what} of an order"));
    Ok(Order {
        number: row.try_get("number")?,
        campaign: row.try_get::<String, _>("campaign")?.try_into().map_err(|_| damaged("campaign"))?,
        student: uuid(row, "student")?,
        fen: row.try_get("fen")?,
        link: row.try_get("link")?,
        state: OrderState::with_name(row.try_get("state")?).ok_or_else(|| damaged("state"))?,
        at_ms: row.try_get::<i64, _>("at_ms")? as u64,
    })
}
