//! Whose a payment is. A student number decides, wherever it stands; a name only where nobody else has it. Everything
//! else is asked, never guessed.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use roster::text::plain;

/// Somebody who may have paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payer {
    /// The student.
    pub student: Uuid,
    /// 学号
    pub student_no: String,
    /// The whole name.
    pub name: String,
}

/// Students by what payments say of them.
#[derive(Debug)]
pub struct Payers {
    by_number: HashMap<String, Uuid>,
    /// Names with everybody who has them.
    by_name: BTreeMap<String, Vec<Uuid>>,
}

impl Payers {
    /// Takes a roster.
    pub fn new(payers: impl IntoIterator<Item = Payer>) -> Self {
        let (mut by_number, mut by_name) = (HashMap::new(), BTreeMap::<_, Vec<_>>::new());
        for payer in payers {
            by_number.insert(payer.student_no.to_uppercase(), payer.student);
            by_name.entry(plain(&payer.name)).or_default().push(payer.student);
        }
        Self { by_number, by_name }
    }

    /// Whose a payment is, by its note and its payer; `None` where that is not certain.
    pub fn of(&self, payer: &str, note: &str) -> Option<Uuid> {
        let is_part = |letter: char| !(letter.is_ascii_alphanumeric());
        let note_plain = plain(note).to_uppercase();
        let mut numbers: Vec<Uuid> =
            note_plain.split(is_part).filter_map(|word| self.by_number.get(word)).copied().collect();
        numbers.dedup();
        match numbers.as_slice() {
            [one] => return Some(*one),
            // Somebody who paid for two: a person says for whom.
            [_, _, ..] => return None,
            [] => {}
        }
        let payer = plain(payer);
        let note = plain(note);
        // A name inside a longer one, such as 王芳 in 王芳芳, is not that person's.
        let words = |text: &str| -> Vec<String> {
            let cut = |letter: char| !letter.is_alphabetic() && letter != '·';
            text.split(cut).map(str::to_owned).filter(|word| !word.is_empty()).collect()
        };
        let mut people: Vec<Uuid> = Vec::new();
        for word in words(&note).into_iter().chain(words(&payer)) {
            if let Some(known) = self.by_name.get(&word) {
                match known.as_slice() {
                    [one] if !people.contains(one) => people.push(*one),
                    [_] => {}
                    _ => return None,
                }
            }
        }
        let &[one] = people.as_slice() else { return None };
        // Paid by one and meant for another, perhaps: whose name stands anywhere in the note makes it uncertain.
        let own = |name: &String| self.by_name.get(name).is_some_and(|known| known.as_slice() == [one]);
        let own_name = self.by_name.keys().find(|name| own(name))?;
        let others =
            self.by_name.keys().filter(|name| *name != own_name && !own_name.contains(name.as_str()));
        let is_meant = |name: &String| note.contains(name.as_str());
        if others.into_iter().any(is_meant) { None } else { Some(one) }
    }
}

/// Something about the money of a student, or of nobody, that a person must settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// Photographed, and nothing came in.
    UnpaidButShot,
    /// Paid, and there is no photo though the days are over.
    PaidNotShot,
    /// Paid more than once.
    Twice,
    /// Another sum than the price.
    WrongSum,
    /// Nobody of the roster is meant for certain.
    UnknownPayer,
}

impl Finding {
    /// The word in Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::UnpaidButShot => "已拍摄未缴费",
            Self::PaidNotShot => "已缴费未拍摄",
            Self::Twice => "重复缴费",
            Self::WrongSum => "金额不符",
            Self::UnknownPayer => "无法确定缴费人",
        }
    }
}

/// How a student's money stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Account {
    /// What is to be paid; 0 for who pays nothing.
    pub due: i64,
    /// What came in, less what went back.
    pub balance: i64,
    /// Whether there is a photo.
    pub shot: bool,
    /// Whether a photo is no longer to be expected by itself.
    pub days_over: bool,
}

impl Account {
    /// What a person must settle.
    pub fn finding(self) -> Option<Finding> {
        let Self { due, balance, shot, days_over } = self;
        match () {
            () if due > 0 && balance >= 2 * due && balance % due == 0 => Some(Finding::Twice),
            () if balance != 0 && balance != due => Some(Finding::WrongSum),
            () if due > 0 && balance == 0 && shot => Some(Finding::UnpaidButShot),
            () if balance > 0 && !shot && days_over => Some(Finding::PaidNotShot),
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payers() -> Payers {
        let payer = |at: u128, number: &str, name: &str| Payer {
            student: Uuid::from_u128(at),
            student_no: number.into(),
            name: name.into(),
        };
        Payers::new([
            payer(1, "20210001", "林晓雨"),
            payer(2, "20210002", "王芳"),
            payer(3, "20210003", "王芳"),
            payer(4, "2021A004", "王芳芳"),
            payer(5, "20210005", "买买提·艾力"),
        ])
    }

    #[test]
    fn a_number_decides_a_name_only_where_nobody_else_has_it_and_the_rest_is_asked() {
        let of = |payer: &str, note: &str| payers().of(payer, note).map(|one| one.as_u128());
        assert_eq!(of("*雨", "付款方留言:20210001"), Some(1));
        assert_eq!(of("妈妈", "2021a004图像采集费"), Some(4), "in small letters and without a blank");
        assert_eq!(of("王芳芳", ""), Some(4), "not the shorter name in it");
        assert_eq!(of("买买提·艾力", "/"), Some(5));
        assert_eq!(of("王芳", ""), None, "two have this name");
        assert_eq!(of("妈妈", "20210001 20210002"), None, "paid for two");
        assert_eq!(of("林晓雨", "替王芳芳交"), None, "paid by one and meant for another");
        assert_eq!(of("", "120210001"), None, "a longer number is another one");
    }

    #[test]
    fn each_of_four_kinds_is_found_and_nothing_else() {
        let account = |balance, shot, days_over| Account { due: 1500, balance, shot, days_over };
        assert_eq!(account(0, true, true).finding(), Some(Finding::UnpaidButShot));
        assert_eq!(account(1500, false, true).finding(), Some(Finding::PaidNotShot));
        assert_eq!(account(3000, true, true).finding(), Some(Finding::Twice));
        assert_eq!(account(1000, true, true).finding(), Some(Finding::WrongSum));
        assert_eq!(account(1500, true, true).finding(), None);
        assert_eq!(account(1500, false, false).finding(), None, "the day has not come");
        assert_eq!(account(0, false, true).finding(), None);
        assert_eq!(Account { due: 0, balance: 0, shot: true, days_over: true }.finding(), None, "waived");
    }
}
