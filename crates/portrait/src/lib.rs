//! The picture: what is measured in a graduation portrait, judged against a standard, cropped and written.
//!
//! Pure: bytes and numbers in, bytes and numbers out; no clock, network, disk or randomness.
//! The rooms in the order of the work:
//! [`picture`] → [`mod@file`] (bytes to picture and back) → [`look`] (what models see) →
//! [`measure`] (numbers) → [`standard`] (limits and words) → [`inspection`] (verdict) →
//! [`making`] (crop, resize, encode) → [`evidence`] (drawn findings) → [`sheet`] (prints); [`guidance`] speaks over a
//! live picture.

pub mod colour;
pub mod evidence;
pub mod file;
pub mod guidance;
pub mod inspection;
pub mod look;
pub mod making;
pub mod measure;
pub mod picture;
#[cfg(not(target_arch = "wasm32"))]
pub mod sheet;
pub mod standard;
