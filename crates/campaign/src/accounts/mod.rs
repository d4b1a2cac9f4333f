//! Who signs in: accounts with one role each, their passwords, sessions and lock-outs. Everything that changes an
//! account goes into a log of its own, chained like a campaign's; it names accounts by their ids.

mod password;
mod tables;

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{Row, query, query_scalar};
use store::{Store, StoreError, Transaction};
use thiserror::Error;
use uuid::Uuid;

use seal::audit::{Chain, Entry as LogEntry, EntryFault, Tip};
use seal::identity::CampaignId;
use seal::password as kept;
use seal::suite::Suite;

use crate::register::{Register, RegisterError};
use crate::role::Role;
pub use password::{PasswordFault, SHORTEST_PASSWORD};

/// Wrong passwords in a row after which an account is locked.
pub const MOST_FAILURES: i64 = 5;
/// How long it is then: GB/T 22239-2019 §8.1.4.1 asks for a lock-out and leaves its length open.
pub const LOCKED_MS: u64 = 15 * 60 * 1000;
/// A session that nobody used for so long has ended (OWASP ASVS 4.0.3 §3.3.2, level 2).
pub const IDLE_MS: u64 = 30 * 60 * 1000;
/// A session ends after this in any case (the same clause).
pub const LONGEST_SESSION_MS: u64 = 12 * 60 * 60 * 1000;
/// A session's time of use is written down no more often.
const SEEN_EVERY_MS: u64 = 60 * 1000;

/// The accounts of a store.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
}

/// An account. Who it is for is personal: its `Debug` prints the id.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// Names it in logs.
    pub id: Uuid,
    /// What is typed to sign in.
    pub login: String,
    /// The person.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// For what.
    pub scope: Scope,
    /// The password was given by somebody else and is changed before anything else.
    pub must_change: bool,
    /// Locked until then, milliseconds since 1970-01-01 UTC.
    pub locked_until_ms: u64,
    /// Whether one can sign in.
    pub active: bool,
    /// Counts the changes.
    pub version: i64,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Account({}, ***)", self.id)
    }
}

/// What an account is for; what is empty is not narrowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scope {
    /// One campaign.
    pub campaign: String,
    /// One college.
    pub college: String,
    /// One class.
    pub cohort: String,
    /// One student of the campaign.
    pub student: Option<Uuid>,
}

/// An account to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// What is typed to sign in.
    pub login: String,
    /// The person.
    pub name: String,
    /// In which role.
    pub role: Role,
    /// For what.
    pub scope: Scope,
}

/// An open session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose.
    pub account: Account,
    /// What the browser must repeat with every change.
    pub csrf: String,
}

/// A session that was just begun.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// What the browser shows again: secret.
    pub token: String,
}

/// Who acts on accounts and when.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// The account.
    pub account: Uuid,
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
}

/// Why somebody is not let in, or an account is not changed.
#[derive(Debug, Error)]
pub enum AccountError {
    /// The name or the password; which of them is not said.
    #[error("the name or the password is wrong")]
    Wrong,
    /// Too many wrong passwords.
    #[error("too many wrong passwords: the account is locked for {minutes} more minutes")]
    Locked {
        /// How long still.
        minutes: u64,
    },
    /// The password does not do.
    #[error(transparent)]
    Password(#[from] PasswordFault),
    /// The name is taken.
    #[error("there is an account of this name already")]
    Taken,
    /// No such account.
    #[error("there is no such account")]
    Unknown,
    /// A role without what it is for, or a name that cannot be one.
    #[error("{0}")]
    Scope(&'static str, &'static str),
    /// Somebody else was faster.
    #[error("somebody else changed it meanwhile: look again and decide anew")]
    Stale,
    /// What is given does not fit the roster.
    #[error("the number, the name or the document number does not fit the roster")]
    NotOnRoster,
    /// A log line that cannot be.
    #[error(transparent)]
    Log(#[from] EntryFault),
    /// What stands in the store is not what was put there.
    #[error("the store holds something that this program did not write: {0}")]
    Damaged(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AccountError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Wrong => "用户名或密码错误".into(),
            Self::Locked { minutes } => format!("密码错误次数过多，账号已锁定，请 {minutes} 分钟后再试"),
            Self::Password(fault) => fault.zh(),
            Self::Taken => "用户名已存在".into(),
            Self::Unknown => "没有这个账号".into(),
            Self::Scope(_, zh) => (*zh).into(),
            Self::Stale => "数据已被他人更改：请刷新后重新决定".into(),
            Self::NotOnRoster => "学号、姓名或证件号码与名单不符".into(),
            Self::Log(fault) => fault.zh(),
            Self::Damaged(why) => format!("数据库中有并非本程序写入的内容：{why}"),
            Self::Store(error) => error.zh(),
        }
    }
}

impl From<sqlx::Error> for AccountError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<RegisterError> for AccountError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Unknown => Self::NotOnRoster,
            RegisterError::Store(error) => Self::Store(error),
            other => Self::Damaged(other.to_string()),
        }
    }
}

