//! The real program, run as people run it.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

mod backups;
mod bad_inputs;
mod chain;
mod chaos;
mod deliveries;
mod demonstration;
mod drawing;
mod judging;
mod making;
mod photos;
mod plans;
mod printing;
mod rosters;
mod users;
mod xueying;
