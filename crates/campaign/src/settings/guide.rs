//! How a student gets the collection code, in steps, by whose codes a campaign uses.

use serde::Serialize;

use super::CodeMode;

/// One way to the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Way {
    /// What it is called, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// What to do, in Chinese and in English.
    pub steps: &'static [(&'static str, &'static str)],
}

/// What makes a code of another issuer the student's own here.
const LINKED: (&str, &str) = (
    "在本次采集的学生页面选择该图片，登记为本人的采集码",
    "Choose that picture on your page of this campaign, so that the code is linked to you",
);

const ARCHIVE: Way = Way {
    zh: "学信档案（手机或电脑）",
    en: "CHSI archive (phone or computer)",
    steps: &[
        ("登录学信网（chsi.com.cn），进入学信档案", "Sign in at chsi.com.cn and open 学信档案, your archive"),
        (
            "打开“高等教育信息”，选择这次毕业的学籍",
            "Open 高等教育信息 and choose the enrolment you graduate from",
        ),
        ("查看图像采集码，保存图片", "Look at the collection code (采集码) and save its picture"),
        LINKED,
    ],
};

const ACCOUNT: Way = Way {
    zh: "微信公众号“学信网”",
    en: "WeChat account “学信网”",
    steps: &[
        ("关注公众号“学信网”，绑定学信网账号", "Follow the WeChat account 学信网 and bind your CHSI account"),
        ("点“学信账号”，查看学籍学历信息", "Choose 学信账号 and look at your enrolment"),
        ("选择学籍，查看采集码，保存图片", "Choose the enrolment, open the code and save its picture"),
        LINKED,
    ],
};

const APP: Way = Way {
    zh: "学信网 App",
    en: "CHSI app",
    steps: &[
        ("登录学信网 App，点“学籍查询”", "Sign in to the app 学信网 and choose 学籍查询"),
        ("选择学籍，查看采集码，保存图片", "Choose the enrolment, open the code and save its picture"),
        LINKED,
    ],
};

const PAGE: Way = Way {
    zh: "本页",
    en: "This page",
    steps: &[
        ("在本页保存采集码图片到手机相册", "Save the code's picture from this page to your photos"),
        ("拍摄当天出示图片，屏幕调到最亮", "Show it on the day with the screen at its brightest"),
        ("没有手机时，向学院领取打印的采集码", "Without a phone, ask your college for a printed card"),
    ],
};

/// The ways to a code: three for the national centre's, this system's own page for all others.
#[must_use]
pub fn ways(mode: CodeMode) -> &'static [Way] {
    match mode {
        CodeMode::National => &[ARCHIVE, ACCOUNT, APP],
        CodeMode::Own | CodeMode::SelfMade => &[PAGE],
    }
}
