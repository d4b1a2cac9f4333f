//! What the receiver of a delivery answers, photo by photo. Nobody publishes the form of such lists, so the words
//! decide, and a word that is not known is kept and shown.

use roster::table::{Table, TableFault, read_headed};
use roster::text::plain;
use serde::{Deserialize, Serialize};

use crate::case::tracks::{Registry, RegistryEvent};

/// What was found about a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Taken and linked to the enrolment.
    Accepted,
    /// The face is the person's.
    IdentityPassed,
    /// 身份核验不确定
    IdentityUncertain,
    /// 身份核验未通过
    IdentityFailed,
    /// 身份核验异常
    IdentityAbnormal,
    /// Size, density, format or name of the file.
    Format,
    /// The record in the comment segment does not open.
    CommentRecord,
    /// No enrolment of this number.
    NoEnrolment,
    /// Name or number differ from the enrolment's.
    DataMismatch,
    /// A person looked and did not take it.
    Quality,
    /// Words that are not known.
    Unknown,
}

/// The words of each kind; the first line that fits decides, so that 未通过 is found before 通过.
const WORDS: [(Kind, &[&str]); 16] = [
    (
        Kind::IdentityFailed,
        &["核验未通过", "核验不通过", "比对未通过", "比对不通过", "比对失败", "非本人", "不是同一人"],
    ),
    (Kind::IdentityUncertain, &["不确定", "存疑", "疑似"]),
    (Kind::IdentityAbnormal, &["核验异常", "身份异常", "比对异常"]),
    (Kind::CommentRecord, &["注释", "加密信息", "解密", "嵌入", "COM段", "comment"]),
    (
        Kind::NoEnrolment,
        &["无学籍", "未找到学籍", "没有学籍", "学籍不存在", "查无", "未匹配", "关联失败", "未关联"],
    ),
    (Kind::DataMismatch, &["不一致", "不符", "不匹配", "有误"]),
    (Kind::Format, &["格式", "尺寸", "像素", "分辨率", "文件大小", "扩展名", "文件名", "命名", "format"]),
    (
        Kind::Quality,
        &[
            "模糊", "遮挡", "背景", "眼", "头", "光", "表情", "着装", "黑边", "质量", "翻拍", "美颜", "重拍",
            "quality",
        ],
    ),
    (Kind::IdentityPassed, &["核验通过", "比对通过", "身份通过", "同一人"]),
    (Kind::Quality, &["不合格", "未通过", "不通过", "驳回", "退回", "rejected"]),
    (Kind::IdentityAbnormal, &["异常"]),
    (Kind::Accepted, &["通过", "成功", "合格", "已入库", "已关联", "已接收", "正确", "accepted"]),
    (Kind::NoEnrolment, &["学籍"]),
    (Kind::DataMismatch, &["姓名", "证件"]),
    (Kind::Format, &["大小"]),
    (Kind::Accepted, &["ok"]),
];

/// A good word, and no bad one anywhere: 照片质量合格 is good, 背景不合格 and 核验不确定 are not.
fn is_good(words: &str) -> bool {
    const GOOD: [&str; 9] =
        ["通过", "成功", "合格", "正确", "已入库", "已关联", "已接收", "同一人", "accepted"];
    const BAD: [&str; 14] = [
        "不", "未", "无", "没", "非", "疑", "异常", "错", "失败", "驳回", "退回", "模糊", "遮挡", "rejected",
    ];
    GOOD.iter().any(|word| words.contains(word)) && BAD.iter().all(|word| !words.contains(word))
}

