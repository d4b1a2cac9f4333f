//! Sealing a photo and opening it: the record goes in directly after the last `APPn` segment, every other
//! byte stays, and opening says whose photo it is or exactly why that cannot be said.

use crate::identity::Identity;
use crate::keys::{Keyring, Nonce, SealingKeys};
use crate::problem::{NotWhole, OpenError, SealError};
use crate::record::{CoseRecord, IdentityCodec, Record};
use crate::segments::{self, SEGMENT_HEAD_BYTES};

/// Puts an identity record into a photo that has no comment segment.
///
/// # Errors
/// [`SealError`] when the photo is not one whole JPEG file, has a comment already
/// (see [`without_comments`]) or belongs to another campaign than the keys.
pub fn seal(
    photo: &[u8],
    identity: &Identity,
    keys: &SealingKeys,
    nonce: Nonce,
) -> Result<Vec<u8>, SealError> {
    seal_with(&CoseRecord, photo, identity, keys, nonce)
}

/// [`seal`] with another embedding.
///
/// # Errors
/// As [`seal`].
pub fn seal_with(
    codec: &dyn IdentityCodec,
    photo: &[u8],
    identity: &Identity,
    keys: &SealingKeys,
    nonce: Nonce,
) -> Result<Vec<u8>, SealError> {
    let found = segments::walk(photo)?;
    if !found.comments.is_empty() {
        return Err(SealError::HasComment);
    }
    let digest = keys.record.suite().digest(&[photo]);
    let text = codec.write(identity, &digest, keys, nonce)?;
    let segment = segments::comment(&text).ok_or(SealError::TooLong { bytes: text.len() })?;
    let (before, after) = photo.split_at(found.place);
    Ok([before, &segment, after].concat())
}

/// Reads and verifies the record of a photo and that the photo is the one that was sealed.
///
/// # Errors
/// [`OpenError`] says which of the checks failed; none of them is skipped.
pub fn open(photo: &[u8], keyring: &Keyring) -> Result<Record, OpenError> {
    open_with(&CoseRecord, photo, keyring)
}

/// [`open`] with another embedding.
///
/// # Errors
/// As [`open`].
pub fn open_with(codec: &dyn IdentityCodec, photo: &[u8], keyring: &Keyring) -> Result<Record, OpenError> {
    let found = segments::walk(photo)?;
    let segment = match found.comments.as_slice() {
        [] => return Err(OpenError::NoRecord),
        [one] => one,
        many => return Err(OpenError::TwoRecords { count: many.len() }),
    };
    if segment.start != found.place {
        return Err(OpenError::WrongPlace { at: segment.start, expected: found.place });
    }
    let record = codec.read(&photo[segment.start + SEGMENT_HEAD_BYTES..segment.end], keyring)?;
    let digest = record.suite.digest(&[&photo[..segment.start], &photo[segment.end..]]);
    if record.digest.is_some_and(|sealed| sealed != digest) {
        return Err(OpenError::Changed { record: Box::new(record) });
    }
    Ok(record)
}

/// The photo without any comment segment, all other bytes as they were: to seal it anew.
///
/// # Errors
/// [`NotWhole`] when the photo is not one whole JPEG file.
pub fn without_comments(photo: &[u8]) -> Result<Vec<u8>, NotWhole> {
    let found = segments::walk(photo)?;
    let mut kept = Vec::with_capacity(photo.len());
    let mut from = 0;
    for comment in found.comments {
        kept.extend_from_slice(&photo[from..comment.start]);
        from = comment.end;
    }
    kept.extend_from_slice(&photo[from..]);
    Ok(kept)
}
