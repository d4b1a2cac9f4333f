//! The way to the server: packets go and receipts come, bundles and news of codes used elsewhere come; whatever breaks
//! off goes on where it stopped. A packet sent twice is one packet at the centre, so sending again never harms.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use seal::code::fingerprint::Fingerprint;
use seal::enrolment::pass;
use seal::identity::CampaignId;
use seal::keys::SigningKey;
use seal::keys::file::EnrolledKeys;
use serde::{Deserialize, Serialize};
use sqlx::query;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::{Result, Station, StationError, tables, whose};

/// What a station shows itself with: `Station` and its word about what it asks for.
pub const SCHEME: &str = "Station";
/// What the word for a bundle and for news is about.
pub const ABOUT_BUNDLE: &str = "bundle";

/// How a station sends.
#[derive(Debug, Clone)]
pub struct Options {
    /// The server, such as `https://xueying.example.edu.cn`.
    pub server: String,
    /// Most bytes in a second; none means as many as there can be.
    pub bytes_per_s: Option<u64>,
    /// Bytes sent at once. What breaks off inside is sent again from where the server has it.
    pub piece_bytes: usize,
    /// How long to wait for an answer.
    pub patience: Duration,
    /// How often to ask for news.
    pub news: Duration,
}

impl Options {
    /// The usual way to a server.
    pub fn new(server: String) -> Self {
        Self {
            server,
            bytes_per_s: None,
            piece_bytes: 256 * 1024,
            patience: Duration::from_secs(20),
            news: Duration::from_secs(20),
        }
    }
}

/// How the transfer goes, for the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether the last exchange succeeded; none before the first.
    pub online: Option<bool>,
    /// Why not, in Chinese and in English.
    pub trouble: Option<(String, String)>,
    /// Bytes of the packet that is on its way, and its size.
    pub sending: Option<(u64, u64)>,
}

/// What the server has of a packet.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Held {
    /// Bytes from the beginning without a gap.
    pub received: u64,
    /// The receipt, in base64, once the packet was opened.
    pub receipt: Option<String>,
}

/// A use of a code at another station.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UsedElsewhere {
    /// The code's fingerprint.
    pub code: String,
    /// Where.
    pub station: String,
    /// When, ms since 1970-01-01 UTC.
    pub at_ms: u64,
}

/// How a class stands in the queue, as the school says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// The class, as the bundle names it.
    pub class: String,
    /// Whether it was called.
    pub is_called: bool,
    /// To which station.
    pub station: String,
}

/// Why something did not get through.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// No answer, or no network.
    #[error("the server does not answer: {0}")]
    Network(String),
    /// The server says no.
    #[error("the server refuses ({0})")]
    Refused(StatusCode),
    /// The answer is none.
    #[error("the server's answer cannot be read")]
    Answer,
    /// The station itself.
    #[error(transparent)]
    Station(#[from] StationError),
}

impl Trouble {
    /// In Chinese and in English.
    pub fn words(&self) -> (String, String) {
        let zh = match self {
            Self::Network(_) => "服务器无应答，照片保存在本机，联网后自动续传".to_owned(),
            Self::Refused(status) => format!("服务器拒绝（{}）", status.as_u16()),
            Self::Answer => "服务器的应答无法识别".to_owned(),
            Self::Station(error) => error.zh(),
        };
        (zh, self.to_string())
    }
}

impl From<reqwest::Error> for Trouble {
    fn from(error: reqwest::Error) -> Self {
        // Without the address: it may stand in a log.
        Self::Network(error.without_url().to_string())
    }
}

/// A client for the way to a server.
///
/// # Errors
/// [`Trouble::Network`] when the system has no TLS roots.
pub fn client(patience: Duration) -> std::result::Result<Client, Trouble> {
    // Another part of the program may have chosen its provider before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = || Client::builder().timeout(patience);
    // A computer on which no authority's certificate is installed still reaches a server of its own network over HTTP;
    // it trusts nobody over HTTPS.
    Ok(builder().build().or_else(|_| builder().tls_certs_only([]).build())?)
}

/// Sends a request for enrolment and gives the answer.
///
/// # Errors
/// [`Trouble::Refused`] with a wrong token.
pub async fn enrol(
    server: &str,
    campaign: &CampaignId,
    request: &[u8],
) -> std::result::Result<Vec<u8>, Trouble> {
    let client = client(Duration::from_secs(30))?;
    answered(client.post(address(server, &[campaign.as_str(), "enrolment"])?).body(request.to_vec())).await
}

