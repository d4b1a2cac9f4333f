//! Money that goes back: asked for by one person, approved by another, paid once under a number.

use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::change::new_id;
use super::payments::Movement;
use super::{Act, Change, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::tracks::{Event, Payment, PaymentEvent};
use crate::day;
use crate::fee::yuan;
use crate::step::Refused;

/// Money that goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: Uuid,
    /// To whom.
    pub student: Uuid,
    /// How much.
    pub fen: i64,
    /// Why.
    pub reason: String,
    /// The account that asked for it.
    pub asked_by: String,
    /// The account that approved it; empty while nobody did.
    pub approved_by: String,
    /// The number under which it was paid; empty while it was not.
    pub reference: String,
}

impl Register {
    /// Asks for money to go back to a student.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] when so much did not come in, or another refund is under way.
    pub async fn ask_refund(
        &self,
        id: &CampaignId,
        student: Uuid,
        (fen, reason): (i64, &str),
        act: &Act<'_>,
    ) -> Result<Refund> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        change.student(student).await?;
        let balance = change.balance(student).await?;
        let open =
            self.refunds(id).await?.iter().any(|one| one.student == student && one.reference.is_empty());
        if fen <= 0 || fen > balance || open {
            let sum = yuan(balance);
            return Err(RegisterError::unusable(
                format!("不能退：该生结余 {sum} 元，且同时只能有一笔未完成的退费"),
                format!(
                    "it cannot go back: the student's balance is {sum} yuan, and one refund at a time is open"
                ),
            ));
        }
        if reason.trim().chars().count() < 2 {
            return Err(RegisterError::unusable("请写明退费原因", "say why the money goes back"));
        }
        let refund = Refund {
            id: new_id(act.at_ms)?,
            student,
            fen,
            reason: reason.trim().into(),
            asked_by: act.account.into(),
            approved_by: String::new(),
            reference: String::new(),
        };
        query(tables::NEW_REFUND)
            .bind(refund.id.to_string())
            .bind(id.as_str())
            .bind(student.to_string())
            .bind(fen)
            .bind(&refund.reason)
            .bind(act.account)
            .execute(&mut *change.writing)
            .await?;
        change.log(&Logged::Money { change: "refund-asked", count: 1, fen }, &student.to_string(), act)?;
        change.commit().await?;
        Ok(refund)
    }

    /// Refunds of a campaign, the newest first.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn refunds(&self, id: &CampaignId) -> Result<Vec<Refund>> {
        let rows = query(tables::REFUNDS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        rows.iter().map(refund).collect()
    }

    /// Another person approves a refund.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] for the one who asked for it; [`RegisterError::Refused`] when it was approved.
    pub async fn approve_refund(&self, id: &CampaignId, wanted: Uuid, act: &Act<'_>) -> Result<()> {
        let refund = self.refund(id, wanted).await?;
        if refund.asked_by == act.account {
            return Err(RegisterError::unusable(
                "申请人不能审批自己的退费",
                "whoever asked for a refund does not approve it",
            ));
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let approved = query(tables::APPROVE_REFUND).bind(wanted.to_string()).bind(act.account);
        if approved.execute(&mut *change.writing).await?.rows_affected() == 0 {
            return Err(Refused::not_now(
                "approval",
                "the refund does not wait for it",
                "退费不在待审批状态",
            )
            .into());
        }
        let mut entry = change.student(refund.student).await?;
        if entry.case.payment == Payment::Confirmed && refund.fen == change.balance(entry.id).await? {
            change.step(&mut entry, Event::Payment(PaymentEvent::OweRefund), None, act).await?;
        }
        let logged = Logged::Money { change: "refund-approved", count: 1, fen: refund.fen };
        change.log(&logged, &refund.student.to_string(), act)?;
        change.commit().await
    }

    /// Takes back what was asked for, while nobody approved it.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] when it was approved.
    pub async fn decline_refund(&self, id: &CampaignId, wanted: Uuid, act: &Act<'_>) -> Result<()> {
        let refund = self.refund(id, wanted).await?;
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let gone = query(tables::DECLINE_REFUND).bind(wanted.to_string());
        if gone.execute(&mut *change.writing).await?.rows_affected() == 0 {
            return Err(Refused::not_now("declining", "the refund was approved", "退费已审批").into());
        }
        let logged = Logged::Money { change: "refund-declined", count: 1, fen: refund.fen };
        change.log(&logged, &refund.student.to_string(), act)?;
        change.commit().await
    }

    /// The money of an approved refund went out, once, under a number.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] when nobody approved it, or it was paid already.
    pub async fn pay_refund(
        &self,
        id: &CampaignId,
        wanted: Uuid,
        reference: &str,
        act: &Act<'_>,
    ) -> Result<()> {
        let refund = self.refund(id, wanted).await?;
        if reference.trim().is_empty() {
            return Err(RegisterError::unusable("请填写退款单号", "name the number of the payment"));
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let paid = query(tables::PAY_REFUND).bind(wanted.to_string()).bind(reference.trim());
        if paid.execute(&mut *change.writing).await?.rows_affected() == 0 {
            return Err(Refused::not_now(
                "payment",
                "the refund is not approved, or paid",
                "退费尚未审批或已支付",
            )
            .into());
        }
        let out = Movement {
            service: "refund".into(),
            number: reference.trim().into(),
            at: day::time_of_ms(act.at_ms).to_string(),
            fen: -refund.fen,
            payer: String::new(),
            note: String::new(),
            student: Some(refund.student),
        };
        if !change.add_movement(&out).await? {
            return Err(RegisterError::unusable("该退款单号已登记过", "this number was entered before"));
        }
        change.settle(&[refund.student], act).await?;
        let logged = Logged::Money { change: "refund-paid", count: 1, fen: -refund.fen };
        change.log(&logged, &refund.student.to_string(), act)?;
        change.commit().await
    }

    async fn refund(&self, id: &CampaignId, wanted: Uuid) -> Result<Refund> {
        self.refunds(id).await?.into_iter().find(|refund| refund.id == wanted).ok_or(RegisterError::Unknown)
    }
}

impl Change<'_> {
    /// Whether a bill's refund is one that was entered by hand; then it takes that one's place.
    pub(super) async fn is_seen_refund(&mut self, movement: &Movement) -> Result<bool> {
        let Some(student) = movement.student.filter(|_| movement.fen < 0) else { return Ok(false) };
        let known: i64 = query_scalar(tables::KNOWN_MOVEMENT)
            .bind(self.campaign().as_str())
            .bind(&movement.service)
            .bind(&movement.number)
            .fetch_one(&mut *self.writing)
            .await?;
        if known > 0 {
            return Ok(true);
        }
        let seen = query(tables::SEEN_REFUND)
            .bind(self.campaign().as_str())
            .bind(student.to_string())
            .bind(movement.fen)
            .bind(&movement.service)
            .bind(&movement.number)
            .bind(&movement.at)
            .execute(&mut *self.writing)
            .await?;
        Ok(seen.rows_affected() > 0)
    }

    /// Students to whom an approved refund was paid.
    pub(super) async fn refunded(&mut self) -> Result<Vec<Uuid>> {
        let rows = query(tables::REFUNDS).bind(self.campaign().as_str());
        let rows = rows.fetch_all(&mut *self.writing).await?;
        let all: Vec<Refund> = rows.iter().map(refund).collect::<Result<_>>()?;
        Ok(all.into_iter().filter(|one| !one.reference.is_empty()).map(|one| one.student).collect())
    }
}

fn refund(row: &AnyRow) -> Result<Refund> {
    Ok(Refund {
        id: uuid(row, "id")?,
        student: uuid(row, "student")?,
        fen: row.try_get("fen")?,
        reason: row.try_get("reason")?,
        asked_by: row.try_get("asked_by")?,
        approved_by: row.try_get("approved_by")?,
        reference: row.try_get("reference")?,
    })
}
