//! The capture side: a student shows a code, a photo is taken, made, judged, sealed and accepted.
//!
//! It knows codes (masked name, masked number, school, level), shots and photos; never a roster. What the school's
//! side learns of a shot is `seal::taken`, and nothing else.
//!
//! The rooms in the order of the work: [`judging`] (a file against the standard) → [`finishing`] (a camera's photo
//! becomes a finished one) → [`desk`] (code and photo become a shot, which a person accepts or sends back).

pub mod desk;
pub mod finishing;
pub mod judging;
