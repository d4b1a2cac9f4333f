//! Why a photo cannot be sealed or opened, or a file not read; each message in English and Chinese.

use thiserror::Error;

use crate::identity::{CampaignId, IdProblem};
use crate::keys::KeyId;
use crate::record::Record;

/// Why bytes are not one whole JPEG file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotWhole {
    /// No start marker.
    #[error("the file is not a JPEG: it does not begin with FF D8")]
    NotJpeg,
    /// Something other than a segment where a segment must begin.
    #[error("the file is damaged: no JPEG segment begins at byte {at}")]
    NoSegment {
        /// Offset in bytes.
        at: usize,
    },
    /// The file ends too early.
    #[error("the file is cut off: it ends before the end of the picture")]
    CutOff,
    /// The end marker comes before any picture data.
    #[error("the file holds no picture: its end marker comes before any picture data")]
    NoPicture,
    /// Bytes after the end marker.
    #[error("the file goes on for {count} bytes after the end of the picture")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
}

impl NotWhole {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NotJpeg => "不是 JPEG 文件：开头不是 FF D8".into(),
            Self::NoSegment { at } => format!("文件已损坏：第 {at} 字节处不是 JPEG 段的开头"),
            Self::CutOff => "文件不完整：图像尚未结束，文件已到末尾".into(),
            Self::NoPicture => "文件中没有图像：结束标记之前没有图像数据".into(),
            Self::TrailingBytes { count } => format!("图像结束之后还有 {count} 字节多余数据"),
        }
    }
}

/// Why a photo was not sealed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SealError {
    /// Not one whole JPEG file.
    #[error(transparent)]
    NotWhole(#[from] NotWhole),
    /// There is a comment already.
    #[error("the photo already has a comment segment; remove it first if the photo is to be sealed anew")]
    HasComment,
    /// Identity and keys belong to different campaigns.
    #[error("the identity is of campaign {identity}, the keys are of campaign {keys}")]
    OtherCampaign {
        /// Campaign of the identity.
        identity: CampaignId,
        /// Campaign of the keys.
        keys: CampaignId,
    },
    /// The record does not fit into a segment.
    #[error("the record has {bytes} bytes; a JPEG comment holds at most 65533")]
    TooLong {
        /// Length of the text.
        bytes: usize,
    },
    /// The codec could not write the record.
    #[error("the record could not be written: {0}")]
    Codec(String),
}

impl SealError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NotWhole(why) => why.zh(),
            Self::HasComment => "照片已有注释段；如需重新写入，请先去除原有注释".into(),
            Self::OtherCampaign { identity, keys } => {
                format!("身份信息属于采集活动 {identity}，而密钥属于采集活动 {keys}")
            }
            Self::TooLong { bytes } => format!("身份记录有 {bytes} 字节，超过 JPEG 注释段上限 65533 字节"),
            Self::Codec(why) => format!("无法写入身份记录：{why}"),
        }
    }
}

/// Why a photo does not prove whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenError {
    /// Not one whole JPEG file.
    #[error(transparent)]
    NotWhole(#[from] NotWhole),
    /// No comment segment.
    #[error("the photo has no identity record")]
    NoRecord,
    /// More than one comment segment.
    #[error("the photo has {count} comment segments; a sealed photo has exactly one")]
    TwoRecords {
        /// How many.
        count: usize,
    },
    /// The comment is not where sealing puts it.
    #[error(
        "the comment stands at byte {at}; sealing puts it at byte {expected}, after the last APPn segment"
    )]
    WrongPlace {
        /// Where it is.
        at: usize,
        /// Where it should be.
        expected: usize,
    },
    /// A comment by somebody else.
    #[error("the comment of the photo is not an identity record")]
    OtherComment,
    /// The text cannot be decoded.
    #[error("the text of the identity record is damaged: {0}")]
    Damaged(Damage),
    /// A suite that this build does not have.
    #[error("the record uses cipher suite {id}, which this program does not have")]
    OtherSuite {
        /// The suite's number.
        id: u64,
    },
    /// No key with this id.
    #[error("no key file given holds record key {id}; the photo may belong to another campaign")]
    UnknownKey {
        /// Which key is missing.
        id: KeyId,
    },
    /// Ciphertext or header changed, or the key is not the one.
    #[error("the identity record cannot be decrypted: it was changed after sealing")]
    DecryptionFailed,
    /// Made by somebody who is not on the list of makers.
    #[error("the record is signed by {id}, who is not among the makers of this campaign")]
    UnknownMaker {
        /// Whose key.
        id: KeyId,
    },
    /// The maker did not sign this.
    #[error("the signature of the identity record is wrong")]
    SignatureWrong,
    /// The record names a campaign that the key does not belong to.
    #[error("the record names campaign {record}, its key belongs to campaign {keys}")]
    OtherCampaign {
        /// Campaign in the record.
        record: CampaignId,
        /// Campaign of the key.
        keys: CampaignId,
    },
    /// The file was changed, or the record comes from another photo.
    #[error("the record is genuine, but the photo is not the one that was sealed")]
    Changed {
        /// What the record says, to find out what happened; it proves nothing about this photo.
        record: Box<Record>,
    },
}

