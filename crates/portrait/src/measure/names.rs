//! The names of everything that can be measured: what a standard's file may refer to.
//!
//! A check that adds a reading adds its name here; a test holds every preset to this list.

/// What kind of value a reading has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number in the name's unit.
    Number,
    /// A colour.
    Colour,
    /// Shares by hue.
    Hues,
    /// A word.
    Text,
}

/// One thing that can be measured.
#[derive(Debug, Clone, Copy)]
pub struct Name {
    /// The reading's key, kebab-case.
    pub name: &'static str,
    /// The unit of numbers, empty for counts and ratios.
    pub unit: &'static str,
    /// The kind of value.
    pub kind: Kind,
    /// What it is, Chinese.
    pub chinese: &'static str,
    /// What it is, English.
    pub english: &'static str,
}

/// The name `name`, if there is one.
pub fn find(name: &str) -> Option<&'static Name> {
    NAMES.iter().find(|known| known.name == name)
}

const fn number(
    name: &'static str,
    unit: &'static str,
    chinese: &'static str,
    english: &'static str,
) -> Name {
    Name { name, unit, kind: Kind::Number, chinese, english }
}

const fn other(name: &'static str, kind: Kind, chinese: &'static str, english: &'static str) -> Name {
    Name { name, unit: "", kind, chinese, english }
}

