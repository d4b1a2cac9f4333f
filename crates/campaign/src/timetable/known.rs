//! The classes of a problem by the names that tables call them.

use std::collections::HashMap;

use roster::text;
use schedule::Problem;

pub(super) struct Known {
    /// Indices of classes by bare name, each with its college.
    classes: HashMap<String, Vec<(usize, String)>>,
    /// Indices of classes by college.
    colleges: HashMap<String, Vec<usize>>,
}

impl Known {
    pub(super) fn of(problem: &Problem) -> Self {
        let mut known = Self { classes: HashMap::new(), colleges: HashMap::new() };
        for (index, class) in problem.classes.iter().enumerate() {
            let college = problem.colleges[class.college].name.clone();
            known.colleges.entry(college.clone()).or_default().push(index);
            known.classes.entry(bare(&class.name)).or_default().push((index, college));
        }
        known
    }

    /// The classes of that name: those of the college, or of any where the college is none of the problem's.
    pub(super) fn called(&self, name: &str, college: &str) -> Vec<usize> {
        let named = self.classes.get(&bare(name)).map_or(&[][..], Vec::as_slice).iter();
        let is_known = self.colleges.contains_key(college);
        named.filter(|(_, of)| !is_known || of == college).map(|(index, _)| *index).collect()
    }

    /// All classes of a college.
    pub(super) fn of_college(&self, college: &str) -> &[usize] {
        self.colleges.get(college).map_or(&[], Vec::as_slice)
    }
}

/// 法学 2101 班 is 法学2101, and 软件01班 is 软件1.
fn bare(name: &str) -> String {
    let name = text::plain(name).replace(' ', "");
    let name = name.trim_end_matches('班');
    let (stem, number) = name.split_at(name.trim_end_matches(|letter: char| letter.is_ascii_digit()).len());
    format!("{stem}{}", number.trim_start_matches('0'))
}