type Result<T> = std::result::Result<T, AccountError>;

impl Accounts {
    /// The accounts beside a register.
    pub fn of(register: &Register) -> Self {
        Self { store: register.store().clone() }
    }

    /// Lets somebody in. A wrong name takes as long as a wrong password, so that names cannot be probed.
    ///
    /// # Errors
    /// [`AccountError::Wrong`], or [`AccountError::Locked`] after too many of those.
    pub async fn sign_in(&self, login: &str, password: &str, at_ms: u64) -> Result<SignedIn> {
        let row = query(tables::BY_LOGIN).bind(login).fetch_optional(self.store.reader()).await?;
        let Some(row) = row else {
            password::holds(password, None).await;
            return Err(AccountError::Wrong);
        };
        let account = account(&row)?;
        if account.locked_until_ms > at_ms {
            let minutes = (account.locked_until_ms - at_ms).div_ceil(60_000);
            return Err(AccountError::Locked { minutes });
        }
        let stored: String = row.try_get("password")?;
        if !password::holds(password, Some(stored)).await || !account.active {
            return Err(self.failed(&account, at_ms).await?);
        }
        let session = self.begin_session(account, at_ms).await?;
        Ok(session)
    }

    async fn failed(&self, account: &Account, at_ms: u64) -> Result<AccountError> {
        let mut writing = self.store.begin().await?;
        let failures: i64 =
            query_scalar(tables::FAILED).bind(account.id.to_string()).fetch_one(&mut *writing).await?;
        if failures < MOST_FAILURES {
            writing.commit().await?;
            return Ok(AccountError::Wrong);
        }
        query(tables::LOCK)
            .bind(account.id.to_string())
            .bind((at_ms + LOCKED_MS) as i64)
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, "locked", account.id, By { account: account.id, at_ms }).await?;
        writing.commit().await?;
        Ok(AccountError::Locked { minutes: LOCKED_MS / 60_000 })
    }

    async fn begin_session(&self, account: Account, at_ms: u64) -> Result<SignedIn> {
        let (token, csrf) = (password::token()?, password::token()?);
        let mut writing = self.store.begin().await?;
        query(tables::LET_IN).bind(account.id.to_string()).execute(&mut *writing).await?;
        query(tables::NEW_SESSION)
            .bind(kept::token_digest(&token))
            .bind(account.id.to_string())
            .bind(&csrf)
            .bind(at_ms as i64)
            .execute(&mut *writing)
            .await?;
        query(tables::SWEEP_SESSIONS)
            .bind(at_ms.saturating_sub(IDLE_MS) as i64)
            .bind(at_ms.saturating_sub(LONGEST_SESSION_MS) as i64)
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, "signed-in", account.id, By { account: account.id, at_ms }).await?;
        writing.commit().await?;
        Ok(SignedIn { session: Session { account, csrf }, token })
    }

    /// The session of a token, if it has not ended.
    ///
    /// # Errors
    /// [`AccountError::Store`] when the store cannot be read.
    pub async fn session(&self, token: &str, at_ms: u64) -> Result<Option<Session>> {
        let digest = kept::token_digest(token);
        let row = query(tables::SESSION).bind(&digest).fetch_optional(self.store.reader()).await?;
        let Some(row) = row else { return Ok(None) };
        let (created, seen): (i64, i64) = (row.try_get("created_ms")?, row.try_get("seen_ms")?);
        let (created, seen) = (created as u64, seen as u64);
        let account = account(&row)?;
        if at_ms >= seen + IDLE_MS || at_ms >= created + LONGEST_SESSION_MS || !account.active {
            return Ok(None);
        }
        if at_ms >= seen + SEEN_EVERY_MS {
            query(tables::SEEN).bind(&digest).bind(at_ms as i64).execute(self.store.reader()).await?;
        }
        Ok(Some(Session { account, csrf: row.try_get("csrf")? }))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`AccountError::Store`] when the store cannot be written.
    pub async fn sign_out(&self, token: &str) -> Result<()> {
        query(tables::END_SESSION).bind(kept::token_digest(token)).execute(self.store.reader()).await?;
        Ok(())
    }

    /// Changes somebody's own password; every other session of the account ends.
    ///
    /// # Errors
    /// [`AccountError::Wrong`] when the old one is; [`AccountError::Password`] when the new one does not do.
    pub async fn change_password(
        &self,
        account: &Account,
        (old, new): (&str, &str),
        token: &str,
        at_ms: u64,
    ) -> Result<()> {
        password::check(new, account)?;
        let stored: String = query_scalar(tables::PASSWORD)
            .bind(account.id.to_string())
            .fetch_one(self.store.reader())
            .await?;
        if !password::holds(old, Some(stored.clone())).await {
            return Err(self.failed(account, at_ms).await?);
        }
        if password::holds(new, Some(stored)).await {
            return Err(PasswordFault::Same.into());
        }
        let hash = password::hash(new).await?;
        let mut writing = self.store.begin().await?;
        query(tables::SET_PASSWORD)
            .bind(account.id.to_string())
            .bind(hash)
            .bind(0_i64)
            .execute(&mut *writing)
            .await?;
        query(tables::END_OTHERS)
            .bind(account.id.to_string())
            .bind(kept::token_digest(token))
            .execute(&mut *writing)
            .await?;
        self.log(&mut writing, "password-changed", account.id, By { account: account.id, at_ms }).await?;
        writing.commit().await?;
        Ok(())
    }

    /// Makes an account; gives the first password, which is shown once and must be changed.
    ///
    /// # Errors
    /// [`AccountError::Taken`], or [`AccountError::Scope`] for a role without what it is for.
    pub async fn create(&self, new: &NewAccount, by: By) -> Result<(Account, String)> {
        let first = password::first()?;
        let account = self.insert(new, &first, true, by).await?;
        Ok((account, first))
    }

    /// Makes the very first account, of the registry, with a password that was chosen outside; does nothing when
    /// there are accounts.
    ///
    /// # Errors
    /// [`AccountError::Password`] when the password does not do.
    pub async fn first(&self, login: &str, password: &str, at_ms: u64) -> Result<Option<Account>> {
        let count: i64 = query_scalar(tables::COUNT).fetch_one(self.store.reader()).await?;
        if count > 0 {
            return Ok(None);
        }
        let new = NewAccount {
            login: login.into(),
            name: "教务处".into(),
            role: Role::Registry,
            scope: Scope::default(),
        };
        Ok(Some(self.insert(&new, password, true, By { account: Uuid::nil(), at_ms }).await?))
    }

    /// A student makes the own account by showing what only the student and the roster know together.
    ///
    /// # Errors
    /// [`AccountError::NotOnRoster`] without saying which of the three is wrong.
    pub async fn enrol_student(
        &self,
        register: &Register,
        campaign: &CampaignId,
        (number, name, document): (&str, &str, &str),
        password: &str,
        at_ms: u64,
    ) -> Result<Account> {
        let entry = register.student_of_number(campaign, number.trim()).await?;
        let student = &entry.student;
        let is_document = student.document_no.eq_ignore_ascii_case(document.trim());
        if !is_document || roster::text::plain(name) != student.name.plain {
            return Err(AccountError::NotOnRoster);
        }
        let new = NewAccount {
            login: format!("{campaign}/{number}", number = student.student_no),
            name: student.name.plain.clone(),
            role: Role::Student,
            scope: Scope {
                campaign: campaign.to_string(),
                college: student.college.clone(),
                cohort: student.cohort.clone(),
                student: Some(entry.id),
            },
        };
        self.insert(&new, password, false, By { account: entry.id, at_ms }).await
    }

    async fn insert(&self, new: &NewAccount, password: &str, must_change: bool, by: By) -> Result<Account> {
        check_new(new)?;
        let account = Account {
            id: password::new_id(by.at_ms)?,
            login: new.login.clone(),
            name: new.name.clone(),
            role: new.role,
            scope: new.scope.clone(),
            must_change,
            locked_until_ms: 0,
            active: true,
            version: 0,
        };
        password::check(password, &account)?;
        let hash = password::hash(password).await?;
        let mut writing = self.store.begin().await?;
        let inserted = query(tables::NEW_ACCOUNT)
            .bind(account.id.to_string())
            .bind(&account.login)
            .bind(&account.name)
            .bind(role_name(account.role)?)
            .bind(&account.scope.campaign)
            .bind(&account.scope.college)
            .bind(&account.scope.cohort)
            .bind(account.scope.student.map(|id| id.to_string()).unwrap_or_default())
            .bind(hash)
            .bind(i64::from(must_change))
            .execute(&mut *writing)
            .await?;
        if inserted.rows_affected() == 0 {
            return Err(AccountError::Taken);
        }
        self.log(&mut writing, "created", account.id, by).await?;
        writing.commit().await?;
        Ok(account)
    }

    /// Gives a new first password; every session of the account ends and its lock opens.
    ///
    /// # Errors
    /// [`AccountError::Unknown`] when there is no such account.
    pub async fn reset(&self, id: Uuid, by: By) -> Result<String> {
        let first = password::first()?;
        let hash = password::hash(&first).await?;
        let mut writing = self.store.begin().await?;
        let set = query(tables::SET_PASSWORD)
            .bind(id.to_string())
            .bind(hash)
            .bind(1_i64)
            .execute(&mut *writing)
            .await?;
        if set.rows_affected() == 0 {
            return Err(AccountError::Unknown);
        }
        query(tables::END_ALL).bind(id.to_string()).execute(&mut *writing).await?;
        self.log(&mut writing, "reset", id, by).await?;
        writing.commit().await?;
        Ok(first)
    }

    /// Opens or closes an account, from the version that the actor saw.
    ///
    /// # Errors
    /// [`AccountError::Stale`] when it came too late.
    pub async fn set_active(&self, id: Uuid, active: bool, seen: i64, by: By) -> Result<Account> {
        let mut writing = self.store.begin().await?;
        let set = query(tables::SET_ACTIVE)
            .bind(id.to_string())
            .bind(i64::from(active))
            .bind(seen)
            .execute(&mut *writing)
            .await?;
        if set.rows_affected() == 0 {
            return Err(AccountError::Stale);
        }
        if !active {
            query(tables::END_ALL).bind(id.to_string()).execute(&mut *writing).await?;
        }
        self.log(&mut writing, if active { "opened" } else { "closed" }, id, by).await?;
        writing.commit().await?;
        self.account(id).await
    }

    /// One account.
    ///
    /// # Errors
    /// [`AccountError::Unknown`] when there is none.
    pub async fn account(&self, id: Uuid) -> Result<Account> {
        let row = query(tables::BY_ID).bind(id.to_string()).fetch_optional(self.store.reader()).await?;
        account(&row.ok_or(AccountError::Unknown)?)
    }

    /// A page of accounts of everybody but students, by login, and how many there are.
    ///
    /// # Errors
    /// [`AccountError::Store`] when the store cannot be read.
    pub async fn page(&self, (first, count): (i64, i64)) -> Result<(Vec<Account>, i64)> {
        let rows = query(tables::STAFF).bind(count).bind(first).fetch_all(self.store.reader()).await?;
        let all = query_scalar(tables::STAFF_COUNT).fetch_one(self.store.reader()).await?;
        Ok((rows.iter().map(account).collect::<Result<_>>()?, all))
    }

    /// The log of accounts, as `seal::audit` verifies it under the campaign name `accounts`.
    ///
    /// # Errors
    /// [`AccountError::Store`] when the store cannot be read.
    pub async fn log_text(&self) -> Result<String> {
        let lines: Vec<String> = query_scalar(tables::LOG).fetch_all(self.store.reader()).await?;
        Ok(lines.concat())
    }

    /// The logins of everybody but students, by the account's id.
    ///
    /// # Errors
    /// [`AccountError::Store`] when the store cannot be read.
    pub async fn staff(&self) -> Result<HashMap<String, String>> {
        let rows = query(tables::STAFF_LOGINS).fetch_all(self.store.reader()).await?;
        rows.iter().map(|row| Ok((row.try_get("id")?, row.try_get("login")?))).collect()
    }

    async fn log(&self, writing: &mut Transaction, event: &str, subject: Uuid, by: By) -> Result<()> {
        let name = log_name()?;
        let start = Tip::start(&name, Suite::Modern);
        query(tables::FIRST_TIP).bind(start.chain.to_string()).execute(&mut **writing).await?;
        let row = query(tables::HOLD_TIP).fetch_one(&mut **writing).await?;
        let damaged = || AccountError::Damaged("the log of accounts".into());
        let count: i64 = row.try_get("log_count")?;
        let chain = Chain::parse(row.try_get("log_chain")?).ok_or_else(damaged)?;
        let mut tip = Tip::resume(Suite::Modern, count as u64, chain);
        let at_ms = by.at_ms.max(row.try_get::<i64, _>("log_ms")? as u64);
        let entry = LogEntry {
            at_ms,
            event: event.into(),
            subject: subject.to_string(),
            detail: by.account.to_string(),
        };
        let line = tip.append(&entry)?;
        query(tables::NEW_LINE).bind(tip.count as i64).bind(line).execute(&mut **writing).await?;
        query(tables::KEEP_TIP)
            .bind(tip.count as i64)
            .bind(tip.chain.to_string())
            .bind(at_ms as i64)
            .execute(&mut **writing)
            .await?;
        Ok(())
    }
}

