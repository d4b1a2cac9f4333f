//! What follows from the settings: dates, fees, orders, answers. Every switch acts here and nowhere else.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, Time};
use jiff::{Span, ToSpan};

use super::{Channels, Deadline, Item, MakeUp, Opening, Order, Participation, Rule, Season, Settings};

/// Where somebody was photographed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// With everybody.
    Collective,
    /// At a centre, alone.
    Single,
}

/// A make-up place that a student proposes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MakeUpPlace {
    /// The centre that the notice names.
    NamedCentre,
    /// Another branch of the agency in the province.
    BranchInside,
    /// Another branch of the agency elsewhere.
    BranchOutside,
    /// Any other studio.
    OtherStudio,
}

/// What the line of a class is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'n> {
    /// 学号
    pub student_no: &'n str,
    /// 降级生、复读学生
    pub held_back: bool,
}

impl Settings {
    /// The rules about an item that apply in a season; none where the notice is silent.
    pub fn rules(&self, item: Item, season: Option<Season>) -> Vec<&Rule> {
        let rules = self.appearance.get(&item).into_iter().flatten();
        rules.filter(|rule| rule.season.is_none() || season.is_none() || rule.season == season).collect()
    }

    /// When a class gathers for a session, with the first of a morning apart; none where the notice says nothing.
    pub fn gather_at(&self, starts: Time, is_first: bool) -> Option<Time> {
        let first = self.schedule.first_slot_lead_min.filter(|_| is_first);
        let minutes = first.or(self.schedule.gather_lead_min)?;
        Some(starts.saturating_sub(Span::new().minutes(i64::from(minutes))))
    }

    /// How long a class takes, in whole minutes.
    pub fn minutes_for(&self, heads: u32) -> u32 {
        (f64::from(heads) * self.schedule.seconds_per_student / 60.0).ceil() as u32
    }

    /// Who of two stands first; `natural` compares student numbers.
    pub fn in_line(&self, a: Place<'_>, b: Place<'_>, natural: fn(&str, &str) -> Ordering) -> Ordering {
        let held_back = match self.queue.order {
            Order::StudentNo => Ordering::Equal,
            Order::HeldBackFirst => b.held_back.cmp(&a.held_back),
        };
        held_back.then_with(|| natural(a.student_no, b.student_no))
    }

    /// Whether a student may have the make-up photo taken at a place on a day.
    pub fn make_up_counts(&self, place: MakeUpPlace, on: Date) -> bool {
        let MakeUp { channels, until, .. } = &self.make_up;
        let place_counts = match channels {
            Channels::None => false,
            Channels::NamedCentre => place == MakeUpPlace::NamedCentre,
            Channels::InsideProvince => matches!(place, MakeUpPlace::NamedCentre | MakeUpPlace::BranchInside),
            Channels::AnyBranch => place != MakeUpPlace::OtherStudio,
        };
        place_counts && until.is_none_or(|until| on <= until)
    }

    /// How often a student may still give in a photo taken alone, having done so `given` times.
    pub fn self_captures_left(&self, given: usize, on: Date) -> usize {
        let MakeUp { self_capture_tries, until, .. } = &self.make_up;
        let is_open = until.is_none_or(|until| on <= until);
        if is_open { usize::from(*self_capture_tries).saturating_sub(given) } else { 0 }
    }

    /// Whether a person is told that a photo is old when the student graduates (on the last day of June).
    pub fn is_old(&self, taken: Date) -> bool {
        let Some(months) = self.photo.max_age_months else { return false };
        let Ok(graduates) = Date::new(self.campaign.class_of as i16, 6, 30) else { return false };
        taken.checked_add(i32::from(months).months()).is_ok_and(|limit| limit < graduates)
    }

    /// When proofreading opens for a photo.
    pub fn proof_opens(&self, taken: Date) -> Option<Date> {
        match self.proof.opens? {
            Opening::AfterDays(days) => taken.checked_add(i32::from(days).days()).ok(),
            Opening::On(day) => Some(day),
        }
    }

    /// The last day of proofreading for a photo: the campaign's, or later for a photo that came late. None where the
    /// notice names no day, and then nobody's time runs out.
    pub fn proof_until(&self, taken: Date) -> Option<Date> {
        let opens = self.proof_opens(taken)?.max(taken);
        let least = opens.checked_add(i32::from(self.proof.least_days).days()).ok()?;
        Some(self.proof.until?.max(least))
    }

