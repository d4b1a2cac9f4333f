//! Guards at the scan: what speaks against photographing this person here and now. Each has a name, a reason and what
//! to do; the operator may go on with a reason, which is logged.

use seal::code::Code;
use seal::code::bundle::{Bundle, Held, Session};
use seal::code::fingerprint::Fingerprint;
use seal::identity::StationId;
use serde::Serialize;

use super::person::{InClass, Person};
use super::transfer::Called;

/// A word so long is no reason: a reader typed a code into the field.
const LONGEST_WORD: usize = 24;

/// A reason as it is kept; none where nothing was said, or a reader said it.
pub fn reason(text: &str) -> Option<&str> {
    let is_typed = |word: &str| word.len() >= LONGEST_WORD && word.is_ascii();
    let text = text.trim();
    (!text.is_empty() && !text.split_whitespace().any(is_typed)).then_some(text)
}

/// Something that speaks against going on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Concern {
    /// The guard's name.
    pub guard: &'static str,
    /// What is the matter, in Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
    /// What to do, in Chinese.
    pub todo_zh: &'static str,
    /// In English.
    pub todo_en: &'static str,
}

/// A use of the same code that is known here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// The shot number here, or the station elsewhere.
    pub place: Place,
}

/// Where a code was used before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// At this station, under a shot number.
    Here(String),
    /// At another one.
    Station(String),
}

/// What is known when a code is scanned.
pub struct Scene<'s> {
    /// What is known of the campaign.
    pub bundle: &'s Bundle,
    /// This station.
    pub station: &'s StationId,
    /// Now, milliseconds since 1970-01-01 UTC.
    pub at_ms: u64,
    /// An earlier use of this code.
    pub earlier: Option<Earlier>,
    /// Those accepted here before, the last first.
    pub before: &'s [Person],
    /// Places of the class before this one that should have come and were photographed nowhere.
    pub missing: Vec<u32>,
    /// Which classes were called where; empty where nobody calls classes.
    pub calls: &'s [Called],
    /// Whether another issuer's code was shown that is linked by its print alone.
    pub by_print: bool,
}

/// A session may begin so much earlier or later without a word: notices ask classes to come a quarter of an hour
/// before, and times may move.
const LEEWAY_S: u64 = 3_600;

