//! The station and the centre's desk together: what a day at the camera must never get wrong.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

mod card;
mod day;
mod guards;
mod hot_folder;
mod numbers;
mod outbox;
mod room;
mod swaps;
