//! What students are told and when: it follows from the settings, the calendar and where each of them stands. A message
//! has a key; whoever has it is not told again.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::case::Case;
use crate::case::tracks::{Attendance, Code, Eligibility, Payment, Photo, Proof};
use crate::make_up::Reason;
use crate::notice::day;
use crate::settings::{Payer, Settings};

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No code three days before the first day.
    CodeMissing,
    /// The fee is due in three days.
    FeeDue,
    /// Tomorrow is one's session.
    Tomorrow,
    /// Another photo is needed, and where to have it taken.
    MakeUp,
    /// A week is left for the make-up shooting.
    MakeUpEnds,
    /// Tomorrow is the hour that was booked.
    Booked,
    /// Proofreading began.
    ProofOpen,
    /// Three days are left for proofreading.
    ProofEnds,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::CodeMissing,
        Self::FeeDue,
        Self::Tomorrow,
        Self::MakeUp,
        Self::MakeUpEnds,
        Self::Booked,
        Self::ProofOpen,
        Self::ProofEnds,
    ];

    /// Whether a message of this kind, said some hours ago, still says what is so of somebody.
    pub fn still_concerns(self, case: &Case) -> bool {
        let is_so = match self {
            Self::CodeMissing => matches!(case.code, Code::None | Code::Problem),
            Self::FeeDue => case.payment == Payment::Due,
            Self::Tomorrow => case.photo == Photo::None,
            Self::MakeUp | Self::MakeUpEnds | Self::Booked => case.photo != Photo::Accepted,
            Self::ProofOpen | Self::ProofEnds => case.proof == Proof::Open,
        };
        is_so && case.eligibility == Eligibility::Expected
    }

    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::CodeMissing => "采集码提醒",
            Self::FeeDue => "缴费提醒",
            Self::Tomorrow => "拍摄提醒",
            Self::MakeUp => "补拍通知",
            Self::MakeUpEnds => "补拍截止提醒",
            Self::Booked => "预约提醒",
            Self::ProofOpen => "校对通知",
            Self::ProofEnds => "校对截止提醒",
        }
    }
}

/// A message that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it is about.
    pub kind: Kind,
    /// What makes it one message: the day or the hour that it is about.
    pub key: String,
    /// In Chinese and in English.
    pub text: [String; 2],
}

/// What is known of a student when messages are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'s> {
    /// The case.
    pub case: &'s Case,
    /// When the class is photographed, where it is published.
    pub session: Option<DateTime>,
    /// The hour booked at a centre.
    pub booked: Option<(&'s str, DateTime)>,
    /// The last day of proofreading.
    pub proof_until: Option<Date>,
    /// The newest shot: another one that is not taken is said anew.
    pub shot: Option<Uuid>,
}

/// Hours in which messages go out: nobody is woken. A choice.
pub const AWAKE: std::ops::Range<i8> = 8..21;

/// Everything that a student should have been told by now.
pub fn due(settings: &Settings, of: &Standing<'_>, now: DateTime) -> Vec<Message> {
    if of.case.eligibility != Eligibility::Expected || !AWAKE.contains(&now.hour()) {
        return Vec::new();
    }
    let today = now.date();
    let said = [
        code_missing(settings, of, today),
        fee_due(settings, of, today),
        tomorrow(of, today),
        make_up(settings, of, today),
        make_up_ends(settings, of, today),
        booked(of, today),
        proof_open(of),
        proof_ends(of, today),
    ];
    said.into_iter().flatten().collect()
}

/// Whether a day is today or at most so many days ahead.
fn within(day: Date, today: Date, days: i32) -> bool {
    day.checked_sub(days.days()).is_ok_and(|from| from <= today && today <= day)
}

fn message(kind: Kind, key: &impl ToString, zh: String, en: String) -> Message {
    Message { kind, key: key.to_string(), text: [zh, en] }
}

fn code_missing(settings: &Settings, of: &Standing<'_>, today: Date) -> Option<Message> {
    let first = settings.campaign.days.iter().min().copied().filter(|first| within(*first, today, 3))?;
    let has_code = !matches!(of.case.code, Code::None | Code::Problem);
    let zh = format!("{}拍摄，你还没有采集码，没有采集码不能拍摄，请尽快获取。", day(first));
    let en = format!("You have no collection code yet; without it there is no photo on {first}.");
    (!has_code).then(|| message(Kind::CodeMissing, &first, zh, en))
}

fn fee_due(settings: &Settings, of: &Standing<'_>, today: Date) -> Option<Message> {
    let fee = settings.fee.as_ref().filter(|fee| fee.payer == Payer::Student)?;
    let last = fee.due.filter(|last| within(*last, today, 3))?;
    let zh = format!("图像采集费请在{}前缴纳，并备注学号。", day(last));
    let en = format!("Pay the fee by {last}, with your student number in the note.");
    (of.case.payment == Payment::Due).then(|| message(Kind::FeeDue, &last, zh, en))
}