/// Every name, grouped as the checks are; rows and columns are pixels of the measured picture from its top left corner.
#[rustfmt::skip]
pub const NAMES: &[Name] = &[
    // The face and where it stands.
    number("faces", "", "人脸数", "number of faces"),
    number("second-face-score", "", "第二张脸的置信度", "confidence of a second face"),
    number("second-face-area", "", "第二张脸相对面积", "area of a second face as a share of the main one"),
    number("eye-row", "px", "眼睛距上边沿", "eyes below the upper edge"),
    number("eye-row-from-bottom", "px", "眼睛距下边沿", "eyes above the lower edge"),
    number("crown-row", "px", "头顶距上边沿", "crown below the upper edge"),
    number("chin-row", "px", "下巴距上边沿", "chin below the upper edge"),
    number("face-width", "px", "脸宽（两颊之间）", "face width, cheek to cheek"),
    number("head-length", "px", "头长（头顶至下巴）", "head length, crown to chin"),
    number("head-share", "", "头长占画面高", "head length as a share of the height"),
    number("body-share", "", "下巴以下占画面高", "share of the height below the chin"),
    number("eye-share", "", "眼睛距上边沿占画面高", "eye row as a share of the height"),
    number("head-width", "px", "头宽（含头发）", "head width with hair"),
    number("inter-eye", "px", "双眼间距", "distance between the eyes"),
    number("face-centre-x", "px", "脸部中线位置", "column of the face's middle"),
    number("eye-centre-x", "px", "双眼中点位置", "column of the middle between the eyes"),
    number("centre-offset", "px", "偏离画面中线", "offset from the picture's middle"),
    number("roll", "°", "头部左右倾斜", "head tilt"),
    number("yaw", "°", "左右转头", "head turned sideways"),
    number("nose-offset", "", "鼻尖偏离两颊中线", "nose off the middle of the cheeks, in half face widths"),
    number("pitch", "°", "抬头或低头", "head raised or lowered"),
    number("lid-gap", "", "眼睑开度（相对眼至下巴）", "lid gap as a share of eyes to chin"),
    number("iris-visible", "", "虹膜露出比例", "visible share of the iris's height"),
    number("lid-difference", "", "双眼开度差", "difference of the lid gaps"),
    number("gaze-sideways", "", "视线左右偏移", "gaze offset sideways"),
    number("gaze-up-down", "", "视线上下偏移", "gaze offset up or down"),
    number("mouth-gap", "", "双唇间隙（相对眼至下巴）", "gap between the lips as a share of eyes to chin"),
    number("teeth-share", "", "露齿比例", "share of the open mouth that shows teeth"),
    number("body-on-edge", "", "下边沿被人像占据的比例", "share of the lower edge that the body covers"),
    number("head-on-sides", "", "头部触及左右边沿的比例", "share of the head's rows cut by a side edge"),
    number("occlusion", "", "口鼻区被遮挡比例", "covered share of nose and mouth"),
    number("iris-glare", "", "瞳孔处反光面积", "glare on the iris, share of the squared eye distance"),
    number("lens-darkening", "L*", "镜片减暗", "darkening by the lenses"),
    // Background and clothes.
    other("background-colour", Kind::Colour, "背景颜色", "background colour"),
    number("background-range", "L*", "背景明暗差", "lightness range of the background"),
    number("background-tint-range", "ΔE", "背景色度差", "chroma spread of the background"),
    number("background-shadow", "L*", "背景阴影深度", "depth of shadow on the background"),
    number("background-texture", "L*", "背景纹理", "texture of the background"),
    number("background-objects", "", "背景异物面积占比", "largest foreign object, share of the background"),
    number("clothes-contrast", "ΔE", "衣着与背景色差", "colour difference of clothes and background"),
    number("clothes-lost-outline", "", "与背景难分的轮廓比例", "share of the outline that merges with the background"),
    other("clothes-hues", Kind::Hues, "衣着颜色", "hues of the clothes"),
    // Light and sharpness.
    number("eye-white", "L*", "眼白亮度", "lightness of the white of the eye"),
    number("skin-lightness", "L*", "肤色亮度", "lightness of the skin"),
    number("clipped-skin", "", "皮肤单通道溢出比例", "share of skin with a full channel"),
    number("burnt-skin", "", "皮肤过曝比例", "share of skin burnt out"),
    number("hot-spots", "", "高光光斑占面部比例", "share of the face in hot spots"),
    number("side-light", "EV", "左右脸亮度差", "left and right cheek brightness ratio"),
    number("white-cast", "ΔE", "背景偏色", "cast on a neutral background"),
    number("skin-hue", "°", "肤色色相", "hue of the skin"),
    number("red-eye", "", "瞳孔红色比例", "red share of the pupil"),
    number("edge-width", "px", "边缘宽度（双眼间距 105 像素时）", "edge width at an eye distance of 105 px"),
    number("directional-blur", "dB", "模糊的方向性", "directionality of the blur"),
    number("noise", "/255", "噪声标准差", "noise sigma"),
    number("blocking", "", "压缩块效应", "blocking ratio"),
    number("earlier-jpeg", "", "早先压缩的块效应", "blocks of an earlier, shifted compression"),
    number("moire-peak", "dB", "摩尔纹峰值", "moiré peak"),
    number("undecided-outline", "", "轮廓不清的比例", "share of the outline that is undecided"),
    number("border", "px", "边框宽度", "width of a border"),
    // The file.
    number("pixel-width", "px", "图像宽", "picture width"),
    number("pixel-height", "px", "图像高", "picture height"),
    number("aspect", "", "宽高比", "width divided by height"),
    number("density", "dpi", "分辨率", "density"),
    number("colour-bits", "bit", "色彩位数", "bits per pixel"),
    number("jpeg-quality", "", "压缩品质系数", "JPEG quality"),
    number("bytes", "B", "文件大小", "file size"),
    number("orientation-tag", "", "EXIF 方向标记", "EXIF orientation"),
    number("comments", "", "注释段数", "number of comment segments"),
    number("trailing-bytes", "B", "文件尾多余字节", "bytes after the end of the picture"),
    number("progressive", "", "渐进式编码", "progressive coding (1) or not (0)"),
    other("format", Kind::Text, "文件格式", "file format"),
    other("density-unit", Kind::Text, "分辨率单位", "unit of the JFIF density"),
    other("extension", Kind::Text, "文件扩展名", "file extension"),
];
