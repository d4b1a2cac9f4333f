//! Money: what came in by bills or from hand to hand, whose it is, what is settled. A student's
//! payment track follows from the sum of the movements; nothing is counted twice, because the service's number of a
//! movement is its key.

use std::collections::{BTreeMap, HashMap};

use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::codes::system;
use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::tracks::{Eligibility, Event, Payment, PaymentEvent, Photo};
use crate::day;
use crate::fee::bill::Bill;
use crate::fee::matching::{Account, Finding, Payer, Payers};
use crate::fee::settlement::Line;
use crate::fee::yuan;
use crate::phase::Phase;
use crate::role::Role;
use crate::settings::Settings;
use crate::settings::policy::Session;

/// A movement of money as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// `wechat`, `alipay`, `bank`, `cash` or `refund`.
    pub service: String,
    /// The service's number.
    pub number: String,
    /// When, as the bill says.
    pub at: String,
    /// Positive for income, negative for what went back.
    pub fen: i64,
    /// Who paid, as the service names the person.
    pub payer: String,
    /// What the payer wrote.
    pub note: String,
    /// Whose it is.
    pub student: Option<Uuid>,
}

/// What a bill came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    /// Movements that were not known.
    pub new: usize,
    /// Movements that stood in an earlier bill.
    pub known: usize,
    /// Of the new ones, how many found their student.
    pub matched: usize,
}

/// A student with the money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owing {
    /// The student.
    pub entry: Entry,
    /// What is to be paid, fen.
    pub due: i64,
    /// What came in, less what went back, fen.
    pub balance: i64,
    /// Put on the monitor's list after the last day.
    pub late: bool,
    /// What a person must settle.
    pub finding: Option<Finding>,
}

/// What a student pays with everybody.
pub(super) fn due(settings: &Settings, entry: &Entry) -> i64 {
    let price = settings.fee_fen(Session::Collective).map_or(0, i64::from);
    let is_free = entry.case.payment == Payment::Waived || entry.case.eligibility != Eligibility::Expected;
    if is_free { 0 } else { price }
}

/// Whether there is a photo that is paid for.
fn is_shot(entry: &Entry) -> bool {
    !matches!(entry.case.photo, Photo::None | Photo::Superseded)
}

