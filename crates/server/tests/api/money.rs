//! Make-up shooting and money: the list, a booked hour, a file from elsewhere; bills, lists, refunds, settlement.

use campaign::accounts::Scope;
use campaign::case::status::Status;
use campaign::role::Role;
use campaign::settings::centre::{Centre, Day, Hours};
use campaign::settings::{Channels, Settings, template};
use jiff::ToSpan;
use reqwest::{Method, StatusCode};
use seal::identity::CampaignId;
use serde_json::{Value, json};
use studio::render::Background;

use crate::ending::step;
use crate::photos::{accept_one, base, come, decide, photo, with_settings};
use crate::running::{CAMPAIGN, COLLEGE, Person, Running};
use crate::stations::now_ms;

const CENTRE: &str = "补拍中心";

fn tomorrow() -> jiff::civil::Date {
    campaign::day::of_ms(now_ms()).checked_add(1.day()).unwrap()
}

/// The days are over since long; a centre takes one student in an hour, every day.
fn settings(channels: Channels) -> Settings {
    let mut settings = template("stations-2025").unwrap().unwrap();
    let week = vec![Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
    let hours = Hours { days: week, from: "09:00".parse().unwrap(), to: "11:00".parse().unwrap() };
    settings.make_up.channels = channels;
    settings.make_up.own_file = true;
    settings.make_up.centres = vec![Centre {
        name: CENTRE.into(),
        province: None,
        address: "某路 1 号".into(),
        phones: Vec::new(),
        hours: vec![hours],
        closed: Vec::new(),
        per_hour: Some(1),
        bring: vec!["学生证".into()],
    }];
    settings
}

async fn book(student: &Person, time: &str) -> StatusCode {
    let wanted = json!({"centre": CENTRE, "day": tomorrow().to_string(), "time": time});
    student.ask(Method::PUT, "/api/me/make-up/booking").json(&wanted).send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_missed_the_day_is_on_the_list_books_an_hour_and_leaves_it_with_a_photo() {
    for running in crate::running::each().await {
        let (registry, codes) = with_settings(&running, settings(Channels::InsideProvince)).await;
        let list = format!("{}/make-up", base());
        let needs = registry.get(&list).await;
        assert_eq!(needs["students"].as_array().unwrap().len(), 8);
        assert_eq!(needs["students"][0]["reason"], "not-photographed");
        let (first, second) = (come(&running, 0).await, come(&running, 2).await);
        let own = first.get("/api/me/make-up").await;
        assert_eq!((&own["school_no"], &own["reason"]), (&json!("99999"), &json!("not-photographed")));
        assert_eq!(own["centres"][0]["days"].as_array().unwrap().len(), 14);
        assert_eq!(book(&first, "09:00").await, 200);
        assert_eq!(book(&second, "09:00").await, 422, "the hour is full");
        assert_eq!(book(&second, "12:00").await, 422, "closed");
        assert_eq!(book(&first, "10:00").await, 200, "changed one's mind");
        assert_eq!(book(&second, "09:00").await, 200, "the hour is free again");
        let query = format!("/api/me/make-up/hours?centre={CENTRE}&day={}", tomorrow());
        let hours = first.get(&query).await;
        assert_eq!(hours, json!([{"time": "09:00", "left": 0}, {"time": "10:00", "left": 0}]));
        let visits = registry.get(&format!("{list}/bookings")).await;
        assert_eq!((&visits[0]["booking"]["time"], &visits[0]["name"]), (&json!("09:00"), &json!("王*")));
        let cancelled = first.ask(Method::DELETE, "/api/me/make-up/booking").send().await.unwrap();
        assert_eq!(cancelled.status(), 204);
        let cancelled = first.ask(Method::DELETE, "/api/me/make-up/booking").send().await.unwrap();
        assert_eq!(cancelled.status(), 404);

        tell(&running, &registry, &first).await;
        give_a_file(&registry, &first).await;
        // At the centre, a walk-in: the code says which school.
        let found =
            registry.post("/api/walk-ins", json!({"code": codes[1]})).await.json::<Value>().await.unwrap();
        assert_eq!(found["campaign"], CAMPAIGN);
        let other = registry.post("/api/walk-ins", json!({"code": codes[1], "school_no": "10727"})).await;
        assert_eq!(other.status(), 409);
        accept_one(&registry, &codes[1], &mut (5..)).await;
        let needs = registry.get(&list).await;
        assert_eq!(needs["students"].as_array().unwrap().len(), 6, "two have a photo now");
        assert_eq!(second.get("/api/me/make-up").await["reason"], Value::Null);
        assert_eq!(book(&second, "10:00").await, 422, "no need any more");
        assert_eq!(registry.post(&format!("{list}/round"), json!({})).await.status(), 422, "none is held");
        running.app.close().await;
    }
}

/// Everybody on the list is told once, in the day; the second one also of the hour that was booked for tomorrow.
async fn tell(running: &Running, registry: &Person, student: &Person) {
    let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let midnight = campaign::day::end_of(campaign::day::of_ms(now_ms()).yesterday().unwrap()).unwrap() * 1000;
    let at = async |hour: u64| {
        let at_ms = midnight + hour * 3_600_000;
        let campaign = running.app.register().campaign(&id).await.unwrap();
        server::routes::messages::tell_students(&running.app, &campaign, at_ms).await.unwrap()
    };
    assert_eq!(at(10).await, 0, "nothing is published");
    for one in ["freeze-roster", "plan", "publish"] {
        assert_eq!(step(registry, one).await.0, 200, "{one}");
    }
    assert_eq!(at(3).await, 0, "nobody is woken");
    assert_eq!(at(10).await, 8 + 1);
    assert_eq!(at(11).await, 0, "each once");
    let own = student.get("/api/me/messages").await;
    assert_eq!((own.as_array().unwrap().len(), &own[0]["kind"]), (1, &json!("make-up")));
    let said = registry.get(&format!("{}/messages", base())).await;
    assert_eq!((&said[0]["kind"], &said[0]["count"]), (&json!("make-up"), &json!(8)));
}

/// A file is taken from where the notice allows, waits, and only the registry says that it is the student.
async fn give_a_file(registry: &Person, student: &Person) {
    let give = async |place: &str| {
        let path = format!("/api/me/file?place={place}");
        student.ask(Method::POST, &path).body(photo(4, Background::Blue)).send().await.unwrap()
    };
    let refused = give("branch-outside").await;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.json::<Value>().await.unwrap()["type"], "/problems/channel");
    let shot: Value = give("branch-inside").await.json().await.unwrap();
    assert_eq!((&shot["station"], &shot["state"]), (&json!("file"), &json!("waiting")));
    assert_eq!(decide(registry, &shot, "accept").await.status(), 200);
}

fn bill(lines: &[(&str, &str, &str, &str)]) -> String {
    let head = "微信支付账单明细,,\n交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注";
    let line = |(number, payer, note, sum): &(&str, &str, &str, &str)| {
        format!("2024-04-10 12:00:00,二维码收款,{payer},{note},收入,¥{sum},/,已存入零钱,{number},/,/")
    };
    std::iter::once(head.to_owned()).chain(lines.iter().map(line)).collect::<Vec<_>>().join("\n")
}

async fn take_bill(registry: &Person, text: String) -> Value {
    let asked = registry.ask(Method::POST, &format!("{}/fees/bills", base())).body(text);
    let answer = asked.send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn payment(registry: &Person, number: &str) -> Value {
    let payers = registry.get(&format!("{}/fees/payers", base())).await;
    let one = payers.as_array().unwrap().iter().find(|one| one["student_no"] == number).unwrap();
    one["payment"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bills_lists_refunds_and_the_settlement_agree_to_the_fen() {
    for running in crate::running::each().await {
        let (registry, codes) = with_settings(&running, settings(Channels::None)).await;
        accept_one(&registry, &codes[0], &mut (1..)).await;
        accept_one(&registry, &codes[3], &mut (2..)).await;
        // One right, one twice, one too little, one of nobody, one for a student without a photo.
        let text = bill(&[
            ("W1", "*雨", "20270000", "15.00"),
            ("W2", "陈默", "20270001", "15.00"),
            ("W3", "陈默", "20270001", "15.00"),
            ("W4", "妈妈", "20270002", "10.00"),
            ("W5", "某某", "图像采集", "15.00"),
        ]);
        let taken = take_bill(&registry, text.clone()).await;
        assert_eq!(
            (&taken["new"], &taken["matched"], &taken["received"]),
            (&json!(5), &json!(4), &json!(7000))
        );
        let again = take_bill(&registry, text).await;
        assert_eq!((&again["new"], &again["known"]), (&json!(0), &json!(5)));

        let fees = registry.get(&format!("{}/fees", base())).await;
        let found: Vec<_> = fees["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["student"]["student_no"].as_str().unwrap(), one["finding"].as_str().unwrap()))
            .collect();
        assert_eq!(
            found,
            [("20270001", "twice"), ("20270002", "wrong-sum"), ("20270006", "unpaid-but-shot")]
        );
        assert_eq!(
            (fees["received"].as_i64(), fees["unknown"][0]["number"].as_str()),
            (Some(7000), Some("W5"))
        );
        assert_eq!(payment(&registry, "20270000").await, "confirmed");
        assert_eq!(payment(&registry, "20270001").await, "duplicate");
        // The one of nobody is the one who was photographed.
        let link = json!({"service": "wechat", "number": "W5", "student_no": "20270006"});
        assert_eq!(registry.post(&format!("{}/fees/links", base()), link).await.status(), 204);
        assert_eq!(payment(&registry, "20270006").await, "confirmed");

        give_back(&running, &registry).await;
        collect(&running, &registry).await;
        let lines = registry.get(&format!("{}/fees/settlement", base())).await;
        let sums =
            |key: &str| lines.as_array().unwrap().iter().map(|line| line[key].as_i64().unwrap()).sum::<i64>();
        assert_eq!((sums("photographed"), sums("owed")), (2, 3000));
        let fees = registry.get(&format!("{}/fees", base())).await;
        let kept = fees["received"].as_i64().unwrap() - fees["returned"].as_i64().unwrap();
        assert_eq!(sums("received"), kept, "what came in and stayed is what the classes have");
        let log = registry.get(&format!("{}/log/verification", base())).await;
        assert_eq!(log["whole"], true);
        running.app.close().await;
    }
}

/// The second payment goes back: asked by one, approved by another, paid once.
async fn give_back(running: &Running, registry: &Person) {
    let refunds = format!("{}/fees/refunds", base());
    let students = registry.get(&format!("{}/students?text=20270001", base())).await;
    let student = students["items"][0]["id"].clone();
    let ask = json!({"student": student, "fen": 1500, "reason": "重复缴费"});
    let asked: Value = registry.post(&refunds, ask.clone()).await.json().await.unwrap();
    assert_eq!(registry.post(&refunds, ask).await.status(), 422, "one at a time");
    let too_much = json!({"student": student, "fen": 4000, "reason": "重复缴费"});
    assert_eq!(registry.post(&refunds, too_much).await.status(), 422);
    let one = format!("{refunds}/{}", asked["id"].as_str().unwrap());
    assert_eq!(registry.post(&format!("{one}/payment"), json!({"reference": "T1"})).await.status(), 409);
    assert_eq!(registry.post(&format!("{one}/approval"), json!({})).await.status(), 422, "not one's own");
    let other = running.person("second", Role::Registry, Scope::default()).await;
    assert_eq!(other.post(&format!("{one}/approval"), json!({})).await.status(), 204);
    assert_eq!(registry.post(&format!("{one}/payment"), json!({"reference": "T1"})).await.status(), 204);
    assert_eq!(registry.post(&format!("{one}/payment"), json!({"reference": "T2"})).await.status(), 409);
    assert_eq!(payment(registry, "20270001").await, "confirmed");
}

/// The monitor lists who paid; the sum that the class hands over is that of the list.
async fn collect(running: &Running, registry: &Person) {
    let id = CampaignId::try_from(CAMPAIGN.to_owned()).unwrap();
    let scope =
        Scope { campaign: CAMPAIGN.into(), college: COLLEGE.into(), cohort: "班0".into(), student: None };
    let monitor = running.person("monitor", Role::Monitor, scope).await;
    let payers = monitor.get(&format!("{}/fees/payers", base())).await;
    assert_eq!(payers.as_array().unwrap().len(), 4, "the own class");
    let student = payers[2]["id"].clone();
    let claims = format!("{}/fees/claims", base());
    let claimed: Value = monitor.post(&claims, json!({"students": [student]})).await.json().await.unwrap();
    assert_eq!(claimed["count"], 1);
    let listed = monitor.get(&format!("{}/fees/payers", base())).await;
    assert_eq!((&listed[2]["payment"], &listed[2]["late"]), (&json!("claimed"), &json!(true)));
    let other = registry.get(&format!("{}/students?text=20270003", base())).await["items"][0]["id"].clone();
    assert_eq!(monitor.post(&claims, json!({"students": [other]})).await.status(), 404, "another class");
    let hand = async |fen: i64| {
        let body = json!({"college": COLLEGE, "cohort": "班0", "fen": fen});
        registry.post(&format!("{}/fees/hand-overs", base()), body).await.status()
    };
    assert_eq!(hand(1400).await, 422);
    assert_eq!(hand(1500).await, 200);
    assert_eq!(hand(1500).await, 422, "nothing is left to hand over");
    assert_eq!(payment(registry, "20270004").await, "confirmed");
    let counts = running.app.register().counts(&id).await.unwrap();
    assert!(counts.iter().any(|(status, _)| *status == Status::Paid), "{counts:?}");
}
