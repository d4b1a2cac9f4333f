//! The filled campaign of the demonstration: 99 classes and 3 575 students who do not exist, their codes, a few
//! photos, and an account for every role.

use std::path::Path;

use anyhow::{Context, Result, anyhow};
use campaign::{
    accounts::{By, NewAccount, Scope},
    phase::Move,
    register::{Act, Register, roll::Filter},
    role::Role,
    settings::{Settings, template},
};
use jiff::ToSpan;
use roster::{check::check, document::check_character, field::Mapping, student::Student, table};
use schedule::{Effort, Problem, Station, Window};
use seal::{identity::CampaignId, suite::Suite};
use server::{App, demo::Filling};

use crate::{clock::now_ms, language::Language, school::calendar};

/// The demonstration's day of shooting lies so many days ahead.
const DAYS_AHEAD: i32 = 14;
/// The campaign's name in addresses.
pub const CAMPAIGN: &str = "demo-2027";
/// The password of every account of the demonstration, which listens on this computer only.
pub const PASSWORD: &str = "portrait-demo-27";
/// Colleges, classes and heads, as a public notice printed them.
const CLASSES: &str = include_str!("classes.csv");
/// Family and given names for people who do not exist; each pair of them makes a name.
const FAMILY: [&str; 40] = [
    "王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "徐", "孙", "马", "朱", "胡", "林", "郭",
    "何", "高", "罗", "郑", "梁", "谢", "宋", "唐", "许", "邓", "冯", "韩", "曹", "曾", "彭", "萧", "蔡",
    "潘", "田", "董", "袁", "于", "欧阳",
];
const GIVEN: [&str; 48] = [
    "晓雨", "子航", "若溪", "思远", "心怡", "一鸣", "嘉禾", "其安", "南星", "语桐", "浩然", "梓涵", "文博",
    "诗琪", "俊熙", "雨桐", "承泽", "静怡", "天佑", "佳宁", "明轩", "欣妍", "子墨", "可欣", "宇辰", "梦瑶",
    "景行", "知夏", "书瑶", "睿渊", "望舒", "怀瑾", "默", "桐", "頔", "㛃", "璟", "昀", "澍", "珂", "安",
    "宁", "乐", "川", "禾", "舟", "岚", "朗",
];

/// Fills an empty store; does nothing where the campaign stands already.
pub async fn fill(app: &App, photos: &[Vec<u8>], language: Language) -> Result<()> {
    let id = CampaignId::try_from(CAMPAIGN.to_owned())?;
    if app.register().campaign(&id).await.is_ok() {
        return Ok(());
    }
    let said =
        |error: campaign::register::RegisterError| anyhow!(language.pick(error.zh(), error.to_string()));
    let register = app.register();
    let act = Act { role: Role::Registry, account: "demo", at_ms: now_ms(), reason: "" };
    let filling = Filling::new(app);
    filling.create(&id, &settings()?, Suite::Modern, &act).await.map_err(|problem| anyhow!(problem.en))?;
    let students = students()?;
    let version = register.campaign(&id).await.map_err(said)?.version;
    register.import(&id, &students, version, &act).await.map_err(said)?;
    let version = register.campaign(&id).await.map_err(said)?.version;
    register.move_on(&id, Move::FreezeRoster, version, &act).await.map_err(said)?;
    publish_timetable(register, &id, &act).await.map_err(said)?;
    let version = register.campaign(&id).await.map_err(said)?.version;
    register.move_on(&id, Move::Begin, version, &act).await.map_err(said)?;
    // The last two classes have no codes yet, so that there is something left to do.
    let (entries, total) = register.page(&id, &Filter::default(), (0, i64::MAX)).await.map_err(said)?;
    let ready: Vec<_> = entries.iter().take((total - 80).max(0) as usize).map(|entry| entry.id).collect();
    filling.issue(&id, &ready, &act).await.map_err(|problem| anyhow!(problem.en))?;
    for (photo, entry) in photos.iter().zip(&entries) {
        filling.photograph(&id, entry, photo.clone(), &act).await.map_err(|problem| anyhow!(problem.en))?;
    }
    accounts(app, &id, &students, language).await
}

/// A day at three stations, planned and published.
async fn publish_timetable(
    register: &Register,
    id: &CampaignId,
    act: &Act<'_>,
) -> Result<(), campaign::register::RegisterError> {
    let settings = register.campaign(id).await?.settings;
    let named = settings.campaign.places.iter().flat_map(|place| place.stations.clone());
    let (colleges, classes) = register.classes_to_plan(id, &Problem::default()).await?;
    let hours = [(8 * 60 + 30, 12 * 60), (14 * 60 + 30, 18 * 60)];
    let problem = Problem {
        name: settings.campaign.title.clone(),
        stations: named.map(|name| Station { name, ..Station::default() }).collect(),
        gather: 900,
        travel: 300,
        sec_per_student: settings.schedule.seconds_per_student,
        windows: hours.map(|(start, end)| Window { day: 0, start: start * 60, end: end * 60 }).to_vec(),
        colleges,
        classes,
        ..Problem::default()
    };
    let effort = Effort { moves: 100_000, searches: 4, ..Effort::usual(&problem) };
    let plan = schedule::solve(&problem, effort, &|_| true);
    let version = register.keep_draft(id, &problem, &plan, 0, act).await?;
    register.publish(id, version, act).await?;
    Ok(())
}