impl Register {
    /// Takes a bill; the same bill twice is one. What finds its student moves the student's payment on.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when it cannot be written.
    pub async fn take_bill(&self, id: &CampaignId, bill: &Bill, act: &Act<'_>) -> Result<Taken> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        if change.state.phase >= Phase::Closed {
            return Err(RegisterError::unusable(
                "活动已结束，不再接收账单",
                "the campaign is closed: it takes no bills",
            ));
        }
        let students = change.students().await?;
        let payers = Payers::new(students.iter().map(|entry| Payer {
            student: entry.id,
            student_no: entry.student.student_no.clone(),
            name: entry.student.name.plain.clone(),
        }));
        let service = bill.layout.service();
        let mut taken = Taken::default();
        let mut touched = Vec::new();
        for movement in &bill.movements {
            // What goes back belongs to whoever paid it.
            let holder = match &movement.original {
                Some(original) => change.payer_of(service, original).await?,
                None => None,
            };
            let student = holder.or_else(|| payers.of(&movement.payer, &movement.note));
            let movement = Movement {
                service: service.into(),
                number: movement.number.clone(),
                at: movement.at.to_string(),
                fen: movement.fen,
                payer: movement.payer.clone(),
                note: movement.note.clone(),
                student,
            };
            // A refund that was entered by hand is the one that the bill shows.
            if change.is_seen_refund(&movement).await? || !change.add_movement(&movement).await? {
                taken.known += 1;
                continue;
            }
            taken.new += 1;
            taken.matched += usize::from(student.is_some());
            touched.extend(student);
        }
        change.settle(&touched, act).await?;
        change.log(
            &Logged::Money { change: "bill", count: taken.new, fen: bill.sums().0 + bill.sums().1 },
            "",
            act,
        )?;
        change.commit().await?;
        Ok(taken)
    }

    /// A person says whose a movement is, or that it is nobody's.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such movement.
    pub async fn link_movement(
        &self,
        id: &CampaignId,
        (service, number): (&str, &str),
        student: Option<Uuid>,
        act: &Act<'_>,
    ) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let before = change.payer_of(service, number).await?;
        if let Some(student) = student {
            change.student(student).await?;
        }
        let linked = query(tables::LINK_MOVEMENT)
            .bind(id.as_str())
            .bind(service)
            .bind(number)
            .bind(student.map(|student| student.to_string()).unwrap_or_default());
        if linked.execute(&mut *change.writing).await?.rows_affected() == 0 {
            return Err(RegisterError::Unknown);
        }
        let touched: Vec<Uuid> = before.into_iter().chain(student).collect();
        change.settle(&touched, act).await?;
        let subject = student.map(|student| student.to_string()).unwrap_or_default();
        change.log(&Logged::Money { change: "linked", count: 1, fen: 0 }, &subject, act)?;
        change.commit().await
    }

    /// Movements of a campaign, or those of nobody, in the order of time.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn movements(&self, id: &CampaignId, of_nobody: bool) -> Result<Vec<Movement>> {
        let rows = query(tables::MOVEMENTS).bind(id.as_str()).bind(i64::from(of_nobody));
        rows.fetch_all(self.store().reader()).await?.iter().map(movement).collect()
    }

    /// Everybody of a class, a college or the campaign with the money; an empty name asks for nothing.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn owing(
        &self,
        id: &CampaignId,
        (college, cohort): (&str, &str),
        at_ms: u64,
    ) -> Result<Vec<Owing>> {
        let settings = self.campaign(id).await?.settings;
        let today = day::of_ms(at_ms);
        let days_over = settings.campaign.days.iter().all(|day| *day < today);
        let rows = query(tables::BALANCES).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        let balances: HashMap<Uuid, i64> = rows
            .iter()
            .map(|row| Ok((uuid(row, "student")?, row.try_get("balance")?)))
            .collect::<Result<_>>()?;
        let rows = query(tables::CLAIMS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        let claims: HashMap<Uuid, i64> = rows
            .iter()
            .map(|row| Ok((uuid(row, "student")?, row.try_get("at_ms")?)))
            .collect::<Result<_>>()?;
        let last_day = settings.fee.as_ref().and_then(|fee| fee.due);
        let of = |entry: Entry| {
            let due = due(&settings, &entry);
            let balance = balances.get(&entry.id).copied().unwrap_or_default();
            let claimed = claims.get(&entry.id).map(|at| day::of_ms(*at as u64));
            let late = claimed.zip(last_day).is_some_and(|(claimed, last)| claimed > last);
            let finding = Account { due, balance, shot: is_shot(&entry), days_over }.finding();
            Owing { entry, due, balance, late, finding }
        };
        let is_asked = |entry: &Entry| {
            (college.is_empty() || entry.student.college == college)
                && (cohort.is_empty() || entry.student.cohort == cohort)
        };
        Ok(self.students(id).await?.into_iter().filter(is_asked).map(of).collect())
    }

    /// The monitor's list: these students gave their money. What is so already is no change.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for a role that keeps no such list.
    pub async fn claim(&self, id: &CampaignId, students: &[Uuid], act: &Act<'_>) -> Result<usize> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let mut claimed = 0;
        for &student in students {
            let mut entry = change.student(student).await?;
            if entry.case.payment == Payment::NotDue {
                let fall_due = Event::Payment(PaymentEvent::FallDue);
                change.step(&mut entry, fall_due, None, &system(act)).await?;
            }
            if entry.case.payment != Payment::Due {
                continue;
            }
            let by = Act { role: Role::Monitor, ..act.clone() };
            change.step(&mut entry, Event::Payment(PaymentEvent::Claim), None, &by).await?;
            query(tables::NEW_CLAIM)
                .bind(id.as_str())
                .bind(student.to_string())
                .bind(act.account)
                .bind(act.at_ms as i64)
                .execute(&mut *change.writing)
                .await?;
            claimed += 1;
        }
        change.commit().await?;
        Ok(claimed)
    }

    /// A class, or a whole college where no class is named, hands over what it collected: the sum must be the price of
    /// everybody on the list. Gives how many.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] when the sum differs, with the one that was expected.
    pub async fn hand_over(
        &self,
        id: &CampaignId,
        (college, cohort): (&str, &str),
        fen: i64,
        act: &Act<'_>,
    ) -> Result<usize> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let is_listed = |entry: &Entry| {
            entry.student.college == college
                && (cohort.is_empty() || entry.student.cohort == cohort)
                && entry.case.payment == Payment::Claimed
        };
        let listed: Vec<Entry> = change.students().await?.into_iter().filter(is_listed).collect();
        let expected: i64 = listed.iter().map(|entry| due(&change.settings, entry)).sum();
        if listed.is_empty() || fen != expected {
            let (heads, sum) = (listed.len(), yuan(expected));
            return Err(RegisterError::unusable(
                format!("名单上有 {heads} 人，应交 {sum} 元，与实收 {} 元不符", yuan(fen)),
                format!("the list has {heads} students and comes to {sum} yuan, not to {}", yuan(fen)),
            ));
        }
        let at = day::time_of_ms(act.at_ms).to_string();
        for entry in &listed {
            let number = format!("{}-{}", act.at_ms, entry.id);
            change
                .add_movement(&Movement {
                    service: "cash".into(),
                    number,
                    at: at.clone(),
                    fen: due(&change.settings, entry),
                    payer: cohort.into(),
                    note: String::new(),
                    student: Some(entry.id),
                })
                .await?;
        }
        let students: Vec<Uuid> = listed.iter().map(|entry| entry.id).collect();
        change.settle(&students, act).await?;
        change.log(&Logged::Money { change: "hand-over", count: listed.len(), fen }, "", act)?;
        change.commit().await?;
        Ok(listed.len())
    }

    /// What is settled, class by class.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn settlement(&self, id: &CampaignId, at_ms: u64) -> Result<Vec<Line>> {
        let price = self.campaign(id).await?.settings.fee_fen(Session::Collective).map_or(0, i64::from);
        let mut lines: BTreeMap<(String, String), Line> = BTreeMap::new();
        for Owing { entry, balance, .. } in self.owing(id, ("", ""), at_ms).await? {
            let key = (entry.student.college.clone(), entry.student.cohort.clone());
            let line = lines.entry(key).or_insert_with(|| Line {
                college: entry.student.college.clone(),
                cohort: entry.student.cohort.clone(),
                price,
                ..Line::default()
            });
            line.heads += i64::from(entry.case.eligibility == Eligibility::Expected);
            line.photographed += i64::from(is_shot(&entry));
            line.waived += i64::from(is_shot(&entry) && entry.case.payment == Payment::Waived);
            line.received += balance;
        }
        Ok(lines.into_values().collect())
    }

    /// The fee falls due for everybody who takes part, once the roster is settled. Called again it does nothing more.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read or written.
    pub async fn fees_fall_due(&self, id: &CampaignId, at_ms: u64) -> Result<usize> {
        let campaign = self.campaign(id).await?;
        let is_time = campaign.settings.fee.is_some()
            && (Phase::Published..Phase::Closed).contains(&campaign.state.phase);
        if !is_time {
            return Ok(0);
        }
        let is_due = |entry: &Entry| {
            entry.case.payment == Payment::NotDue && entry.case.eligibility == Eligibility::Expected
        };
        let waiting: Vec<Uuid> =
            self.students(id).await?.iter().filter(|entry| is_due(entry)).map(|entry| entry.id).collect();
        if waiting.is_empty() {
            return Ok(0);
        }
        let act = Act { role: Role::System, account: "-", at_ms, reason: "" };
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        for student in &waiting {
            let mut entry = change.student(*student).await?;
            if is_due(&entry) {
                change.step(&mut entry, Event::Payment(PaymentEvent::FallDue), None, &act).await?;
            }
        }
        change.commit().await?;
        Ok(waiting.len())
    }
}

