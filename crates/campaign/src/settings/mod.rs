//! What a campaign is, as data: everything in which notices differ. One TOML file per campaign; those of the five
//! notices that were studied come with the program as templates. Changing a rule needs no new program.
//!
//! A key that is not known is refused with its line, so that a typing error never leaves a rule out.

pub mod centre;
pub mod guide;
pub mod policy;
mod template;

use std::collections::BTreeMap;

use jiff::civil::Date;
use seal::masking::Manner;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use centre::Centre;
pub use template::{TEMPLATES, template};

/// A campaign's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// Who collects whose portraits, when and where.
    pub campaign: Campaign,
    /// How students may look.
    #[serde(default)]
    pub appearance: BTreeMap<Item, Vec<Rule>>,
    /// Gathering and timetable.
    pub schedule: Schedule,
    /// Order in the line.
    pub queue: Queue,
    /// Make-up shooting.
    pub make_up: MakeUp,
    /// The picture.
    pub photo: Photo,
    /// Proofreading.
    pub proof: Proof,
    /// Money.
    pub fee: Option<Fee>,
    /// Collection codes.
    pub code: Code,
    /// What the school takes in.
    pub intake: Intake,
    /// Who takes part.
    pub eligibility: Eligibility,
    /// How long personal data is kept.
    #[serde(default)]
    pub retention: Retention,
    /// What is due when, beside what follows from the other settings.
    #[serde(default)]
    pub deadlines: Vec<Deadline>,
}

/// Who collects whose portraits, when and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Campaign {
    /// What it is called.
    pub title: String,
    /// The school.
    pub school: String,
    /// 院校代码, where the notice gives one.
    pub school_no: Option<String>,
    /// 届: the year of graduating.
    pub class_of: u16,
    /// 层次 of those photographed, as the notice says.
    pub levels: Vec<String>,
    /// The days of shooting.
    pub days: Vec<Date>,
    /// Where.
    pub places: Vec<Place>,
    /// 采集单位
    pub agency: Option<String>,
}

/// A place of shooting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// 校区
    pub campus: Option<String>,
    /// Building and, where all stations are in one, the room.
    pub name: String,
    /// Rooms or stations, by the names printed.
    #[serde(default)]
    pub stations: Vec<String>,
    /// Where to gather.
    pub gather: Option<String>,
    /// Where those who were called wait.
    pub waiting: Option<String>,
    /// Entrance and exit, such as 南门入，北门出.
    pub way: Option<String>,
}

/// What a rule of appearance is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Item {
    /// 眼镜
    Glasses,
    /// 有色隐形眼镜, 美瞳
    ColouredContacts,
    /// 衣着
    Clothing,
    /// 化妆
    Makeup,
    /// 首饰
    Jewellery,
    /// 头发
    Hair,
    /// 染发
    HairDye,
    /// 头部遮盖物
    HeadCover,
    /// 嘴
    Mouth,
}

/// A rule of appearance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rule {
    /// What applies.
    pub verdict: Verdict,
    /// To what, in Chinese.
    pub zh: String,
    /// To what, in English.
    pub en: String,
    /// The part of the year, where the notice tells summer from winter.
    pub season: Option<Season>,
    /// For whom it does not apply, in Chinese.
    pub exception: Option<String>,
}

/// What a rule says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// 应当
    Required,
    /// 不得
    Forbidden,
    /// 建议
    Advised,
    /// 不宜
    AdvisedAgainst,
    /// 由摄影师决定
    PhotographerDecides,
    /// 可以
    Allowed,
}

/// Summer or winter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Season {
    /// 夏季
    Summer,
    /// 冬季
    Winter,
}

/// Gathering and timetable.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Schedule {
    /// Minutes before a session at which its class gathers; none where the notice says nothing.
    pub gather_lead_min: Option<u16>,
    /// The same for the first session of the morning.
    pub first_slot_lead_min: Option<u16>,
    /// Seconds that one student takes: what is planned with, whatever the notice says of minutes per class.
    pub seconds_per_student: f64,
    /// Whether printed times hold.
    pub binding: Binding,
}

/// Whether printed times hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Binding {
    /// As printed.
    Fixed,
    /// All may be earlier: be ready.
    MayBeEarlier,
    /// The college's teacher says when.
    ByTeacher,
    /// As commanded on the spot.
    OnTheSpot,
    /// An estimate.
    Estimate,
}

/// Order in the line of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Queue {
    /// Who stands where.
    pub order: Order,
    /// A class that is complete may go before one that is not.
    #[serde(default)]
    pub complete_class_first: bool,
}

/// Who stands where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// By student number.
    StudentNo,
    /// 降级生、复读学生在前, then by student number.
    HeldBackFirst,
}

/// Make-up shooting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MakeUp {
    /// Whether the school holds a second session for all.
    pub unified: bool,
    /// Where single students may go.
    pub channels: Channels,
    /// Last day.
    pub until: Option<Date>,
    /// The centres that the notice names.
    #[serde(default)]
    pub centres: Vec<Centre>,
    /// Whether a finished photo from a centre elsewhere may be given in as a file.
    #[serde(default)]
    pub own_file: bool,
    /// How often an absent student may give in a photo taken alone with a phone; 0 where that is not allowed.
    #[serde(default)]
    pub self_capture_tries: u16,
}

