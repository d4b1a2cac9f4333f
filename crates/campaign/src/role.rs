//! Who acts. What a role may cause stands beside each step, in [`crate::case`] and [`crate::phase`].

use std::fmt;

use serde::{Deserialize, Serialize};

/// A role that a person, or the program itself, acts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 教务处, 研究生学院
    Registry,
    /// 二级学院, 辅导员
    College,
    /// 班长
    Monitor,
    /// 学生
    Student,
    /// 学生助理
    Helper,
    /// 摄影师, 采集人员
    Operator,
    /// 采集单位现场负责人
    AgencyLead,
    /// 图像采集中心, 补拍中心
    Centre,
    /// Whoever reads logs and changes nothing.
    Auditor,
    /// The program: inspection, comparison, deadlines.
    System,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 10] = [
        Self::Registry,
        Self::College,
        Self::Monitor,
        Self::Student,
        Self::Helper,
        Self::Operator,
        Self::AgencyLead,
        Self::Centre,
        Self::Auditor,
        Self::System,
    ];

    /// Its name in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Registry => "教务处",
            Self::College => "学院",
            Self::Monitor => "班长",
            Self::Student => "学生",
            Self::Helper => "学生助理",
            Self::Operator => "采集人员",
            Self::AgencyLead => "采集单位负责人",
            Self::Centre => "图像采集中心",
            Self::Auditor => "审计",
            Self::System => "系统",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registry => "registry",
            Self::College => "college",
            Self::Monitor => "monitor",
            Self::Student => "student",
            Self::Helper => "helper",
            Self::Operator => "operator",
            Self::AgencyLead => "agency lead",
            Self::Centre => "centre",
            Self::Auditor => "auditor",
            Self::System => "system",
        })
    }
}
