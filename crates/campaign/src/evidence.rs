//! Papers that show who somebody is when the face does not: needed before a photo is sent of whoever told of an
//! operation (notice 003 asks for it beforehand), and before the registry can settle a comparison that failed.

use std::collections::BTreeSet;

use roster::flags::{Flag, flags};
use roster::student::Student;
use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::case::tracks::Registry;

/// A paper, or what somebody does about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Item {
    /// The identity card, and the earlier one where the face changed.
    IdentityCard,
    /// A picture of the student who holds it.
    Holding,
    /// The statement in the student's own hand.
    Statement,
    /// The hospital's paper about an operation.
    Operation,
    /// The household register.
    Household,
    /// The diploma of the school before.
    Diploma,
    /// The file of the admission, with its photo.
    AdmissionFile,
    /// The office saw the student and compared.
    FaceToFace,
    /// The college's head signed.
    CollegeSigned,
}

impl Item {
    /// Every item, in the order in which they are asked for.
    pub const ALL: [Self; 9] = [
        Self::IdentityCard,
        Self::Holding,
        Self::Statement,
        Self::Operation,
        Self::Household,
        Self::Diploma,
        Self::AdmissionFile,
        Self::FaceToFace,
        Self::CollegeSigned,
    ];

    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::IdentityCard => "身份证（含旧证）复印件",
            Self::Holding => "手持身份证照片",
            Self::Statement => "本人手写说明",
            Self::Operation => "手术证明",
            Self::Household => "户口本",
            Self::Diploma => "中学毕业证",
            Self::AdmissionFile => "录取档案（含录取照片）",
            Self::FaceToFace => "专班现场核验记录",
            Self::CollegeSigned => "学院负责人签字",
        }
    }

    /// The word in English.
    pub fn en(self) -> &'static str {
        match self {
            Self::IdentityCard => "copies of the identity card, also of an earlier one",
            Self::Holding => "picture of the student holding it",
            Self::Statement => "statement in the student's own hand",
            Self::Operation => "the hospital's certificate",
            Self::Household => "household register",
            Self::Diploma => "diploma of the school before",
            Self::AdmissionFile => "admission file with its photo",
            Self::FaceToFace => "record of the comparison in person",
            Self::CollegeSigned => "signature of the college's head",
        }
    }
}

/// What is needed of a student as things stand; nothing for most.
pub fn needed(student: &Student, case: &Case) -> Vec<Item> {
    use Item::{CollegeSigned, Holding, IdentityCard, Operation, Statement};
    let had_operation = flags(student).contains(&Flag::Surgery);
    let is_stopped = matches!(case.registry, Registry::Abnormal | Registry::EvidenceFiled);
    let is_needed = |item: &Item| match item {
        Operation => had_operation,
        IdentityCard | Holding | Statement | CollegeSigned => had_operation || is_stopped,
        _ => is_stopped,
    };
    Item::ALL.into_iter().filter(is_needed).collect()
}

/// What is needed and not there.
pub fn lacking(student: &Student, case: &Case, there: &BTreeSet<Item>) -> Vec<Item> {
    needed(student, case).into_iter().filter(|item| !there.contains(item)).collect()
}