/// A notice's settings with its days moved near and the number of a school that does not exist.
fn settings() -> Result<Settings> {
    let notice = template("stations-2025").context("a template of the program")??;
    let first_day = calendar::today().saturating_add(DAYS_AHEAD.days());
    let mut settings = notice.moved_to(first_day, 2027);
    settings.campaign.title = "2027届毕业生图像采集（演示）".into();
    settings.campaign.school = "演示大学".into();
    settings.campaign.school_no = Some("99999".into());
    Ok(settings)
}

/// The students of the 99 classes, through the same reader as any roster.
fn students() -> Result<Vec<Student>> {
    let mut text = String::from("学号,姓名,证件类型,证件号码,学院,专业,班级,层次\n");
    let mut number = 0;
    for line in CLASSES.lines().skip(1) {
        let [college, class, heads] = line.split(',').collect::<Vec<_>>()[..] else {
            return Err(anyhow!("a line of the classes: {line}"));
        };
        let major = class.trim_end_matches(|letter: char| letter.is_ascii_digit());
        for _ in 0..heads.parse::<usize>()? {
            let (family, given) = (FAMILY[number * 7 % FAMILY.len()], GIVEN[number * 11 % GIVEN.len()]);
            let document = document(number)?;
            let student = 20_230_000_000 + number;
            let student = student.to_string();
            text.extend([
                &student,
                ",",
                family,
                given,
                ",居民身份证,",
                &document,
                ",",
                college,
                ",",
                major,
                ",",
                class,
                ",本科\n",
            ]);
            number += 1;
        }
    }
    let table = table::read(text.as_bytes())?;
    let checked = check(&table, &Mapping::of_headings(&table.headings));
    if let Some(finding) = checked.findings.first() {
        return Err(anyhow!("row {}: {}", finding.line, finding.fault.en()));
    }
    Ok(checked.students)
}

/// A document number of the right form whose region (199999: there is no province 19) was never given out.
fn document(index: usize) -> Result<String> {
    let (day, month, running) = (index % 28 + 1, index / 28 % 12 + 1, index / 336 + 100);
    let body = format!("1999992005{month:02}{day:02}{running:03}");
    let last = check_character(&body).context("the form of a document number")?;
    Ok(format!("{body}{last}"))
}

async fn accounts(app: &App, id: &CampaignId, students: &[Student], language: Language) -> Result<()> {
    let said =
        |error: campaign::accounts::AccountError| anyhow!(language.pick(error.zh(), error.to_string()));
    let first = students.first().context("the roster")?;
    let scope = |college: &str, cohort: &str| Scope {
        campaign: id.to_string(),
        college: college.into(),
        cohort: cohort.into(),
        student: None,
    };
    let people = [
        ("registry", "教务处", Role::Registry, Scope::default()),
        ("college", "辅导员", Role::College, scope(&first.college, "")),
        ("monitor", "班长", Role::Monitor, scope(&first.college, &first.cohort)),
        ("helper", "学生助理", Role::Helper, scope("", "")),
        ("desk", "采集人员", Role::Operator, scope("", "")),
        ("agency", "采集单位", Role::AgencyLead, scope("", "")),
        ("centre", "采集中心", Role::Centre, scope("", "")),
        ("auditor", "审计", Role::Auditor, Scope::default()),
    ];
    for (login, name, role, scope) in people {
        let by = By { account: uuid::Uuid::nil(), at_ms: now_ms() };
        let new = NewAccount { login: login.into(), name: name.into(), role, scope };
        let (account, password) = app.accounts().create(&new, by).await.map_err(said)?;
        app.accounts().change_password(&account, (&password, PASSWORD), "", by.at_ms).await.map_err(said)?;
    }
    let shown = (first.student_no.as_str(), first.name.plain.as_str(), first.document_no.as_str());
    app.accounts().enrol_student(app.register(), id, shown, PASSWORD, now_ms()).await.map_err(said)?;
    Ok(())
}

/// Who can sign in, for the terminal.
pub fn who(language: Language) -> String {
    language.pick(
        format!(
            "账号：registry 教务处、college 学院、monitor 班长、helper 助理、desk 采集人员、agency 采集单位、centre 采集中心、auditor 审计、{CAMPAIGN}/20230000000 学生；密码均为 {PASSWORD}"
        ),
        format!(
            "accounts: registry, college, monitor, helper, desk, agency, centre, auditor, {CAMPAIGN}/20230000000 (a student); the password of all is {PASSWORD}"
        ),
    )
}

/// The camera photos of drawn students, for the desk.
pub fn photos(folder: &Path) -> Result<Vec<Vec<u8>>> {
    let mut files: Vec<_> =
        std::fs::read_dir(folder)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    files.iter().map(|file| Ok(std::fs::read(file)?)).collect()
}
