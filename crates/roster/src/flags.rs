//! What a roster says of a student beside the person: held back, away, a second degree. Tables have no column for
//! it; it stands in 学籍状态, 备注, 专业 or 层次, in a few usual words.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::student::Student;

/// A special case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flag {
    /// 降级, 留级
    HeldBack,
    /// 复读, 重读
    Repeater,
    /// 休学, 保留学籍
    Suspended,
    /// 退学, 转学, 不在籍
    Left,
    /// 外出实习
    Intern,
    /// 第二学士学位
    SecondDegree,
    /// 专升本
    TopUp,
    /// 留学生
    Foreign,
    /// 整容: the face differs from the admission photo; a person compares.
    Surgery,
}

/// Words that mean a flag. A word after 不, 未 or 无 does not.
const WORDS: [(Flag, &[&str]); 9] = [
    (Flag::HeldBack, &["降级", "留级"]),
    (Flag::Repeater, &["复读", "重读"]),
    (Flag::Suspended, &["休学", "保留学籍", "暂停学业"]),
    (Flag::Left, &["退学", "转出", "转学至", "不在籍", "开除", "死亡"]),
    (Flag::Intern, &["外出实习", "实习在外", "顶岗实习", "校外实习"]),
    (Flag::SecondDegree, &["第二学士", "二学位"]),
    (Flag::TopUp, &["专升本"]),
    (Flag::Foreign, &["留学生", "国际学生"]),
    (Flag::Surgery, &["整容", "整形", "面部手术"]),
];

impl Flag {
    /// Its usual word.
    pub fn zh(self) -> &'static str {
        WORDS.iter().find(|(flag, _)| *flag == self).map_or("", |(_, words)| words[0])
    }
}

/// The flags of a student.
pub fn flags(student: &Student) -> BTreeSet<Flag> {
    let said = [&student.status, &student.remark, &student.major, &student.cohort];
    let means = |words: &[&str]| said.iter().any(|text| words.iter().any(|word| is_said(text, word)));
    WORDS.iter().filter(|(_, words)| means(words)).map(|(flag, _)| *flag).collect()
}

fn is_said(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[..at].ends_with(['不', '未', '无', '非']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_counts_unless_it_is_denied() {
        assert!(is_said("2024年休学一年", "休学"));
        assert!(is_said("不在籍（退学）", "退学") && is_said("不在籍（退学）", "不在籍"));
        assert!(!is_said("未休学", "休学") && !is_said("无外出实习", "外出实习"));
        assert_eq!(Flag::Intern.zh(), "外出实习");
    }
}