fn tomorrow(of: &Standing<'_>, today: Date) -> Option<Message> {
    let waits = matches!(of.case.attendance, Attendance::Planned | Attendance::Arrived)
        && of.case.photo == Photo::None;
    let session = of.session.filter(|session| waits && within(session.date(), today, 1))?;
    let (date, at) = (session.date(), session.strftime("%H:%M").to_string());
    let zh = format!("{} {at} 拍摄毕业照片，请提前到集合地点，带好采集码。", day(date));
    let en =
        format!("Your photo is taken on {date} at {at}: come to the gathering place early, with your code.");
    Some(message(Kind::Tomorrow, &date, zh, en))
}

fn make_up(settings: &Settings, of: &Standing<'_>, today: Date) -> Option<Message> {
    let reason = Reason::of(of.case, settings, today)?;
    let until = settings.make_up.until;
    let (zh, en) = until.map_or_else(Default::default, |until| {
        (format!("，请在{}前办理", day(until)), format!(" by {until}"))
    });
    let zh = format!("你需要补拍（{}）{zh}，方式和地点见本页“补拍”。", reason.zh());
    let en = format!("You need a make-up photo{en}; see “Make-up shooting” on your page.");
    let about = of.shot.map(|shot| shot.to_string()).unwrap_or_default();
    Some(message(Kind::MakeUp, &format!("{reason:?} {about}"), zh, en))
}

fn make_up_ends(settings: &Settings, of: &Standing<'_>, today: Date) -> Option<Message> {
    Reason::of(of.case, settings, today)?;
    let until = settings.make_up.until.filter(|until| within(*until, today, 7))?;
    let zh = format!("补拍{}截止，逾期将影响学历注册和证书办理。", day(until));
    let en = format!("Make-up shooting ends on {until}; without a photo there is no registration.");
    Some(message(Kind::MakeUpEnds, &until, zh, en))
}

fn booked(of: &Standing<'_>, today: Date) -> Option<Message> {
    let (centre, hour) = of.booked.filter(|(_, hour)| within(hour.date(), today, 1))?;
    let (date, at) = (hour.date(), hour.strftime("%H:%M").to_string());
    let zh = format!("已预约 {} {at} 到{centre}补拍，请携带采集码。", day(date));
    let en = format!("You booked {centre} on {date} at {at}; bring your code.");
    Some(message(Kind::Booked, &hour, zh, en))
}

fn proof_open(of: &Standing<'_>) -> Option<Message> {
    let (zh, en) = of.proof_until.map_or_else(Default::default, |until| {
        (format!("（{}截止）", day(until)), format!(" until {until}"))
    });
    let key = of.proof_until.map_or_else(|| "open".into(), |until| until.to_string());
    let zh = format!("图像校对已开始{zh}，请核对照片和信息，无误后点击“照片正确”。");
    let en = format!("Proofreading is open{en}: check photo and record, and confirm them.");
    (of.case.proof == Proof::Open).then(|| message(Kind::ProofOpen, &key, zh, en))
}

fn proof_ends(of: &Standing<'_>, today: Date) -> Option<Message> {
    let until = of.proof_until.filter(|until| of.case.proof == Proof::Open && within(*until, today, 3))?;
    let zh = format!("图像校对{}截止，逾期未校对视为信息正确且是本人照片。", day(until));
    let en = format!("Proofreading ends on {until}; after that photo and record count as right.");
    Some(message(Kind::ProofEnds, &until, zh, en))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::template;
    use jiff::civil::date;
    use std::collections::BTreeSet;

    /// Ticks through every hour of a time; gives what was said, each once.
    fn told(case: &Case, from: Date, to: Date) -> Vec<(Kind, Date)> {
        let settings = template("stations-2025").unwrap().unwrap();
        let session = Some(date(2024, 4, 22).at(9, 20, 0, 0));
        let (mut known, mut said) = (BTreeSet::new(), Vec::new());
        let mut now = from.at(0, 0, 0, 0);
        while now.date() <= to {
            let standing =
                Standing { case, session, booked: None, proof_until: Some(date(2024, 6, 11)), shot: None };
            for message in due(&settings, &standing, now) {
                if known.insert((message.kind, message.key.clone())) {
                    assert!(AWAKE.contains(&now.hour()));
                    said.push((message.kind, now.date()));
                }
            }
            now = now.checked_add(1.hour()).unwrap();
        }
        said
    }

    #[test]
    fn a_clock_run_says_what_is_expected_each_once_and_nothing_to_who_does_not_take_part() {
        let case = Case { payment: Payment::Due, ..Case::NEW };
        let expected = [
            (Kind::FeeDue, date(2024, 4, 9)),
            (Kind::CodeMissing, date(2024, 4, 19)),
            (Kind::Tomorrow, date(2024, 4, 21)),
            (Kind::MakeUp, date(2024, 4, 23)),
        ];
        assert_eq!(told(&case, date(2024, 3, 1), date(2024, 5, 30)), expected);
        let proof = Case { proof: Proof::Open, photo: Photo::Accepted, code: Code::Bound, ..Case::NEW };
        let expected = [(Kind::ProofOpen, date(2024, 6, 1)), (Kind::ProofEnds, date(2024, 6, 8))];
        assert_eq!(told(&proof, date(2024, 6, 1), date(2024, 6, 20)), expected);
        let excluded = Case { eligibility: Eligibility::Excluded, ..case };
        assert_eq!(told(&excluded, date(2024, 3, 1), date(2024, 6, 30)), []);
    }
}
