//! Looking at many students: pages, counts by class, exports. Reading never takes the campaign's row.

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, Row, query, query_scalar};
use uuid::Uuid;

use seal::identity::CampaignId;

use super::{Act, Change, Entry, Logged, Register, RegisterError, Result, entry, tables};
use crate::case::status::Status;
use crate::role::Role;
use crate::step::Refused;

/// Which students; what is empty asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// 学院
    pub college: String,
    /// 班级
    pub cohort: String,
    /// One status.
    pub status: Option<Status>,
    /// The beginning of a student number, or a part of a name.
    pub text: String,
    /// One of the lists that offices work through.
    pub list: Option<List>,
}

/// Lists that offices work through, by the state of a track of those who take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum List {
    /// 未拍摄
    NotShot,
    /// 无采集码
    NoCode,
    /// 未检查采集码: has a code, and has not shown that the saved picture reads.
    CodeUnread,
    /// 待缴费
    Unpaid,
    /// 需重拍
    Retake,
    /// 信息有误
    Errors,
    /// 未校对
    NotChecked,
    /// 未到: did not come on the day.
    NoShow,
    /// 拒绝拍摄: may not be photographed, with the rule in each history.
    Refused,
    /// 中途离开
    Left,
    /// 现场无码: stands there without a code, and is called again once there is one.
    Held,
    /// 采集码有问题
    CodeProblem,
    /// 不参加, with the reason in each history.
    Excluded,
}

impl List {
    /// Every list.
    pub const ALL: [Self; 13] = [
        Self::NotShot,
        Self::NoCode,
        Self::CodeUnread,
        Self::Unpaid,
        Self::Retake,
        Self::Errors,
        Self::NotChecked,
        Self::NoShow,
        Self::Refused,
        Self::Left,
        Self::Held,
        Self::CodeProblem,
        Self::Excluded,
    ];

