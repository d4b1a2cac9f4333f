//! Who takes part, by the campaign's rules. Nobody is ever dropped: who does not take part has a reason.

use std::collections::BTreeSet;

use roster::flags::Flag;

use crate::settings::Settings;

/// Whether somebody takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// Comes with everybody.
    TakesPart,
    /// Does not, because of this.
    Excluded(Flag),
}

/// Decides by what the roster says.
pub fn decide(settings: &Settings, flags: &BTreeSet<Flag>) -> Decision {
    let excludes = |flag: &Flag| match flag {
        Flag::Left | Flag::Suspended => true,
        Flag::Intern => !settings.takes_part(true),
        _ => false,
    };
    flags.iter().find(|flag| excludes(flag)).map_or(Decision::TakesPart, |flag| Decision::Excluded(*flag))
}

/// Whether somebody stands first in the line where the campaign says so.
pub fn is_held_back(flags: &BTreeSet<Flag>) -> bool {
    flags.contains(&Flag::HeldBack) || flags.contains(&Flag::Repeater)
}
