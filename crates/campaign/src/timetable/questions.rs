//! What a person must look at in a table.

/// Something in the table that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Line of the file, from 1.
    pub line: usize,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// Most questions that are asked of one table: whoever has more has the wrong table.
pub(super) const MOST: usize = 1_000;

/// The questions by line; where there are too many, the last says so.
pub(super) fn in_order(mut questions: Vec<Question>) -> Vec<Question> {
    questions.sort_by_key(|question| question.line);
    if let Some(next) = questions.get(MOST) {
        let line = next.line;
        questions.truncate(MOST);
        questions.push(Question {
            line,
            zh: "从这一行起还有，不再列出".into(),
            en: "there is more from this line on, which is not listed".into(),
        });
    }
    questions
}
