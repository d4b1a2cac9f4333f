//! When and where each class is photographed.
//!
//! A [`Problem`] has stations with windows, and colleges whose classes stand in number order. A [`Plan`] gives each
//! class a station and a time. What a plan is made of is the *run*: classes of one college, back to back, in number
//! order, at one station, inside one window; the notices print one line of their timetable for each.
//!
//! * [`solve`](solve()) makes plans, [`bounds`](bounds()) says how good any plan can be at all,
//! * [`check`](check()) finds what is wrong in any plan, wherever it comes from,
//! * [`replan`](replan()) mends a plan in the middle of its day, [`simulate`](simulate()) shows what a day makes of it,
//!   [`forecast`](forecast()) says from what is done when the rest will be,
//! * [`rota`](rota()) gives every station its helpers.
//!
//! All times are seconds from the midnight in which the first day begins.

mod bounds;
mod check;
mod clock;
mod forecast;
mod limits;
mod plan;
mod problem;
mod replan;
mod rota;
mod score;
mod simulate;
mod solve;
mod starts;

pub use bounds::{Bounds, bounds, minutes_each};
pub use check::{Breach, Severity, check};
pub use clock::{TimeError, clock, day_and_clock, read_range};
pub use forecast::{Expected, forecast, pace};
pub use limits::Fault;
pub use plan::{Assignment, Plan, Unplaced};
pub use problem::{Block, Charges, Class, ClassId, College, Pin, Problem, Seconds, Station, Window};
pub use replan::{Change, Day, Replanned, bring_forward, replan};
pub use rota::{Duty, Helper, rota};
pub use score::{Run, Score, runs, score};
pub use simulate::{Noise, Waiting, simulate};
pub use solve::{Alternative, Effort, Progress, alternatives, solve};
