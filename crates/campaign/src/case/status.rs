//! The status that people see: one word for ten tracks, the most urgent first.

use serde::{Deserialize, Serialize};

use super::Case;
use super::tracks::{Attendance, Code, Eligibility, Payment, Photo, Proof, RecordCheck, Registry};

/// Where a student stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// 不参加
    NotTakingPart,
    /// 异常处理中: a person must settle something.
    Exception,
    /// 未准备: no code, or an error in the data.
    NotReady,
    /// 已就绪: may come.
    Ready,
    /// 已缴费
    Paid,
    /// 已到场
    Present,
    /// 已拍摄
    Photographed,
    /// 需重拍
    RetakeDue,
    /// 需补拍: missed the day.
    MakeUpDue,
    /// 照片已采用, nothing sent.
    Accepted,
    /// 已上报
    Sent,
    /// 待校对
    ToProofread,
    /// 已确认
    Confirmed,
    /// 未校对: taken as correct.
    NotChecked,
    /// 完成
    Complete,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 15] = [
        Self::NotTakingPart,
        Self::Exception,
        Self::NotReady,
        Self::Ready,
        Self::Paid,
        Self::Present,
        Self::Photographed,
        Self::RetakeDue,
        Self::MakeUpDue,
        Self::Accepted,
        Self::Sent,
        Self::ToProofread,
        Self::Confirmed,
        Self::NotChecked,
        Self::Complete,
    ];

    /// Its name in columns and addresses, as serde writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotTakingPart => "not-taking-part",
            Self::Exception => "exception",
            Self::NotReady => "not-ready",
            Self::Ready => "ready",
            Self::Paid => "paid",
            Self::Present => "present",
            Self::Photographed => "photographed",
            Self::RetakeDue => "retake-due",
            Self::MakeUpDue => "make-up-due",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::ToProofread => "to-proofread",
            Self::Confirmed => "confirmed",
            Self::NotChecked => "not-checked",
            Self::Complete => "complete",
        }
    }

    /// The status of a name.
    pub fn with_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    /// The word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::NotTakingPart => "不参加",
            Self::Exception => "异常处理中",
            Self::NotReady => "未准备",
            Self::Ready => "已就绪",
            Self::Paid => "已缴费",
            Self::Present => "已到场",
            Self::Photographed => "已拍摄",
            Self::RetakeDue => "需重拍",
            Self::MakeUpDue => "需补拍",
            Self::Accepted => "照片已采用",
            Self::Sent => "已上报",
            Self::ToProofread => "待校对",
            Self::Confirmed => "已确认",
            Self::NotChecked => "未校对",
            Self::Complete => "完成",
        }
    }

    /// The status of a case.
    pub fn of(case: &Case) -> Self {
        let is_stuck =
            matches!(
                case.registry,
                Registry::LinkError
                    | Registry::Uncertain
                    | Registry::Failed
                    | Registry::Abnormal
                    | Registry::EvidenceFiled
            ) || matches!(case.proof, Proof::InformationWrong | Proof::NotMe | Proof::CorrectionFiled);
        let is_registered = matches!(case.registry, Registry::IdentityPassed | Registry::Cleared);
        match case {
            case if case.eligibility != Eligibility::Expected => Self::NotTakingPart,
            _ if is_stuck => Self::Exception,
            Case { proof: Proof::Correct | Proof::Resolved, .. } if is_registered => Self::Complete,
            Case { proof: Proof::Correct | Proof::Resolved, .. } => Self::Confirmed,
            Case { proof: Proof::NotChecked, .. } => Self::NotChecked,
            Case { proof: Proof::Open, .. } => Self::ToProofread,
            Case { photo: Photo::RetakeDue | Photo::Fail, .. } => Self::RetakeDue,
            Case {
                registry: Registry::Sent | Registry::Linked | Registry::IdentityPassed | Registry::Cleared,
                ..
            } => Self::Sent,
            Case { photo: Photo::Accepted, .. } => Self::Accepted,
            Case { photo: Photo::Captured | Photo::Pass | Photo::Warn, .. } => Self::Photographed,
            Case { attendance: Attendance::NoShow | Attendance::Refused | Attendance::LeftQueue, .. } => {
                Self::MakeUpDue
            }
            Case {
                attendance:
                    Attendance::Arrived | Attendance::Queued | Attendance::CheckedIn | Attendance::Signed,
                ..
            } => Self::Present,
            Case { record_check: RecordCheck::ErrorReported, .. }
            | Case { code: Code::None | Code::Problem, .. } => Self::NotReady,
            Case { payment: Payment::Confirmed | Payment::Waived, .. } => Self::Paid,
            _ => Self::Ready,
        }
    }
}
