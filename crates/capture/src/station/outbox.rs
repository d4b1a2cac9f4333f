//! The outbox: accepted photos as packets that only the centre can open, until the centre's receipt is here.

use std::io::Cursor;

use seal::packet::contents::{Contents, Item, ItemKind, Register};
use seal::packet::receipt::{self, Stage};
use seal::packet::{PacketId, PackingKeys, pack};
use sqlx::{Row, query, query_scalar};

use super::files::Kind;
use super::numbers::{Line, day_of};
use super::takes::Take;
use super::{At, Result, Station, StationError, tables};
use crate::random::seed;

/// A packet that lies on the disk.
pub(super) struct Packed {
    pub id: PacketId,
    pub size_bytes: u64,
}

/// How the outbox stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outbox {
    /// Packets made.
    pub packets: u64,
    /// Receipts that are here.
    pub receipts: u64,
    /// Bytes that wait to be sent.
    pub waiting_bytes: u64,
}

impl Station {
    /// Packs an accepted photo with its line of the register and its code, and puts it on the disk.
    pub(super) fn pack(&self, take: &Take, line: &Line, photo: &[u8], at: At<'_>) -> Result<Packed> {
        let bundle = self.bundle();
        let inspection = serde_json::to_vec(&take.found.inspection[0])?;
        let code = line.person.code.as_bytes();
        let item =
            |kind, name: &str, bytes: &[u8]| Item { kind, name: name.into(), size_bytes: bytes.len() as u64 };
        let contents = Contents {
            campaign: bundle.campaign.clone(),
            rules: bundle.standard.clone(),
            register: Register {
                shot: take.id,
                generation: 0,
                number: line.number.shown(self.name()),
                station: self.0.name.clone(),
                operator: at.operator.to_owned(),
                captured_ms: take.arrived_ms,
                packed_ms: at.at_ms,
                code: line.code,
                original: seal::hexadecimal::read(&take.found.original)
                    .ok_or_else(|| StationError::Damaged("the digest of a photo".into()))?,
            },
            items: vec![
                item(ItemKind::Photo, "photo.jpg", photo),
                item(ItemKind::Inspection, "inspection.json", &inspection),
                item(ItemKind::Code, "code.txt", code),
            ],
        };
        let packing = &self.0.keys.packing;
        let keys = PackingKeys { station: &packing.station, receivers: &packing.receivers };
        let mut packet = Vec::with_capacity(photo.len() + inspection.len() + 4096);
        let (mut photo, mut inspection, mut code) =
            (Cursor::new(photo), Cursor::new(inspection), Cursor::new(code));
        let id = pack(&contents, &mut [&mut photo, &mut inspection, &mut code], keys, seed()?, &mut packet)?;
        self.0.files.keep(Kind::Packet, &id.to_string(), &packet)?;
        Ok(Packed { id, size_bytes: packet.len() as u64 })
    }

    /// The bytes of a packet.
    ///
    /// # Errors
    /// [`StationError::Disk`] when it is gone.
    pub fn packet(&self, id: &str) -> Result<Vec<u8>> {
        Ok(self.0.files.get(Kind::Packet, id)?)
    }

    /// The packet whose turn it is.
    pub(super) async fn next_packet(&self, now_ms: u64) -> Result<Option<(String, u64)>> {
        let row =
            query(tables::NEXT_PACKET).bind(now_ms as i64).fetch_optional(self.0.store.reader()).await?;
        row.map(|row| {
            let size: i64 = row.try_get("size_bytes")?;
            Ok((row.try_get("id")?, size as u64))
        })
        .transpose()
    }

    /// A packet that did not get through waits, each time longer.
    pub(super) async fn put_off(&self, id: &str, now_ms: u64) -> Result<()> {
        let tries: i64 = query_scalar(tables::TRIES).bind(id).fetch_one(self.0.store.reader()).await?;
        // Doubling from one second to five minutes.
        let wait_ms = (1_000_u64 << tries.clamp(0, 10)).min(300_000);
        query(tables::PACKET_FAILED)
            .bind(id)
            .bind((now_ms + wait_ms) as i64)
            .execute(self.0.store.reader())
            .await?;
        Ok(())
    }

