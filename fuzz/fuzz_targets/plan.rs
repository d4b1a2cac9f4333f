//! Timetables: any bytes are a problem, a plan or a printed table, or are refused; whatever they hold can be checked.
#![no_main]

use campaign::timetable::{self, Options};
use roster::table;
use schedule::{Plan, Problem};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(sheet) = timetable::read(bytes) {
        let imported = timetable::import(&sheet, &Options::default());
        if imported.problem.validate().is_ok() {
            let _breaches = schedule::check(&imported.problem, &imported.plan);
            let _table = timetable::printed(&imported.problem, &imported.plan);
            let mut problem = imported.problem;
            let _given = timetable::given(&sheet, &imported.dates, &mut problem);
            let _questions = timetable::lectures(&sheet, &imported.dates, &mut problem);
        }
    }
    let _people = table::read_headed(bytes, timetable::is_heading_of_people).map(|table| timetable::people(&table));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _range = schedule::read_range(text);
    let (problem, plan) = text.split_once('\n').unwrap_or((text, "{\"assignments\":[]}"));
    if let (Ok(problem), Ok(plan)) = (Problem::from_json(problem), Plan::from_json(plan)) {
        let _breaches = schedule::check(&problem, &plan);
        let _score = schedule::score(&problem, &plan);
    }
});
