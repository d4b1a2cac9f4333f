//! Timetables as offices print them.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use campaign::timetable::{Imported, Options, import, is_heading, printed};
use roster::table::read_headed;
use schedule::{Severity, check, clock, score};

const ONE_DAY: &str = include_str!("../../schedule/tests/plans/one-day.csv");

fn imported(text: &str, options: &Options) -> Imported {
    import(&read_headed(text.as_bytes(), is_heading).unwrap(), options)
}

#[test]
fn a_printed_day_is_read_with_all_its_classes_and_its_pace() {
    let Imported { problem, plan, questions } =
        imported(ONE_DAY, &Options { gather: 900, ..Options::default() });
    assert_eq!(questions, []);
    let heads: u32 = problem.classes.iter().map(|class| class.heads).sum();
    assert_eq!((problem.classes.len(), heads, problem.colleges.len()), (99, 3_575, 15));
    // One station is printed as 2号机位 and as 2号机, another as 3号机位 and as 3号机.
    assert_eq!(
        problem.stations.iter().map(|station| station.name.as_str()).collect::<Vec<_>>(),
        ["1号机位", "2号机位", "3号机位"]
    );
    assert!((problem.sec_per_student - 19.38).abs() < 0.01);
    let hours: Vec<_> =
        problem.windows.iter().map(|window| (clock(window.start), clock(window.end))).collect();
    assert_eq!(hours, [("08:30".into(), "12:00".into()), ("14:30".into(), "18:00".into())]);
    let score = score(&problem, &plan);
    assert_eq!((score.pieces, score.split_colleges), (25, 6));
}

#[test]
fn a_plan_is_printed_and_read_again_as_it_was() {
    let Imported { problem, plan, .. } = imported(ONE_DAY, &Options::default());
    let table: Vec<String> = printed(&problem, &plan).iter().map(|row| row.join(",")).collect();
    assert_eq!(table[0], "机位,学院,班级,人数,第几天,采集时间,集合时间");
    // Seconds are not printed by offices; the plan's own are cut to whole minutes to be read again.
    let minutes = |time: i64| time / 60 * 60;
    let mut whole = plan.clone();
    for each in &mut whole.assignments {
        (each.start, each.end) = (minutes(each.start), minutes(each.end));
    }
    let table: Vec<String> = printed(&problem, &whole).iter().map(|row| row.join(",")).collect();
    let again = imported(&table.join("\n"), &Options::default());
    assert_eq!(again.questions, []);
    let places = |imported: &Imported| {
        let mut places: Vec<_> =
            imported.plan.assignments.iter().map(|each| (each.class.clone(), each.start, each.end)).collect();
        places.sort();
        places
    };
    assert_eq!(places(&again), places(&Imported { problem, plan: whole, questions: Vec::new() }));
}

#[test]
fn a_grid_of_rooms_and_ranges_is_read_and_what_is_wrong_in_it_is_told() {
    let grid = "日期,教室,开始时间,结束时间,班级\n\
        2024-04-21,201,9:00,9:50,体育教育1—5班\n,,,,特殊教育1班\n,201,9：50,10：40,运动训练1—5班\n\
        ,301,9:00,9:50,体育教育6—11班\n,301,9:50,10:40,运动训练6—11班\n,401,10:40,11:20,\"新闻学1、2班\"\n";
    let Imported { problem, plan, questions } = imported(grid, &Options::default());
    assert_eq!(questions, []);
    assert_eq!((problem.classes.len(), problem.stations.len()), (5 + 1 + 5 + 6 + 6 + 2, 3));
    let wrong: Vec<_> = check(&problem, &plan)
        .into_iter()
        .filter(|breach| breach.severity == Severity::Error)
        .map(|breach| breach.rule)
        .collect();
    assert_eq!(wrong, ["college-twice", "college-twice"], "two majors are in two rooms at once");
}

#[test]
fn what_is_not_plain_is_asked_with_its_line() {
    let table = "学院,班级,人数,采集时间\n康复学院,康复治疗2班,四十,9:00-9:20\n,康复治疗3班,40,上午\n,康复治疗2104,40,9:40-9:20\n";
    let Imported { plan, questions, .. } = imported(table, &Options::default());
    let told: Vec<_> = questions.iter().map(|question| (question.line, question.zh.as_str())).collect();
    assert_eq!(
        told,
        [
            (2, "人数“四十”看不懂"),
            (2, "“康复治疗2班”可能是一个班，也可能是几个班，按一个班读入"),
            (3, "时间“上午”看不懂，请写成 8:30-9:20"),
            (3, "“康复治疗3班”可能是一个班，也可能是几个班，按一个班读入"),
            (4, "时间“9:40-9:20”看不懂，请写成 8:30-9:20"),
        ]
    );
    assert_eq!(plan.assignments.len(), 1, "who has no plain time is placed nowhere");
}

#[test]
fn a_list_of_classes_without_times_is_a_problem_to_solve() {
    let hours = vec![(8 * 3_600, 12 * 3_600)];
    let list = "学院,班级,人数\n文学院,汉语言文学1—3班,120\n法学院,法学1班,40\n";
    let Imported { problem, plan, .. } =
        imported(list, &Options { hours, pace: Some(20.0), stations: 2, ..Options::default() });
    assert_eq!((problem.classes.len(), problem.stations.len(), plan.assignments.len()), (4, 2, 0));
    assert_eq!(problem.classes.iter().map(|class| class.heads).collect::<Vec<_>>(), [40, 40, 40, 40]);
    let plan = schedule::solve(
        &problem,
        schedule::Effort { moves: 1_000, searches: 1, ..schedule::Effort::usual(&problem) },
        &|_| true,
    );
    assert_eq!((plan.assignments.len(), check(&problem, &plan)), (4, Vec::new()));
}

#[test]
fn whoever_has_not_named_two_leaders_is_on_the_list_of_missing_ones() {
    use campaign::timetable::{Duty, is_heading_of_people, missing, people};
    let table = "姓名,单位,电话,职责\n甲,法学院,13800000001,领队\n乙,经济学院,13800000002,领队\n丙,经济学院,13800000003,领队\n\
        丁,法学院,13800000004,学院负责人\n戊,经济学院,13800000005,学院负责人\n己,法学院,12,主任\n";
    let (people, questions) = people(&read_headed(table.as_bytes(), is_heading_of_people).unwrap());
    assert_eq!((people.len(), questions.len(), questions[0].line), (5, 1, 7));
    let missing = missing(["法学院", "经济学院"].into_iter(), &people);
    assert_eq!(missing.len(), 1);
    assert_eq!(
        (missing[0].college.as_str(), missing[0].duty, missing[0].named, missing[0].needed),
        ("法学院", Duty::Leader, 1, 2)
    );
}
