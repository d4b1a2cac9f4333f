//! Vectors of faces, of those alone who agreed to the comparison: kept hidden, gone when the agreement is taken back or
//! the campaign closes. The pictures that references were made of are never kept.

use sqlx::any::AnyRow;
use sqlx::{Row, query};
use uuid::Uuid;

use seal::identity::CampaignId;
use seal::rest;

use super::codes::{Keys, nonce};
use super::{Act, Change, Logged, Register, RegisterError, Result, tables, uuid};
use crate::case::tracks::Consent;
use crate::phase::Phase;

/// Numbers of a face.
pub const LENGTH: usize = 128;

/// A face as numbers.
#[derive(Clone, PartialEq)]
pub struct Face {
    /// Whose.
    pub student: Uuid,
    /// The shot that it was taken from; none for a reference.
    pub shot: Option<Uuid>,
    /// The numbers.
    pub vector: [f32; LENGTH],
}

impl std::fmt::Debug for Face {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Face({}, ***)", self.student)
    }
}

const REFERENCE: &str = "reference";
const PHOTO: &str = "photo";

impl Register {
    /// Keeps a face in place of an earlier one of its kind. False, and nothing is kept, without the student's consent or
    /// after the close.
    ///
    /// # Errors
    /// [`RegisterError::Unknown`] when there is no such student.
    pub async fn keep_face(&self, id: &CampaignId, face: &Face, keys: &Keys, act: &Act<'_>) -> Result<bool> {
        let mut change = Change::begin(self.store.begin().await?, id).await?;
        let entry = change.student(face.student).await?;
        if entry.case.consent != Consent::Agreed || change.state.phase >= Phase::Closed {
            return Ok(false);
        }
        let kind = if face.shot.is_some() { PHOTO } else { REFERENCE };
        let name = name(face.student, kind);
        let plain: Vec<u8> = face.vector.iter().flat_map(|value| value.to_le_bytes()).collect();
        let hidden = rest::put(&plain, &name, &keys.rest, nonce()?)
            .ok_or_else(|| RegisterError::Damaged("the key at rest does not encrypt".into()))?;
        query(tables::KEEP_FACE)
            .bind(id.as_str())
            .bind(face.student.to_string())
            .bind(kind)
            .bind(face.shot.map(|shot| shot.to_string()).unwrap_or_default())
            .bind(hidden)
            .execute(&mut *change.writing)
            .await?;
        if kind == REFERENCE {
            change.log(&Logged::Face { change: "reference" }, &face.student.to_string(), act)?;
        }
        change.commit().await?;
        Ok(true)
    }

    /// Every face of a campaign.
    ///
    /// # Errors
    /// [`RegisterError::Damaged`] when one does not open.
    pub async fn faces(&self, id: &CampaignId, keys: &Keys) -> Result<Vec<Face>> {
        let rows = query(tables::FACES).bind(id.as_str()).fetch_all(self.store().reader()).await?;
        rows.iter().map(|row| face(row, keys)).collect()
    }
}

impl Change<'_> {
    /// Forgets the faces of a student, or of everybody.
    pub(super) async fn forget_faces(&mut self, student: Option<Uuid>) -> Result<()> {
        let student = student.map(|student| student.to_string()).unwrap_or_default();
        let forget = query(tables::FORGET_FACES).bind(self.campaign().as_str()).bind(student);
        forget.execute(&mut *self.writing).await?;
        Ok(())
    }
}

fn name(student: Uuid, kind: &str) -> String {
    format!("{student}/{kind}")
}

fn face(row: &AnyRow, keys: &Keys) -> Result<Face> {
    let student = uuid(row, "student")?;
    let (kind, shot): (String, String) = (row.try_get("kind")?, row.try_get("shot")?);
    let hidden: Vec<u8> = row.try_get("hidden")?;
    let damaged = |why: String| RegisterError::Damaged(format!("a face: {why}"));
    let plain =
        rest::get(&hidden, &name(student, &kind), &keys.rest).map_err(|fault| damaged(fault.to_string()))?;
    let (values, _) = plain.as_chunks::<4>();
    let values: Vec<f32> = values.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect();
    let vector = values.try_into().map_err(|_| damaged("its length".into()))?;
    Ok(Face { student, shot: Uuid::parse_str(&shot).ok(), vector })
}