impl Scene<'_> {
    /// The session that expects a code.
    pub fn session_of(&self, code: Fingerprint) -> Option<(&Session, usize, Held)> {
        self.bundle
            .sessions
            .iter()
            .find_map(|session| session.place(code).map(|(place, held)| (session, place, held)))
    }

    /// Everything that speaks against it, the gravest first.
    pub fn concerns(&self, code: &Code, fingerprint: Fingerprint) -> Vec<Concern> {
        let place = self.session_of(fingerprint);
        let school = &code.holder.school;
        let knows_school =
            self.bundle.schools.is_empty() || self.bundle.schools.iter().any(|(id, _)| id == school);
        let mut concerns = Vec::new();
        if !knows_school {
            concerns.push(Concern {
                guard: "other-school",
                zh: format!("采集码属于其他院校（{}）", school.as_str()),
                en: format!("the code is of another school ({})", school.as_str()),
                todo_zh: "请学生选择本校学籍后重新出示采集码",
                todo_en: "the student chooses the enrolment at this school and shows that code",
            });
        }
        let levels = &self.bundle.levels;
        if knows_school && !levels.is_empty() && !levels.contains(&code.holder.level) {
            let level = code.holder.level;
            concerns.push(Concern {
                guard: "other-level",
                zh: format!("采集码属于其他层次（{}）", level.zh()),
                en: format!("the code is of another level of study ({})", level.en()),
                todo_zh: "请学生选择本次采集层次的学籍后重新出示采集码",
                todo_en: "the student chooses the enrolment that takes part here and shows that code",
            });
        }
        if self.by_print {
            concerns.push(Concern {
                guard: "linked-by-print",
                zh: "采集码由其他机构签发，仅凭码旁所印内容对应到学生".into(),
                en: "another issuer's code, linked to a student by what is printed beside it alone".into(),
                todo_zh: "核对本人证件，与遮掩姓名、证件号后四位一致后继续",
                todo_en: "look at the person's document and compare it with the masked name and number",
            });
        }
        concerns.extend(self.earlier.as_ref().map(used));
        match place {
            None if !self.bundle.sessions.is_empty() && knows_school => concerns.push(Concern {
                guard: "not-expected",
                zh: "采集码不在任何班级的名单上".into(),
                en: "no class expects this code".into(),
                todo_zh: "核对院校、层次和学籍；新增学生请先更新活动数据包",
                todo_en: "compare school, level and enrolment; for a student added lately fetch the bundle anew",
            }),
            Some((session, _, held)) => {
                concerns.extend(against(held));
                concerns.extend(self.time(session));
            }
            None => {}
        }
        if let Some((session, place, _)) = place {
            concerns.extend(self.order(session, place));
            concerns.extend(self.skipped());
        }
        concerns
    }

    /// Another station, another time; whoever calls classes decides both.
    fn time(&self, session: &Session) -> Option<Concern> {
        let (now, own) = (self.at_ms / 1000, self.station.as_str());
        if !self.calls.is_empty() {
            let call = self.calls.iter().find(|call| call.class == session.name && call.is_called);
            return match call {
                Some(call) if call.station == own => None,
                Some(call) => Some(Concern {
                    guard: "called-elsewhere",
                    zh: format!("{} 已叫号到机位 {}", session.name, call.station),
                    en: format!("{} was called to station {}", session.name, call.station),
                    todo_zh: "请学生到叫号的机位",
                    todo_en: "the student goes to that station",
                }),
                None => Some(Concern {
                    guard: "not-called",
                    zh: format!("{} 尚未叫号", session.name),
                    en: format!("{} was not called yet", session.name),
                    todo_zh: "请学生回候场处等待叫号；现场同意先拍的请写明",
                    todo_en: "the student waits for the call; say so if somebody let him through",
                }),
            };
        }
        if !session.station.is_empty() && session.station != own {
            return Some(Concern {
                guard: "other-station",
                zh: format!("{} 安排在机位 {}", session.name, session.station),
                en: format!("{} comes to station {}", session.name, session.station),
                todo_zh: "请学生到本班的机位；现场统一调整的请写明",
                todo_en: "the student goes to the class's station; say so if everybody was sent here",
            });
        }
        let planned = session.starts_s > 0;
        let off = now + LEEWAY_S < session.starts_s || now > session.ends_s + LEEWAY_S;
        (planned && off).then(|| Concern {
            guard: "other-session",
            zh: format!("{} 不在此时段", session.name),
            en: format!("{} has another time", session.name),
            todo_zh: "核对本班拍摄时间；补拍或调整的请写明",
            todo_en: "look at the class's time; say so if it was moved or is a make-up",
        })
    }

    /// Inside a class the order is fixed: a photo under the neighbour's number is what happens when it is not kept.
    fn order(&self, session: &Session, place: usize) -> Option<Concern> {
        let last = last_of(self.before, session)?;
        let is_next_or_later = place as u32 + 1 > last.place;
        (!is_next_or_later).then(|| Concern {
            guard: "out-of-order",
            zh: format!("未按顺序：上一位是本班第 {} 位，此人是第 {} 位", last.place, place + 1),
            en: format!(
                "out of order: the last one was number {} of the class, this is number {}",
                last.place,
                place + 1
            ),
            todo_zh: "核对本人与遮掩姓名、证件号后四位，确认后继续",
            todo_en: "compare the person with the masked name and the last four digits, then go on",
        })
    }

    /// Whoever sat down without a scan is photographed under the number before; the next scan shows the gap.
    fn skipped(&self) -> Option<Concern> {
        let list: Vec<String> = self.missing.iter().map(u32::to_string).collect();
        (!list.is_empty()).then(|| Concern {
            guard: "skipped",
            zh: format!("本班第 {} 位未拍", list.join("、")),
            en: format!("number {} of the class was not photographed", list.join(", ")),
            todo_zh: "确认缺席后继续；若已坐下拍过而未扫码，请先撤销上一张",
            todo_en: "go on if they are absent; if one of them sat down without a scan, take the last photo back",
        })
    }
}

/// The place of the last one of a class who was accepted here.
pub fn last_of<'b>(before: &'b [Person], session: &Session) -> Option<&'b InClass> {
    before.iter().filter_map(|person| person.class.as_ref()).find(|class| class.name == session.name)
}

fn used(earlier: &Earlier) -> Concern {
    match &earlier.place {
        Place::Here(number) => Concern {
            guard: "already-photographed",
            zh: format!("此采集码已在本机位拍摄，拍摄号 {number}"),
            en: format!("this code was photographed here before, as {number}"),
            todo_zh: "确需重拍请写明原因；否则请学生离开",
            todo_en: "say why it is taken again; otherwise the student is done",
        },
        Place::Station(station) => Concern {
            guard: "used-elsewhere",
            zh: format!("此采集码已在机位 {station} 使用"),
            en: format!("this code was used at station {station}"),
            todo_zh: "核对本人：采集码可能被转借",
            todo_en: "compare the person: somebody may have lent the code",
        },
    }
}

fn against(held: Held) -> Option<Concern> {
    match held {
        Held::No => None,
        Held::Unpaid => Some(Concern {
            guard: "unpaid",
            zh: "尚未缴费".into(),
            en: "the fee is not paid".into(),
            todo_zh: "请学生缴费后再来；已缴未登记的写明凭证",
            todo_en: "the student pays first; if it was paid and not entered, note the receipt",
        }),
        Held::NotTakingPart => Some(Concern {
            guard: "not-taking-part",
            zh: "该学籍不参加本次采集".into(),
            en: "this enrolment does not take part".into(),
            todo_zh: "请学生联系学籍管理部门",
            todo_en: "send the student to the registry",
        }),
    }
}
