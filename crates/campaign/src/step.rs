//! One step of a state: from where, by what, to where, and who may cause it. All steps of a track stand in one
//! table; what is not in it is refused, never ignored.

use std::fmt;

use thiserror::Error;

use crate::role::Role;

/// A step of a track with states `S` on events `E`.
#[derive(Debug)]
pub struct Step<S: 'static, E> {
    /// What happens.
    pub event: E,
    /// Where it may happen.
    pub from: &'static [S],
    /// Where it leads.
    pub to: S,
    /// Who may cause it.
    pub by: &'static [Role],
}

/// Why a step was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refused {
    /// Not from here.
    #[error("{event} does not apply where things stand ({state})")]
    NotNow {
        /// What was to happen.
        event: String,
        /// Where things stand.
        state: String,
        /// The word for it that people see.
        zh: &'static str,
    },
    /// Not by this role.
    #[error("a {role} may not cause {event}")]
    NotAllowed {
        /// What was to happen.
        event: String,
        /// Who wanted it.
        role: Role,
    },
    /// Somebody else was faster.
    #[error("somebody else changed it meanwhile: look again and decide anew")]
    Stale,
}

impl Refused {
    /// An event that does not apply in a state, with the word for the state that people see.
    pub fn not_now(event: impl Into<String>, state: impl Into<String>, zh: &'static str) -> Self {
        Self::NotNow { event: event.into(), state: state.into(), zh }
    }

    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::NotNow { zh, .. } => format!("目前为“{zh}”，不能这样操作：请刷新后再看"),
            Self::NotAllowed { role, .. } => format!("{}无权这样操作", role.zh()),
            Self::Stale => "数据已被他人更改：请刷新后重新决定".into(),
        }
    }
}

/// Takes a step from a table; among rows of one event the first that fits counts.
pub(crate) fn take<S, E>(
    table: &[Step<S, E>],
    (state, zh): (S, &'static str),
    event: E,
    by: Role,
) -> Result<S, Refused>
where
    S: Copy + PartialEq + fmt::Debug,
    E: Copy + PartialEq + fmt::Debug,
{
    let fitting: Vec<&Step<S, E>> =
        table.iter().filter(|step| step.event == event && step.from.contains(&state)).collect();
    if fitting.is_empty() {
        return Err(Refused::not_now(format!("{event:?}"), format!("{state:?}"), zh));
    }
    let allowed = fitting.into_iter().find(|step| step.by.contains(&by));
    allowed.map(|step| step.to).ok_or_else(|| Refused::NotAllowed { event: format!("{event:?}"), role: by })
}

/// A track: its states with the words people see, its events, and the table of its steps.
macro_rules! track {
    (
        $(#[$doc:meta])* $state:ident { $( $(#[$state_doc:meta])* $name:ident $zh:literal ),+ $(,)? }
        $event:ident { $( $(#[$event_doc:meta])* $what:ident: [$($from:ident)|+] => $to:ident by [$($by:ident),+] );+ $(;)? }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $state { $( $(#[$state_doc])* $name ),+ }

        #[doc = concat!("What moves [`", stringify!($state), "`].")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $event { $( $(#[$event_doc])* $what ),+ }

        impl $state {
            /// Every state.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// Every step.
            pub const STEPS: &[$crate::step::Step<Self, $event>] = &[
                $( $crate::step::Step { event: $event::$what, from: &[$(Self::$from),+], to: Self::$to, by: &[$($crate::role::Role::$by),+] } ),+
            ];

            /// The word that people see.
            pub fn zh(self) -> &'static str {
                match self { $( Self::$name => $zh ),+ }
            }

            /// The state after an event.
            ///
            /// # Errors
            /// [`Refused`](crate::Refused) where the event does not apply, or for a role that may not cause it.
            pub fn after(self, event: $event, by: $crate::role::Role) -> Result<Self, $crate::step::Refused> {
                $crate::step::take(Self::STEPS, (self, self.zh()), event, by)
            }
        }
    };
}

pub(crate) use track;
