//! Shot numbers (拍摄号): a code is scanned, its student becomes the one before the camera, and leaves it again.

use seal::code::Code;
use seal::code::bundle::{Bundle, Held};
use seal::code::fingerprint::Fingerprint;
use seal::code::linked;
use seal::code::port::{CodePort, OpaqueCodes, OwnCodes};
use seal::code::scan::{Refusal, Says, plain, scan as read};
use seal::code::uses::{Use, Uses};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use store::Transaction;

use super::files::{hide_words, show_words};
use super::guard::{Concern, Earlier, Place, Scene, last_of, reason};
use super::person::{Looked, Override, Person};
use super::{At, Result, Station, StationError, tables};

/// A shot number: unique by day, station and running number for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Number {
    /// Days since 1970-01-01, in China.
    pub day: i64,
    /// From 1 on each day.
    pub running: i64,
}

impl Number {
    /// As it is shown and written into the register: `2-0137`, also where the timetable says `2号机位`.
    pub fn shown(self, station: &str) -> String {
        let short = station.trim_end_matches("机位").trim_end_matches('号');
        format!("{}-{:04}", if short.is_empty() { station } else { short }, self.running)
    }
}

/// Where a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its student is before the camera.
    Active,
    /// Its student was photographed with a camera that is not connected; the photo is on a card.
    Card,
    /// Its student has a photo.
    Accepted,
    /// Nobody was photographed under it, with a reason.
    Void,
}

impl State {
    /// As the database has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Card => "card",
            Self::Accepted => "accepted",
            Self::Void => "void",
        }
    }

    fn with_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Card, Self::Accepted, Self::Void].into_iter().find(|state| state.name() == name)
    }
}

/// A line of the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number.
    pub number: Number,
    /// Where it stands.
    pub state: State,
    /// Who it is.
    pub person: Person,
    /// When the code was scanned, ms.
    pub scanned_ms: u64,
    /// When the number was done with, ms; 0 while it is active.
    pub ended_ms: u64,
    pub(super) code: Fingerprint,
}

/// What a scan came to.
#[derive(Debug)]
pub enum Scanned {
    /// The student is before the camera now.
    Active(Box<Line>),
    /// The same code again within a minute: a reader that fired twice.
    Same,
    /// Somebody else is active, without an accepted photo: he is next, he left, or shoot again?
    Asks(Box<Line>),
    /// The student waits for the active one to be done.
    Waits,
    /// Guards speak against it; with a reason it goes on.
    Stopped(Vec<Concern>),
    /// A code of another issuer, and the school did not say whose it is.
    Unlinked,
}

/// A code of ours that was shown, or opened by another issuer's.
struct Read {
    code: Code,
    fingerprint: Fingerprint,
    text: String,
    /// Opened by one that was linked by what is printed on it.
    by_print: bool,
}

/// What the operator said to a question.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The one scanned now is next, when the active one is done.
    pub next: bool,
    /// The active one left, for this reason; its number is void.
    pub left: Option<String>,
    /// The active one's photo is on the card of a camera that is not connected.
    pub on_card: bool,
    /// Go on although guards speak against it, for this reason.
    pub reason: Option<String>,
}

/// China Standard Time is eight hours ahead of UTC all year.
const ZONE_MS: u64 = 8 * 3_600_000;

/// The day in which a moment lies, in days since 1970-01-01 in China.
pub fn day_of(at_ms: u64) -> i64 {
    ((at_ms + ZONE_MS) / 86_400_000) as i64
}

