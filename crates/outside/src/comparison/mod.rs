//! A comparison of a finished photo by a service elsewhere, with a reference photo or with what a population database
//! holds for a document's number. The contract is ours (`docs/outside.md`).
//!
//! Only a complete answer to exactly this question says same or different. Everything else, be it silence, an error or
//! nonsense, is [`Answer::Unsure`] with its reason, and a person decides.

pub mod breaker;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::time::sleep;
use uuid::Uuid;

use crate::service::{Line, Service};
use crate::wire::Silence;
use breaker::Breaker;

/// Most bytes of a photo. A choice: finished photos have at most a tenth of it.
pub const PHOTO_BYTES: usize = 2 * 1024 * 1024;
/// How often one question is asked in all. A choice.
pub const TRIES: u32 = 3;
/// The pause before the second try; before the third it is twice as long. A choice.
pub const PAUSE: Duration = Duration::from_millis(500);

/// What a photo is compared with.
#[derive(Clone, Copy)]
pub enum Against<'q> {
    /// Another photo, as JPEG.
    Photo(&'q [u8]),
    /// What the service itself holds for a document.
    Document {
        /// The kind of document, by the name that the contract gives it, such as `resident-id`.
        kind: &'q str,
        /// Its number.
        number: &'q str,
    },
}

impl fmt::Debug for Against<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Photo(bytes) => write!(out, "Photo({} bytes)", bytes.len()),
            Self::Document { kind, .. } => write!(out, "Document({kind:?}, ***)"),
        }
    }
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q> {
    /// Its id, which the answer repeats. It says nothing about the student.
    pub id: Uuid,
    /// The finished photo, as JPEG.
    pub photo: &'q [u8],
    /// With what.
    pub against: Against<'q>,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The same person, by the service's word.
    Same {
        /// How alike, 0 to 1, on the service's own scale.
        score: f64,
    },
    /// Another person, by the service's word.
    Different {
        /// How alike, 0 to 1, on the service's own scale.
        score: f64,
    },
    /// A person decides.
    Unsure(Doubt),
}

/// Why nobody knows.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Doubt {
    /// The service itself is unsure.
    #[error("the comparison service is unsure itself (likeness {score:.2})")]
    Score {
        /// How alike, 0 to 1, on the service's own scale.
        score: f64,
    },
    /// It does not know the document, or has no photo for it (404).
    #[error("the comparison service has no reference for this document")]
    NoReference,
    /// No answer.
    #[error("the comparison service does not answer: {0}")]
    Silent(String),
    /// An error instead of an answer.
    #[error("the comparison service reports an error (status {0})")]
    Status(u16),
    /// An answer that is none.
    #[error("the comparison service's answer is none to this question")]
    Nonsense,
    /// It failed several times in a row and is left alone for a minute.
    #[error("the comparison service failed several times and is not asked for a while")]
    Resting,
    /// The question cannot be asked.
    #[error("a photo for comparison has 1 to {PHOTO_BYTES} bytes")]
    Photo,
}

impl Doubt {
    /// The reason in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Score { score } => format!("比对服务无法判定（相似度 {score:.2}），请人工核对"),
            Self::NoReference => "比对服务没有该证件的参照照片，请人工核对".into(),
            Self::Silent(why) => format!("比对服务无应答，请人工核对：{why}"),
            Self::Status(status) => format!("比对服务出错（{status}），请人工核对"),
            Self::Nonsense => "比对服务的应答无法识别，请人工核对".into(),
            Self::Resting => "比对服务多次失败，暂停使用，请人工核对".into(),
            Self::Photo => "照片过大或为空，无法比对，请人工核对".into(),
        }
    }

    /// Whether asking again at once may help.
    fn is_passing(&self) -> bool {
        match self {
            Self::Silent(_) | Self::Nonsense => true,
            Self::Status(status) => !(400..500).contains(status) || matches!(status, 408 | 429),
            Self::Score { .. } | Self::NoReference | Self::Resting | Self::Photo => false,
        }
    }
}

impl From<Silence> for Doubt {
    fn from(silence: Silence) -> Self {
        Self::Silent(silence.en())
    }
}

/// Why a service cannot be used at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the comparison service cannot be used: {0}")]
pub struct SettingsFault(String);

impl SettingsFault {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        format!("比对服务设置有误：{}", self.0)
    }
}

#[derive(Serialize)]
struct Asked<'q> {
    id: Uuid,
    photo: String,
    against: Reference<'q>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Reference<'q> {
    Photo(String),
    Document { kind: &'q str, number: &'q str },
}

#[derive(Deserialize)]
struct Said {
    id: Uuid,
    answer: Word,
    score: f64,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Same,
    Unsure,
    Different,
}

/// A service that compares.
#[derive(Debug, Clone)]
pub struct Comparer {
    line: Line,
    breaker: Arc<Mutex<Breaker>>,
    since: Instant,
}

impl Comparer {
    /// A service that is asked with the first question. Clones share what they know of its health.
    ///
    /// # Errors
    /// [`SettingsFault`] when the key's name is none, or the system has no TLS roots.
    pub fn new(service: Service) -> Result<Self, SettingsFault> {
        if !service.has_plain_name() {
            return Err(SettingsFault("the key's name has letters, digits, - and _".into()));
        }
        let line = Line::to(service).map_err(|silence| SettingsFault(silence.en()))?;
        Ok(Self { line, breaker: Arc::default(), since: Instant::now() })
    }

