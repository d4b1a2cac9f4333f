//! An operator at a station who does everything again until it is done.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::mishap::{self, Mishap};

/// A camera's file that nobody took before: the same people, each time with other bytes.
pub fn photo_of(pool: &[Vec<u8>], shot: u32) -> Vec<u8> {
    let photo = &pool[shot as usize % pool.len()];
    let remark = [&[0xff, 0xfe, 0, 10][..], &u64::from(shot).to_be_bytes()].concat();
    [&photo[..2], &remark, &photo[2..]].concat()
}

/// What the operator at a station did.
#[derive(Default)]
pub struct Done {
    /// Accepted shots with the code that was scanned.
    pub accepted: HashMap<String, String>,
    pub voids: usize,
    pub scans_ms: Vec<u128>,
    pub verdicts_ms: Vec<u128>,
    pub retries: usize,
    pub mishaps: BTreeMap<Mishap, usize>,
}

/// An operator who goes through a list of codes, whatever happens to the station meanwhile.
pub struct Operator {
    pub base: String,
    pub client: Client,
    pub pool: Arc<Vec<Vec<u8>>>,
    /// A picture without anybody.
    pub wall: Vec<u8>,
    pub shots: Arc<AtomicU32>,
    pub rng: fastrand::Rng,
    pub done: Done,
}

impl Operator {
    pub async fn ask(&mut self, path: &str, body: Option<Value>) -> Option<(u16, Value)> {
        let url = format!("{}/api/station{path}", self.base);
        let request = match body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(&body),
        };
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// Goes through the check-list before the first student.
    async fn open(&mut self) {
        let items = "light-angle,light-distance,background,focus,clock,disk";
        let url = format!("{}/api/station/opening?lights_k=5550&seen={items}", self.base);
        // A disk that refuses now is asked again with the next scan.
        let _ = self.client.post(url).body(self.pool[0].clone()).send().await;
    }

    pub fn next_shot(&mut self) -> u32 {
        self.shots.fetch_add(1, Ordering::Relaxed)
    }

    pub fn next_photo(&mut self) -> Vec<u8> {
        let shot = self.next_shot();
        photo_of(&self.pool, shot)
    }

    async fn shoot(&mut self) -> Option<String> {
        let bytes = self.next_photo();
        let url = format!("{}/api/station/shots", self.base);
        let answer = self.client.post(url).body(bytes).send().await.ok()?;
        let value: Value = answer.json().await.ok()?;
        value["take"].as_str().map(str::to_owned)
    }

    /// One student, from the scan to the accepted photo or the void number.
    pub async fn photograph(&mut self, code: &str) {
        let leaves = self.rng.u32(0..40) == 0;
        loop {
            if self.step(code, leaves).await.is_some() {
                return;
            }
            // The station is gone or its disk refuses: look again in a moment.
            self.done.retries += 1;
            sleep(Duration::from_millis(150)).await;
        }
    }

    async fn step(&mut self, code: &str, leaves: bool) -> Option<()> {
        let begun = Instant::now();
        let (status, scanned) = self.ask("/scan", Some(json!({"code": code, "reason": "演练"}))).await?;
        if scanned["type"] == "/problems/not-open" {
            self.open().await;
            return None;
        }
        if status != 200 {
            return None;
        }
        match scanned["result"].as_str()? {
            "active" => self.done.scans_ms.push(begun.elapsed().as_millis()),
            "same" => {}
            other => panic!("{other}: {scanned}"),
        }
        if leaves {
            let (status, _) = self.ask("/void", Some(json!({"reason": "学生离开"}))).await?;
            return (status == 204).then(|| self.done.voids += 1);
        }
        if self.rng.u32(0..5) == 0 {
            mishap::ALL[self.rng.usize(0..mishap::ALL.len())].happen(self, code).await?;
        }
        let begun = Instant::now();
        let take = self.shoot().await?;
        self.done.verdicts_ms.push(begun.elapsed().as_millis());
        let path = format!("/takes/{take}/acceptance");
        loop {
            let answer = self.ask(&path, Some(json!({"reason": "演练", "second": "8"}))).await;
            // Accepted; or it was, and the answer was lost.
            if matches!(answer, Some((200 | 409, _))) {
                break;
            }
            self.done.retries += 1;
            sleep(Duration::from_millis(150)).await;
        }
        self.done.accepted.insert(take, code.to_owned());
        Some(())
    }
}