    /// Takes a receipt. Only one that the centre signed for this packet counts, and only that lets the photo go.
    ///
    /// # Errors
    /// [`StationError::Damaged`] when it is not the centre's, or for something else.
    pub async fn take_receipt(&self, id: &str, bytes: &[u8], at_ms: u64) -> Result<()> {
        let read = receipt::read(bytes, &self.0.keys.packing.receipts);
        let read = read.map_err(|fault| StationError::Damaged(format!("the receipt: {fault}")))?;
        if read.packet.to_string() != id || read.stage != Stage::Opened {
            return Err(StationError::Damaged("the receipt is for something else".into()));
        }
        let mut writing = self.0.store.begin().await?;
        let kept = query(tables::KEEP_RECEIPT).bind(id).bind(bytes.to_vec()).bind(at_ms as i64);
        if kept.execute(&mut *writing).await?.rows_affected() > 0 {
            let at = At { operator: "-", at_ms };
            self.log(&mut writing, "packet.receipt", (id, ""), at).await?;
        }
        writing.commit().await?;
        self.changed();
        Ok(())
    }

    /// Removes what the centre has, once its receipt is `keep_ms` old: the packet, the photo, the camera's file. Photos
    /// that were not chosen go with the chosen one, those of a void number at the same age.
    ///
    /// # Errors
    /// [`StationError::Disk`] when a file cannot be removed.
    pub async fn purge(&self, now_ms: u64, keep_ms: u64) -> Result<usize> {
        let before = now_ms.saturating_sub(keep_ms) as i64;
        let rows = query(tables::TO_PURGE).bind(before).fetch_all(self.0.store.reader()).await?;
        for row in &rows {
            let (id, take): (&str, &str) = (row.try_get("id")?, row.try_get("take")?);
            self.0.files.remove(Kind::Packet, id)?;
            self.0.files.remove(Kind::Take, take)?;
            self.0.files.remove(Kind::Original, take)?;
            let mut writing = self.0.store.begin().await?;
            // The face as numbers goes with the photo.
            if let Some(row) = query(tables::TAKE).bind(take).fetch_optional(&mut *writing).await? {
                let hidden = self.without_face(&row)?;
                query(tables::KEEP_TAKE).bind(take).bind(hidden).execute(&mut *writing).await?;
            }
            query(tables::PURGED).bind(id).bind(now_ms as i64).execute(&mut *writing).await?;
            self.log(&mut writing, "packet.purged", (id, ""), At { operator: "-", at_ms: now_ms }).await?;
            writing.commit().await?;
        }
        for row in query(tables::ASIDE).bind(before).fetch_all(self.0.store.reader()).await? {
            let id: &str = row.try_get("id")?;
            if self.0.files.has(Kind::Take, id) {
                let hidden = self.without_face(&row)?;
                query(tables::KEEP_TAKE).bind(id).bind(hidden).execute(self.0.store.reader()).await?;
                self.0.files.remove(Kind::Original, id)?;
                self.0.files.remove(Kind::Take, id)?;
            }
        }
        for day in self.0.files.ids(Kind::Test)? {
            let is_old = day.parse::<i64>().is_ok_and(|day| day < day_of(now_ms.saturating_sub(keep_ms)));
            if is_old {
                self.0.files.remove(Kind::Test, &day)?;
            }
        }
        Ok(rows.len())
    }

    /// How the outbox stands.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn outbox(&self) -> Result<Outbox> {
        let row = query(tables::PACKETS).fetch_one(self.0.store.reader()).await?;
        let count = |name: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(name)? as u64);
        Ok(Outbox {
            packets: count("packets")?,
            receipts: count("receipts")?,
            waiting_bytes: count("waiting")?,
        })
    }

    /// Packets without a receipt, for a stick that goes to the centre by hand.
    ///
    /// # Errors
    /// [`StationError::Store`] when the store cannot be read.
    pub async fn unsent(&self) -> Result<Vec<String>> {
        Ok(query_scalar(tables::UNSENT).fetch_all(self.0.store.reader()).await?)
    }
}