impl Kind {
    /// The kind that words mean.
    pub fn of(words: &str) -> Self {
        let words = plain(words).to_lowercase();
        // 审核通过，无异常: nothing of the second word is wrong.
        let words = ["无异常", "无误", "无问题", "没有问题"]
            .iter()
            .fold(words, |words, none| words.replace(none, "正确"));
        if is_good(&words) {
            let about_identity = ["核验", "比对", "身份", "同一人"].iter().any(|word| words.contains(word));
            return if about_identity { Self::IdentityPassed } else { Self::Accepted };
        }
        let fits = |known: &&(Self, &[&str])| known.1.iter().any(|word| words.contains(&word.to_lowercase()));
        WORDS.iter().find(fits).map_or(Self::Unknown, |(kind, _)| *kind)
    }

    /// What is to be done next, in Chinese and in English.
    pub fn action(self) -> (&'static str, &'static str) {
        match self {
            Self::Accepted => ("无需处理，等待身份核验", "nothing; the identity check follows"),
            Self::IdentityPassed => ("无需处理", "nothing"),
            Self::IdentityUncertain => {
                ("核对照片与本人，留意后续结论", "compare photo and student; wait for the next word")
            }
            Self::IdentityFailed => {
                ("通知学生重新拍摄，原照片作废", "have the photo taken again; the old one is void")
            }
            Self::IdentityAbnormal => ("准备佐证材料并备案", "gather evidence and file it"),
            Self::Format => ("检查命名与文件后重新报送", "check name and file, and deliver again"),
            Self::CommentRecord => ("检查加密信息后重新报送", "check the sealed record, and deliver again"),
            Self::NoEnrolment => ("在学籍平台核对该生学籍", "look the enrolment up on the platform"),
            Self::DataMismatch => {
                ("核对姓名和证件号码，更正后重新报送", "compare name and number, correct, and deliver again")
            }
            Self::Quality => ("通知学生重新拍摄", "have the photo taken again"),
            Self::Unknown => ("人工查看原文并处理", "a person reads the words and decides"),
        }
    }

    /// Whether the photo has to be taken again.
    pub fn wants_retake(self) -> bool {
        matches!(self, Self::Quality | Self::IdentityFailed)
    }

    /// The steps of the registration from where it stands; none where it says nothing new.
    pub fn steps(self, at: Registry) -> Vec<RegistryEvent> {
        use RegistryEvent::{Doubt, FailIdentity, FailLink, Link, PassIdentity, Send, Stop};
        let goal = match self {
            Self::Accepted => Registry::Linked,
            Self::IdentityPassed => Registry::IdentityPassed,
            Self::IdentityUncertain => Registry::Uncertain,
            Self::IdentityFailed => Registry::Failed,
            Self::IdentityAbnormal => Registry::Abnormal,
            Self::Format | Self::CommentRecord | Self::NoEnrolment | Self::DataMismatch | Self::Quality => {
                Registry::LinkError
            }
            Self::Unknown => return Vec::new(),
        };
        let mut steps = Vec::new();
        let mut at = at;
        while at != goal {
            let (step, next) = match (at, goal) {
                (Registry::Packaged, _) => (Send, Registry::Sent),
                (Registry::Sent, Registry::LinkError) => (FailLink, Registry::LinkError),
                (Registry::Sent, _) => (Link, Registry::Linked),
                (Registry::Linked | Registry::Uncertain, Registry::IdentityPassed) => {
                    (PassIdentity, Registry::IdentityPassed)
                }
                (Registry::Linked, Registry::Uncertain) => (Doubt, Registry::Uncertain),
                (Registry::Linked | Registry::Uncertain, Registry::Failed | Registry::Abnormal) => {
                    (FailIdentity, Registry::Failed)
                }
                (Registry::Failed, Registry::Abnormal) => (Stop, Registry::Abnormal),
                // An older word than what is known already.
                _ => return Vec::new(),
            };
            steps.push(step);
            at = next;
        }
        steps
    }
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Line of the file, from 1.
    pub line: usize,
    /// What the student or the file is called: numbers, or a file's name.
    pub keys: Vec<String>,
    /// What it means.
    pub kind: Kind,
    /// The words themselves.
    pub words: String,
}

