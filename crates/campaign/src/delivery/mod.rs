//! A delivery (报送包): accepted photos with an index, in ZIP volumes of limited size, with a signed manifest that
//! names every file by its digest. It is numbered, never changed, and made again byte for byte.
//!
//! [`naming`] says what each file is called, [`package`] writes volumes and checks them, [`feedback`] reads what the
//! receiver answers.

pub mod feedback;
pub mod naming;
pub mod package;

use jiff::civil::Date;
use roster::correction::text;
use roster::field::Field;
use roster::student::Student;
use roster::table::write::{Column, Form, WriteFault, write};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Photos in one volume unless stated otherwise: some 36 MB.
pub const PHOTOS_PER_VOLUME: usize = 1_000;
/// More would not be held in memory while they are packed.
pub const MOST_PER_VOLUME: usize = 4_000;

/// The purpose of a delivery that moves students' national registration on; others only hand photos out.
pub const REGISTRATION: &str = "学历注册";

/// What a delivery is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// Such as 学历注册 or 证书打印.
    pub purpose: String,
    /// Only what was not delivered as it now is; otherwise every accepted photo.
    pub only_new: bool,
    /// What files are called, see [`naming::Pattern`].
    pub pattern: String,
    /// Folders inside a volume, with the same placeholders; empty for none.
    #[serde(default)]
    pub folders: String,
    /// For students of whom the pattern says nothing, such as those without an examination number.
    pub fallback: String,
    /// `jpg` or `JPG`.
    pub extension: String,
    /// The index beside the photos; none where the receiver wants nothing but photos.
    pub index: Option<Form>,
    /// Photos in one volume.
    pub photos_per_volume: usize,
    /// The preset that photos are made by; empty for the accepted photos as they are.
    #[serde(default)]
    pub standard: String,
}

impl Spec {
    /// Whether it is for the national registration.
    pub fn is_registration(&self) -> bool {
        self.purpose == REGISTRATION
    }

    /// What the national registration is usually sent.
    pub fn usual() -> Self {
        Self {
            purpose: REGISTRATION.into(),
            only_new: true,
            pattern: "{document_no}".into(),
            folders: String::new(),
            fallback: "{school_no}_{cohort}_{name}".into(),
            extension: "jpg".into(),
            index: Some(Form::Xlsx),
            photos_per_volume: PHOTOS_PER_VOLUME,
            standard: String::new(),
        }
    }
}

/// A photo of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose.
    pub student: Uuid,
    /// The shot that was accepted.
    pub shot: Uuid,
    /// What the file is called inside its volume, folders included.
    pub name: String,
    /// What the index says of the student: when it changes, there is something new to deliver.
    pub record: Record,
}

/// What the index says of a student, as it was when the delivery was made.
pub type Record = [String; 8];

const COLUMNS: [Column<'static>; 9] = [
    Column { zh: "文件名", field: "WJM", width: 120 },
    Column { zh: "学号", field: "XH", width: 20 },
    Column { zh: "姓名", field: "XM", width: 60 },
    Column { zh: "证件号码", field: "ZJHM", width: 24 },
    Column { zh: "考生号", field: "KSH", width: 24 },
    Column { zh: "学院", field: "FY", width: 80 },
    Column { zh: "专业", field: "ZYMC", width: 80 },
    Column { zh: "班级", field: "BH", width: 80 },
    Column { zh: "层次", field: "CC", width: 12 },
];

/// What the index says of a student, but for the file's name.
pub fn record(student: &Student) -> Record {
    [
        Field::StudentNo,
        Field::Name,
        Field::DocumentNo,
        Field::ExamNo,
        Field::College,
        Field::Major,
        Field::Cohort,
        Field::Level,
    ]
    .map(|field| text(student, field))
}

/// The index of a volume: which file is whose.
///
/// # Errors
/// [`WriteFault`] where a value does not fit into a dBase field.
pub fn index(form: Form, files: &[&Line], on: Date) -> Result<Vec<u8>, WriteFault> {
    let row =
        |line: &&Line| std::iter::once(&line.name).chain(&line.record).map(String::clone).collect::<Vec<_>>();
    let rows: Vec<_> = files.iter().map(row).collect();
    write(form, &COLUMNS, &rows, on)
}
