//! What a campaign taught about its stations goes into the next one.

use serde_json::json;

use crate::running::{CAMPAIGN, each};
use crate::timetable::published;

/// A shot as the desk keeps it, taken so many milliseconds after the first one.
const SHOT: &str = "insert into shot (id, campaign, code, name, document, taken_ms, station, verdict, state, \
     inspection, operator, reason, decided_by, decided_ms, version) values ($1, $2, $3, '', '', $4, $5, 'fail', $6, \
     $7, '', '', '', 0, 0)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_planned_with_the_pace_that_its_stations_showed() {
    for running in each().await {
        let registry = running.registry().await;
        registry.begin().await;
        registry.import(8).await;
        published(&registry).await;
        let copy = format!("/api/campaigns/{CAMPAIGN}/copy?first_day=2026-04-20&class_of=2027");
        let before = registry.get(&copy).await;
        assert_eq!(before["stations"], json!([]));
        assert!(before["text"].as_str().unwrap().contains("seconds-per-student = 19.4"));
        let findings = json!([{"findings": [{"rule": "eyes-open", "verdict": "fail"},
            {"rule": "glare", "verdict": "warn"}]}, {}]);
        // A station with 31 shots, 21.0 s apart, three of them sent back; and photos that students took alone.
        for (station, shots, apart) in [("1", 31, 21_000), ("self", 11, 600_000)] {
            for number in 0..shots {
                let state = if number < 3 && station == "1" { "retake" } else { "accepted" };
                sqlx::query(SHOT)
                    .bind(format!("{station}-{number}"))
                    .bind(CAMPAIGN)
                    .bind("code")
                    .bind(1_700_000_000_000_i64 + number * apart)
                    .bind(station)
                    .bind(state)
                    .bind(findings.to_string())
                    .execute(running.app.desk().store().reader())
                    .await
                    .unwrap();
            }
        }
        let after = registry.get(&copy).await;
        let first = &after["stations"][0];
        assert_eq!((&first["shots"], &first["seconds_per_student"]), (&json!(31), &json!(21.0)));
        assert_eq!(
            (&first["sent_back"], &first["rules"]),
            (&json!(3), &json!([{"rule": "eyes-open", "count": 3}]))
        );
        assert_eq!(after["stations"].as_array().unwrap().len(), 1, "a phone is no station");
        assert!(after["text"].as_str().unwrap().contains("seconds-per-student = 21.0"), "{}", after["text"]);
        let differs = after["differences"].as_array().unwrap();
        assert!(
            differs.iter().any(|one| one["after"] == "schedule.seconds-per-student = 21.0"),
            "{differs:?}"
        );
        running.app.close().await;
    }
}