impl Change<'_> {
    async fn payer_of(&mut self, service: &str, number: &str) -> Result<Option<Uuid>> {
        let student: Option<String> = query_scalar(tables::PAYER_OF)
            .bind(self.campaign().as_str())
            .bind(service)
            .bind(number)
            .fetch_optional(&mut *self.writing)
            .await?;
        Ok(student.and_then(|student| Uuid::parse_str(&student).ok()))
    }

    /// Adds a movement; false where it was known.
    pub(super) async fn add_movement(&mut self, movement: &Movement) -> Result<bool> {
        let added = query(tables::NEW_MOVEMENT)
            .bind(self.campaign().as_str())
            .bind(&movement.service)
            .bind(&movement.number)
            .bind(&movement.at)
            .bind(movement.fen)
            .bind(&movement.payer)
            .bind(&movement.note)
            .bind(movement.student.map(|student| student.to_string()).unwrap_or_default())
            .execute(&mut *self.writing)
            .await?;
        Ok(added.rows_affected() == 1)
    }

    pub(super) async fn balance(&mut self, student: Uuid) -> Result<i64> {
        let balance = query_scalar(tables::BALANCE).bind(self.campaign().as_str()).bind(student.to_string());
        Ok(balance.fetch_one(&mut *self.writing).await?)
    }

    /// Moves the payment of students on to where their money stands.
    pub(super) async fn settle(&mut self, students: &[Uuid], act: &Act<'_>) -> Result<()> {
        use PaymentEvent::{Confirm, FallDue, OweRefund, PayAgain, Refund, ReturnSecond, Withdraw};
        let refunded: Vec<Uuid> = self.refunded().await?;
        for &student in students {
            let balance = self.balance(student).await?;
            let went_back = refunded.contains(&student);
            let mut entry = self.student(student).await?;
            let due = due(&self.settings, &entry);
            loop {
                let step = match entry.case.payment {
                    Payment::NotDue if balance > 0 => FallDue,
                    Payment::Due | Payment::Claimed if due > 0 && balance >= due => Confirm,
                    Payment::Confirmed if due > 0 && balance >= 2 * due => PayAgain,
                    Payment::Confirmed | Payment::Duplicate if balance <= 0 && went_back => OweRefund,
                    Payment::Confirmed | Payment::Duplicate if balance <= 0 => Withdraw,
                    Payment::Duplicate if balance < 2 * due => ReturnSecond,
                    Payment::RefundDue if balance <= 0 => Refund,
                    _ => break,
                };
                // What the money says is the program's word; what was decided is the actor's.
                let by = if matches!(step, OweRefund | Refund | ReturnSecond) {
                    Act { role: Role::Registry, ..act.clone() }
                } else {
                    system(act)
                };
                self.step(&mut entry, Event::Payment(step), None, &by).await?;
            }
        }
        Ok(())
    }
}

fn movement(row: &AnyRow) -> Result<Movement> {
    let student: String = row.try_get("student")?;
    Ok(Movement {
        service: row.try_get("service")?,
        number: row.try_get("number")?,
        at: row.try_get("at")?,
        fen: row.try_get("fen")?,
        payer: row.try_get("payer")?,
        note: row.try_get("note")?,
        student: Uuid::parse_str(&student).ok(),
    })
}