    /// What a student pays, in fen; none where the notice names no fee.
    pub fn fee_fen(&self, session: Session) -> Option<u32> {
        let fee = self.fee.as_ref()?;
        match session {
            Session::Collective => Some(fee.collective_fen),
            Session::Single => fee.single_fen,
        }
    }

    /// The last day on which a student should get the code.
    pub fn code_due(&self) -> Option<Date> {
        let first = self.campaign.days.iter().min()?;
        first.checked_sub(i32::from(self.code.lead_days?).days()).ok()
    }

    /// Whether somebody takes part with everybody.
    pub fn takes_part(&self, is_intern: bool) -> bool {
        !is_intern || self.eligibility.interns == Participation::Included
    }

    /// Everything that is due, the computed dates included, in order.
    pub fn all_deadlines(&self) -> Vec<Deadline> {
        let mut all = self.deadlines.clone();
        let mut add = |on: Option<Date>, what: &str, owner: &str| {
            all.extend(on.map(|on| Deadline { on, what: what.into(), owner: owner.into() }));
        };
        add(self.fee.as_ref().and_then(|fee| fee.due), "缴费", "学生");
        add(self.code_due(), "获取采集码", "学生");
        add(self.campaign.days.iter().min().copied(), "拍摄", "学院");
        add(self.campaign.days.iter().max().and_then(|day| self.proof_opens(*day)), "图像校对开始", "学生");
        add(self.proof.until, "图像校对截止", "学生");
        add(self.make_up.until, "补拍截止", "学生");
        all.sort_by_key(|deadline| deadline.on);
        all
    }

    /// Settings for the next campaign: every date moves with the first day of shooting.
    #[must_use]
    pub fn moved_to(&self, first_day: Date, class_of: u16) -> Self {
        let mut moved = self.clone();
        let Some(from) = self.campaign.days.iter().min() else { return moved };
        let days = from.until(first_day).map_or(0, |span| span.get_days());
        let shift = |day: Date| day.checked_add(days.days()).unwrap_or(day);
        moved.campaign.class_of = class_of;
        moved.campaign.days.iter_mut().for_each(|day| *day = shift(*day));
        moved.deadlines.iter_mut().for_each(|deadline| deadline.on = shift(deadline.on));
        // Days off are those of another year.
        moved.make_up.centres.iter_mut().for_each(|centre| centre.closed.clear());
        for day in [&mut moved.make_up.until, &mut moved.proof.until].into_iter().flatten() {
            *day = shift(*day);
        }
        if let Some(Opening::On(day)) = &mut moved.proof.opens {
            *day = shift(*day);
        }
        if let Some(day) = moved.fee.as_mut().and_then(|fee| fee.due.as_mut()) {
            *day = shift(*day);
        }
        moved
    }

    /// The values in which two settings differ, each as `key = value`: what was, and what is; empty where there was or
    /// is none.
    pub fn differences(&self, other: &Self) -> Vec<(String, String)> {
        let (mine, others) = (self.values(), other.values());
        let keys: BTreeSet<&String> = mine.keys().chain(others.keys()).collect();
        let line = |values: &BTreeMap<String, String>, key: &String| {
            values.get(key).map_or_else(String::new, |value| format!("{key} = {value}"))
        };
        let pair = |key: &String| (line(&mine, key), line(&others, key));
        keys.into_iter().map(pair).filter(|(before, after)| before != after).collect()
    }

    /// Every single value by its key, such as `make-up.centres.0.name`.
    fn values(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::new();
        if let Ok(table) = toml::Value::try_from(self) {
            flatten("", &table, &mut values);
        }
        values
    }
}

fn flatten(key: &str, value: &toml::Value, into: &mut BTreeMap<String, String>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        toml::Value::Table(table) => {
            for (name, value) in table {
                flatten(&below(name), value, into);
            }
        }
        toml::Value::Array(all) => {
            all.iter().enumerate().for_each(|(at, value)| flatten(&below(&at.to_string()), value, into));
        }
        value => {
            into.insert(key.to_owned(), value.to_string());
        }
    }
}
