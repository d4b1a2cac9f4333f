//! Make-up shooting: who needs it, hours booked at centres, and a second round for all of them.

use jiff::civil::{Date, Time};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::codes::system;
use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::tracks::{Attendance, AttendanceEvent, Event};
use crate::day;
use crate::make_up::Reason;
use crate::settings::Settings;
use crate::settings::policy::MakeUpPlace;

/// An hour at a centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Whose.
    pub student: Uuid,
    /// The centre, by the name in the settings.
    pub centre: String,
    /// The day.
    pub day: Date,
    /// The beginning of the hour.
    pub time: Time,
}

/// Whether the campaign's notice lets a student book this hour.
fn check(settings: &Settings, booking: &Booking, today: Date) -> Result<u16> {
    let centre = settings.make_up.centres.iter().find(|centre| centre.name == booking.centre);
    let centre =
        centre.ok_or_else(|| RegisterError::unusable("没有这个补拍点", "there is no such centre"))?;
    let per_hour = centre.per_hour.ok_or_else(|| {
        RegisterError::unusable(
            "该补拍点不用预约，请在开放时间前往",
            "nothing is booked there: go there while it is open",
        )
    })?;
    if booking.day < today {
        return Err(RegisterError::unusable("该日期已过", "that day is over"));
    }
    if !settings.make_up_counts(MakeUpPlace::NamedCentre, booking.day) {
        return Err(RegisterError::unusable(
            "学校不允许在这一天到补拍点拍摄：请看补拍方式和截止日期",
            "the school does not allow that: look at the channels and the last day",
        ));
    }
    if !centre.times(booking.day).contains(&booking.time) {
        return Err(RegisterError::unusable("补拍点在该时间不开放", "the centre is not open at that time"));
    }
    Ok(per_hour)
}

impl Register {
    /// Everybody who needs a make-up shooting on a day, with the reason and the booking.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn make_up_list(
        &self,
        id: &CampaignId,
        today: Date,
    ) -> Result<Vec<(Entry, Reason, Option<Booking>)>> {
        let settings = self.campaign(id).await?.settings;
        let mut bookings = self.bookings(id, None).await?;
        let mut list = Vec::new();
        for entry in self.students(id).await? {
            let Some(reason) = Reason::of(&entry.case, &settings, today) else { continue };
            let booked = bookings.iter().position(|booking| booking.student == entry.id);
            list.push((entry, reason, booked.map(|at| bookings.swap_remove(at))));
        }
        Ok(list)
    }

    /// Bookings of a campaign from a day on, or of all days, in the order of time.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn bookings(&self, id: &CampaignId, from: Option<Date>) -> Result<Vec<Booking>> {
        let from = from.map(|day| day.to_string()).unwrap_or_default();
        let rows = query(tables::BOOKINGS).bind(id.as_str()).bind(from);
        rows.fetch_all(self.store().reader()).await?.iter().map(booking).collect()
    }

    /// How many places are left in each hour of a day at a centre.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] when there is no such centre.
    pub async fn hours_left(&self, id: &CampaignId, centre: &str, on: Date) -> Result<Vec<(Time, u16)>> {
        let settings = self.campaign(id).await?.settings;
        let known = settings.make_up.centres.iter().find(|known| known.name == centre);
        let known =
            known.ok_or_else(|| RegisterError::unusable("没有这个补拍点", "there is no such centre"))?;
        let bookings = self.bookings(id, Some(on)).await?;
        let taken = |time: Time| {
            let same =
                |booking: &&Booking| booking.centre == centre && booking.day == on && booking.time == time;
            bookings.iter().filter(same).count() as u16
        };
        let per_hour = known.per_hour.unwrap_or_default();
        Ok(known.times(on).into_iter().map(|time| (time, per_hour.saturating_sub(taken(time)))).collect())
    }

    /// Books an hour, in place of one that was booked before.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] where the notice does not allow it, the hour is full, or the student needs none.
    pub async fn book(&self, id: &CampaignId, wanted: &Booking, act: &Act<'_>) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let entry = change.student(wanted.student).await?;
        let today = day::of_ms(act.at_ms);
        if Reason::of(&entry.case, &change.settings, today).is_none() {
            return Err(RegisterError::unusable(
                "目前不需要补拍",
                "there is no need for a make-up shooting now",
            ));
        }
        let per_hour = check(&change.settings, wanted, today)?;
        let (day, time) = (wanted.day.to_string(), wanted.time.strftime("%H:%M").to_string());
        let others: i64 = query_scalar(tables::BOOKED)
            .bind(id.as_str())
            .bind(&wanted.centre)
            .bind(&day)
            .bind(&time)
            .bind(wanted.student.to_string())
            .fetch_one(&mut *change.writing)
            .await?;
        if others >= i64::from(per_hour) {
            return Err(RegisterError::unusable(
                "该时段已约满，请选其他时间",
                "that hour is full: choose another one",
            ));
        }
        query(tables::BOOK)
            .bind(id.as_str())
            .bind(wanted.student.to_string())
            .bind(&wanted.centre)
            .bind(&day)
            .bind(&time)
            .bind(act.at_ms as i64)
            .execute(&mut *change.writing)
            .await?;
        let logged = Logged::Booking { change: "booked", centre: &wanted.centre, day: &day, time: &time };
        change.log(&logged, &wanted.student.to_string(), act)?;
        change.commit().await
    }

    /// Gives a booked hour back.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none.
    pub async fn cancel_booking(&self, id: &CampaignId, student: Uuid, act: &Act<'_>) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let gone = query(tables::CANCEL_BOOKING).bind(id.as_str()).bind(student.to_string());
        if gone.execute(&mut *change.writing).await?.rows_affected() == 0 {
            return Err(RegisterError::Unknown);
        }
        let logged = Logged::Booking { change: "cancelled", centre: "", day: "", time: "" };
        change.log(&logged, &student.to_string(), act)?;
        change.commit().await
    }

    /// A second collective round: everybody on the list stands in the line of the class again. Gives how many.
    ///
    /// # Errors
    /// [`RegisterError::Unusable`] where the campaign holds no second session.
    pub async fn second_round(&self, id: &CampaignId, act: &Act<'_>) -> Result<usize> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        if !change.settings.make_up.unified {
            return Err(RegisterError::unusable(
                "本次采集不安排统一补拍（设置 make-up.unified）",
                "this campaign holds no second session (setting make-up.unified)",
            ));
        }
        let today = day::of_ms(act.at_ms);
        let mut again = 0;
        for mut entry in change.students().await? {
            if Reason::of(&entry.case, &change.settings, today).is_none() {
                continue;
            }
            again += 1;
            let is_gone = matches!(
                entry.case.attendance,
                Attendance::NoShow | Attendance::Refused | Attendance::LeftQueue | Attendance::Done
            );
            if is_gone {
                let step = Event::Attendance(AttendanceEvent::Replan);
                change.step(&mut entry, step, None, &system(act)).await?;
            }
        }
        change.log(&Logged::Round { count: again }, "", act)?;
        change.commit().await?;
        Ok(again)
    }
}

fn booking(row: &AnyRow) -> Result<Booking> {
    let damaged = |error: jiff::Error| RegisterError::Damaged(format!("a booking: {error}"));
    Ok(Booking {
        student: uuid(row, "student")?,
        centre: row.try_get("centre")?,
        day: row.try_get::<&str, _>("day")?.parse().map_err(damaged)?,
        time: row.try_get::<&str, _>("time")?.parse().map_err(damaged)?,
    })
}
