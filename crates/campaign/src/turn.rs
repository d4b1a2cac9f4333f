//! A class on the day: it gathers, is complete or let through, is called to a station, and is signed off (候场、叫号).

use crate::case::Case;
use crate::case::tracks::{Attendance, Eligibility};
use crate::step::track;

track! {
    /// Where a class stands on the day.
    Turn {
        /// Its members gather.
        Gathering "集合中",
        /// Everybody is there.
        Complete "已到齐",
        /// The teacher lets it go; who is missing has a name.
        Released "缺员放行",
        /// Sent to a station.
        Called "已叫号",
        /// Everybody is photographed or accounted for, and the teacher signed.
        Done "已完成",
    }
    TurnEvent {
        /// Everybody is there.
        Report: [Gathering] => Complete by [Registry, College, Monitor, Helper];
        /// Not everybody is, and it goes all the same.
        Release: [Gathering] => Released by [Registry, College];
        /// That was too early.
        Reopen: [Complete | Released] => Gathering by [Registry, College, Monitor, Helper];
        /// To the station.
        Call: [Complete | Released] => Called by [Registry, Helper, Operator, AgencyLead];
        /// Not yet, after all.
        PutBack: [Called] => Gathering by [Registry, Helper, Operator, AgencyLead];
        /// The teacher signs that the class is done.
        Close: [Called] => Done by [Registry, College];
        /// Somebody came late.
        Resume: [Done] => Called by [Registry, College, Helper, Operator, AgencyLead];
    }
}

impl Turn {
    /// Whether it may be called.
    pub fn is_ready(self) -> bool {
        matches!(self, Self::Complete | Self::Released)
    }

    /// Whether it waits for its turn.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::Gathering | Self::Complete | Self::Released)
    }
}

/// Whether a student must be accounted for before the class is complete (完备点名): takes part and did not come.
pub fn is_awaited(case: &Case) -> bool {
    case.eligibility == Eligibility::Expected
        && matches!(case.attendance, Attendance::Planned | Attendance::NoShow | Attendance::LeftQueue)
}

/// Whether something about a student keeps the class open: no photo yet, and no word on why there will be none.
pub fn is_open(case: &Case) -> bool {
    case.eligibility == Eligibility::Expected
        && matches!(
            case.attendance,
            Attendance::Planned
                | Attendance::Arrived
                | Attendance::Queued
                | Attendance::CheckedIn
                | Attendance::Signed
        )
}

/// A class that waits at a station, in what the queue is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Where it stands.
    pub turn: Turn,
    /// When the timetable has it, seconds from the first day's midnight.
    pub planned: i64,
}

/// What a queue of classes is sorted by: those at the station, then those who wait, then those who are done, each in
/// the order of the timetable. Where the campaign lets complete classes go first, they stand before the others who wait.
pub fn in_queue(waiting: Waiting, complete_class_first: bool) -> (u8, bool, i64) {
    let stage = match waiting.turn {
        Turn::Called => 0,
        turn if turn.is_waiting() => 1,
        _ => 2,
    };
    (stage, complete_class_first && stage == 1 && !waiting.turn.is_ready(), waiting.planned)
}
