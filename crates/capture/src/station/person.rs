//! What a number's entry in the register (登记表) says of the person before the camera. It stands hidden on the disk.

use seal::code::Code;
use seal::code::bundle::{Held, Session};
use serde::{Deserialize, Serialize};

use super::guard::reason;

/// A number's entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The text of the code.
    pub code: String,
    /// Masked, as on the code.
    pub name: String,
    /// Masked, as on the code.
    pub document: String,
    /// The student's number, for the order in the line.
    pub student: String,
    /// The level of study.
    pub level: String,
    /// The class that expects the code, where one does.
    pub class: Option<InClass>,
    /// Guards that somebody overrode, with the reason.
    pub overrides: Vec<Override>,
    /// What was seen of dress and appearance.
    pub looks: Vec<Looked>,
    /// Who was at the camera.
    pub operator: String,
    /// Why the number is void, or why the photo was taken although inspection fails it.
    pub reason: String,
    /// Whether the photo was on the card of a camera that is not connected.
    #[serde(default)]
    pub on_card: bool,
    /// The signature: lines of a pen as an SVG path, or a typed name.
    pub signature: Option<String>,
    /// Why there is none, where the student cannot or will not sign.
    #[serde(default)]
    pub unsigned: String,
}

/// A place in the queue of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InClass {
    /// Which class.
    pub name: String,
    /// From 1.
    pub place: u32,
    /// How many codes the class has.
    pub of: u32,
}

/// A guard that somebody overrode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Override {
    /// The guard's name.
    pub guard: String,
    /// Why.
    pub reason: String,
    /// Who else said so; empty where one person is enough.
    #[serde(default)]
    pub second: String,
}

/// What was seen of one rule of appearance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// The rule's name in the bundle.
    pub check: String,
    /// What came of it.
    pub result: LookedResult,
    /// Why, for an exception or a refusal.
    pub reason: String,
    /// Who saw a refusal beside the operator.
    #[serde(default)]
    pub witness: String,
}

impl Looked {
    /// An exception has a reason; a refusal has a witness as well.
    pub fn lacks_words(&self) -> bool {
        match self.result {
            LookedResult::Fine | LookedResult::Mended => false,
            LookedResult::Exception => reason(&self.reason).is_none(),
            LookedResult::Refused => reason(&self.reason).is_none() || self.witness.trim().is_empty(),
        }
    }
}

/// What came of looking at one rule of appearance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LookedResult {
    /// Nothing to say.
    Fine,
    /// Put right on the spot.
    Mended,
    /// Religion, medicine: stays as it is and is no ground for a rejection.
    Exception,
    /// Refused.
    Refused,
}

impl Person {
    /// Whether neither a signature nor a reason for its absence stands in the register.
    pub fn lacks_signature(&self) -> bool {
        self.signature.is_none() && self.unsigned.is_empty()
    }

    /// The entry of somebody whose code was just read.
    pub fn new(code: &Code, text: &str, class: Option<(&Session, usize)>, operator: &str) -> Self {
        let holder = &code.holder;
        Self {
            code: text.to_owned(),
            name: holder.name.as_str().to_owned(),
            document: holder.document.as_str().to_owned(),
            student: holder.student.as_str().to_owned(),
            level: holder.level.zh().to_owned(),
            class: class.map(|(session, place)| InClass {
                name: session.name.clone(),
                place: place as u32 + 1,
                of: session.codes.iter().filter(|code| code.held != Held::NotTakingPart).count() as u32,
            }),
            overrides: Vec::new(),
            looks: Vec::new(),
            operator: operator.to_owned(),
            reason: String::new(),
            on_card: false,
            signature: None,
            unsigned: String::new(),
        }
    }
}
