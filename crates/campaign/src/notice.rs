//! The notice (通知) that a campaign's settings amount to, section by section, as offices write it. A registry may put
//! its own words in place of any section; those stay when the settings change, and the page says which they are.

use jiff::civil::Date;
use serde::Serialize;

use crate::fee::yuan;
use crate::settings::guide::ways;
use crate::settings::{
    Binding, Channels, CodeMode, Item, Opening, Participation, Payer, Rule, Save, Settings, Verdict,
};

/// A section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Its name, for the words put in its place.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its paragraphs.
    pub lines: Vec<String>,
}

/// The section about dress and looks.
pub const APPEARANCE: &str = "appearance";
/// The names of the sections in their order.
pub const SECTIONS: [&str; 9] =
    ["people", "place", "order", "code", APPEARANCE, "fee", "make-up", "proof", "duties"];

/// What is said in the notice of a campaign; sections of which the settings say nothing are left out.
pub fn sections(settings: &Settings) -> Vec<Section> {
    let all = [
        ("people", "拍摄对象", people(settings)),
        ("place", "时间和地点", place(settings)),
        ("order", "组织与排队", order(settings)),
        ("code", "图像采集码", code(settings)),
        (APPEARANCE, "着装与仪容要求", appearance(settings)),
        ("fee", "费用", fee(settings)),
        ("make-up", "补拍", make_up(settings)),
        ("proof", "图像校对", proof(settings)),
        ("duties", "工作安排", duties(settings)),
    ];
    let section =
        |(id, title, lines): (&'static str, &'static str, Vec<String>)| Section { id, title, lines };
    all.into_iter().map(section).filter(|section| !section.lines.is_empty()).collect()
}

/// A day as notices write it.
pub fn day(date: Date) -> String {
    date.strftime("%Y 年 %-m 月 %-d 日").to_string()
}

fn people(settings: &Settings) -> Vec<String> {
    let campaign = &settings.campaign;
    let interns = match settings.eligibility.interns {
        Participation::Excluded => "（外出实习的除外）",
        Participation::Included => "",
    };
    let levels = campaign.levels.join("、");
    vec![format!("{}届{levels}预计毕业生{interns}。", campaign.class_of)]
}

fn place(settings: &Settings) -> Vec<String> {
    let campaign = &settings.campaign;
    let days: Vec<String> = campaign.days.iter().map(|date| day(*date)).collect();
    let mut lines = vec![format!("拍摄日期：{}。各班具体时间见时间安排表。", days.join("、"))];
    for place in &campaign.places {
        let campus = place.campus.as_deref().unwrap_or_default();
        let about = [("集合", &place.gather), ("候拍", &place.waiting), ("路线", &place.way)];
        let said =
            about.into_iter().filter_map(|(what, value)| Some(format!("；{what}：{}", value.as_ref()?)));
        lines.push(format!("地点：{campus}{}{}。", place.name, said.collect::<String>()));
    }
    if let Some(minutes) = settings.schedule.gather_lead_min {
        let first = settings.schedule.first_slot_lead_min.filter(|first| *first != minutes);
        let first = first.map(|first| format!("，上午第一个时段提前 {first} 分钟")).unwrap_or_default();
        lines.push(format!("请提前 {minutes} 分钟到指定地点集合{first}。"));
    }
    let binding = match settings.schedule.binding {
        Binding::Fixed => "请按安排的时间准时参加。",
        Binding::MayBeEarlier => "各班拍摄时间均可能提前，请做好准备。",
        Binding::ByTeacher => "具体时间以学院老师通知为准。",
        Binding::OnTheSpot => "具体时间以现场指挥为准。",
        Binding::Estimate => "以上为预估时间，以实际为准。",
    };
    lines.push(binding.into());
    lines
}

fn order(settings: &Settings) -> Vec<String> {
    let first = match settings.queue.order {
        crate::settings::Order::StudentNo => "以班级为单位按学号顺序排队",
        crate::settings::Order::HeldBackFirst => "以班级为单位排队，降级生、复读学生在前，其余按学号顺序",
    };
    let mut lines = vec![format!("{first}，扫码后不得调整顺序，以免照片错位。")];
    if settings.queue.complete_class_first {
        lines.push("先到齐的班级可先拍摄；未到齐的班级待全体到位后再安排。".into());
    }
    lines.push("拍摄完成、确认合格后方可离开，请保持现场安静。".into());
    lines
}

fn code(settings: &Settings) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(date) = settings.code_due() {
        lines.push(format!("请在 {} 前获取并保存本人图像采集码，没有采集码不能拍摄。", day(date)));
    }
    if settings.code.mode != CodeMode::SelfMade {
        for way in ways(settings.code.mode) {
            let steps: Vec<_> = way.steps.iter().map(|(zh, _)| *zh).collect();
            lines.push(format!("{}：{}。", way.zh, steps.join("；")));
        }
    }
    lines.push(match settings.code.save {
        Save::Screenshot => "可截屏保存。采集码仅限本人使用，请勿转发。".into(),
        Save::Picture => "请保存原图，截屏可能无法识读。采集码仅限本人使用，请勿转发。".into(),
    });
    lines
}

/// The word with which a rule of dress begins.
pub fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Required => "应当",
        Verdict::Forbidden => "不得",
        Verdict::Advised => "建议",
        Verdict::AdvisedAgainst => "不宜",
        Verdict::PhotographerDecides => "由摄影师决定",
        Verdict::Allowed => "可以",
    }
}

