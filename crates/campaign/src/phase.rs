//! What a campaign goes through, from the draft to the purge.

use serde::{Deserialize, Serialize};

use crate::role::Role;
use crate::step::{Refused, Step, take};

/// Where a campaign stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Being set up.
    Draft,
    /// The roster is in.
    RosterLoaded,
    /// The roster changes by single corrections only.
    RosterFrozen,
    /// There is a timetable.
    Planned,
    /// Students and colleges see it.
    Published,
    /// The days of shooting.
    Shooting,
    /// Scanned = accepted + void, signatures = accepted.
    Reconciled,
    /// Everything is with the centre.
    Submitted,
    /// Students check their photos.
    Proofreading,
    /// Who did nothing is 未校对.
    ProofClosed,
    /// Done.
    Closed,
    /// Pictures and personal data are gone; statistics stay.
    Purged,
}

impl Phase {
    /// The word that people see.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Draft => "草稿",
            Self::RosterLoaded => "名单已导入",
            Self::RosterFrozen => "名单已冻结",
            Self::Planned => "已排期",
            Self::Published => "已发布",
            Self::Shooting => "拍摄中",
            Self::Reconciled => "已对账",
            Self::Submitted => "已上报",
            Self::Proofreading => "校对中",
            Self::ProofClosed => "校对结束",
            Self::Closed => "已结束",
            Self::Purged => "已清除",
        }
    }
}

/// What moves a campaign on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// A roster was imported.
    LoadRoster,
    /// The registry vouches for the roster; there are no open errors.
    FreezeRoster,
    /// A correction of the roster as a whole is needed after all.
    ThawRoster,
    /// A timetable was made.
    Plan,
    /// It is published.
    Publish,
    /// The first session begins.
    Begin,
    /// The counts agree.
    Reconcile,
    /// Everything was delivered.
    Submit,
    /// Proofreading opens.
    OpenProof,
    /// Its deadline has passed.
    CloseProof,
    /// Nothing is left to do.
    Close,
    /// The time of keeping is over.
    Purge,
}

const REGISTRY: &[Role] = &[Role::Registry];
const CLOCK: &[Role] = &[Role::Registry, Role::System];

const fn step(event: Move, from: &'static [Phase], to: Phase, by: &'static [Role]) -> Step<Phase, Move> {
    Step { event, from, to, by }
}

/// Every step of a campaign.
pub const STEPS: [Step<Phase, Move>; 12] = [
    step(Move::LoadRoster, &[Phase::Draft, Phase::RosterLoaded], Phase::RosterLoaded, REGISTRY),
    step(Move::FreezeRoster, &[Phase::RosterLoaded], Phase::RosterFrozen, REGISTRY),
    step(Move::ThawRoster, &[Phase::RosterFrozen, Phase::Planned], Phase::RosterLoaded, REGISTRY),
    step(Move::Plan, &[Phase::RosterFrozen, Phase::Planned], Phase::Planned, REGISTRY),
    step(Move::Publish, &[Phase::Planned], Phase::Published, REGISTRY),
    step(
        Move::Begin,
        &[Phase::Published],
        Phase::Shooting,
        &[Role::Registry, Role::AgencyLead, Role::System],
    ),
    step(Move::Reconcile, &[Phase::Shooting], Phase::Reconciled, &[Role::Registry, Role::AgencyLead]),
    step(
        Move::Submit,
        &[Phase::Reconciled],
        Phase::Submitted,
        &[Role::Registry, Role::AgencyLead, Role::Centre],
    ),
    step(Move::OpenProof, &[Phase::Submitted], Phase::Proofreading, CLOCK),
    step(Move::CloseProof, &[Phase::Proofreading], Phase::ProofClosed, CLOCK),
    step(Move::Close, &[Phase::ProofClosed], Phase::Closed, REGISTRY),
    step(Move::Purge, &[Phase::Closed], Phase::Purged, CLOCK),
];

/// A campaign's state: its phase, with what can be beside any phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The phase.
    pub phase: Phase,
    /// Everything stands still until it is resumed.
    pub suspended: bool,
    /// Make-up shooting is open beside the phase.
    pub make_up: bool,
    /// When it was closed, milliseconds since 1970-01-01 UTC; 0 while it is not.
    #[serde(default)]
    pub closed_ms: u64,
}

impl State {
    /// A new campaign.
    pub const NEW: Self = Self { phase: Phase::Draft, suspended: false, make_up: false, closed_ms: 0 };

    /// The campaign after a move.
    ///
    /// # Errors
    /// [`Refused`] while it is suspended, where the move does not apply, or for a role that may not cause it.
    pub fn after(self, event: Move, by: Role) -> Result<Self, Refused> {
        if self.suspended {
            return Err(Refused::not_now(format!("{event:?}"), "suspended", "已中止"));
        }
        Ok(Self { phase: take(&STEPS, (self.phase, self.phase.zh()), event, by)?, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAY: [Move; 11] = [
        Move::LoadRoster,
        Move::FreezeRoster,
        Move::Plan,
        Move::Publish,
        Move::Begin,
        Move::Reconcile,
        Move::Submit,
        Move::OpenProof,
        Move::CloseProof,
        Move::Close,
        Move::Purge,
    ];

    #[test]
    fn a_campaign_goes_from_draft_to_purge_and_skips_nothing() {
        let mut state = State::NEW;
        for (at, event) in WAY.into_iter().enumerate() {
            for later in &WAY[at + 1..] {
                assert!(state.after(*later, Role::Registry).is_err(), "{later:?} in {:?}", state.phase);
            }
            state = state.after(event, Role::Registry).unwrap();
        }
        assert_eq!(state.phase, Phase::Purged);
    }

    #[test]
    fn a_suspended_campaign_stands_still() {
        let state = State { suspended: true, ..State::NEW };
        assert!(matches!(state.after(Move::LoadRoster, Role::Registry), Err(Refused::NotNow { .. })));
    }

    #[test]
    fn nobody_but_those_named_moves_a_campaign() {
        for step in &STEPS {
            for role in Role::ALL.into_iter().filter(|role| !step.by.contains(role)) {
                let state = State { phase: step.from[0], ..State::NEW };
                let refused = state.after(step.event, role).unwrap_err();
                assert_eq!(refused, Refused::NotAllowed { event: format!("{:?}", step.event), role });
            }
        }
    }
}
