//! The timetable: a draft that the registry works on, and editions that everybody sees.

use std::collections::{BTreeMap, BTreeSet};

use schedule::{Assignment, Class, ClassId, College, Plan, Problem, Severity, check};
use sqlx::{Row, query, query_scalar};

use seal::identity::CampaignId;

use super::{Act, Change, Logged, Register, RegisterError, Result, tables};
use crate::phase::{Move, Phase};
use crate::role::Role;
use crate::step::Refused;
use crate::timetable::Duteous;

/// What the registry works on.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Stations, hours, classes.
    pub problem: Problem,
    /// Where they are placed so far.
    pub plan: Plan,
    /// Counts its changes; whoever changes it states the one seen. 0 before the first.
    pub version: i64,
}

/// A timetable that was published.
#[derive(Debug, Clone)]
pub struct Edition {
    /// From 1.
    pub number: i64,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// Stations, hours, classes.
    pub problem: Problem,
    /// Where they are placed.
    pub plan: Plan,
    /// Colleges that it concerns and that have not confirmed that they know it.
    pub waiting: Vec<String>,
}

/// A class's session in an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The edition's number.
    pub edition: i64,
    /// What the station is called.
    pub station: String,
    /// Seconds from the first day's midnight.
    pub start: i64,
    /// When it ends.
    pub end: i64,
    /// Whether it is the first of its station on its day.
    pub is_first: bool,
}

/// The name of a class in problems: two colleges may have classes of one name.
#[must_use]
pub fn class_id(college: &str, cohort: &str) -> ClassId {
    ClassId::Text(format!("{college}/{cohort}"))
}

impl Register {
    /// The draft; empty before anything was planned.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such campaign.
    pub async fn draft(&self, id: &CampaignId) -> Result<Draft> {
        self.campaign(id).await?;
        let row = query(tables::TIMETABLE).bind(id.as_str()).fetch_optional(self.store.reader()).await?;
        match row {
            None => Ok(Draft { problem: Problem::default(), plan: Plan::default(), version: 0 }),
            Some(row) => Ok(Draft {
                problem: serde_json::from_str(row.try_get("problem")?)?,
                plan: serde_json::from_str(row.try_get("plan")?)?,
                version: row.try_get("version")?,
            }),
        }
    }

