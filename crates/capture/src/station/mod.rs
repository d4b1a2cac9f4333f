//! A station: the laptop beside the camera. It works for days without network, and never puts a photo under somebody
//! else's number.
//!
//! The binding rule (防错位): one shot number is active at a time, in the database and not in memory; a photo binds to
//! the active number or to none. Whatever is unsure becomes a question to the operator, and every answer is logged.
//!
//! The rooms in the order of the work: [`laptop`] (the folder, its keys, enrolment) → [`opening`] (lights, background,
//! clock and disk are looked at) → [`numbers`] (a code is scanned
//! and gets a shot number; [`guard`] says what speaks against it) → [`takes`] (a file arrives, [`binding`] says whose it
//! is, it is judged; [`strays`] are nobody's for sure) → [`choice`] (the operator accepts; [`faces`] may speak against
//! it) → [`outbox`] (the packet that only the centre can open, and its receipt) → [`transfer`] (on its way) →
//! [`classes`] (a teacher signs that a class is done) → [`closing`] (the day's counts agree, or say why not);
//! [`incident`] keeps what went wrong. [`folder`] watches where the camera's program saves; [`card`]
//! reads what cameras that are not connected wrote.

pub mod binding;
pub mod card;
pub mod choice;
pub mod classes;
pub mod closing;
pub mod faces;
mod files;
pub mod folder;
pub mod guard;
pub mod incident;
pub mod laptop;
pub mod numbers;
pub mod opening;
pub mod outbox;
pub mod person;
pub mod strays;
mod tables;
pub mod takes;
pub mod transfer;
pub mod whose;

use std::io;
use std::sync::{Arc, Mutex, RwLock};

use portrait::standard::Standard;
use seal::audit::{Entry, EntryFault, Tip};
use seal::code::bundle::{Bundle, BundleFault};
use seal::code::scan::Refusal;
use seal::enrolment::EnrolmentFault;
use seal::identity::{CampaignId, StationId};
use seal::keys::VerifyingKey;
use seal::keys::file::EnrolledKeys;
use seal::keys::locked::LockFault;
use seal::packet::PackError;
use sqlx::{Row, query};
use store::{Store, StoreError, Transaction};
use thiserror::Error;
use tokio::sync::watch;
use vision::Vision;

use crate::judging::Judge;
use crate::random::NoRandom;
use binding::CameraClock;
use files::Files;

/// A station; clones share it.
#[derive(Clone)]
pub struct Station(Arc<Parts>);

struct Parts {
    store: Store,
    files: Files,
    keys: EnrolledKeys,
    authority: VerifyingKey,
    name: StationId,
    bundle: RwLock<Arc<Bundle>>,
    judge: RwLock<Arc<Judge>>,
    changes: watch::Sender<u64>,
    clock: Mutex<CameraClock>,
    /// What is shown beside the database's state: a code that waits for the one before, how the transfer goes.
    moment: RwLock<Moment>,
}

/// What may be forgotten when the program ends.
#[derive(Debug, Clone, Default)]
pub struct Moment {
    /// The text of a code whose student waits for the active one to be done.
    pub next: Option<String>,
    /// How the transfer goes.
    pub transfer: transfer::Progress,
}

/// Who is at the camera, and when.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    /// The operator, by number or short name.
    pub operator: &'a str,
    /// Milliseconds since 1970-01-01 UTC, by the station's clock.
    pub at_ms: u64,
}

