//! Codes, identity records and keys: what proves whose portrait a file is and that nobody changed it.
//!
//! Pure: time, ids and random bytes come in as arguments. The only crate that names a cipher.
//! The rooms in the order of the work: [`suite`] (ciphers) → [`keys`] → [`identity`] (whose photo) →
//! [`record`] (identity as text) → [`segments`] (where that text stands in a JPEG file) →
//! [`photo`] (seal and open) → [`packet`] (to the centre, and receipts back); beside them [`masking`] and
//! [`code`] (collection codes) with [`card`] (as a picture) and [`reading`] (back from pictures),
//! [`letter`] (bytes for one receiver), [`statement`] (something signed),
//! [`taken`] (what the school learns of a shot), [`password`] (of people),
//! [`delivery`] (a school's word on a package), [`merchant`] (what other people's services ask for),
//! [`enrolment`] (how a station's word comes to count), [`rest`] (files on disk) and
//! [`audit`] (the log that shows tampering). `docs/formats.md` describes every byte.

pub mod audit;
pub mod card;
pub mod code;
pub mod delivery;
pub mod enrolment;
pub mod hexadecimal;
pub mod identity;
pub mod keys;
mod layers;
pub mod letter;
pub mod masking;
pub mod merchant;
pub mod packet;
pub mod password;
pub mod photo;
pub mod problem;
pub mod reading;
pub mod record;
pub mod rest;
pub mod segments;
pub mod statement;
pub mod suite;
pub mod taken;