    /// The colleges and classes of those who take part, with their heads; lectures, limits and what is settled come
    /// from `before`.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn classes_to_plan(
        &self,
        id: &CampaignId,
        before: &Problem,
    ) -> Result<(Vec<College>, Vec<Class>)> {
        use crate::case::status::Status;
        let mut heads: BTreeMap<(String, String), u32> = BTreeMap::new();
        let taking_part = |status: Status| status != Status::NotTakingPart;
        for each in self.progress(id, "", "").await?.into_iter().filter(|each| taking_part(each.status)) {
            *heads.entry((each.college, each.cohort)).or_default() += u32::try_from(each.heads).unwrap_or(0);
        }
        let mut classes: Vec<((String, String), u32)> = heads.into_iter().collect();
        classes.sort_by(|((a, x), _), ((b, y), _)| a.cmp(b).then_with(|| roster::order::natural(x, y)));
        let mut colleges: Vec<College> = Vec::new();
        let mut all = Vec::new();
        for ((college, cohort), heads) in classes {
            if colleges.last().is_none_or(|last| last.name != college) {
                let known = before.colleges.iter().find(|known| known.name == college).cloned();
                colleges
                    .push(known.unwrap_or_else(|| College { name: college.clone(), ..College::default() }));
            }
            let id = class_id(&college, &cohort);
            let known = before.classes.iter().find(|known| known.id == id);
            all.push(Class {
                name: cohort,
                college: colleges.len() - 1,
                heads,
                p: None,
                busy: known.map(|known| known.busy.clone()).unwrap_or_default(),
                pin: known.and_then(|known| known.pin),
                id,
            });
        }
        Ok((colleges, all))
    }

    /// Keeps a draft, from the version that the actor saw; gives the new version.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for another role than registry and college, or when it came too late.
    pub async fn keep_draft(
        &self,
        id: &CampaignId,
        problem: &Problem,
        plan: &Plan,
        seen: i64,
        act: &Act<'_>,
    ) -> Result<i64> {
        if !matches!(act.role, Role::Registry | Role::College) {
            return Err(Refused::NotAllowed { event: "Plan".into(), role: act.role }.into());
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let version: Option<i64> = query_scalar(tables::TIMETABLE_VERSION)
            .bind(id.as_str())
            .fetch_optional(&mut *change.writing)
            .await?;
        if version.unwrap_or(0) != seen {
            return Err(Refused::Stale.into());
        }
        query(tables::KEEP_TIMETABLE)
            .bind(id.as_str())
            .bind(serde_json::to_string(problem)?)
            .bind(serde_json::to_string(plan)?)
            .bind(seen + 1)
            .execute(&mut *change.writing)
            .await?;
        change.log(&Logged::Timetable { change: "drafted", number: seen + 1 }, "", act)?;
        change.commit().await?;
        Ok(seen + 1)
    }

    /// Publishes the draft as the next edition. Colleges with a class whose place differs from the edition before
    /// must confirm it; others are not bothered.
    ///
    /// # Errors
    /// [`RegisterError::Plan`] where the plan has errors, [`RegisterError::Refused`] where the campaign is not that
    /// far, or the draft was changed meanwhile.
    pub async fn publish(&self, id: &CampaignId, seen: i64, act: &Act<'_>) -> Result<Edition> {
        if act.role != Role::Registry {
            return Err(Refused::NotAllowed { event: "Publish".into(), role: act.role }.into());
        }
        let before = self.edition(id).await?;
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let row = query(tables::TIMETABLE).bind(id.as_str()).fetch_optional(&mut *change.writing).await?;
        let row = row.ok_or(RegisterError::Unknown)?;
        if row.try_get::<i64, _>("version")? != seen {
            return Err(Refused::Stale.into());
        }
        let problem: Problem = serde_json::from_str(row.try_get("problem")?)?;
        let plan: Plan = serde_json::from_str(row.try_get("plan")?)?;
        let errors =
            check(&problem, &plan).iter().filter(|breach| breach.severity == Severity::Error).count();
        if errors > 0 || plan.assignments.is_empty() {
            return Err(RegisterError::Plan(errors));
        }
        let steps: &[Move] = match change.state.phase {
            Phase::Published | Phase::Shooting => &[],
            Phase::Planned => &[Move::Publish],
            _ => &[Move::Plan, Move::Publish],
        };
        for &step in steps {
            change.state = change.state.after(step, act.role)?;
            change.version += 1;
            change.log(&Logged::Step { step }, "", act)?;
        }
        let number = before.as_ref().map_or(1, |before| before.number + 1);
        let waiting: Vec<String> = concerned(before.as_ref(), &problem, &plan).into_iter().collect();
        query(tables::NEW_EDITION)
            .bind(id.as_str())
            .bind(number)
            .bind(act.at_ms as i64)
            .bind(row.try_get::<&str, _>("problem")?)
            .bind(row.try_get::<&str, _>("plan")?)
            .execute(&mut *change.writing)
            .await?;
        for college in &waiting {
            query(tables::NEW_RECEIPT)
                .bind(id.as_str())
                .bind(number)
                .bind(college.as_str())
                .execute(&mut *change.writing)
                .await?;
        }
        change.log(&Logged::Timetable { change: "published", number }, "", act)?;
        change.commit().await?;
        Ok(Edition { number, at_ms: act.at_ms as i64, problem, plan, waiting })
    }

    /// The newest edition.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn edition(&self, id: &CampaignId) -> Result<Option<Edition>> {
        let row = query(tables::EDITION).bind(id.as_str()).fetch_optional(self.store.reader()).await?;
        let Some(row) = row else { return Ok(None) };
        let number: i64 = row.try_get("number")?;
        let waiting = query_scalar(tables::WAITING).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        Ok(Some(Edition {
            number,
            at_ms: row.try_get("at_ms")?,
            problem: serde_json::from_str(row.try_get("problem")?)?,
            plan: serde_json::from_str(row.try_get("plan")?)?,
            waiting,
        }))
    }

    /// A college confirms that it knows what concerns it in every edition so far.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for another role than a college's.
    pub async fn confirm_edition(&self, id: &CampaignId, college: &str, act: &Act<'_>) -> Result<()> {
        if act.role != Role::College {
            return Err(Refused::NotAllowed { event: "Confirm".into(), role: act.role }.into());
        }
        let number = self.edition(id).await?.map_or(0, |edition| edition.number);
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let confirmed = query(tables::CONFIRM_EDITION)
            .bind(id.as_str())
            .bind(college)
            .bind(act.account)
            .bind(act.at_ms as i64)
            .execute(&mut *change.writing)
            .await?;
        if confirmed.rows_affected() > 0 {
            change.log(&Logged::Timetable { change: "confirmed", number }, "", act)?;
        }
        change.commit().await
    }

    /// Keeps who is responsible for what, in place of whoever was named before.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for another role than the registry.
    pub async fn keep_people(&self, id: &CampaignId, people: &[Duteous], act: &Act<'_>) -> Result<()> {
        if act.role != Role::Registry {
            return Err(Refused::NotAllowed { event: "NamePeople".into(), role: act.role }.into());
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        query(tables::KEEP_PEOPLE)
            .bind(id.as_str())
            .bind(serde_json::to_string(people)?)
            .execute(&mut *change.writing)
            .await?;
        change.log(&Logged::Timetable { change: "people", number: people.len() as i64 }, "", act)?;
        change.commit().await
    }

    /// Who is responsible for what.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn people(&self, id: &CampaignId) -> Result<Vec<Duteous>> {
        let kept: Option<String> =
            query_scalar(tables::PEOPLE).bind(id.as_str()).fetch_optional(self.store.reader()).await?;
        Ok(kept.map(|kept| serde_json::from_str(&kept)).transpose()?.unwrap_or_default())
    }

    /// The session of a class in the newest edition.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn session_of(&self, id: &CampaignId, college: &str, cohort: &str) -> Result<Option<Session>> {
        let class = class_id(college, cohort);
        Ok(self.edition(id).await?.and_then(|edition| edition.session_of(&class)))
    }
}

