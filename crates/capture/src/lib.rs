//! The capture side: a student shows a code, a photo is taken, made, judged, sealed and accepted.
//!
//! It knows codes (masked name, masked number, school, level), shots and photos; never a roster. What the school's
//! side learns of a shot is `seal::taken`, and nothing else.
//!
//! The rooms in the order of the work: [`judging`] (a file against the standard) → [`finishing`] (a camera's photo
//! becomes a finished one) → [`station`] (beside the camera: shot numbers, binding, outbox) → [`desk`] (at the centre:
//! packets come in, a person accepts shots or sends them back).

pub mod desk;
pub mod finishing;
pub mod judging;
mod random;
pub mod station;