/// Fetches the first bundle of a station that was just admitted.
///
/// # Errors
/// [`Trouble`] when the server does not answer.
pub async fn first_bundle(server: &str, keys: &EnrolledKeys) -> std::result::Result<Vec<u8>, Trouble> {
    let client = client(Duration::from_secs(30))?;
    let url = address(server, &[keys.packing.campaign.as_str(), "bundle"])?;
    answered(shown(client.get(url), ABOUT_BUNDLE, &keys.packing.station)?).await
}

/// A request with the station's word about what it asks for.
fn shown(
    request: RequestBuilder,
    about: &str,
    key: &SigningKey,
) -> std::result::Result<RequestBuilder, Trouble> {
    let word = pass(about, key).ok_or(Trouble::Answer)?;
    Ok(request.header("authorization", format!("{SCHEME} {}", BASE64.encode(word))))
}

fn address(server: &str, parts: &[&str]) -> std::result::Result<Url, Trouble> {
    let mut url = Url::parse(server).map_err(|error| Trouble::Network(error.to_string()))?;
    url.path_segments_mut()
        .map_err(|()| Trouble::Answer)?
        .pop_if_empty()
        .extend(["api", "stations"])
        .extend(parts);
    Ok(url)
}

async fn answered(request: RequestBuilder) -> std::result::Result<Vec<u8>, Trouble> {
    let answer = request.send().await?;
    if !answer.status().is_success() {
        return Err(Trouble::Refused(answer.status()));
    }
    Ok(answer.bytes().await?.to_vec())
}

impl Station {
    /// Sends and fetches until `stop` says so.
    pub async fn transfer(
        &self,
        options: &Options,
        clock: impl Fn() -> u64,
        mut stop: watch::Receiver<bool>,
    ) {
        let mut news = Instant::now();
        while !*stop.borrow() {
            let outcome = async {
                if Instant::now() >= news {
                    // News that cannot be had must not keep the photos here.
                    news = Instant::now() + options.news;
                    self.fetch(options).await?;
                }
                self.send_next(options, clock()).await
            };
            let pause = match outcome.await {
                Ok(true) => {
                    self.went(None);
                    continue;
                }
                Ok(false) => {
                    self.went(None);
                    Duration::from_millis(500)
                }
                Err(trouble) => {
                    self.went(Some(trouble.words()));
                    Duration::from_secs(1)
                }
            };
            // Told to stop, or the time is over.
            let _ = timeout(pause, stop.changed()).await;
        }
    }

    fn went(&self, trouble: Option<(String, String)>) {
        let progress = Progress { online: Some(trouble.is_none()), trouble, sending: None };
        if self.moment().transfer != progress {
            self.set_moment(|moment| moment.transfer = progress);
        }
    }

    fn asks(&self, request: RequestBuilder, about: &str) -> std::result::Result<RequestBuilder, Trouble> {
        shown(request, about, &self.0.keys.packing.station)
    }

    fn at(&self, server: &str, parts: &[&str]) -> std::result::Result<Url, Trouble> {
        let campaign = self.campaign().as_str();
        address(server, &[&[campaign], parts].concat())
    }

