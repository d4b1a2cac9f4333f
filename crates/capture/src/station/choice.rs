//! The operator's choice among a student's photos: accepted, to be taken again, or the last acceptance taken back.

use portrait::standard::Verdict;
use sqlx::{Row, query};
use uuid::Uuid;

use super::faces;
use super::files::Kind;
use super::guard::{self, Concern};
use super::numbers::{Answer, Line, Number, Scanned, State};
use super::person::Override;
use super::takes::{Take, TakeState};
use super::{At, Result, Station, StationError, tables};

/// How long an accepted photo waits before it goes, so that the last acceptance can be taken back.
pub const HOLD_MS: u64 = 10_000;

/// What the operator says to what speaks against a photo.
#[derive(Debug, Clone, Copy, Default)]
pub struct Said<'a> {
    /// Why it is taken all the same.
    pub reason: &'a str,
    /// Who else says so; needed for a photo that inspection fails.
    pub second: &'a str,
}

impl<'a> From<&'a str> for Said<'a> {
    fn from(reason: &'a str) -> Self {
        Self { reason, second: "" }
    }
}

/// What accepting came to.
#[derive(Debug)]
pub enum Accepted {
    /// It is the student's photo.
    Done,
    /// It is, and the one who waited is active now.
    Next(Box<Line>),
    /// Guards speak against it; with a reason it goes on.
    Stopped(Vec<Concern>),
}

impl Station {
    /// The photo becomes the student's. What speaks against it needs a reason.
    ///
    /// # Errors
    /// [`StationError::Decided`] when the number or the photo is done; [`StationError::SecondPerson`] when the photo
    /// fails and nobody but the operator says that it is to be taken.
    pub async fn accept(&self, id: Uuid, said: impl Into<Said<'_>>, at: At<'_>) -> Result<Accepted> {
        let said = said.into();
        let row = query(tables::TAKE).bind(id.to_string()).fetch_optional(self.0.store.reader()).await?;
        let take = self.read_take(&row.ok_or(StationError::Unknown)?)?;
        let line = self.number(take.number).await?;
        if !matches!(line.state, State::Active | State::Card) || take.state != TakeState::Waiting {
            return Err(StationError::Decided);
        }
        let reason = guard::reason(said.reason).unwrap_or_default();
        let concerns = self.against(&take, &line, at).await?;
        if !concerns.is_empty() && reason.is_empty() {
            return Ok(Accepted::Stopped(concerns));
        }
        let second = said.second.trim();
        let needs_second = take.verdict == Verdict::Fail;
        if needs_second && (second.is_empty() || second == at.operator) {
            return Err(StationError::SecondPerson);
        }
        let packet = self.pack(&take, &line, &self.photo(id)?, at)?;
        let mut writing = self.0.store.begin().await?;
        let chosen = query(tables::CHOOSE_TAKE).bind(id.to_string()).execute(&mut *writing).await?;
        if chosen.rows_affected() != 1 {
            return Err(StationError::Decided);
        }
        // A signature may have come meanwhile: the entry is the one that stands there now.
        let row = query(tables::NUMBER).bind(take.number.day).bind(take.number.running);
        let mut line = self.line(&row.fetch_one(&mut *writing).await?)?;
        let was_active = line.state == State::Active;
        let shown = line.number.shown(self.name());
        for concern in &concerns {
            line.person.overrides.push(Override {
                guard: concern.guard.to_owned(),
                reason: reason.to_owned(),
                second: if needs_second { second.to_owned() } else { String::new() },
            });
            let beside = if needs_second { format!(" + {second}") } else { String::new() };
            let detail = format!("{}: {reason}{beside}", concern.guard);
            self.log(&mut writing, "guard.overridden", (&shown, &detail), at).await?;
        }
        let reason = if concerns.is_empty() { "" } else { reason };
        self.end(&mut writing, line, (State::Accepted, reason), at).await?;
        query(tables::NEW_PACKET)
            .bind(packet.id.to_string())
            .bind(id.to_string())
            .bind(take.number.day)
            .bind(take.number.running)
            .bind(packet.size_bytes as i64)
            .bind(at.at_ms as i64)
            .bind((at.at_ms + HOLD_MS) as i64)
            .execute(&mut *writing)
            .await?;
        writing.commit().await?;
        self.changed();
        if was_active { self.next(at).await } else { Ok(Accepted::Done) }
    }

    /// What speaks against a photo.
    async fn against(&self, take: &Take, line: &Line, at: At<'_>) -> Result<Vec<Concern>> {
        let fails = (take.verdict == Verdict::Fail).then(|| Concern {
            guard: "fails",
            zh: "照片不合格".into(),
            en: "inspection fails the photo".into(),
            todo_zh: "按提示重拍；确需采用（宗教、医疗等）请写明原因，并由第二人确认",
            todo_en: "take it again as the findings say; for an exception (religion, medicine) say why, with a second person",
        });
        let like_another =
            if self.bundle().compares_faces { self.like_another(take, line).await? } else { None };
        Ok(fails.into_iter().chain(self.unlike_reference(take, line, at)).chain(like_another).collect())
    }

