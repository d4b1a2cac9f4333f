//! What is settled: photographed × price − waivers, by class, by college, and with the agency.

use serde::Serialize;

/// The money of a class.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Line {
    /// 学院
    pub college: String,
    /// 班级
    pub cohort: String,
    /// Students who take part.
    pub heads: i64,
    /// Students with a photo.
    pub photographed: i64,
    /// Of those, students who pay nothing.
    pub waived: i64,
    /// The price of one, fen.
    pub price: i64,
    /// What came in, less what went back, fen.
    pub received: i64,
}

impl Line {
    /// What is owed for the photos, fen.
    pub fn owed(&self) -> i64 {
        (self.photographed - self.waived) * self.price
    }

    /// What was received beyond what is owed, fen; negative where something is missing.
    pub fn over(&self) -> i64 {
        self.received - self.owed()
    }
}

/// The sum of several lines, under a name of its own.
pub fn sum<'l>(college: &str, lines: impl IntoIterator<Item = &'l Line>) -> (Line, i64) {
    let mut all = Line { college: college.into(), ..Line::default() };
    let mut owed = 0;
    for line in lines {
        all.heads += line.heads;
        all.photographed += line.photographed;
        all.waived += line.waived;
        all.received += line.received;
        all.price = line.price;
        owed += line.owed();
    }
    (all, owed)
}