    /// Asks; ends after at most [`TRIES`] times the service's patience and two short pauses.
    pub async fn compare(&self, question: &Question<'_>) -> Answer {
        let Some(body) = body(question) else { return Answer::Unsure(Doubt::Photo) };
        let mut doubt = Doubt::Resting;
        for tries in 0..TRIES {
            if tries > 0 {
                sleep(PAUSE * tries).await;
            }
            if !self.with_breaker(Breaker::may_ask) {
                return Answer::Unsure(doubt);
            }
            match self.ask(&question.id, body.clone()).await {
                Answer::Unsure(passing) if passing.is_passing() => {
                    self.with_breaker(Breaker::failed);
                    doubt = passing;
                }
                answer => {
                    self.with_breaker(|breaker, _| breaker.answered());
                    return answer;
                }
            }
        }
        Answer::Unsure(doubt)
    }

    async fn ask(&self, id: &Uuid, body: Vec<u8>) -> Answer {
        match self.line.post(id, body).await {
            Ok((status, bytes)) => read(id, status, &bytes),
            Err(silence) => Answer::Unsure(silence.into()),
        }
    }

    fn with_breaker<T>(&self, act: impl FnOnce(&mut Breaker, u64) -> T) -> T {
        let now_ms = self.since.elapsed().as_millis() as u64;
        act(&mut self.breaker.lock().unwrap_or_else(PoisonError::into_inner), now_ms)
    }
}

fn body(question: &Question<'_>) -> Option<Vec<u8>> {
    let fits = |photo: &[u8]| (1..=PHOTO_BYTES).contains(&photo.len());
    let against = match question.against {
        Against::Photo(photo) if !fits(photo) => return None,
        Against::Photo(photo) => Reference::Photo(BASE64.encode(photo)),
        Against::Document { kind, number } => Reference::Document { kind, number },
    };
    if !fits(question.photo) {
        return None;
    }
    let asked = Asked { id: question.id, photo: BASE64.encode(question.photo), against };
    serde_json::to_vec(&asked).ok()
}

/// What an answer says. Pure, and total: any bytes give an answer, and only exact ones say same or different.
fn read(id: &Uuid, status: u16, bytes: &[u8]) -> Answer {
    match status {
        200 => {}
        404 => return Answer::Unsure(Doubt::NoReference),
        status => return Answer::Unsure(Doubt::Status(status)),
    }
    match serde_json::from_slice::<Said>(bytes) {
        Ok(Said { id: of, answer, score }) if of == *id && (0.0..=1.0).contains(&score) => match answer {
            Word::Same => Answer::Same { score },
            Word::Different => Answer::Different { score },
            Word::Unsure => Answer::Unsure(Doubt::Score { score }),
        },
        _ => Answer::Unsure(Doubt::Nonsense),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: Uuid = Uuid::from_u128(0x0195_7f3c_2b7a_7c4e_9d10_5a6b_7c8d_9e0f);

    fn said(answer: &str, score: &str) -> String {
        format!(r#"{{"id":"{ID}","answer":"{answer}","score":{score},"model":"a word more is fine"}}"#)
    }

    #[test]
    fn only_a_complete_answer_to_this_question_says_same_or_different() {
        let of = |status, body: &str| read(&ID, status, body.as_bytes());
        assert_eq!(of(200, &said("same", "0.93")), Answer::Same { score: 0.93 });
        assert_eq!(of(200, &said("different", "0")), Answer::Different { score: 0.0 });
        assert_eq!(of(200, &said("unsure", "0.5")), Answer::Unsure(Doubt::Score { score: 0.5 }));
        assert_eq!(of(404, &said("same", "1")), Answer::Unsure(Doubt::NoReference));
        assert_eq!(of(500, &said("same", "1")), Answer::Unsure(Doubt::Status(500)));
        assert_eq!(of(201, &said("same", "1")), Answer::Unsure(Doubt::Status(201)));
        let other = said("same", "1").replace("0195", "0196");
        let bare = format!(r#"{{"id":"{ID}","answer":"same"}}"#);
        let twice = said("same", "1").replace("\"score\"", "\"answer\":\"same\",\"score\"");
        for nonsense in [
            "",
            "same",
            "{}",
            "[]",
            "null",
            &other,
            &bare,
            &twice,
            &said("Same", "1"),
            &said("yes", "1"),
            &said("same", "1.01"),
            &said("same", "-0.1"),
            &said("same", "\"1\""),
            &said("same", "1e999"),
            &said("same", "null"),
            &said("same", "NaN"),
        ] {
            assert_eq!(of(200, nonsense), Answer::Unsure(Doubt::Nonsense), "{nonsense}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_or_changed_answer_is_never_a_wrong_one(at in 0_usize..200, mask in 1_u8.., cut in any::<bool>()) {
            let right = said("same", "0.93").into_bytes();
            let mut bytes = right.clone();
            let at = at % bytes.len();
            if cut { bytes.truncate(at) } else { bytes[at] ^= mask }
            // A changed digit of the score, or a changed word that nobody reads, leaves the answer as it is.
            let is_harmless = matches!(read(&ID, 200, &bytes), Answer::Same { .. } | Answer::Unsure(Doubt::Nonsense));
            prop_assert!(is_harmless);
        }

        #[test]
        fn any_status_and_bytes_give_an_answer(status in any::<u16>(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let is_unsure = matches!(read(&ID, status, &bytes), Answer::Unsure(_));
            prop_assert!(is_unsure);
        }
    }

    #[test]
    fn no_document_number_is_shown() {
        let question = Question {
            id: ID,
            photo: b"jpeg",
            against: Against::Document { kind: "resident-id", number: "11010519491231002X" },
        };
        assert!(!format!("{question:?}").contains("1101"));
    }
}