    /// Its name, as serde writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotShot => "not-shot",
            Self::NoCode => "no-code",
            Self::CodeUnread => "code-unread",
            Self::Unpaid => "unpaid",
            Self::Retake => "retake",
            Self::Errors => "errors",
            Self::NotChecked => "not-checked",
            Self::NoShow => "no-show",
            Self::Refused => "refused",
            Self::Left => "left",
            Self::Held => "held",
            Self::CodeProblem => "code-problem",
            Self::Excluded => "excluded",
        }
    }

    /// The list of a name.
    pub fn with_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.name() == name)
    }

    /// What stands in the tracks of those on it, as serde writes them.
    fn holds(self) -> (&'static str, &'static str) {
        match self {
            Self::NotShot => (TAKES_PART, r#""photo":"none""#),
            Self::NoCode => (TAKES_PART, r#""code":"none""#),
            Self::CodeUnread => (TAKES_PART, r#""code":"registered""#),
            Self::Unpaid => (TAKES_PART, r#""payment":"due""#),
            Self::Retake => (TAKES_PART, r#""photo":"retake-due""#),
            Self::Errors => (TAKES_PART, r#""record_check":"error-reported""#),
            Self::NotChecked => (TAKES_PART, r#""proof":"not-checked""#),
            Self::NoShow => (TAKES_PART, r#""attendance":"no-show""#),
            Self::Refused => (TAKES_PART, r#""attendance":"refused""#),
            Self::Left => (TAKES_PART, r#""attendance":"left-queue""#),
            Self::Held => (r#""attendance":"arrived""#, r#""code":"none""#),
            Self::CodeProblem => (TAKES_PART, r#""code":"problem""#),
            Self::Excluded => ("", r#""eligibility":"excluded""#),
        }
    }
}

const TAKES_PART: &str = r#""eligibility":"expected""#;

/// How many of a class stand where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Heads {
    /// 学院
    pub college: String,
    /// 班级
    pub cohort: String,
    /// The status.
    pub status: Status,
    /// How many.
    pub heads: i64,
}

/// That a college vouches for its list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignOff {
    /// 学院
    pub college: String,
    /// Who, an account's id.
    pub account: String,
    /// When, milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
}

impl Register {
    /// A page of students in the order of their numbers, and how many there are in all.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn page(
        &self,
        id: &CampaignId,
        filter: &Filter,
        (first, count): (i64, i64),
    ) -> Result<(Vec<Entry>, i64)> {
        let status = filter.status.map_or("", Status::name);
        // What stands for any text in a pattern is no part of a number or a name.
        let text: String = filter.text.chars().filter(|letter| !matches!(letter, '%' | '_')).collect();
        let (part, state) = filter.list.map_or(("", ""), List::holds);
        let sql = format!("select count(*) {}", tables::FOUND);
        let heads: i64 = query_scalar(AssertSqlSafe(sql))
            .bind(id.as_str())
            .bind(&filter.college)
            .bind(&filter.cohort)
            .bind(status)
            .bind(&text)
            .bind(part)
            .bind(state)
            .fetch_one(self.store().reader())
            .await?;
        let found = tables::FOUND;
        let sql = format!("select id, record, tracks, version {found} order by place, id limit $8 offset $9");
        let rows = query(AssertSqlSafe(sql))
            .bind(id.as_str())
            .bind(&filter.college)
            .bind(&filter.cohort)
            .bind(status)
            .bind(&text)
            .bind(part)
            .bind(state)
            .bind(count)
            .bind(first)
            .fetch_all(self.store().reader())
            .await?;
        Ok((rows.iter().map(entry).collect::<Result<_>>()?, heads))
    }

    /// The student of a number.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is none.
    pub async fn student_of_number(&self, id: &CampaignId, number: &str) -> Result<Entry> {
        let row = query(tables::STUDENT_BY_NUMBER).bind(id.as_str()).bind(number);
        entry(&row.fetch_optional(self.store().reader()).await?.ok_or(RegisterError::Unknown)?)
    }

    /// How many students of each class have each status.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn progress(&self, id: &CampaignId, college: &str, cohort: &str) -> Result<Vec<Heads>> {
        let rows = query(tables::PROGRESS).bind(id.as_str()).bind(college).bind(cohort);
        let rows = rows.fetch_all(self.store().reader()).await?;
        let heads = |row: &sqlx::any::AnyRow| {
            let status = row.try_get("status")?;
            let status = Status::with_name(status)
                .ok_or_else(|| RegisterError::Damaged(format!("the status {status:?} of a student")))?;
            Ok(Heads {
                college: row.try_get("college")?,
                cohort: row.try_get("cohort")?,
                status,
                heads: row.try_get("heads")?,
            })
        };
        rows.iter().map(heads).collect()
    }

    /// How many students have each status.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn counts(&self, id: &CampaignId) -> Result<Vec<(Status, usize)>> {
        let progress = self.progress(id, "", "").await?;
        let count = |status: Status| {
            progress.iter().filter(|heads| heads.status == status).map(|heads| heads.heads as usize).sum()
        };
        let counts = Status::ALL.into_iter().map(|status| (status, count(status)));
        Ok(counts.filter(|(_, count)| *count > 0).collect())
    }

    /// Writes down that somebody saw what is masked, or took it away as a file, before it is shown.
    ///
    /// # Errors
    /// [`RegisterError`] when it cannot be written down; then it is not shown.
    pub async fn seen(
        &self,
        id: &CampaignId,
        what: &str,
        (count, student): (usize, Option<Uuid>),
        act: &Act<'_>,
    ) -> Result<()> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let subject = student.map(|student| student.to_string()).unwrap_or_default();
        change.log(&Logged::Seen { seen: what, count }, &subject, act)?;
        change.commit().await
    }

    /// A college vouches for its list.
    ///
    /// # Errors
    /// [`RegisterError::Refused`] for roles without a college.
    pub async fn sign_off(&self, id: &CampaignId, college: &str, act: &Act<'_>) -> Result<()> {
        if !matches!(act.role, Role::College | Role::Registry) {
            return Err(Refused::NotAllowed { event: "SignOff".into(), role: act.role }.into());
        }
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        query(tables::SIGN_OFF)
            .bind(id.as_str())
            .bind(college)
            .bind(act.account)
            .bind(act.at_ms as i64)
            .execute(&mut *change.writing)
            .await?;
        change.log(&Logged::SignedOff { college }, "", act)?;
        change.commit().await
    }

    /// Which colleges vouch for their lists.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn sign_offs(&self, id: &CampaignId) -> Result<Vec<SignOff>> {
        let rows = query(tables::SIGN_OFFS).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            Ok(SignOff {
                college: row.try_get("college")?,
                account: row.try_get("account")?,
                at_ms: row.try_get("at_ms")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The lines of the log about a student, oldest first.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn history(&self, id: &CampaignId, student: Uuid) -> Result<Vec<String>> {
        let about = format!("%\t{student}\t%");
        Ok(query_scalar(tables::LOG_OF)
            .bind(id.as_str())
            .bind(about)
            .fetch_all(self.store().reader())
            .await?)
    }

    /// A page of the log, newest first, and how many lines there are.
    ///
    /// # Errors
    /// [`RegisterError::Store`] when the store cannot be read.
    pub async fn log_page(&self, id: &CampaignId, (first, count): (i64, i64)) -> Result<(Vec<String>, i64)> {
        let lines = query_scalar(tables::LOG_PAGE).bind(id.as_str()).bind(count).bind(first);
        let lines = lines.fetch_all(self.store().reader()).await?;
        let all: Option<i64> =
            query_scalar(tables::LOG_COUNT).bind(id.as_str()).fetch_optional(self.store().reader()).await?;
        Ok((lines, all.ok_or(RegisterError::Unknown)?))
    }

    /// The suite of a campaign's log.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such campaign.
    pub async fn suite(&self, id: &CampaignId) -> Result<seal::suite::Suite> {
        let name: Option<String> =
            query_scalar(tables::SUITE).bind(id.as_str()).fetch_optional(self.store().reader()).await?;
        let name = name.ok_or(RegisterError::Unknown)?;
        seal::suite::Suite::with_name(&name).ok_or(RegisterError::Damaged(format!("the suite {name:?}")))
    }
}