    /// The face is not like the reference photo of somebody who agreed to the comparison.
    fn unlike_reference(&self, take: &Take, line: &Line, at: At<'_>) -> Option<Concern> {
        let bundle = self.bundle();
        let reference = faces::descriptor(bundle.reference(line.code, at.at_ms / 1000)?)?;
        let own = take.found.face.as_deref().and_then(faces::descriptor)?;
        (own.distance(&reference) > bundle.unlike_from).then(|| Concern {
            guard: "unlike-reference",
            zh: "与参照照片差异较大".into(),
            en: "the face is not much like the reference photo".into(),
            todo_zh: "核对本人和采集码：可能拿错了采集码；发型、眼镜等变化请写明",
            todo_en: "compare person and code: it may be another's code; say so for another hair style or glasses",
        })
    }

    /// Whoever waited becomes active.
    pub(super) async fn next(&self, at: At<'_>) -> Result<Accepted> {
        let Some(text) = self.moment().next else { return Ok(Accepted::Done) };
        self.set_moment(|moment| moment.next = None);
        match self.scan(&text, &Answer::default(), at).await? {
            Scanned::Active(line) => Ok(Accepted::Next(line)),
            // Guards speak against the next one: the page scans again and asks.
            _ => Ok(Accepted::Done),
        }
    }

    /// The photo is to be taken again; the number stays active.
    ///
    /// # Errors
    /// [`StationError::Decided`] when the number is done.
    pub async fn retake(&self, id: Uuid, at: At<'_>) -> Result<()> {
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::TAKE).bind(id.to_string()).fetch_optional(&mut *writing).await?;
        let take = self.read_take(&row.ok_or(StationError::Unknown)?)?;
        if take.state != TakeState::Waiting {
            return Err(StationError::Decided);
        }
        query(tables::SET_TAKE).bind(id.to_string()).bind("aside").execute(&mut *writing).await?;
        let shown = take.number.shown(self.name());
        self.log(&mut writing, "photo.aside", (&shown, &id.to_string()), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// Takes the last acceptance back: its student is active again, or the number waits for a photo from its card.
    ///
    /// # Errors
    /// [`StationError::NothingAccepted`] before the first, [`StationError::TooLate`] when the packet is on its way,
    /// [`StationError::Decided`] while somebody else is active.
    pub async fn undo(&self, at: At<'_>) -> Result<Number> {
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::LAST_ENDED).fetch_optional(&mut *writing).await?;
        let row = row.ok_or(StationError::NothingAccepted)?;
        let Line { number, person, .. } = self.line(&row)?;
        let again = if person.on_card { State::Card } else { State::Active };
        if again == State::Active && query(tables::ACTIVE).fetch_optional(&mut *writing).await?.is_some() {
            return Err(StationError::Decided);
        }
        let packet = query(tables::PACKET_OF_NUMBER).bind(number.day).bind(number.running);
        let packet = packet.fetch_optional(&mut *writing).await?.ok_or(StationError::TooLate)?;
        let (id, take): (String, String) = (packet.try_get("id")?, packet.try_get("take")?);
        let goes_ms: i64 = packet.try_get("next_ms")?;
        let tries: i64 = packet.try_get("tries")?;
        if tries > 0 || goes_ms <= at.at_ms as i64 {
            return Err(StationError::TooLate);
        }
        query(tables::DROP_PACKET).bind(&id).execute(&mut *writing).await?;
        query(tables::REOPEN_NUMBER)
            .bind(number.day)
            .bind(number.running)
            .bind(again.name())
            .execute(&mut *writing)
            .await?;
        query(tables::SET_TAKE).bind(&take).bind("waiting").execute(&mut *writing).await?;
        self.log(&mut writing, "number.reopened", (&number.shown(self.name()), &take), at).await?;
        writing.commit().await?;
        self.0.files.remove(Kind::Packet, &id)?;
        self.changed();
        Ok(number)
    }

    /// A face that was photographed here under another number a short while ago.
    async fn like_another(&self, take: &Take, line: &Line) -> Result<Option<Concern>> {
        let Some(own) = take.found.face.as_deref().and_then(faces::descriptor) else { return Ok(None) };
        let accepted = query(tables::LAST_ACCEPTED_TAKES).fetch_all(self.0.store.reader()).await?;
        let mut others = Vec::new();
        for row in &accepted {
            let other = self.read_take(row)?;
            let person = self.number(other.number).await?.person;
            if let Some(face) = other.found.face.as_deref().and_then(faces::descriptor)
                && person.student != line.person.student
            {
                others.push((other.number, person.student, face));
            }
        }
        let known: Vec<_> = others.iter().map(|(_, student, face)| (student.as_str(), face)).collect();
        let limit = faces::limit(&known);
        let nearest = others
            .iter()
            .map(|(number, _, face)| (number, face.distance(&own)))
            .min_by(|a, b| a.1.total_cmp(&b.1))
            .filter(|(_, distance)| *distance < limit);
        Ok(nearest.map(|(number, _)| {
            let shown = number.shown(self.name());
            Concern {
                guard: "like-another",
                zh: format!("与拍摄号 {shown} 的面容十分相似"),
                en: format!("the face looks very much like that of {shown}"),
                todo_zh: "核对本人：可能有人用他人的采集码再次拍摄；双胞胎等请写明",
                todo_en: "compare the person: somebody may sit with another's code; say so for twins",
            }
        }))
    }
}
