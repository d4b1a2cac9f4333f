//! Students' phones: they look at their own page all day, and at the end see what became of their photo.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::time::sleep;

const PASSWORD: &str = "a phone's password";

/// A phone whose student is signed in.
pub struct Phone {
    client: Client,
    base: String,
    /// Place on the roster, from 0.
    pub student: usize,
    cookie: String,
    /// How often the page was read, and how often it could not be.
    pub reads: [usize; 2],
}

impl Phone {
    /// Activates the student's account, however often the server is killed meanwhile.
    pub async fn of(client: Client, base: String, campaign: &str, student: usize) -> Self {
        let who = json!({"campaign": campaign, "student_no": format!("2023{student:06}"), "name": "学生甲",
            "document_no": format!("E{student:08}"), "password": PASSWORD});
        let login = json!({"login": format!("{campaign}/2023{student:06}"), "password": PASSWORD});
        let mut phone = Self { client, base, student, cookie: String::new(), reads: [0, 0] };
        while phone.cookie.is_empty() {
            // Activated already is as good.
            phone.post("/api/activation", &who).await;
            if let Some(answer) = phone.post("/api/session", &login).await
                && let Some(cookie) = answer.headers().get("set-cookie")
            {
                cookie.to_str().unwrap().split(';').next().unwrap().clone_into(&mut phone.cookie);
            } else {
                // Ten tries in a minute are allowed from one address.
                sleep(Duration::from_secs(7)).await;
            }
        }
        phone
    }

    async fn post(&self, path: &str, body: &Value) -> Option<Response> {
        self.client.post(format!("{}{path}", self.base)).json(body).send().await.ok()
    }

    /// Reads the student's page; none while the server is gone.
    pub async fn page(&mut self) -> Option<Value> {
        let asked = self.client.get(format!("{}/api/me", self.base)).header("cookie", &self.cookie);
        let read = match asked.send().await {
            Ok(answer) if answer.status().is_success() => answer.json().await.ok(),
            _ => None,
        };
        self.reads[usize::from(read.is_none())] += 1;
        read
    }

    /// Reads the page again and again until the day is over.
    pub async fn watch(mut self, is_over: Arc<AtomicBool>) -> Self {
        while !is_over.load(Ordering::Relaxed) {
            self.page().await;
            sleep(Duration::from_millis(400)).await;
        }
        self
    }
}