const KEYS: [&str; 12] = [
    "学号",
    "证件号码",
    "身份证号",
    "考生号",
    "文件名",
    "照片",
    "XH",
    "SFZH",
    "ZJHM",
    "KSH",
    "file",
    "student_no",
];
const RESULTS: [&str; 12] = [
    "结果",
    "核验结果",
    "审核结果",
    "反馈",
    "状态",
    "原因",
    "备注",
    "BZ",
    "校对结果",
    "result",
    "reason",
    "remark",
];

fn is(known: &[&str], heading: &str) -> bool {
    let heading = plain(heading);
    known.iter().any(|name| heading.trim().eq_ignore_ascii_case(name))
}

/// Reads a list with one column or more that says whose photo is meant, and at least one with the result.
///
/// # Errors
/// [`TableFault`] for a file that is no such list.
pub fn read(bytes: &[u8]) -> Result<Vec<Answer>, TableFault> {
    let table = read_headed(bytes, |heading| is(&KEYS, heading) || is(&RESULTS, heading))?;
    Ok(answers(&table))
}

fn answers(table: &Table) -> Vec<Answer> {
    let of = |row: &roster::table::Row, known: &[&str]| -> Vec<String> {
        let cells = table.headings.iter().zip(&row.cells).filter(|(heading, _)| is(known, heading));
        cells.map(|(_, cell)| cell.text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    };
    let answer = |row: &roster::table::Row| {
        let words = of(row, &RESULTS).join(" ");
        Answer { line: row.line, keys: of(row, &KEYS), kind: Kind::of(&words), words }
    };
    table.rows.iter().map(answer).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_words_have_their_kinds_and_others_are_kept() {
        let said = [
            ("上传成功", Kind::Accepted),
            ("身份核验通过", Kind::IdentityPassed),
            ("身份核验未通过", Kind::IdentityFailed),
            ("身份核验不确定", Kind::IdentityUncertain),
            ("身份核验异常", Kind::IdentityAbnormal),
            ("照片尺寸应为480×640", Kind::Format),
            ("注释段无法解密", Kind::CommentRecord),
            ("未找到学籍信息", Kind::NoEnrolment),
            ("姓名与学籍不一致", Kind::DataMismatch),
            ("头发遮挡眉毛", Kind::Quality),
            ("审核不合格", Kind::Quality),
            ("照片质量合格", Kind::Accepted),
            ("头像审核通过 背景蓝色", Kind::Accepted),
            ("格式正确", Kind::Accepted),
            ("审核通过，无异常", Kind::Accepted),
            ("通过 背景不合格", Kind::Quality),
            ("请联系省厅", Kind::Unknown),
        ];
        for (words, kind) in said {
            assert_eq!(Kind::of(words), kind, "{words}");
        }
    }

    #[test]
    fn every_kind_leads_by_allowed_steps_to_its_state_and_says_nothing_twice() {
        use crate::role::Role;
        for (kind, _) in WORDS {
            let mut at = Registry::Packaged;
            for step in kind.steps(at) {
                at = at.after(step, Role::Registry).or_else(|_| at.after(step, Role::System)).unwrap();
            }
            assert_eq!(kind.steps(at), [], "{kind:?}");
            assert_ne!(at, Registry::Packaged, "{kind:?}");
        }
        assert_eq!(Kind::Unknown.steps(Registry::Sent), []);
        assert_eq!(Kind::Accepted.steps(Registry::IdentityPassed), [], "an older word");
    }

    #[test]
    fn a_list_with_any_usual_heading_is_read_line_by_line() {
        let list = "学号,姓名,核验结果,备注\n01,林*雨,身份核验未通过,\n02,王*,,照片模糊\n";
        let answers = read(list.as_bytes()).unwrap();
        assert_eq!(answers.len(), 2);
        assert_eq!((answers[0].keys[0].as_str(), answers[0].kind), ("01", Kind::IdentityFailed));
        assert_eq!((answers[1].line, answers[1].kind), (3, Kind::Quality));
    }
}