impl Edition {
    /// The session of a class.
    #[must_use]
    pub fn session_of(&self, class: &ClassId) -> Option<Session> {
        let each = self.plan.assignments.iter().find(|each| each.class == *class)?;
        let day = each.start.div_euclid(86_400);
        let earlier = |other: &Assignment| {
            other.station == each.station && other.start.div_euclid(86_400) == day && other.start < each.start
        };
        Some(Session {
            edition: self.number,
            station: self.problem.station_name(each.station),
            start: each.start,
            end: each.end,
            is_first: !self.plan.assignments.iter().any(earlier),
        })
    }
}

/// Colleges with a class whose place differs from the edition before; all of them where there was none.
fn concerned(before: Option<&Edition>, problem: &Problem, plan: &Plan) -> BTreeSet<String> {
    let old: BTreeMap<&ClassId, (String, i64)> = before
        .into_iter()
        .flat_map(|before| {
            before
                .plan
                .assignments
                .iter()
                .map(|each| (&each.class, (before.problem.station_name(each.station), each.start)))
        })
        .collect();
    let new: BTreeMap<&ClassId, (String, i64)> = plan
        .assignments
        .iter()
        .map(|each| (&each.class, (problem.station_name(each.station), each.start)))
        .collect();
    let differs = |class: &&Class| old.get(&class.id) != new.get(&class.id);
    problem.classes.iter().filter(differs).map(|class| problem.colleges[class.college].name.clone()).collect()
}
