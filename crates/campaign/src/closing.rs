//! The end of a campaign: who is ready for registration, and what keeps the others; everybody ends somewhere.

use serde::{Deserialize, Serialize};

use crate::case::Case;
use crate::case::tracks::{Eligibility, Photo, Proof, RecordCheck, Registry};

/// What keeps a student from being registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Missing {
    /// No accepted photo.
    Photo,
    /// An error in the record that nobody corrected.
    Record,
    /// Not delivered as it now is.
    Delivery,
    /// Delivered, and not linked to the enrolment.
    Link,
    /// The identity check has not ended well.
    Identity,
    /// Proofreading is not over.
    Proof,
    /// What the student says is wrong has no answer.
    Dispute,
}

impl Missing {
    /// Everything that can be missing.
    pub const ALL: [Self; 7] =
        [Self::Photo, Self::Record, Self::Delivery, Self::Link, Self::Identity, Self::Proof, Self::Dispute];

    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Photo => "没有已采用的照片",
            Self::Record => "信息有误尚未更正",
            Self::Delivery => "尚未报送",
            Self::Link => "未关联学籍",
            Self::Identity => "身份核验未完成",
            Self::Proof => "图像校对未结束",
            Self::Dispute => "学生提出的问题未处理",
        }
    }
}

/// What keeps a student who takes part from being registered; nothing for who is ready. `proofreads` where the campaign
/// has a time of proofreading; elsewhere nobody waits for it.
pub fn missing(case: &Case, proofreads: bool) -> Vec<Missing> {
    let record = matches!(case.record_check, RecordCheck::ErrorReported);
    let dispute = matches!(case.proof, Proof::InformationWrong | Proof::NotMe | Proof::CorrectionFiled);
    let checks = [
        (Missing::Photo, case.photo != Photo::Accepted),
        (Missing::Record, record),
        (Missing::Delivery, matches!(case.registry, Registry::NotSent | Registry::Packaged)),
        (Missing::Link, matches!(case.registry, Registry::Sent | Registry::LinkError)),
        (
            Missing::Identity,
            matches!(
                case.registry,
                Registry::Linked
                    | Registry::Uncertain
                    | Registry::Failed
                    | Registry::Abnormal
                    | Registry::EvidenceFiled
            ),
        ),
        (
            Missing::Proof,
            match case.proof {
                Proof::NotOpen => proofreads,
                Proof::Open | Proof::Resolved => true,
                _ => false,
            },
        ),
        (Missing::Dispute, dispute),
    ];
    checks.into_iter().filter(|(_, is)| *is).map(|(missing, _)| missing).collect()
}

/// Where a student's case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disposition {
    /// All conditions of the registration hold.
    Ready,
    /// Does not take part, for the reason in the history.
    NotTakingPart,
    /// Left the school.
    Withdrawn,
    /// Nobody decided yet.
    Open,
}

impl Disposition {
    /// Where a case ended.
    pub fn of(case: &Case, proofreads: bool) -> Self {
        match case.eligibility {
            Eligibility::Excluded => Self::NotTakingPart,
            Eligibility::Withdrawn => Self::Withdrawn,
            Eligibility::Expected if missing(case, proofreads).is_empty() => Self::Ready,
            Eligibility::Expected => Self::Open,
        }
    }

    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Ready => "可注册",
            Self::NotTakingPart => "不参加",
            Self::Withdrawn => "离校",
            Self::Open => "未了结",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_that_is_missing_is_named_and_nobody_is_ready_without_all_of_them() {
        assert_eq!(missing(&Case::NEW, true), [Missing::Photo, Missing::Delivery, Missing::Proof]);
        assert_eq!(Disposition::of(&Case::NEW, true), Disposition::Open);
        let ready = Case {
            photo: Photo::Accepted,
            registry: Registry::IdentityPassed,
            proof: Proof::NotChecked,
            ..Case::NEW
        };
        assert_eq!(missing(&ready, true), []);
        assert_eq!(Disposition::of(&ready, true), Disposition::Ready);
        let broken = [
            (Case { photo: Photo::RetakeDue, ..ready }, Missing::Photo),
            (Case { record_check: RecordCheck::ErrorReported, ..ready }, Missing::Record),
            (Case { registry: Registry::Packaged, ..ready }, Missing::Delivery),
            (Case { registry: Registry::LinkError, ..ready }, Missing::Link),
            (Case { registry: Registry::Uncertain, ..ready }, Missing::Identity),
            (Case { proof: Proof::Open, ..ready }, Missing::Proof),
            (Case { proof: Proof::NotMe, ..ready }, Missing::Dispute),
        ];
        for (case, what) in broken {
            assert_eq!(missing(&case, true), [what]);
        }
        assert!(!missing(&Case { proof: Proof::NotOpen, ..ready }, false).contains(&Missing::Proof));
        let gone = Case { eligibility: Eligibility::Withdrawn, ..Case::NEW };
        assert_eq!(Disposition::of(&gone, true), Disposition::Withdrawn);
    }
}