/// The name that the log of accounts is chained under.
///
/// # Errors
/// Never: the name is a good one.
pub fn log_name() -> Result<CampaignId> {
    "accounts".to_owned().try_into().map_err(|_| AccountError::Damaged("the name of the log".into()))
}

fn check_new(new: &NewAccount) -> Result<()> {
    let is_plain =
        |text: &str| !text.is_empty() && text.len() <= 64 && !text.chars().any(char::is_whitespace);
    if !is_plain(&new.login) {
        return Err(AccountError::Scope(
            "a name to sign in with has 1 to 64 bytes and no blanks",
            "用户名为 1 至 64 字节，不含空格",
        ));
    }
    let scope = &new.scope;
    match new.role {
        Role::System => Err(AccountError::Scope("nobody signs in as the program", "不能创建系统账号")),
        Role::College if scope.college.is_empty() => {
            Err(AccountError::Scope("a college's account names its college", "学院账号须指定学院"))
        }
        Role::Monitor if scope.college.is_empty() || scope.cohort.is_empty() => Err(AccountError::Scope(
            "a monitor's account names college and class",
            "班长账号须指定学院和班级",
        )),
        Role::Student if scope.student.is_none() => {
            Err(AccountError::Scope("students make their accounts themselves", "学生账号由本人激活"))
        }
        _ => Ok(()),
    }
}

fn role_name(role: Role) -> Result<String> {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(AccountError::Damaged("a role without a name".into())),
    }
}

fn account(row: &AnyRow) -> Result<Account> {
    let damaged = |what: &str| AccountError::Damaged(format!("the {what} of an account"));
    let uuid = |text: &str| Uuid::parse_str(text).ok();
    let role: String = row.try_get("role")?;
    let student: String = row.try_get("student")?;
    let locked: i64 = row.try_get("locked_until_ms")?;
    Ok(Account {
        id: uuid(row.try_get("id")?).ok_or_else(|| damaged("id"))?,
        login: row.try_get("login")?,
        name: row.try_get("name")?,
        role: serde_json::from_value(role.into()).map_err(|_| damaged("role"))?,
        scope: Scope {
            campaign: row.try_get("campaign")?,
            college: row.try_get("college")?,
            cohort: row.try_get("cohort")?,
            student: uuid(&student),
        },
        must_change: row.try_get::<i64, _>("must_change")? != 0,
        locked_until_ms: locked as u64,
        active: row.try_get::<i64, _>("active")? != 0,
        version: row.try_get("version")?,
    })
}