/// Where single students may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channels {
    /// Nowhere.
    None,
    /// The named centre only.
    NamedCentre,
    /// Any branch of the agency, in any province.
    AnyBranch,
    /// Inside the province only.
    InsideProvince,
}

/// The picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Photo {
    /// The standard that it is judged by, a preset's name.
    pub standard: String,
    /// Colours that are used here, of those that the standard allows.
    pub backgrounds: Vec<String>,
    /// Months between photo and graduation above which a person is told; it blocks nothing.
    pub max_age_months: Option<u16>,
    /// Whether stations compare the faces of those they photograph, which takes the students' consent.
    #[serde(default)]
    pub compare_faces: bool,
    /// How photos are compared with reference photos of those who agree; without it none is, and no vector is made.
    pub reference: Option<Reference>,
}

/// How photos are compared with reference photos: of admission, of the document, or a picture of oneself.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reference {
    /// Nearer than this: the same person, as far as one can tell.
    pub same_below: f32,
    /// Farther than this: a person looks. Between the two it is not certain.
    pub different_above: f32,
}

/// Proofreading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Proof {
    /// When it opens.
    pub opens: Option<Opening>,
    /// The last day.
    pub until: Option<Date>,
    /// Days that a student has at least, also whose photo came late.
    #[serde(default = "ten")]
    pub least_days: u16,
    /// Days in which the registry answers what a student says is wrong.
    #[serde(default = "ten")]
    pub answer_days: u16,
}

fn ten() -> u16 {
    10
}

/// When proofreading opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Opening {
    /// So many days after the shot.
    AfterDays(u16),
    /// On a day.
    On(Date),
}

/// Money, in fen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fee {
    /// Per head in the collective session.
    pub collective_fen: u32,
    /// Per head at a centre.
    pub single_fen: Option<u32>,
    /// Who pays whom.
    pub payer: Payer,
    /// The last day of paying, where it is before the shooting.
    pub due: Option<Date>,
    /// What is paid for, such as 8张小二寸.
    pub product: Option<String>,
}

/// Who pays whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Payer {
    /// Each student, to a payment code.
    Student,
    /// The monitor collects and hands over on the day.
    Class,
    /// The unit hands over on the day.
    Unit,
}

/// Collection codes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Code {
    /// Whose codes are used.
    pub mode: CodeMode,
    /// Days before the shooting by which a student has one.
    pub lead_days: Option<u16>,
    /// How it is kept.
    pub save: Save,
    /// How much of a student's name our own codes show.
    #[serde(default)]
    pub mask: Manner,
}

/// Whose codes are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeMode {
    /// The national centre's.
    National,
    /// The school's own.
    Own,
    /// Made by students from what they type, as before 2023.
    SelfMade,
}

/// How a code is kept on a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Save {
    /// A screenshot will do.
    Screenshot,
    /// The picture itself; screenshots are often unreadable.
    Picture,
}

/// What the school takes in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Intake {
    /// No names, document numbers or photos by e-mail (教学服〔2022〕10号).
    pub secure_only: bool,
}

/// Who takes part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Eligibility {
    /// 外出实习的学生
    pub interns: Participation,
}

/// Whether a group takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Participation {
    /// Comes with everybody.
    Included,
    /// Does not come; make-up is open.
    Excluded,
}

/// How long personal data is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Retention {
    /// Days after the campaign was closed.
    pub keep_days: u16,
    /// Nothing is deleted while this stands: a dispute, an order.
    pub legal_hold: bool,
    /// What students are told about their data, by a name that changes with the text.
    pub notice_version: String,
}

impl Default for Retention {
    /// A year: until the certificates of the year are out and complaints about them are over. A choice.
    fn default() -> Self {
        Self { keep_days: 365, legal_hold: false, notice_version: "1".into() }
    }
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Deadline {
    /// The last day.
    pub on: Date,
    /// What.
    pub what: String,
    /// Who owes it.
    pub owner: String,
}

/// Where the calendar stands with something that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Due {
    /// More than three days are left.
    Later,
    /// Its owner is reminded: today or within three days, as students are.
    Soon,
    /// The day has passed.
    Overdue,
}

impl Deadline {
    /// Where it stands on a day.
    pub fn due(&self, today: Date) -> Due {
        match today.until(self.on).map_or(0, |span| span.get_days()) {
            ..0 => Due::Overdue,
            0..=3 => Due::Soon,
            _ => Due::Later,
        }
    }
}

/// Why settings are not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {message}")]
pub struct SettingsError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

impl Settings {
    /// Reads a campaign's file.
    ///
    /// # Errors
    /// [`SettingsError`] with the line of what is missing, unknown or not what it should be.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        toml::from_str(text).map_err(|error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start).min(text.len());
            let line = 1 + text.get(..start).unwrap_or_default().matches('\n').count();
            SettingsError { line, message: error.message().to_owned() }
        })
    }

    /// The file again.
    pub fn write(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }
}