/// Why a station does not do what was asked; then nothing was done.
#[derive(Debug, Error)]
pub enum StationError {
    /// The code does not count.
    #[error("the code: {0}")]
    Code(#[from] Refusal),
    /// Nobody is before the camera.
    #[error("nobody is active: scan a code first")]
    NoActive,
    /// No such number, photo or file.
    #[error("there is no such number or photo")]
    Unknown,
    /// The photo was decided about, or belongs to somebody who is done.
    #[error("this was decided already: look again")]
    Decided,
    /// The station is not open, or its check-list does not hold.
    #[error(
        "the station is not open: go through the check-list (lights of 5500 to 5600 K, every item, a test shot)"
    )]
    Opening,
    /// Numbers that keep a class open, with the masked names.
    #[error("the class is not done: {}", .0.join(", "))]
    ClassOpen(Vec<String>),
    /// A photo that inspection fails is taken by two persons.
    #[error("a photo that fails needs a second person beside the operator")]
    SecondPerson,
    /// What needs a reason.
    #[error("this needs a reason")]
    Reason,
    /// What is printed on another issuer's code.
    #[error(
        "say what is printed beside the code: the name and the last four characters of the document number"
    )]
    Printed,
    /// Too late to take back: the photo is on its way to the centre.
    #[error(
        "it cannot be taken back here: the photo is on its way; the centre can still have it taken again"
    )]
    TooLate,
    /// Nothing was accepted that could be taken back.
    #[error("nothing was accepted here yet that could be taken back")]
    NothingAccepted,
    /// The disk.
    #[error("the station's disk: {0}; make room or look at the cable, then do it again")]
    Disk(io::ErrorKind),
    /// The station is not enrolled yet.
    #[error("this folder holds no enrolled station: `xueying station enrol` makes one")]
    NotEnrolled,
    /// The passphrase, or the key file.
    #[error("the station's keys: {0}")]
    Locked(#[from] LockFault),
    /// Enrolment.
    #[error("enrolment: {0}")]
    Enrolment(#[from] EnrolmentFault),
    /// The campaign's bundle.
    #[error(transparent)]
    Bundle(#[from] BundleFault),
    /// An older bundle than the one that is here.
    #[error("the bundle is older than the one this station has")]
    OlderBundle,
    /// A packet cannot be made.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// A line of the log.
    #[error("the log: {0}")]
    Log(#[from] EntryFault),
    /// What stands in the store is not what was put there.
    #[error("the station's folder holds something that this program did not write: {0}")]
    Damaged(String),
    /// No random bytes.
    #[error(transparent)]
    Random(#[from] NoRandom),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StationError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Code(refusal) => format!("采集码：{}", refusal.zh()),
            Self::NoActive => "当前没有待拍学生：请先扫码".into(),
            Self::Unknown => "没有这个拍摄号或照片".into(),
            Self::Decided => "已有结论：请刷新后再看".into(),
            Self::Opening => "机位尚未开机：请完成开机检查（灯光 5500–5600 K、逐项确认、试拍一张）".into(),
            Self::ClassOpen(numbers) => format!("本班尚未完成：{}", numbers.join("、")),
            Self::SecondPerson => "采用不合格的照片须有操作员以外的第二人确认".into(),
            Self::Reason => "请填写原因".into(),
            Self::Printed => "请填写采集码旁印的姓名和证件号后四位".into(),
            Self::TooLate => "已开始上传，不能在此撤销；可由中心要求重拍".into(),
            Self::Disk(kind) => format!("机位硬盘：{kind}；请清理空间或检查连接后重试"),
            Self::NothingAccepted => "本机位还没有已采用、可撤销的照片".into(),
            Self::NotEnrolled => "此文件夹没有已登记的机位：请先运行 xueying station enrol".into(),
            Self::Locked(fault) => format!("机位密钥：{}", fault.zh()),
            Self::Enrolment(fault) => fault.zh(),
            Self::Bundle(fault) => fault.zh(),
            Self::OlderBundle => "活动数据包比本机已有的旧".into(),
            Self::Pack(error) => error.zh(),
            Self::Log(fault) => fault.zh(),
            Self::Damaged(why) => format!("机位文件夹中有并非本程序写入的内容：{why}"),
            Self::Random(error) => format!("系统无法提供随机数：{error}"),
            Self::Store(error) => error.zh(),
        }
    }
}

impl From<io::Error> for StationError {
    fn from(error: io::Error) -> Self {
        Self::Disk(error.kind())
    }
}

impl From<sqlx::Error> for StationError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<seal::problem::FileError> for StationError {
    fn from(error: seal::problem::FileError) -> Self {
        Self::Damaged(error.to_string())
    }
}

impl From<serde_json::Error> for StationError {
    fn from(error: serde_json::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

pub(crate) type Result<T> = std::result::Result<T, StationError>;

impl Station {
    /// Its name, such as `2`.
    pub fn name(&self) -> &str {
        self.0.name.as_str()
    }

    /// The campaign it belongs to.
    pub fn campaign(&self) -> &CampaignId {
        &self.0.keys.packing.campaign
    }

    /// What it knows of the campaign.
    pub fn bundle(&self) -> Arc<Bundle> {
        Arc::clone(&self.0.bundle.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// What photos are judged with.
    pub fn judge(&self) -> Arc<Judge> {
        Arc::clone(&self.0.judge.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Counts up whenever something changes that the page shows.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.0.changes.subscribe()
    }

    /// What may be forgotten.
    pub fn moment(&self) -> Moment {
        self.0.moment.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Works with what is known of the camera's clock.
    fn with_clock<T>(&self, work: impl FnOnce(&mut CameraClock) -> T) -> T {
        work(&mut self.0.clock.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn set_moment(&self, change: impl FnOnce(&mut Moment)) {
        change(&mut self.0.moment.write().unwrap_or_else(std::sync::PoisonError::into_inner));
        self.changed();
    }

    /// Says that something changed which the page shows.
    pub fn changed(&self) {
        self.0.changes.send_modify(|count| *count += 1);
    }

    /// Takes a bundle that came from the server or on a stick; an older one is refused.
    ///
    /// # Errors
    /// [`StationError::Bundle`] when it is not for this station, or not by the campaign's authority.
    pub async fn take_bundle(&self, letter: &[u8]) -> Result<()> {
        let bundle = seal::code::bundle::open(letter, &self.0.keys.letters, &self.0.authority)?;
        if bundle.campaign != *self.campaign() || bundle.edition < self.bundle().edition {
            return Err(StationError::OlderBundle);
        }
        if bundle.standard != self.bundle().standard {
            let judge = Arc::new(judge(&bundle)?);
            *self.0.judge.write().unwrap_or_else(std::sync::PoisonError::into_inner) = judge;
        }
        query(tables::SET_META).bind("bundle").bind(letter.to_vec()).execute(self.0.store.reader()).await?;
        *self.0.bundle.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(bundle);
        self.changed();
        Ok(())
    }

    /// Adds a line to the chained log inside a change.
    async fn log(
        &self,
        writing: &mut Transaction,
        event: &str,
        (subject, detail): (&str, &str),
        at: At<'_>,
    ) -> Result<()> {
        let last = query(tables::LOG_END).fetch_optional(&mut **writing).await?;
        let suite = self.0.authority.suite();
        let mut tip = match &last {
            None => Tip::start(self.campaign(), suite),
            Some(row) => {
                let line: &str = row.try_get("line")?;
                let chain = line.trim_end().rsplit('\t').next().and_then(seal::audit::Chain::parse);
                let chain = chain.ok_or_else(|| StationError::Damaged("the last line of the log".into()))?;
                let count: i64 = row.try_get("number")?;
                Tip::resume(suite, count as u64, chain)
            }
        };
        let operator = at.operator;
        let detail = if detail.is_empty() { operator.to_owned() } else { format!("{operator} {detail}") };
        let plain =
            |text: &str| text.chars().filter(|letter| !letter.is_control()).take(160).collect::<String>();
        let entry = Entry {
            at_ms: at.at_ms,
            event: event.to_owned(),
            subject: subject.to_owned(),
            detail: plain(&detail),
        };
        // A code that the reader typed into a reason, or a document number, must not stand in the log.
        let has_code = entry.detail.contains(seal::code::text::PREFIX);
        let line = if has_code { Err(EntryFault::Personal) } else { tip.append(&entry) };
        let line = match line {
            Err(EntryFault::Personal) => tip.append(&Entry { detail: operator.to_owned(), ..entry })?,
            line => line?,
        };
        query(tables::NEW_LINE).bind(tip.count as i64).bind(line).execute(&mut **writing).await?;
        Ok(())
    }

    /// The whole log, as `xueying audit verify` reads it.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn audit(&self) -> Result<String> {
        let lines: Vec<String> = sqlx::query_scalar(tables::LOG).fetch_all(self.0.store.reader()).await?;
        Ok(lines.concat())
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.0.store.close().await;
    }
}

/// The judge that a bundle asks for.
fn judge(bundle: &Bundle) -> Result<Judge> {
    let name = if bundle.standard.is_empty() { "jbz-2017-99" } else { &bundle.standard };
    let damaged = |why: String| StationError::Damaged(format!("the standard {name}: {why}"));
    let standard = Standard::preset(name).ok_or_else(|| damaged("this program does not know it".into()))?;
    let standard = standard.map_err(|error| damaged(error.to_string()))?;
    let vision = Vision::new().map_err(|error| damaged(error.to_string()))?;
    Ok(Judge { vision, standard })
}
