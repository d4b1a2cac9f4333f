//! When classes have lectures, from a table of 班级, 日期 or 星期, and 时间.

use jiff::civil::{Date, Weekday};
use roster::{cohort, text};
use schedule::{Problem, Seconds, read_range};

use super::{
    Question, Sheet,
    known::Known,
    lines::{Column, Columns, date_of},
    questions::in_order,
};

const DAY: Seconds = 86_400;

/// Puts lectures into a problem whose days are `days`; classes that the table names lose what was there before.
/// Gives what was not understood.
pub fn lectures(sheet: &Sheet, days: &[Date], problem: &mut Problem) -> Vec<Question> {
    let table = &sheet.table;
    let (columns, known) = (Columns::of(table), Known::of(problem));
    let mut questions = sheet.questions.clone();
    let (mut college, mut classes) = (String::new(), String::new());
    let (mut date, mut weekday) = (String::new(), String::new());
    let mut seen = vec![false; problem.classes.len()];
    for row in &table.rows {
        let mut ask = |zh: String, en: String| questions.push(Question { line: row.line, zh, en });
        // Cells that are empty because they were merged with those above have their text.
        let own = |column| text::plain(columns.typed(row, column));
        if !own(Column::College).is_empty() {
            college = own(Column::College);
        }
        if !columns.typed(row, Column::Cohort).is_empty() {
            columns.typed(row, Column::Cohort).clone_into(&mut classes);
        }
        if !own(Column::Date).is_empty() || !own(Column::Weekday).is_empty() {
            (date, weekday) = (own(Column::Date), own(Column::Weekday));
        }
        let time = columns.time(row);
        let (from, to) = match read_range(&time) {
            Ok(range) => range,
            Err(why) => {
                ask(format!("时间“{time}”看不懂，请写成 8:30-9:20"), format!("{why}; write it as 8:30-9:20"));
                continue;
            }
        };
        let on: Vec<usize> = if !date.is_empty() {
            let Some(day) = date_of(&date) else {
                ask(
                    format!("日期“{date}”看不懂，请写成 2024-04-21"),
                    format!("“{date}” is not read as a date; write it as 2024-04-21"),
                );
                continue;
            };
            (0..days.len()).filter(|&at| days[at] == day).collect()
        } else if let Some(weekday) = weekday_of(&weekday) {
            (0..days.len()).filter(|&day| days[day].weekday() == weekday).collect()
        } else {
            ask(format!("“{weekday}”不是星期几"), format!("“{weekday}” is no day of the week; write 星期五"));
            continue;
        };
        for name in cohort::each(&classes).into_iter().flat_map(|read| read.names) {
            let found = known.called(&name, &college);
            if found.is_empty() {
                ask(format!("名单中没有班级“{name}”"), format!("the roster has no class “{name}”"));
            }
            for index in found {
                let class = &mut problem.classes[index];
                if !std::mem::replace(&mut seen[index], true) {
                    class.busy.clear();
                }
                class
                    .busy
                    .extend(on.iter().map(|&day| (day as Seconds * DAY + from, day as Seconds * DAY + to)));
            }
        }
    }
    in_order(questions)
}

/// 星期五, 周五, 五 and 5 are Friday.
fn weekday_of(text: &str) -> Option<Weekday> {
    let day = text.trim().trim_start_matches("星期").trim_start_matches('周').trim_start_matches("礼拜");
    let number = match day {
        "一" | "1" => 1,
        "二" | "2" => 2,
        "三" | "3" => 3,
        "四" | "4" => 4,
        "五" | "5" => 5,
        "六" | "6" => 6,
        "日" | "天" | "7" => 7,
        _ => return None,
    };
    Weekday::from_monday_one_offset(number).ok()
}