impl Station {
    /// Reads a code and makes its student the one before the camera.
    ///
    /// # Errors
    /// [`StationError::Opening`] before the day's check-list, [`StationError::Code`] when the code does not count.
    pub async fn scan(&self, text: &str, answer: &Answer, at: At<'_>) -> Result<Scanned> {
        if self.opening(day_of(at.at_ms)).await?.is_none() {
            return Err(StationError::Opening);
        }
        let Some(Read { code, fingerprint, text, by_print }) = self.read(text, at.at_ms)? else {
            return Ok(Scanned::Unlinked);
        };
        if let Some(active) = self.active().await? {
            if active.code == fingerprint {
                return Ok(Scanned::Same);
            }
            if answer.next {
                self.set_moment(|moment| moment.next = Some(text));
                return Ok(Scanned::Waits);
            }
            match &answer.left {
                None if answer.on_card => {}
                None => return Ok(Scanned::Asks(Box::new(active))),
                Some(left) if reason(left).is_none() => return Err(StationError::Reason),
                Some(_) => {}
            }
        }
        let before = self.before(at.at_ms).await?;
        let bundle = self.bundle();
        let scene = Scene {
            bundle: &bundle,
            station: &self.0.name,
            at_ms: at.at_ms,
            earlier: self.earlier(fingerprint).await?,
            before: &before,
            missing: self.missing(&bundle, fingerprint, &before).await?,
            calls: &self.calls().await?,
            by_print,
        };
        let concerns = scene.concerns(&code, fingerprint);
        let overrides = match (concerns.is_empty(), answer.reason.as_deref().and_then(reason)) {
            (true, _) => Vec::new(),
            (false, None) => return Ok(Scanned::Stopped(concerns)),
            (false, Some(reason)) => concerns
                .iter()
                .map(|concern| Override {
                    guard: concern.guard.to_owned(),
                    reason: reason.to_owned(),
                    second: String::new(),
                })
                .collect(),
        };
        let class = scene.session_of(fingerprint).map(|(session, place, _)| (session, place));
        let person = Person { overrides, ..Person::new(&code, &text, class, at.operator) };
        self.activate((person, fingerprint), answer, at).await
    }

    /// What our code says, its fingerprint and its text; of another issuer's code, what ours says that it opens. `None`
    /// for one that opens none.
    fn read(&self, text: &str, at_ms: u64) -> Result<Option<Read>> {
        let bundle = self.bundle();
        let known = bundle.linked.as_deref().unwrap_or_default();
        let opened = linked::open(plain(text), known, &bundle.fingerprint);
        let text = plain(opened.as_ref().map_or(text, |(own, _)| own.reveal()));
        let here = Use { at_ms, station: self.0.name.clone() };
        let (own, other) = (OwnCodes(&bundle), OpaqueCodes::default());
        let ports: &[&dyn CodePort] = if bundle.linked.is_some() { &[&own, &other] } else { &[&own] };
        let presented = read(text, ports, (&Uses::default(), &bundle.fingerprint), &here)?;
        match presented.says {
            Says::Signed(code) => Ok(Some(Read {
                code,
                fingerprint: presented.fingerprint,
                text: text.to_owned(),
                by_print: opened.as_ref().is_some_and(|(_, by_print)| *by_print),
            })),
            Says::Nothing => Ok(None),
            Says::Stated(_) => Err(Refusal::NoCode.into()),
        }
    }

    /// One change: the active one leaves if that was said, and the next number is given.
    async fn activate(
        &self,
        (person, code): (Person, Fingerprint),
        answer: &Answer,
        at: At<'_>,
    ) -> Result<Scanned> {
        let mut writing = self.0.store.begin().await?;
        if let Some(row) = query(tables::ACTIVE).fetch_optional(&mut *writing).await? {
            let active = self.line(&row)?;
            match answer.left.as_deref() {
                None if answer.on_card => {
                    self.end(&mut writing, active, (State::Card, ""), at).await?;
                }
                None => return Ok(Scanned::Asks(Box::new(active))),
                Some(reason) => self.end(&mut writing, active, (State::Void, reason), at).await?,
            }
        }
        let day = day_of(at.at_ms);
        let running: i64 = query_scalar(tables::NEXT_RUNNING).bind(day).fetch_one(&mut *writing).await?;
        let number = Number { day, running };
        query(tables::NEW_NUMBER)
            .bind(day)
            .bind(running)
            .bind(code.to_string())
            .bind(self.hide(number, &person)?)
            .bind(at.at_ms as i64)
            .execute(&mut *writing)
            .await?;
        let shown = number.shown(self.name());
        self.log(&mut writing, "number.scanned", (&shown, ""), at).await?;
        for each in &person.overrides {
            let detail = format!("{}: {}", each.guard, each.reason);
            self.log(&mut writing, "guard.overridden", (&shown, &detail), at).await?;
        }
        writing.commit().await?;
        self.changed();
        let line = Line { number, state: State::Active, person, scanned_ms: at.at_ms, ended_ms: 0, code };
        Ok(Scanned::Active(Box::new(line)))
    }

