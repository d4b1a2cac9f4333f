//! A small made-up class: nobody here exists.
//!
//! Document numbers have the right form and check digit, but a region (999999) that was never given out.

/// A student of the made-up class.
#[derive(Debug, Clone)]
pub struct Student {
    /// Student number, as the university would give it.
    pub number: String,
    /// Name as in the roster.
    pub name: String,
    /// Document number of 18 characters.
    pub document: String,
}

/// Names in the order of the class: two to four characters and one of the long Uyghur kind, because each masks differently.
const NAMES: [&str; 12] = [
    "林晓雨",
    "周子航",
    "欧阳若溪",
    "陈默",
    "王思远",
    "艾尼瓦尔·买买提",
    "刘心怡",
    "赵一鸣",
    "孙嘉禾",
    "何其安",
    "吴桐",
    "郑南星",
];

impl Student {
    /// The `index`th student of the class; beyond twelve the names come again with other numbers.
    pub fn nth(index: usize) -> Self {
        Self {
            number: format!("20279{:05}", index + 1),
            name: NAMES[index % NAMES.len()].to_owned(),
            document: document(index),
        }
    }

    /// The name as it may be shown: the first character, two stars, and from three characters on the last.
    pub fn masked_name(&self) -> String {
        let mut characters = self.name.chars();
        let first = characters.next().map(String::from).unwrap_or_default();
        let last = characters
            .next_back()
            .filter(|_| characters.next().is_some())
            .map(String::from)
            .unwrap_or_default();
        format!("{first}**{last}")
    }

    /// The document number as it may be shown: its last four characters.
    pub fn masked_document(&self) -> String {
        format!("*****{}", &self.document[self.document.len() - 4..])
    }
}

/// A document number of the form of GB 11643: region, birthday, running number, check character (ISO 7064 MOD 11-2).
fn document(index: usize) -> String {
    let day = index % 28 + 1;
    let running = 100 + index * 37 % 900;
    let body = format!("999999200509{day:02}{running:03}");
    format!("{body}{}", check_character(&body))
}

/// The check character of the first 17.
fn check_character(body: &str) -> char {
    let sum: u32 = body
        .bytes()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * (2_u32.pow(17 - place as u32) % 11))
        .sum();
    char::from(b"10X98765432"[(sum % 11) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_masked_as_on_the_collection_code() {
        let masked = |name: &str| Student { name: name.into(), ..Student::nth(0) }.masked_name();
        assert_eq!(masked("陈默"), "陈**");
        assert_eq!(masked("林晓雨"), "林**雨");
        assert_eq!(masked("欧阳若溪"), "欧**溪");
        assert_eq!(Student::nth(0).masked_document().len(), 9);
    }

    #[test]
    fn document_numbers_have_the_form_and_a_region_that_does_not_exist() {
        // The example of GB 11643-1999: 11010519491231002X has check character X.
        assert_eq!(check_character("11010519491231002"), 'X');
        for index in 0..40 {
            let document = Student::nth(index).document;
            assert_eq!(document.len(), 18);
            assert!(document.starts_with("999999"));
        }
    }
}
