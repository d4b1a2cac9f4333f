//! The classes of a problem by the names that tables call them.

use std::collections::HashMap;

use roster::text;
use schedule::Problem;

/// Indices of classes by bare name, each with its college.
pub(super) struct Known(HashMap<String, Vec<(usize, String)>>);

impl Known {
    pub(super) fn of(problem: &Problem) -> Self {
        let mut by_name: HashMap<String, Vec<(usize, String)>> = HashMap::new();
        for (index, class) in problem.classes.iter().enumerate() {
            let college = problem.colleges[class.college].name.clone();
            by_name.entry(bare(&class.name)).or_default().push((index, college));
        }
        Self(by_name)
    }

    /// The classes of that name: those of the college, else those of any other.
    pub(super) fn called(&self, name: &str, college: &str) -> Vec<usize> {
        let named = self.0.get(&bare(name)).map_or(&[][..], Vec::as_slice);
        let own: Vec<usize> = named.iter().filter(|(_, of)| of == college).map(|(index, _)| *index).collect();
        if own.is_empty() { named.iter().map(|(index, _)| *index).collect() } else { own }
    }
}

/// 法学 2101 班 is 法学2101.
fn bare(name: &str) -> String {
    text::plain(name).replace(' ', "").trim_end_matches('班').to_owned()
}