    /// The active number's student left or cannot be photographed; the number stays void for ever. Whoever waited
    /// comes next.
    ///
    /// # Errors
    /// [`StationError::NoActive`], or [`StationError::Reason`] without one.
    pub async fn void(&self, why: &str, at: At<'_>) -> Result<()> {
        let why = reason(why).ok_or(StationError::Reason)?;
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::ACTIVE).fetch_optional(&mut *writing).await?.ok_or(StationError::NoActive)?;
        let active = self.line(&row)?;
        self.end(&mut writing, active, (State::Void, why), at).await?;
        writing.commit().await?;
        self.changed();
        self.next(at).await?;
        Ok(())
    }

    /// Ends a number inside a change, or puts it on the card.
    pub(super) async fn end(
        &self,
        writing: &mut Transaction,
        line: Line,
        (state, reason): (State, &str),
        at: At<'_>,
    ) -> Result<()> {
        let on_card = line.person.on_card || state == State::Card;
        let person = Person { reason: reason.trim().to_owned(), on_card, ..line.person };
        let ended = query(tables::END_NUMBER)
            .bind(line.number.day)
            .bind(line.number.running)
            .bind(state.name())
            .bind(self.hide(line.number, &person)?)
            .bind(at.at_ms as i64)
            .bind(line.state.name())
            .execute(&mut **writing)
            .await?;
        if ended.rows_affected() != 1 {
            return Err(StationError::Decided);
        }
        if state != State::Card {
            query(tables::REST_OF_TAKES)
                .bind(line.number.day)
                .bind(line.number.running)
                .execute(&mut **writing)
                .await?;
        }
        let event = match state {
            State::Void => "number.void",
            State::Card => "number.card",
            State::Active | State::Accepted => "number.accepted",
        };
        self.log(writing, event, (&line.number.shown(self.name()), reason), at).await
    }

    /// Whoever is before the camera.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn active(&self) -> Result<Option<Line>> {
        let row = query(tables::ACTIVE).fetch_optional(self.0.store.reader()).await?;
        row.as_ref().map(|row| self.line(row)).transpose()
    }

    /// A line of the register.
    ///
    /// # Errors
    /// [`StationError::Unknown`] when there is no such number.
    pub async fn number(&self, number: Number) -> Result<Line> {
        let row = query(tables::NUMBER).bind(number.day).bind(number.running);
        let row = row.fetch_optional(self.0.store.reader()).await?;
        self.line(&row.ok_or(StationError::Unknown)?)
    }

    /// A day's register, in the order of the numbers.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn register(&self, day: i64) -> Result<Vec<Line>> {
        let rows = query(tables::NUMBERS).bind(day).fetch_all(self.0.store.reader()).await?;
        rows.iter().map(|row| self.line(row)).collect()
    }

    /// Takes what was seen of dress and appearance, or a signature, into the register.
    ///
    /// # Errors
    /// [`StationError::Unknown`] when there is no such number.
    pub async fn note(&self, number: Number, note: Note, at: At<'_>) -> Result<()> {
        let mut writing = self.0.store.begin().await?;
        let row = query(tables::NUMBER).bind(number.day).bind(number.running);
        let row = row.fetch_optional(&mut *writing).await?.ok_or(StationError::Unknown)?;
        let mut person = self.line(&row)?.person;
        let (event, detail) = match note {
            Note::Looks(looks) => {
                if looks.iter().any(Looked::lacks_words) {
                    return Err(StationError::Reason);
                }
                let plain: Vec<String> =
                    looks.iter().map(|each| format!("{}={:?}", each.check, each.result)).collect();
                person.looks = looks;
                ("looks.noted", plain.join(" "))
            }
            Note::Signature(signature) => {
                person.signature = Some(signature);
                ("number.signed", String::new())
            }
            Note::Unsigned(why) => {
                reason(&why).ok_or(StationError::Reason)?.clone_into(&mut person.unsigned);
                ("number.unsigned", String::new())
            }
        };
        query(tables::KEEP_NUMBER)
            .bind(number.day)
            .bind(number.running)
            .bind(self.hide(number, &person)?)
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, event, (&number.shown(self.name()), &detail), at).await?;
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// Those accepted here today, the last first.
    async fn before(&self, at_ms: u64) -> Result<Vec<Person>> {
        let rows = query(tables::LAST_BEFORE).bind(day_of(at_ms)).fetch_all(self.0.store.reader()).await?;
        rows.iter().map(|row| Ok(self.line(row)?.person)).collect()
    }

    /// Places of a code's class between the last one accepted here and this one who were neither here nor photographed elsewhere.
    async fn missing(&self, bundle: &Bundle, code: Fingerprint, before: &[Person]) -> Result<Vec<u32>> {
        let found = bundle.sessions.iter().find_map(|session| Some((session, session.place(code)?.0)));
        let Some((session, place)) = found else { return Ok(Vec::new()) };
        let last = last_of(before, session).map_or(0, |class| class.place as usize);
        let mut missing = Vec::new();
        for at in last..place {
            let expected = &session.codes[at];
            if expected.held == Held::No && !self.was_here(&expected.code).await? {
                missing.push(at as u32 + 1);
            }
        }
        Ok(missing)
    }

    /// An earlier use of a code, here or as the server said.
    async fn earlier(&self, code: Fingerprint) -> Result<Option<Earlier>> {
        let text = code.to_string();
        let here = query(tables::USES_OF_CODE).bind(&text).fetch_optional(self.0.store.reader()).await?;
        if let Some(row) = here {
            let line = self.line(&row)?;
            let place = Place::Here(line.number.shown(self.name()));
            return Ok(Some(Earlier { at_ms: line.scanned_ms, place }));
        }
        let row = query(tables::ELSEWHERE).bind(&text).fetch_optional(self.0.store.reader()).await?;
        row.map(|row| {
            let at_ms: i64 = row.try_get("at_ms")?;
            Ok(Earlier { at_ms: at_ms as u64, place: Place::Station(row.try_get("station")?) })
        })
        .transpose()
    }

    pub(super) fn line(&self, row: &AnyRow) -> Result<Line> {
        let number = Number { day: row.try_get("day")?, running: row.try_get("running")? };
        let damaged =
            |what: &str| StationError::Damaged(format!("the {what} of {}", number.shown(self.name())));
        let state = State::with_name(row.try_get("state")?).ok_or_else(|| damaged("state"))?;
        let hidden: &[u8] = row.try_get("hidden")?;
        let (scanned, ended): (i64, i64) = (row.try_get("scanned_ms")?, row.try_get("ended_ms")?);
        Ok(Line {
            number,
            state,
            person: show_words(hidden, &bound(number), &self.0.keys.rest)?,
            scanned_ms: scanned as u64,
            ended_ms: ended as u64,
            code: Fingerprint::parse(row.try_get("code")?).ok_or_else(|| damaged("code"))?,
        })
    }

    fn hide(&self, number: Number, person: &Person) -> Result<Vec<u8>> {
        hide_words(person, &bound(number), &self.0.keys.rest)
    }
}

/// Something for the register.
#[derive(Debug, Clone)]
pub enum Note {
    /// What was seen of dress and appearance.
    Looks(Vec<Looked>),
    /// The student signed.
    Signature(String),
    /// The student cannot or will not sign, for this reason.
    Unsigned(String),
}

/// The name that is bound to an entry's hidden bytes.
fn bound(number: Number) -> String {
    format!("number/{}/{}", number.day, number.running)
}
