//! Codes as stations meet them: a card on a phone's screen, photographed, saved, sent on. The truth is known,
//! so a reader's successes and mistakes can be counted ([`ladder`]).

pub mod ladder;
mod scene;
mod shown;

pub use scene::{Scene, View};
pub use shown::Shown;