fn appearance(settings: &Settings) -> Vec<String> {
    let item = |item: &Item| match item {
        Item::Glasses => "眼镜",
        Item::ColouredContacts => "美瞳",
        Item::Clothing => "衣着",
        Item::Makeup => "化妆",
        Item::Jewellery => "首饰",
        Item::Hair => "头发",
        Item::HairDye => "染发",
        Item::HeadCover => "头部遮盖",
        Item::Mouth => "嘴部",
    };
    let rule = |rule: &Rule| {
        let exception = rule.exception.as_ref().map(|text| format!("（{text}）")).unwrap_or_default();
        format!("{}{}{exception}", verdict_word(rule.verdict), rule.zh)
    };
    let line = |(about, rules): (&Item, &Vec<Rule>)| {
        format!("{}：{}。", item(about), rules.iter().map(rule).collect::<Vec<_>>().join("；"))
    };
    settings.appearance.iter().map(line).collect()
}

fn fee(settings: &Settings) -> Vec<String> {
    let Some(fee) = &settings.fee else { return Vec::new() };
    let sum = |fen: u32| yuan(i64::from(fen));
    let product = fee.product.as_ref().map(|product| format!("（{product}）")).unwrap_or_default();
    let mut lines = vec![format!("集中拍摄每人 {} 元{product}。", sum(fee.collective_fen))];
    lines.extend(fee.single_fen.map(|fen| format!("单独到采集点拍摄每人 {} 元。", sum(fen))));
    let due = fee.due.map(|date| format!("{} 前", day(date))).unwrap_or_default();
    lines.push(match fee.payer {
        Payer::Student => format!("{due}由本人扫码缴费，请备注学号；班长统计名单后报学校。"),
        Payer::Class => format!("{due}由班长代收，拍摄当天交现场负责人。"),
        Payer::Unit => format!("{due}由培养单位统一交纳。"),
    });
    lines
}

fn make_up(settings: &Settings) -> Vec<String> {
    let make_up = &settings.make_up;
    let mut lines = vec![
        match make_up.channels {
            Channels::None => "过时不再安排拍摄。",
            Channels::NamedCentre => "未能参加集中拍摄的，到下列补拍点拍摄，其他途径的照片不予认可。",
            Channels::InsideProvince => {
                "未能参加集中拍摄的，到省内采集点拍摄，省外或其他途径的照片不予认可。"
            }
            Channels::AnyBranch => "未能参加集中拍摄的，可就近到各地采集点拍摄。",
        }
        .to_owned(),
    ];
    for centre in &make_up.centres {
        let phones = if centre.phones.is_empty() {
            String::new()
        } else {
            format!("，电话 {}", centre.phones.join("、"))
        };
        let hours =
            if centre.hours.is_empty() { String::new() } else { format!("，{}", centre.hours_words()) };
        let bring = if centre.bring.is_empty() {
            String::new()
        } else {
            format!("，携带{}", centre.bring.join("、"))
        };
        lines.push(format!("{}：{}{phones}{hours}{bring}。", centre.name, centre.address));
    }
    if let Some(number) = settings.campaign.school_no.as_ref().filter(|_| make_up.channels != Channels::None)
    {
        lines.push(format!("补拍须出示本人采集码，院校代码 {number}。"));
    }
    lines.extend(make_up.until.map(|date| format!("补拍截止 {}。", day(date))));
    if settings.intake.secure_only {
        lines.push("不得通过电子邮件等方式发送照片、姓名和证件号码。".into());
    }
    lines
}

fn proof(settings: &Settings) -> Vec<String> {
    let opens = match settings.proof.opens {
        None => return Vec::new(),
        Some(Opening::AfterDays(days)) => format!("拍摄 {days} 天后"),
        Some(Opening::On(date)) => format!("{} 起", day(date)),
    };
    let until = settings.proof.until.map(|date| format!("，{} 截止", day(date))).unwrap_or_default();
    vec![
        format!("{opens}登录核对照片和信息{until}，无误后点击“照片正确”。"),
        "逾期未校对的，视为信息正确且是本人照片，后果自负。".into(),
    ]
}

fn duties(settings: &Settings) -> Vec<String> {
    let line = |deadline: &crate::settings::Deadline| {
        format!("{}：{}（{}）。", day(deadline.on), deadline.what, deadline.owner)
    };
    settings.all_deadlines().iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{TEMPLATES, template};

    #[test]
    fn every_notice_says_what_its_campaign_states_and_nothing_of_what_it_does_not() {
        let said = |name: &str| {
            let sections = sections(&template(name).unwrap().unwrap());
            sections.iter().flat_map(|section| section.lines.clone()).collect::<Vec<_>>().join("\n")
        };
        let third = said("stations-2025");
        for words in [
            "外出实习的除外",
            "每人 15.00 元",
            "2024 年 4 月 19 日",
            "提前 15 分钟",
            "第一个时段提前 20 分钟",
            "拍摄 40 天后",
            "先到齐的班级",
        ] {
            assert!(third.contains(words), "{words} in\n{third}");
        }
        let graduate = said("graduate-school-2025");
        for words in ["11832", "45.00 元", "8张小二寸", "2B铅笔", "就近到各地采集点", "南门入，北门出"]
        {
            assert!(graduate.contains(words), "{words} in\n{graduate}");
        }
        assert!(said("sports-2025").contains("周二至周六 9:00-11:40"));
        assert!(!third.contains("首饰：应当"));
        for (name, _) in TEMPLATES {
            for section in sections(&template(name).unwrap().unwrap()) {
                assert!(SECTIONS.contains(&section.id));
            }
        }
    }
}
