//! Names of classes as notices write them: several in one cell, by ranges and lists.

use crate::text;

/// What a cell with classes says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cohorts {
    /// The classes, each by its whole name.
    pub names: Vec<String>,
    /// 康复治疗2班 can be class 2 or two classes: it is read as class 2, and a person confirms.
    pub ambiguous: bool,
}

/// Most classes of one range; a longer one is a slip.
const LONGEST_RANGE: u32 = 60;
/// A number as small as this can also be how many classes there are; years such as 2101 cannot.
const LARGEST_COUNT: u32 = 20;

/// Reads 体育教育1—5班, 康复治疗1、2班, 法学2101, 思想政治教育(公费师范)2101, 运动训练高水平班.
pub fn read(cell: &str) -> Cohorts {
    let cell: String =
        text::plain(cell).chars().filter(|letter| !letter.is_whitespace()).map(dashed).collect();
    let whole = |name: &str| Cohorts { names: vec![name.to_owned()], ambiguous: false };
    if cell.is_empty() {
        return Cohorts { names: Vec::new(), ambiguous: false };
    }
    let (stem, ending) = match cell.strip_suffix('班') {
        Some(stem) => (stem, "班"),
        None => (cell.as_str(), ""),
    };
    let (major, numbers) = without_number(stem);
    let Some(numbers) = numbers_of(numbers) else { return whole(&cell) };
    let is_one = numbers.len() == 1;
    let names = numbers.iter().map(|number| format!("{major}{number}{ending}")).collect();
    let counts = numbers[0].parse().is_ok_and(|number: u32| (2..=LARGEST_COUNT).contains(&number));
    let ambiguous = is_one && !ending.is_empty() && counts && !stem.ends_with(')');
    Cohorts { names, ambiguous }
}

/// Reads a cell with the classes of several majors, one behind or under the other: 体育教育1—5班 特殊教育1班.
pub fn each(cell: &str) -> Vec<Cohorts> {
    let cell: String = cell.trim().replace('\n', "、");
    let cell: String =
        text::plain(&cell).chars().filter(|letter| !letter.is_whitespace()).map(dashed).collect();
    let cell = without_heads(&cell);
    let mut items: Vec<String> = Vec::new();
    for part in cell.split(['、', ';', '；']).flat_map(|part| part.split_inclusive('班')) {
        match items.last_mut() {
            _ if part.is_empty() => {}
            Some(last) => {
                if let Some(another) = joined(last, part) {
                    items.push(another);
                }
            }
            None => items.push(part.to_owned()),
        }
    }
    items.iter().map(|item| read(item)).collect()
}

/// Puts a part of a cell behind the item before it, where it goes on with that; else gives the next item.
fn joined(last: &mut String, part: &str) -> Option<String> {
    // 1班和2班, 1班/2班
    let bare = part.trim_start_matches(['和', '及', '与', '/', '+', '&']);
    let of_numbers = |text: &str| {
        text.trim_end_matches('班').chars().all(|letter| letter.is_ascii_digit() || letter == '-')
            && text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
    };
    if let Some(stem) = last.strip_suffix('班').filter(|_| of_numbers(bare)) {
        let (major, number) = without_number(stem);
        if bare.starts_with('-') {
            // 体育教育1班-5班
            *last = format!("{stem}{bare}");
        } else if number.is_empty() {
            // 实验班2101
            last.push_str(part);
        } else {
            // 体育教育1班、2班
            return Some(format!("{major}{bare}"));
        }
    } else if of_numbers(part) {
        // 法学2101、2102, and numbers that stand below their major
        if last.ends_with(|letter: char| letter.is_ascii_digit()) {
            last.push('、');
        }
        last.push_str(part);
    } else if part.starts_with('(') {
        // 计科21(1)、(2)班, but 卓越班(2) and 软件2101班(卓越)
        let twin = last.rfind('(').filter(|_| last.ends_with(')') && is_bracketed_number(part));
        let Some(at) = twin.filter(|&at| is_bracketed_number(&last[at..])) else {
            last.push_str(part);
            return None;
        };
        return Some(format!("{}{part}", &last[..at]));
    } else {
        return Some(bare.to_owned());
    }
    None
}

/// (2) or (2)班
fn is_bracketed_number(text: &str) -> bool {
    let inner = text.trim_end_matches('班').strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    inner.is_some_and(|inner| !inner.is_empty() && inner.bytes().all(|letter| letter.is_ascii_digit()))
}

/// The cell without (45人): how many they are is no part of a name.
fn without_heads(cell: &str) -> String {
    let mut parts = cell.split('(');
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit()).strip_prefix("人)");
        plain.push(if rest.is_some() { '、' } else { '(' });
        plain.push_str(rest.unwrap_or(part));
    }
    plain
}

/// A name and the numbers at its end.
fn without_number(name: &str) -> (&str, &str) {
    name.split_at(
        name.trim_end_matches(|letter: char| letter.is_ascii_digit() || "-、".contains(letter)).len(),
    )
}

