//! What comes from stations: packets, piece by piece, each taken in once whatever way and how often it comes.
//!
//! A packet is whole and signed → it is opened → its code is read and its photo inspected again → the photo is sealed
//! and kept as a shot, in the same change as the packet's row and receipt. Only then may the station let it go.

use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;

use sqlx::{Row, query, query_scalar};
use store::objects::ObjectError;
use store::{StoreError, Transaction};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use portrait::standard::{Language, Verdict};
use seal::code::fingerprint::Fingerprint;
use seal::code::port::standing;
use seal::identity::{CampaignId, Identity};
use seal::packet::contents::{Contents, ItemKind, Register};
use seal::packet::receipt::{self, Receipt, Stage};
use seal::packet::{self, PacketId};
use seal::{photo, rest};

use super::{Desk, DeskError, Keys, Result, Shot, State, object_name, tables, verdict_name};
use crate::judging::Judge;
use crate::random::nonce;
use crate::station::transfer::{Held, UsedElsewhere};

/// Largest packet: a photo with its inspection has some 100 KB, with the camera's file 25 MB.
pub const LARGEST_PACKET: u64 = 64 << 20;

/// Two packets for one photo are both kept, and a person looks.
const CLAIMED: &str = "another packet claims to be this photo";
/// Fewer bytes tell nothing yet, not even whether they begin a packet.
const SHORTEST: u64 = 16;

/// What stands in a packet that was opened.
struct Inside {
    contents: Contents,
    photo: Vec<u8>,
    code: String,
    said: Option<String>,
}

/// Something about a packet that a person should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which station.
    pub station: String,
    /// Its shot number there.
    pub number: String,
    /// What.
    pub remark: String,
    /// When the packet came, ms.
    pub received_ms: u64,
}

