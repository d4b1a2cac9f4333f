//! The chain from a code on a phone to a sealed photo, as the program walks it.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

mod codes;
mod outside;
mod packets;
mod pictures;
mod ports;
mod published;
mod records;
mod tampering;