/// 1-5 and 1、2 and 01、03-05, as they are written; `None` when it is nothing of the kind.
fn numbers_of(text: &str) -> Option<Vec<String>> {
    let mut numbers = Vec::new();
    for part in text.split('、') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (u32, u32) = (first.parse().ok()?, last.parse().ok()?);
        if from > to || to - from >= LONGEST_RANGE {
            return None;
        }
        let width = if first.starts_with('0') { first.len() } else { 0 };
        numbers.extend((from..=to).map(|number| format!("{number:0width$}")));
    }
    Some(numbers)
}

fn dashed(letter: char) -> char {
    match letter {
        '—' | '–' | '－' | '~' | '～' | '至' | '‐' | '−' => '-',
        ',' | '，' => '、',
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(cells: &[&str]) -> usize {
        cells.iter().map(|cell| read(cell).names.len()).sum()
    }

    #[test]
    fn a_printed_timetable_of_ranges_and_lists_gives_its_fifty_seven_classes() {
        let cells = [
            "体育教育 1—5班",
            "特殊教育 1班",
            "运动训练 1—5班",
            "应用心理学 1班",
            "运动人体科学 1班",
            "康复治疗 1、2班",
            "运动康复 1班",
            "足球方向 1—3班",
            "体育教育 6—11 班",
            "运动训练 6—11 班",
            "舞蹈表演 1—6班",
            "武术专业 1—3班",
            "体育经济与管理 1、2班",
            "公共事业管理 1班",
            "社会体育指导与管理 1、2班",
            "休闲体育 1班",
            "新闻学 1—2班",
            "播音与主持艺术 1—5班",
            "舞蹈学 1—3班",
            "运动训练高水平班",
        ];
        assert_eq!(count(&cells), 57);
        assert!(cells.iter().all(|cell| !read(cell).ambiguous));
        let mut names: Vec<String> = cells.iter().flat_map(|cell| read(cell).names).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 57, "no class stands twice");
    }

    #[test]
    fn a_number_that_may_be_a_count_is_reported() {
        assert!(read("康复治疗 2 班").ambiguous);
        assert_eq!(read("康复治疗 2 班").names, ["康复治疗2班"]);
        for clear in ["康复治疗 1 班", "法学2101", "软件2101班", "运动训练 1~5 班", "实验班"]
        {
            assert!(!read(clear).ambiguous, "{clear}");
        }
    }

    #[test]
    fn a_cell_with_several_majors_is_taken_apart() {
        for (cell, names) in [
            (
                "新闻学 1、2 班 播音与主持艺术 1~3 班",
                "新闻学1班 新闻学2班 播音与主持艺术1班 播音与主持艺术2班 播音与主持艺术3班",
            ),
            (
                "实验班 运动训练高水平班、 社会体育指导与管理 1、2 班",
                "实验班 运动训练高水平班 社会体育指导与管理1班 社会体育指导与管理2班",
            ),
            (
                "社会体育指导与管理\n1、2班\n休闲体育 1班",
                "社会体育指导与管理1班 社会体育指导与管理2班 休闲体育1班",
            ),
            ("体育教育1班、2班；康复治疗3班", "体育教育1班 体育教育2班 康复治疗3班"),
            ("法学2101、2102，法学2104\n英语2101", "法学2101 法学2102 法学2104 英语2101"),
            ("卓越班(2)\n实验班2101\n法学院", "卓越班(2) 实验班2101 法学院"),
            ("思想政治教育(公费师范)2101", "思想政治教育(公费师范)2101"),
            ("21软件1班、21软件2班", "21软件1班 21软件2班"),
            ("2021级1班 2021级2班", "2021级1班 2021级2班"),
            ("软件2101班（45人） 软件2102班（卓越）", "软件2101班 软件2102班(卓越)"),
            ("体育教育1班-3班 1班和2班", "体育教育1班 体育教育2班 体育教育3班 体育教育1班 体育教育2班"),
            ("软件2101班/2102班", "软件2101班 软件2102班"),
            ("计科21(1)、(2)班", "计科21(1) 计科21(2)班"),
            ("新闻学01-03班", "新闻学01班 新闻学02班 新闻学03班"),
            (" 、\n", ""),
        ] {
            let read: Vec<String> = each(cell).into_iter().flat_map(|item| item.names).collect();
            assert_eq!(read.join(" "), names, "{cell:?}");
        }
        assert!(each("应用心理学 1 班 康复治疗 2 班")[1].ambiguous);
    }

    #[test]
    fn names_with_tracks_and_odd_cells_stay_whole() {
        assert_eq!(read("思想政治教育(公费师范)2101").names, ["思想政治教育(公费师范)2101"]);
        assert_eq!(read("体育教育1～3班").names, ["体育教育1班", "体育教育2班", "体育教育3班"]);
        for odd in ["实验班", "数学5-1班", "法学1-2000班", "2101", "-", "班"] {
            assert_eq!(read(odd).names.len(), 1, "{odd}");
        }
        assert_eq!(read(" ").names, [""; 0]);
    }
}