impl Desk {
    /// How much of a packet is here.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn held(&self, id: PacketId) -> Result<Held> {
        if let Some(receipt) = self.receipt(id).await? {
            return Ok(Held { received: 0, receipt: Some(encode(&receipt)) });
        }
        Ok(Held { received: self.pieces(id).await?.len() as u64, receipt: None })
    }

    async fn receipt(&self, id: PacketId) -> Result<Option<Vec<u8>>> {
        Ok(query_scalar(tables::PACKET).bind(id.to_string()).fetch_optional(self.store.reader()).await?)
    }

    /// The bytes from the beginning up to the first gap.
    async fn pieces(&self, id: PacketId) -> Result<Vec<u8>> {
        let rows = query(tables::PIECES).bind(id.to_string()).fetch_all(self.store.reader()).await?;
        let mut whole = Vec::new();
        for row in &rows {
            let begins: i64 = row.try_get("begins")?;
            let bytes: &[u8] = row.try_get("bytes")?;
            let known = whole.len() as i64;
            if begins > known {
                break;
            }
            // A piece that was sent again after a cut begins inside what is here.
            whole.extend_from_slice(bytes.get((known - begins) as usize..).unwrap_or_default());
        }
        Ok(whole)
    }

    /// Takes a piece of a packet; with the last one the packet is taken in and its receipt is there.
    ///
    /// # Errors
    /// [`DeskError::Packet`] when the whole is no good packet: then its pieces are thrown away and it is sent anew.
    pub async fn take_piece(
        &self,
        (campaign, id): (&CampaignId, PacketId),
        (at, bytes): (u64, Vec<u8>),
        keys: &Keys,
        judge: Arc<Judge>,
        now_ms: u64,
    ) -> Result<Held> {
        if let Some(receipt) = self.receipt(id).await? {
            return Ok(Held { received: 0, receipt: Some(encode(&receipt)) });
        }
        if at.saturating_add(bytes.len() as u64) > LARGEST_PACKET {
            return Err(DeskError::TooLarge);
        }
        query(tables::NEW_PIECE)
            .bind(id.to_string())
            .bind(at as i64)
            .bind(bytes)
            .execute(self.store.reader())
            .await?;
        let whole = self.pieces(id).await?;
        let received = whole.len() as u64;
        if received < SHORTEST {
            return Ok(Held { received, receipt: None });
        }
        match self.take_packet(campaign, whole, Some(id), keys, judge, now_ms).await {
            Ok(receipt) => Ok(Held { received, receipt: Some(encode(&receipt)) }),
            // More of it is to come.
            Err(DeskError::Packet(packet::PacketFault::CutOff)) => Ok(Held { received, receipt: None }),
            Err(error @ DeskError::Packet(_)) => {
                query(tables::DROP_PIECES).bind(id.to_string()).execute(self.store.reader()).await?;
                Err(error)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes a whole packet in, from the network or from a stick, and gives its receipt. The same packet again gives
    /// the same receipt.
    ///
    /// # Errors
    /// [`DeskError::Packet`] when it is no good packet of a station that counts.
    pub async fn take_packet(
        &self,
        campaign: &CampaignId,
        bytes: Vec<u8>,
        expected: Option<PacketId>,
        keys: &Keys,
        judge: Arc<Judge>,
        now_ms: u64,
    ) -> Result<Vec<u8>> {
        let trusted = self.trust(campaign, keys.rest.suite(), now_ms).await?;
        let verified = packet::verify(&mut bytes.as_slice(), &trusted)?;
        if expected.is_some_and(|expected| expected != verified.id) {
            return Err(DeskError::Packet(packet::PacketFault::Damaged("id")));
        }
        if let Some(receipt) = self.receipt(verified.id).await? {
            return Ok(receipt);
        }
        let inside = open(&bytes, keys, &trusted)?;
        if inside.contents.campaign != *campaign {
            return Err(DeskError::Packet(packet::PacketFault::Content("campaign")));
        }
        self.keep_packet(verified.id, bytes, inside, keys, judge, now_ms).await
    }

    async fn keep_packet(
        &self,
        id: PacketId,
        bytes: Vec<u8>,
        inside: Inside,
        keys: &Keys,
        judge: Arc<Judge>,
        now_ms: u64,
    ) -> Result<Vec<u8>> {
        let campaign = inside.contents.campaign.clone();
        let register = inside.contents.register.clone();
        self.objects.put(&packet_name(&campaign, id), bytes).await?;
        let (shot, remark) = match self.shot_of(&inside, keys, judge).await {
            Ok((shot, remark)) => (Some(shot), remark),
            Err(DeskError::Objects(ObjectError::Taken(_))) => (None, CLAIMED.to_owned()),
            // What cannot become a shot is kept as the packet that it is, for a person to look at.
            Err(DeskError::Code(refusal)) => (None, format!("code: {refusal}")),
            Err(DeskError::Unread(unread)) => (None, format!("photo: {unread}")),
            Err(error) => return Err(error),
        };
        let receipt = Receipt { packet: id, campaign: campaign.clone(), stage: Stage::Opened, at_ms: now_ms };
        let receipt = receipt::write(&receipt, &keys.centre.receipt)
            .ok_or_else(|| DeskError::Damaged("the centre's key does not sign".into()))?;
        let mut writing = self.store.begin().await?;
        let doubled = match shot {
            Some(shot) => self.keep_once(&mut writing, shot, &register).await?,
            None => None,
        };
        let remark = doubled.unwrap_or(remark);
        query(tables::NEW_PACKET)
            .bind(id.to_string())
            .bind(campaign.as_str())
            .bind(register.station.as_str())
            .bind(&register.number)
            .bind(register.shot.to_string())
            .bind(register.code.to_string())
            .bind(register.captured_ms as i64)
            .bind(now_ms as i64)
            .bind(receipt.clone())
            .bind(remark)
            .execute(&mut *writing)
            .await?;
        query(tables::DROP_PIECES).bind(id.to_string()).execute(&mut *writing).await?;
        writing.commit().await.map_err(StoreError::from)?;
        // Two deliveries at once: the one that was first gave the receipt.
        Ok(self.receipt(id).await?.unwrap_or(receipt))
    }

    /// Keeps a shot that is not here. Two photos under one code are both kept, and a person says which counts.
    async fn keep_once(
        &self,
        writing: &mut Transaction,
        mut shot: Shot,
        register: &Register,
    ) -> Result<Option<String>> {
        let id = shot.id.to_string();
        let known: Option<String> =
            query_scalar(tables::SHOT_ID).bind(&id).fetch_optional(&mut **writing).await?;
        if known.is_some() {
            return Ok(Some(CLAIMED.to_owned()));
        }
        let other = query(tables::OTHER_USE)
            .bind(shot.campaign.as_str())
            .bind(register.code.to_string())
            .bind(&id)
            .fetch_optional(&mut **writing)
            .await?;
        let Some(other) = other else {
            self.insert(writing, &shot, &register.operator).await?;
            return Ok(None);
        };
        shot.state = State::Waiting;
        self.insert(writing, &shot, &register.operator).await?;
        query(tables::TELL).bind(&id).bind("refused: doubled").execute(&mut **writing).await?;
        let number: &str = other.try_get("number")?;
        Ok(Some(format!("the code was used before, for {number}; a person says which photo counts")))
    }

    /// Reads the code, inspects the photo again, seals it and puts it away; gives the shot, and what differs from
    /// what the station found.
    async fn shot_of(&self, inside: &Inside, keys: &Keys, judge: Arc<Judge>) -> Result<(Shot, String)> {
        let register = &inside.contents.register;
        let campaign = &inside.contents.campaign;
        let known = (campaign, std::slice::from_ref(&keys.reading.codes));
        // Whether the code still held was the station's to see, at the time of the shot.
        let code = standing(&inside.code, known, |_| false, register.captured_ms / 1000)?;
        if Fingerprint::of(&inside.code, &keys.reading.fingerprint) != register.code {
            return Err(seal::code::scan::Refusal::Forged.into());
        }
        let bytes = inside.photo.clone();
        let inspecting = spawn_blocking(move || judge.inspect(Path::new("photo.jpg"), &bytes));
        let inspected = inspecting.await.map_err(|panic| DeskError::Damaged(panic.to_string()))??;
        let inspection = inspected.inspection.before_sealing();
        let verdict = inspection.verdict;
        let identity = Identity {
            student: code.holder.student.clone(),
            campaign: campaign.clone(),
            shot: register.shot,
            made_at_ms: register.captured_ms,
            station: register.station.clone(),
        };
        let damaged = |why: String| DeskError::Damaged(why);
        let sealed = photo::seal(&inside.photo, &identity, &keys.sealing, nonce()?)
            .map_err(|error| damaged(error.to_string()))?;
        let name = object_name(campaign, register.shot);
        let hidden = rest::put(&sealed, &name, &keys.rest, nonce()?)
            .ok_or_else(|| damaged("the key at rest does not encrypt".into()))?;
        match self.objects.put(&name, hidden).await {
            // A server that ended between the object and its row left it there; it is this very photo.
            Err(ObjectError::Taken(_)) if self.is_kept(&name, &inside.photo, keys).await? => {}
            kept => kept?,
        }
        let record =
            |language| serde_json::to_value(inspection.record(&format!("{}.jpg", register.shot), language));
        let differs = inside.said.as_deref().filter(|said| *said != verdict_name(verdict));
        let remark =
            differs.map(|said| format!("the station judged {said}, the centre {}", verdict_name(verdict)));
        let shot = Shot {
            id: register.shot,
            campaign: campaign.clone(),
            code: code.id,
            name: code.holder.name.as_str().to_owned(),
            document: code.holder.document.as_str().to_owned(),
            taken_ms: register.captured_ms,
            station: register.station.as_str().to_owned(),
            verdict,
            // The operator accepted it; what inspection does not pass waits for a second look.
            state: if verdict == Verdict::Pass { State::Accepted } else { State::Waiting },
            inspection: [record(Language::Chinese)?, record(Language::English)?],
            reason: String::new(),
            asked: Default::default(),
            version: 0,
        };
        Ok((shot, remark.unwrap_or_default()))
    }

    /// Whether an object is a photo, whatever record was added to it.
    async fn is_kept(&self, name: &str, photo: &[u8], keys: &Keys) -> Result<bool> {
        let hidden = self.objects.get(name).await?;
        let kept =
            rest::get(&hidden, name, &keys.rest).map_err(|fault| DeskError::Damaged(fault.to_string()))?;
        Ok(photo::without_comments(&kept).is_ok_and(|kept| kept == photo))
    }

    /// Codes that were used, with the first use of each.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn uses(&self, id: &CampaignId) -> Result<Vec<UsedElsewhere>> {
        let rows = query(tables::USES).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        let mut first = std::collections::HashSet::new();
        let mut uses = Vec::new();
        for row in &rows {
            let at: i64 = row.try_get("captured_ms")?;
            let used = UsedElsewhere {
                code: row.try_get("code")?,
                station: row.try_get("station")?,
                at_ms: at as u64,
            };
            if first.insert(used.code.clone()) {
                uses.push(used);
            }
        }
        Ok(uses)
    }

    /// How many packets each station delivered.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn delivered(&self, id: &CampaignId) -> Result<Vec<(String, u64)>> {
        let rows = query(tables::PACKETS_BY_STATION).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let packets: i64 = row.try_get("packets")?;
            Ok((row.try_get("station")?, packets as u64))
        };
        rows.iter().map(read).collect()
    }

    /// Packets about which there is something to say.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn remarks(&self, id: &CampaignId) -> Result<Vec<Remark>> {
        let rows = query(tables::REMARKS).bind(id.as_str()).fetch_all(self.store.reader()).await?;
        let read = |row: &sqlx::any::AnyRow| {
            let received: i64 = row.try_get("received_ms")?;
            Ok(Remark {
                station: row.try_get("station")?,
                number: row.try_get("number")?,
                remark: row.try_get("remark")?,
                received_ms: received as u64,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Shots of which the school has not heard as they stand now, oldest first.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the store cannot be read.
    pub async fn untold(&self) -> Result<Vec<Shot>> {
        let rows = query(tables::UNTOLD).fetch_all(self.store.reader()).await?;
        rows.iter().map(super::shot).collect()
    }

    /// Notes that the school heard of a shot as it stands, or why it would not.
    ///
    /// # Errors
    /// [`DeskError::Store`] when it cannot be written.
    pub async fn told(&self, shot: Uuid, what: &str) -> Result<()> {
        query(tables::TELL).bind(shot.to_string()).bind(what).execute(self.store.reader()).await?;
        Ok(())
    }
}

fn packet_name(campaign: &CampaignId, id: PacketId) -> String {
    format!("{campaign}/packets/{id}.xypk")
}

fn encode(receipt: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(receipt)
}

fn open(bytes: &[u8], keys: &Keys, trusted: &[seal::keys::VerifyingKey]) -> Result<Inside> {
    let mut items: Vec<Vec<u8>> = Vec::new();
    let opened = packet::open(&mut Cursor::new(bytes), &keys.centre.centre, trusted, &mut |_, at, part| {
        items.resize(items.len().max(at + 1), Vec::new());
        items[at].extend_from_slice(part);
        Ok(())
    })?;
    let mut inside = Inside { contents: opened.contents, photo: Vec::new(), code: String::new(), said: None };
    for (item, bytes) in inside.contents.items.iter().zip(items) {
        match item.kind {
            ItemKind::Photo => inside.photo = bytes,
            ItemKind::Code => inside.code = String::from_utf8(bytes).unwrap_or_default(),
            ItemKind::Inspection => {
                let record: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
                inside.said = record.and_then(|record| Some(record.get("verdict")?.as_str()?.to_owned()));
            }
            ItemKind::Original => {}
        }
    }
    Ok(inside)
}