/// Which layer of a record's text is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Damage {
    /// Not base64 in its one valid form.
    #[error("it is not base64")]
    Base64,
    /// The encrypted object is not in its one valid form.
    #[error("the encrypted object is not well formed")]
    Envelope,
    /// The signed object is not in its one valid form.
    #[error("the signed object is not well formed")]
    Signed,
    /// The body is not in its one valid form.
    #[error("the body is not well formed")]
    Body,
}

impl Damage {
    /// The message in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Base64 => "不是规范的 base64",
            Self::Envelope => "加密层格式不正确",
            Self::Signed => "签名层格式不正确",
            Self::Body => "内容格式不正确",
        }
    }
}

impl OpenError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NotWhole(why) => why.zh(),
            Self::NoRecord => "照片中没有身份记录".into(),
            Self::TwoRecords { count } => format!("照片有 {count} 个注释段；封装后的照片应当只有一个"),
            Self::WrongPlace { at, expected } => {
                format!("注释段位于第 {at} 字节；封装时应位于最后一个 APPn 段之后，即第 {expected} 字节")
            }
            Self::OtherComment => "照片的注释不是身份记录".into(),
            Self::Damaged(damage) => format!("身份记录的文本已损坏：{}", damage.zh()),
            Self::OtherSuite { id } => format!("身份记录使用密码套件 {id}，本程序不支持"),
            Self::UnknownKey { id } => format!("所给密钥文件中没有记录密钥 {id}；照片可能属于其他采集活动"),
            Self::DecryptionFailed => "身份记录无法解密：封装之后被改动过".into(),
            Self::UnknownMaker { id } => format!("身份记录由 {id} 签名，该签名者不在本次采集活动名单中"),
            Self::SignatureWrong => "身份记录的签名不正确".into(),
            Self::OtherCampaign { record, keys } => {
                format!("身份记录属于采集活动 {record}，而其密钥属于采集活动 {keys}")
            }
            Self::Changed { .. } => "身份记录是真的，但照片不是当时封装的那一张".into(),
        }
    }
}

/// Why a key file or an identity file cannot be read; the caller adds the file's name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}: {problem}")]
pub struct FileError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub problem: FileProblem,
}

impl FileError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        format!("第 {} 行：{}", self.line, self.problem.zh())
    }
}

/// What is wrong in a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FileProblem {
    /// A field of an identity file.
    #[error("{0}")]
    NotIdentity(String),
    /// The first line is another one.
    #[error("a key file begins with the line \"xueying-keys 1\"")]
    NotKeyFile,
    /// A word that no key file has.
    #[error("unknown entry \"{0}\"")]
    UnknownEntry(String),
    /// An entry that may stand once stands twice.
    #[error("a second \"{0}\"")]
    Twice(&'static str),
    /// An entry is missing; the line is the last one.
    #[error("the file has no \"{0}\" line")]
    Missing(&'static str),
    /// A file for opening was given for sealing.
    #[error("the file has no \"maker-key\" line: it is for opening only, sealing needs the maker's own file")]
    OpeningOnly,
    /// The suite is not known.
    #[error("cipher suite \"{0}\" is not one that this program has")]
    UnknownSuite(String),
    /// A line of a key before the line of the suite.
    #[error("the \"suite\" line comes before the keys")]
    SuiteLate,
    /// Not "name id base64".
    #[error("a key line is \"name id base64\" with an id of 16 hexadecimal digits")]
    NotKeyLine,
    /// The key has the wrong length or is not a key.
    #[error("the key is not one of suite {0}")]
    BadKey(&'static str),
    /// Id and key do not fit: a character was changed.
    #[error("the key does not fit its id: a character of this line was changed")]
    WrongId,
    /// The name of the campaign.
    #[error(transparent)]
    BadCampaign(#[from] IdProblem),
}

impl FileProblem {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NotIdentity(why) => format!("身份文件有误：{why}"),
            Self::NotKeyFile => "密钥文件的第一行应为“xueying-keys 1”".into(),
            Self::UnknownEntry(word) => format!("未知条目“{word}”"),
            Self::Twice(word) => format!("“{word}”重复出现"),
            Self::Missing(word) => format!("文件缺少“{word}”一行"),
            Self::OpeningOnly => {
                "文件缺少“maker-key”一行：此文件只能用于验证，封装须用签名者本人的密钥文件".into()
            }
            Self::UnknownSuite(name) => format!("本程序不支持密码套件“{name}”"),
            Self::SuiteLate => "“suite”一行应在各密钥之前".into(),
            Self::NotKeyLine => "密钥行的格式为“名称 编号 base64”，编号为 16 位十六进制数".into(),
            Self::BadKey(suite) => format!("不是套件 {suite} 的密钥"),
            Self::WrongId => "密钥与其编号不符：此行有字符被改动".into(),
            Self::BadCampaign(why) => why.zh(),
        }
    }
}
