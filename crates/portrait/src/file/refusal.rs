//! Why a file is not opened: each reason with a stable code and a sentence in Chinese and English that says what to do.

use std::fmt;

use thiserror::Error;

/// A few words in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// English.
    pub en: &'static str,
    /// Chinese.
    pub zh: &'static str,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en)
    }
}

/// A file that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No bytes at all.
    #[error("the file is empty; copy it again from the camera or card")]
    Empty,
    /// A HEIC, HEIF or AVIF picture.
    #[error(
        "this is a {0} picture; export it as JPEG (on a phone: camera settings, format, most compatible)"
    )]
    Heif(&'static str),
    /// A camera's raw data.
    #[error("this is a camera RAW file ({0}); export it as JPEG, or shoot RAW+JPEG and give the JPEG")]
    Raw(String),
    /// A picture of another format, named.
    #[error("this is a {0} picture; save it as JPEG or PNG")]
    OtherPicture(&'static str),
    /// Something that is no picture, named.
    #[error("this is {0}, not a picture; give the JPEG or PNG photo itself")]
    NoPicture(Said),
    /// None of the known signatures.
    #[error("the file is neither JPEG nor PNG; give the photo as the camera wrote it")]
    Unknown,
    /// More pixels than are opened.
    #[error(
        "the picture claims {width}×{height} pixels, over the limit of {limit_megapixels} megapixels; export a smaller one"
    )]
    TooLarge {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// What is opened at most, in million pixels.
        limit_megapixels: u32,
    },
    /// A JPEG built of so many scans that decoding would take minutes.
    #[error("the JPEG has {0} scans, far more than any camera writes; save it again as an ordinary JPEG")]
    TooManyScans(u32),
    /// The file ends early.
    #[error("the file is cut off before the end of the picture; copy it again from the camera or card")]
    Truncated,
    /// The file contradicts itself; what was noticed.
    #[error("the file is damaged ({0}); copy it again from the camera or card")]
    Damaged(Said),
    /// Four-colour printing data.
    #[error("the picture is in CMYK (printing) colours; convert it to sRGB and save as JPEG")]
    Cmyk,
    /// A JPEG of a kind that browsers do not read either.
    #[error("the JPEG uses {0}, which common programs do not read; save it as an ordinary JPEG")]
    RareJpeg(Said),
    /// A PNG that one can see through.
    #[error("the PNG is partly transparent; put it on its background and save without transparency")]
    Transparent,
    /// A moving picture.
    #[error("the PNG is animated; give a single photo")]
    Animated,
}

impl Refusal {
    /// A code for programs; never changes.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Heif(_) => "heif",
            Self::Raw(_) => "raw",
            Self::OtherPicture(_) => "other-picture",
            Self::NoPicture(_) => "no-picture",
            Self::Unknown => "unknown-format",
            Self::TooLarge { .. } => "too-large",
            Self::TooManyScans(_) => "too-many-scans",
            Self::Truncated => "truncated",
            Self::Damaged(_) => "damaged",
            Self::Cmyk => "cmyk",
            Self::RareJpeg(_) => "rare-jpeg",
            Self::Transparent => "transparent",
            Self::Animated => "animated",
        }
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty => "文件为空，请从相机或存储卡重新拷贝".into(),
            Self::Heif(kind) => {
                format!("这是 {kind} 图片，请导出为 JPEG（手机：相机设置－格式－兼容性最佳）")
            }
            Self::Raw(kind) => {
                format!("这是相机 RAW 原始文件（{kind}），请导出为 JPEG，或用 RAW+JPEG 拍摄后提交 JPEG")
            }
            Self::OtherPicture(kind) => format!("这是 {kind} 图片，请另存为 JPEG 或 PNG"),
            Self::NoPicture(kind) => format!("这不是图片（{}），请提交 JPEG 或 PNG 照片本身", kind.zh),
            Self::Unknown => "文件既不是 JPEG 也不是 PNG，请提交相机直接生成的照片".into(),
            Self::TooLarge { width, height, limit_megapixels } => format!(
                "图片标称 {width}×{height} 像素，超过 {limit_megapixels} 百万像素的上限，请导出较小的图片"
            ),
            Self::TooManyScans(scans) => {
                format!("该 JPEG 含 {scans} 次扫描，远超任何相机所写，请另存为普通 JPEG")
            }
            Self::Truncated => "文件不完整，图像未结束即中断，请从相机或存储卡重新拷贝".into(),
            Self::Damaged(what) => format!("文件已损坏（{}），请从相机或存储卡重新拷贝", what.zh),
            Self::Cmyk => "图片为 CMYK（印刷）颜色，请转换为 sRGB 后另存为 JPEG".into(),
            Self::RareJpeg(what) => {
                format!("该 JPEG 采用常用软件不支持的格式（{}），请另存为普通 JPEG", what.zh)
            }
            Self::Transparent => "PNG 含透明区域，请合并到背景后不带透明度保存".into(),
            Self::Animated => "PNG 为动画，请提交单张照片".into(),
        }
    }
}
