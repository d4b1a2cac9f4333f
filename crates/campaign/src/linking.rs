//! Whose code it was: the school's side links what the capture side saw to a student of its roster.
//!
//! A code of ours names its student by its id. Another issuer's code shows what is printed on it: a masked name, the
//! end of a document number, a level. Many people share those, so a link is made only where nobody else of the whole
//! roster fits; a class that stands at the station narrows what a person is asked, and proves nothing, because
//! students come with other classes.

use std::collections::HashMap;

use uuid::Uuid;

use roster::student::{Level, Student};
use seal::masking::{MaskedDocument, MaskedName};

/// A class as stations know it.
pub fn class_name(college: &str, cohort: &str) -> String {
    format!("{college} {cohort}")
}

/// What the capture side saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The masked name.
    pub name: MaskedName,
    /// The masked number.
    pub document: MaskedDocument,
    /// The level, where it is shown.
    pub level: Option<Level>,
}

impl Shown {
    /// Whether a student can be the one. Never by the name alone.
    pub fn fits(&self, student: &Student) -> bool {
        let level = self.level.is_none() || student.level.is_none() || student.level == self.level;
        let tail = MaskedDocument::of(&student.document_no);
        level && tail.tail() == self.document.tail() && self.name.fits(&student.name.plain)
    }
}

/// Whom that can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// Nobody else of the roster fits.
    One(Uuid),
    /// A person decides; those of the class at the station come first.
    Ask(Vec<Uuid>),
    /// Nobody of the roster fits.
    Nobody,
}

/// A roster ordered by the ends of document numbers.
#[derive(Debug)]
pub struct Links<'r> {
    by_end: HashMap<String, Vec<(Uuid, &'r Student)>>,
}

impl<'r> Links<'r> {
    /// Takes a roster.
    pub fn new(roster: impl IntoIterator<Item = (Uuid, &'r Student)>) -> Self {
        let mut by_end: HashMap<String, Vec<_>> = HashMap::new();
        for (id, student) in roster {
            let end = MaskedDocument::of(&student.document_no).tail().to_owned();
            by_end.entry(end).or_default().push((id, student));
        }
        Self { by_end }
    }

    /// Whom it can be; `class` is the one at the station. Several enrolments of one person are several students, and
    /// a person says for which one the photo is.
    pub fn link(&self, shown: &Shown, class: &str) -> Link {
        let known = self.by_end.get(shown.document.tail()).into_iter().flatten();
        let mut fitting: Vec<&(Uuid, &Student)> = known.filter(|(_, student)| shown.fits(student)).collect();
        fitting.sort_by_key(|(_, student)| class_name(&student.college, &student.cohort) != class);
        match fitting.as_slice() {
            [] => Link::Nobody,
            [(id, _)] => Link::One(*id),
            several => Link::Ask(several.iter().map(|(id, _)| *id).collect()),
        }
    }
}