    /// Fetches the bundle, if it says anything new, and what was used elsewhere.
    ///
    /// # Errors
    /// [`Trouble`] when the server does not answer or what it says does not count.
    pub async fn fetch(&self, options: &Options) -> std::result::Result<(), Trouble> {
        let client = client(options.patience)?;
        let letter = self.asks(client.get(self.at(&options.server, &["bundle"])?), ABOUT_BUNDLE)?;
        let known = format!("\"{}\"", self.bundle().mark());
        let letter = match answered(letter.header(reqwest::header::IF_NONE_MATCH, known)).await {
            Err(Trouble::Refused(StatusCode::NOT_MODIFIED)) => None,
            other => Some(other?),
        };
        if let Some(letter) = letter {
            match self.take_bundle(&letter).await {
                Ok(()) | Err(StationError::OlderBundle) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let uses = self.asks(client.get(self.at(&options.server, &["uses"])?), ABOUT_BUNDLE)?;
        let uses: Vec<UsedElsewhere> =
            serde_json::from_slice(&answered(uses).await?).map_err(|_| Trouble::Answer)?;
        for each in uses.iter().filter(|each| each.station != self.name()) {
            self.learn(each).await?;
        }
        let calls = self.asks(client.get(self.at(&options.server, &["calls"])?), ABOUT_BUNDLE)?;
        let calls: Vec<Called> =
            serde_json::from_slice(&answered(calls).await?).map_err(|_| Trouble::Answer)?;
        Ok(self.take_calls(&calls).await?)
    }

    /// Sends a letter to the school and gives the answer.
    pub(super) async fn ask_school(
        &self,
        options: &Options,
        letter: Vec<u8>,
        about: &str,
    ) -> std::result::Result<whose::Answer, Trouble> {
        let client = client(options.patience)?;
        let asked = client.post(self.at(&options.server, &["whose-code"])?).body(letter);
        let answer = answered(self.asks(asked, about)?).await?;
        serde_json::from_slice(&answer).map_err(|_| Trouble::Answer)
    }

    /// Takes in which classes were called where; what was known before is replaced.
    ///
    /// # Errors
    /// [`StationError::Store`] when it cannot be kept.
    pub async fn take_calls(&self, calls: &[Called]) -> Result<()> {
        let mut writing = self.0.store.begin().await?;
        query(tables::FORGET_CALLS).execute(&mut *writing).await?;
        for each in calls {
            query(tables::NEW_CALL)
                .bind(&each.class)
                .bind(&each.station)
                .bind(i64::from(each.is_called))
                .execute(&mut *writing)
                .await?;
        }
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    async fn learn(&self, used: &UsedElsewhere) -> Result<()> {
        let code = Fingerprint::parse(&used.code)
            .ok_or_else(|| StationError::Damaged("the server's news of a code".into()))?;
        query(tables::SET_ELSEWHERE)
            .bind(code.to_string())
            .bind(&used.station)
            .bind(used.at_ms as i64)
            .execute(self.0.store.reader())
            .await?;
        Ok(())
    }

    /// Sends the packet whose turn it is; `false` when there is none.
    ///
    /// # Errors
    /// [`Trouble`] when it did not get through; it waits for its next turn.
    pub async fn send_next(&self, options: &Options, now_ms: u64) -> std::result::Result<bool, Trouble> {
        let Some((id, size)) = self.next_packet(now_ms).await? else { return Ok(false) };
        let sent = async {
            let receipt = self.send(options, &id, size).await?;
            Ok(self.take_receipt(&id, &receipt, now_ms).await?)
        };
        if let Err(trouble) = sent.await {
            self.put_off(&id, now_ms).await?;
            return Err(trouble);
        }
        Ok(true)
    }

    /// Sends what the server does not have yet, piece by piece, and gives the receipt.
    async fn send(&self, options: &Options, id: &str, size: u64) -> std::result::Result<Vec<u8>, Trouble> {
        let client = client(options.patience)?;
        let packet = self.packet(id)?;
        let url = self.at(&options.server, &["packets", id])?;
        let read = |body: Vec<u8>| serde_json::from_slice::<Held>(&body).map_err(|_| Trouble::Answer);
        let mut held = read(answered(self.asks(client.get(url.clone()), id)?).await?)?;
        loop {
            if let Some(receipt) = held.receipt {
                return BASE64.decode(receipt).map_err(|_| Trouble::Answer);
            }
            let from = usize::try_from(held.received).unwrap_or(usize::MAX).min(packet.len());
            let to = (from + options.piece_bytes.max(1)).min(packet.len());
            let begun = Instant::now();
            let mut url = url.clone();
            url.query_pairs_mut().append_pair("at", &from.to_string());
            let put = client.put(url).body(packet[from..to].to_vec());
            let before = held.received;
            held = read(answered(self.asks(put, id)?).await?)?;
            if held.receipt.is_none() && held.received <= before {
                return Err(Trouble::Answer);
            }
            self.set_moment(|moment| moment.transfer.sending = Some((held.received, size)));
            if let Some(limit) = options.bytes_per_s {
                let due = Duration::from_secs_f64((to - from) as f64 / limit.max(1) as f64);
                sleep(due.saturating_sub(begun.elapsed())).await;
            }
        }
    }
}
