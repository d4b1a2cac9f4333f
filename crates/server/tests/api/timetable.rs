//! A timetable from the lectures to the student's own line, and what happens when it changes.

use std::time::Duration;

use campaign::accounts::Scope;
use campaign::role::Role;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::running::{CAMPAIGN, COLLEGE, PASSWORD, Person, Running, each, roster};

fn base() -> String {
    format!("/api/campaigns/{CAMPAIGN}/timetable")
}

async fn send(person: &Person, method: Method, path: &str, seen: &Value, body: Option<Value>) -> Response {
    let asked = person.ask(method, &format!("{}{path}", base())).header("if-match", format!("\"{seen}\""));
    body.map_or_else(|| asked.try_clone().unwrap(), |body| asked.try_clone().unwrap().json(&body))
        .send()
        .await
        .unwrap()
}

async fn done(response: Response, status: u16) -> Value {
    let (found, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

/// Moves a class of a plan to another start.
fn moved(draft: &Value, class: &str, start: i64) -> Value {
    let mut plan = draft["plan"].clone();
    for each in plan["assignments"].as_array_mut().unwrap() {
        if each["class"] == class {
            let length = each["end"].as_i64().unwrap() - each["start"].as_i64().unwrap();
            (each["start"], each["end"]) = (json!(start), json!(start + length));
        }
    }
    json!({"problem": draft["problem"], "plan": plan})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timetable_goes_from_lectures_to_the_students_own_line_and_changes_for_those_concerned() {
    for running in each().await {
        let registry = running.registry().await;
        registry.begin().await;
        registry.import(20).await;
        let college = |login: &'static str, college: &str| {
            let scope = Scope { campaign: CAMPAIGN.into(), college: college.into(), ..Scope::default() };
            running.person(login, Role::College, scope)
        };
        let (own, other) = (college("own", COLLEGE).await, college("other", "数学学院").await);
        let draft = plan_around_lectures(&registry).await;
        drop_onto_a_lecture(&registry, &draft).await;
        publish_the_first_edition(&registry, &draft, [&own, &other]).await;
        move_inside_ones_own_sessions_only(&own, &registry).await;
        let version = ask_only_those_whose_classes_moved(&registry, &other).await;
        see_ones_own_time(&running, &draft).await;
        take_the_papers(&own, &other).await;
        write_the_notice(&registry).await;
        name_people(&registry, &other).await;
        fall_behind(&registry, &version).await;
        let log = registry.get(&format!("/api/campaigns/{CAMPAIGN}/log/verification")).await;
        assert_eq!(log["whole"], true);
        running.app.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_timetable_that_somebody_made_is_taken_checked_published_and_read_again_from_its_own_document() {
    for running in each().await {
        let registry = running.registry().await;
        registry.begin().await;
        registry.import(20).await;
        let take = async |body: Vec<u8>| {
            registry.ask(Method::POST, &format!("{}/given", base())).body(body).send().await.unwrap()
        };
        let grid = "地点\t9:00—9:50\t9:50—10:40\n201 教室\t班0\t\n301 教室\t班9\t班1\n";
        assert_eq!(done(take(grid.into()).await, 422).await["detail"], "先按名单建立");
        let frame = json!({"stations": ["1号机位"], "hours": ["8:30-12:00"], "pace": 60, "gather_min": 15, "travel_min": 5, "buffer": 0});
        done(send(&registry, Method::POST, "/frame", &json!(0), Some(frame)).await, 200).await;
        for (nothing, why) in
            [("nothing", "没有找到表头"), ("班级,教室,时间\n班9,8201,9:00-9:50\n", "名单中没有“班9”")]
        {
            let refused = done(take(nothing.into()).await, 422).await;
            assert!(refused["detail"].as_str().unwrap().contains(why), "{refused}");
        }
        let taken = done(take(grid.into()).await, 200).await;
        let questions: Vec<_> =
            taken["questions"].as_array().unwrap().iter().map(|each| each["zh"].as_str().unwrap()).collect();
        assert_eq!(
            (taken["classes"].as_i64(), questions),
            (
                Some(2),
                vec![
                    "设定中没有机位“201 教室”，已加入",
                    "名单中没有“班9”",
                    "设定中没有机位“301 教室”，已加入"
                ]
            )
        );
        let draft = &taken["draft"];
        assert_eq!((&draft["breaches"], &draft["plan"]["unplaced"]), (&json!([]), &json!([])));
        // Nothing is kept before somebody looked at it.
        let kept = registry.get(&base()).await;
        assert_eq!((&kept["version"], &kept["plan"]["assignments"]), (&json!(1), &json!([])));
        let looked_at = json!({"problem": draft["problem"], "plan": draft["plan"]});
        done(send(&registry, Method::PUT, "", &json!(1), Some(looked_at)).await, 200).await;

        let path = format!("/api/campaigns/{CAMPAIGN}");
        let seen = registry.get(&path).await["version"].clone();
        let freeze =
            registry.ask(Method::POST, &format!("{path}/moves")).header("if-match", format!("\"{seen}\""));
        assert_eq!(freeze.json(&json!({"step": "freeze-roster"})).send().await.unwrap().status(), 200);
        done(send(&registry, Method::POST, "/edition", &json!(2), None).await, 201).await;
        // What the product prints, it reads: as a Word document and as a spreadsheet.
        for file in ["edition.docx", "edition.xlsx"] {
            let printed = registry.ask(Method::GET, &format!("{}/{file}", base())).send().await.unwrap();
            let again = done(take(printed.bytes().await.unwrap().to_vec()).await, 200).await;
            assert_eq!(again["questions"], json!([]), "{file}");
            assert_eq!(again["draft"]["plan"]["assignments"], draft["plan"]["assignments"], "{file}");
        }
        running.app.close().await;
    }
}

/// The class of every second student, which has a lecture until ten.
fn class() -> String {
    format!("{COLLEGE}/班0")
}

/// From the roster and a table of lectures to a plan.
async fn plan_around_lectures(registry: &Person) -> Value {
    let empty = registry.get(&base()).await;
    assert_eq!((&empty["version"], empty["breaches"].as_array().unwrap().len()), (&json!(0), 0));
    let frame = json!({"stations": ["1号机位"], "hours": ["8:30-12:00"], "pace": 60, "gather_min": 15, "travel_min": 5, "buffer": 0});
    let draft = done(send(registry, Method::POST, "/frame", &json!(0), Some(frame.clone())).await, 200).await;
    assert_eq!(draft["problem"]["classes"].as_array().unwrap().len(), 2);
    let late = send(registry, Method::POST, "/frame", &json!(0), Some(frame)).await;
    assert_eq!(done(late, 412).await["status"], 412);

    let day = draft["days"][0].as_str().unwrap();
    let lectures = format!("班级,日期,时间\n班0,{day},8:00-10:00\n班7,{day},8:00-10:00\n");
    let asked = registry
        .ask(Method::POST, &format!("{}/lectures", base()))
        .header("if-match", "\"1\"")
        .body(lectures);
    let read = done(asked.send().await.unwrap(), 200).await;
    assert_eq!((&read["classes"], read["questions"][0]["line"].as_i64()), (&json!(1), Some(3)));

    assert_eq!(send(registry, Method::POST, "/search", &json!(2), None).await.status(), 202);
    let mut draft = registry.get(&base()).await;
    for _ in 0..600 {
        if draft["searching"].is_null() && draft["version"] == 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        draft = registry.get(&base()).await;
    }
    assert_eq!(draft["plan"]["assignments"].as_array().unwrap().len(), 2, "{draft}");
    let plans = done(registry.post(&format!("{}/alternatives", base()), Value::Null).await, 200).await;
    let first = &plans.as_array().unwrap()[0];
    assert_eq!((&first["pieces"], &first["unplaced"]), (&json!(2), &json!(0)));
    assert_eq!(draft["breaches"].as_array().unwrap().len(), 0);
    draft
}

/// A drop is checked at once and says what is wrong with it.
async fn drop_onto_a_lecture(registry: &Person, draft: &Value) {
    let conflict = moved(draft, &class(), 9 * 3_600);
    let breaches = done(registry.post(&format!("{}/check", base()), conflict).await, 200).await;
    let told: Vec<_> =
        breaches.as_array().unwrap().iter().map(|breach| breach["rule"].as_str().unwrap()).collect();
    assert!(told.contains(&"busy"), "{told:?}");
}

/// Only with a frozen roster; every college sees its own part and confirms it.
async fn publish_the_first_edition(registry: &Person, draft: &Value, colleges: [&Person; 2]) {
    let early = send(registry, Method::POST, "/edition", &draft["version"], None).await;
    assert_eq!(done(early, 409).await["status"], 409, "the roster is not frozen");
    let path = format!("/api/campaigns/{CAMPAIGN}");
    let seen = registry.get(&path).await["version"].clone();
    let freeze =
        registry.ask(Method::POST, &format!("{path}/moves")).header("if-match", format!("\"{seen}\""));
    assert_eq!(freeze.json(&json!({"step": "freeze-roster"})).send().await.unwrap().status(), 200);
    let first = done(send(registry, Method::POST, "/edition", &draft["version"], None).await, 201).await;
    assert_eq!((&first["number"], &first["waiting"]), (&json!(1), &json!(["数学学院", COLLEGE])));
    assert_eq!(registry.get(&path).await["phase"], "published");

    let seen = colleges[0].get(&format!("{}/edition", base())).await;
    assert_eq!((seen["sessions"].as_array().unwrap().len(), &seen["waiting"]), (1, &json!([COLLEGE])));
    for college in colleges {
        assert_eq!(college.post(&format!("{}/confirmation", base()), Value::Null).await.status(), 204);
    }
    assert_eq!(registry.get(&format!("{}/edition", base())).await["waiting"], json!([]));
}

async fn move_inside_ones_own_sessions_only(own: &Person, registry: &Person) {
    let whole = registry.get(&base()).await;
    let of = |name: &str| {
        let mut all = whole["plan"]["assignments"].as_array().unwrap().iter();
        all.find(|each| each["class"] == name).unwrap().clone()
    };
    let mut later = of(&class());
    later["end"] = json!(later["end"].as_i64().unwrap() + 60);
    let refine = async |asked: Value| {
        send(own, Method::POST, "/refinement", &whole["version"], Some(json!({"assignments": [asked]}))).await
    };
    for asked in [later, of("数学学院/班1")] {
        let refused = done(refine(asked).await, 422).await;
        assert!(refused["detail"].as_str().unwrap().contains("本学院的时段"), "outside");
    }
    let mine = done(refine(of(&class())).await, 200).await;
    assert_eq!(mine["problem"]["classes"].as_array().unwrap().len(), 1, "a college sees its own");
}

/// One class moves: its college is asked again, the other is left alone. Gives the draft's version.
async fn ask_only_those_whose_classes_moved(registry: &Person, other: &Person) -> Value {
    let draft = registry.get(&base()).await;
    let changed = moved(&draft, &class(), 11 * 3_600);
    let kept = done(send(registry, Method::PUT, "", &draft["version"], Some(changed)).await, 200).await;
    let second = done(send(registry, Method::POST, "/edition", &kept["version"], None).await, 201).await;
    assert_eq!((&second["number"], &second["waiting"]), (&json!(2), &json!([COLLEGE])));
    assert_eq!(other.get(&format!("{}/edition", base())).await["waiting"], json!([]));
    kept["version"].clone()
}

async fn see_ones_own_time(running: &Running, draft: &Value) {
    let document = roster(1, 0).lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    let right = json!({"campaign": CAMPAIGN, "student_no": "20270000", "name": "林晓雨", "document_no": document, "password": PASSWORD});
    assert_eq!(running.nobody("POST", "/api/activation").json(&right).send().await.unwrap().status(), 204);
    let student = running.sign_in(&format!("{CAMPAIGN}/20270000"), PASSWORD).await;
    let session = student.get("/api/me").await["session"].clone();
    assert_eq!((&session["station"], &session["start"]), (&json!("1号机位"), &json!("11:00")));
    assert_eq!(session["day"], draft["days"][0]);
    assert!(session["gather"].as_str().unwrap() < "11:00", "{session}");
    let calendar =
        student.ask(Method::GET, "/api/me/session.ics").send().await.unwrap().text().await.unwrap();
    for part in ["BEGIN:VCALENDAR", "LOCATION:", "T030000Z"] {
        assert!(calendar.contains(part), "{calendar}");
    }
}

async fn take_the_papers(own: &Person, other: &Person) {
    let sheet = format!("sign-in.xlsx?college={COLLEGE}&cohort=班0");
    for file in ["edition.docx", "edition.xlsx", &sheet] {
        let answer = own.ask(Method::GET, &format!("{}/{file}", base())).send().await.unwrap();
        assert!(answer.bytes().await.unwrap().starts_with(b"PK"), "{file}");
    }
    let refused = other.ask(Method::GET, &format!("{}/{sheet}", base())).send().await.unwrap();
    assert_eq!(refused.status(), 403);
    read_the_printed_table_back(own).await;
}

/// What is printed is read back as the same plan.
async fn read_the_printed_table_back(own: &Person) {
    let printed = own.ask(Method::GET, &format!("{}/edition.xlsx", base())).send().await.unwrap();
    let printed = printed.bytes().await.unwrap();
    let sheet = campaign::timetable::read(&printed).unwrap();
    let read = campaign::timetable::import(&sheet, &campaign::timetable::Options::default());
    assert_eq!(read.questions, []);
    let published = own.get(&format!("{}/edition", base())).await;
    let published = published["sessions"].as_array().unwrap();
    assert_eq!(read.plan.assignments.len(), published.len());
    for session in published {
        let class = schedule::ClassId::Text(session["cohort"].as_str().unwrap().into());
        let placed = read.plan.assignments.iter().find(|placed| placed.class == class).unwrap();
        let clock = |time: i64| schedule::clock(time.rem_euclid(86_400));
        assert_eq!(
            json!([clock(placed.start), clock(placed.end)]),
            json!([session["start"], session["end"]])
        );
        assert_eq!(read.problem.stations[placed.station].name, session["station"].as_str().unwrap());
    }
}

/// The notice says what the settings say; words of one's own stay when those change, and come away again.
async fn write_the_notice(own: &Person) {
    let path = format!("/api/campaigns/{CAMPAIGN}/notice");
    let fee = async || {
        let sections = own.get(&path).await;
        sections.as_array().unwrap().iter().find(|one| one["id"] == "fee").unwrap().clone()
    };
    assert!(fee().await["generated"].as_str().unwrap().contains("每人 15.00 元"));
    let said = own.ask(Method::GET, &format!("{path}.docx")).send().await.unwrap().bytes().await.unwrap();
    assert!(word(&said).contains("15.00"));
    let put = async |text: &str| {
        let asked = own.ask(Method::PUT, &format!("{path}/fee")).json(&json!({"text": text}));
        assert_eq!(asked.send().await.unwrap().status(), 204);
    };
    put("费用由学校承担。").await;
    assert_eq!(fee().await["own"], "费用由学校承担。");
    let said = own.ask(Method::GET, &format!("{path}.docx")).send().await.unwrap().bytes().await.unwrap();
    assert!(word(&said).contains("学校承担") && !word(&said).contains("15.00"));
    put("").await;
    assert_eq!(fee().await["own"], Value::Null);
}

/// The text of a Word document.
fn word(bytes: &[u8]) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("word/document.xml").unwrap(), &mut text).unwrap();
    text
}

/// Who helps and who is missing: phones are masked, a college sees its own people.
async fn name_people(registry: &Person, other: &Person) {
    let people = format!(
        "姓名,学院,班级,电话,职责\n甲,{COLLEGE},班0,13800000001,学生助理\n乙,{COLLEGE},,13800000002,领队\n丙,{COLLEGE},,13800000003,主任\n"
    );
    let named = registry.ask(Method::PUT, &format!("{}/people", base())).body(people).send().await.unwrap();
    let named = done(named, 200).await;
    assert_eq!(
        (named["people"].as_array().unwrap().len(), named["questions"][0]["line"].as_i64()),
        (2, Some(4))
    );
    assert_eq!(named["people"][0]["phone"], "138****0001");
    assert_eq!(
        (&named["duties"][0]["missing"], named["lacking"].as_array().unwrap().len()),
        (&json!(2), 4),
        "{named}"
    );
    assert_eq!(other.get(&format!("{}/people", base())).await["people"], json!([]));
    // The whole numbers are for calling people: the table has them, and the log who took it.
    let table = registry.ask(Method::GET, &format!("{}/people.xlsx", base())).send().await.unwrap();
    let table = roster::table::read(&table.bytes().await.unwrap()).unwrap();
    assert!(format!("{table:?}").contains("13800000001"), "{table:?}");
    let log = registry.get(&format!("/api/campaigns/{CAMPAIGN}/log")).await;
    assert!(log.to_string().contains("people"), "{log}");
}

/// The board shows what is planned, done and expected; a station that falls behind puts off what follows.
async fn fall_behind(registry: &Person, version: &Value) {
    let board = registry.get(&format!("/api/campaigns/{CAMPAIGN}/day/board")).await;
    assert_eq!(
        (board["sessions"].as_array().unwrap().len(), &board["stations"][0]["pace"]),
        (2, &Value::Null)
    );
    let shut = json!({"day": 0, "time": 9 * 3_600, "late_min": [0], "closed_until": [8 * 3_600]});
    done(send(registry, Method::POST, "/mending", version, Some(shut)).await, 422).await;
    let day = json!({"day": 0, "time": 8 * 3_600 + 1_800, "late_min": [20], "closed_until": [null]});
    let mended = done(send(registry, Method::POST, "/mending", version, Some(day)).await, 200).await;
    assert_eq!(mended["told"], json!(["数学学院/班1"]), "{mended}");
    // The later class is complete and goes first; its lecture stands against it, and the draft says so.
    let seen = mended["draft"]["version"].clone();
    let complete = json!({"college": COLLEGE, "cohort": "班0", "now": 8 * 3_600});
    let next = done(send(registry, Method::POST, "/next", &seen, Some(complete)).await, 200).await;
    assert!(next["breaches"].to_string().contains("busy"), "{next}");
}

/// Plans whatever the roster holds at one station, and publishes it.
pub async fn published(registry: &Person) -> Value {
    let frame = json!({"stations": ["1"], "hours": ["8:30-12:00"], "pace": 60, "gather_min": 15, "travel_min": 5, "buffer": 0});
    done(send(registry, Method::POST, "/frame", &json!(0), Some(frame)).await, 200).await;
    let plans = done(registry.post(&format!("{}/alternatives", base()), Value::Null).await, 200).await;
    let draft = registry.get(&base()).await;
    let body = json!({"problem": draft["problem"], "plan": plans[0]["plan"]});
    let kept = done(send(registry, Method::PUT, "", &draft["version"], Some(body)).await, 200).await;
    let path = format!("/api/campaigns/{CAMPAIGN}");
    let seen = registry.get(&path).await["version"].clone();
    let freeze =
        registry.ask(Method::POST, &format!("{path}/moves")).header("if-match", format!("\"{seen}\""));
    assert_eq!(freeze.json(&json!({"step": "freeze-roster"})).send().await.unwrap().status(), 200);
    done(send(registry, Method::POST, "/edition", &kept["version"], None).await, 201).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_every_notice_a_student_sees_the_plans_time_and_that_notices_rules() {
    let mut appearances = Vec::new();
    for (notice, _) in campaign::settings::TEMPLATES {
        let running = crate::running::start(None).await;
        let registry = running.registry().await;
        registry.begin_from(notice).await;
        registry.import(8).await;
        let edition = published(&registry).await;

        let document = roster(1, 0).lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
        let right = json!({"campaign": CAMPAIGN, "student_no": "20270000", "name": "林晓雨", "document_no": document, "password": PASSWORD});
        assert_eq!(
            running.nobody("POST", "/api/activation").json(&right).send().await.unwrap().status(),
            204
        );
        let me = running.sign_in(&format!("{CAMPAIGN}/20270000"), PASSWORD).await.get("/api/me").await;
        let own =
            edition["sessions"].as_array().unwrap().iter().find(|each| each["cohort"] == "班0").unwrap();
        for key in ["station", "day", "start", "end", "gather"] {
            assert_eq!(me["session"][key], own[key], "{notice} {key}");
        }
        let settings = registry.get(&format!("/api/campaigns/{CAMPAIGN}/settings")).await["settings"].clone();
        for (shown, set) in [
            ("places", &settings["campaign"]["places"]),
            ("days", &settings["campaign"]["days"]),
            ("appearance", &settings["appearance"]),
            ("fee", &settings["fee"]),
        ] {
            assert_eq!(&me[shown], set, "{notice} {shown}");
        }
        appearances.push(me["appearance"].to_string());
        running.app.close().await;
    }
    appearances.sort();
    appearances.dedup();
    assert!(appearances.len() >= 3, "the rules differ between notices");
}
