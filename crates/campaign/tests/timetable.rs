//! Timetables as offices print them.
#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use campaign::timetable::{Imported, Options, import, printed, read};
use roster::table::read_headed;
use schedule::{Severity, check, clock, score};

const ONE_DAY: &str = include_str!("../../schedule/tests/plans/one-day.csv");

fn imported(text: &str, options: &Options) -> Imported {
    import(&read(text.as_bytes()).unwrap(), options)
}

#[test]
fn a_printed_day_is_read_with_all_its_classes_and_its_pace() {
    let Imported { problem, plan, questions, .. } =
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
    let again = imported(&table.join("\n"), &Options::default());
    assert_eq!(again.questions, []);
    let places = |imported: &Imported| {
        let mut places: Vec<_> =
            imported.plan.assignments.iter().map(|each| (each.class.clone(), each.start, each.end)).collect();
        places.sort();
        places
    };
    assert_eq!(places(&again), places(&Imported { problem, plan, dates: Vec::new(), questions: Vec::new() }));
}

#[test]
fn a_grid_of_rooms_and_ranges_is_read_and_what_is_wrong_in_it_is_told() {
    let grid = "日期,教室,开始时间,结束时间,班级\n\
        2024-04-21,201,9:00,9:50,体育教育1—5班\n,,,,特殊教育1班\n,201,9：50,10：40,运动训练1—5班\n\
        ,301,9:00,9:50,体育教育6—11班\n,301,9:50,10:40,运动训练6—11班\n,401,10:40,11:20,\"新闻学1、2班\"\n";
    let Imported { problem, plan, questions, .. } = imported(grid, &Options::default());
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
fn grids_are_read_whichever_way_they_stand() {
    // As two notices print them: rooms beside, times above, several majors in a cell, when to gather below the time.
    let rooms_beside = "时间\n地点\t9:00—9:50\n集合时间: 8:40\t9:50—10:40\n集合时间: 9:30\n201 教室\t体育教育 1—5班\n特殊教育 1班\t运动训练 1—5班\n应用心理学 1班\n301 教室\t体育教育 6—11 班\t";
    let quoted: Vec<String> = rooms_beside
        .replace("\n2", "\r2")
        .replace("\n3", "\r3")
        .split('\r')
        .map(|row| row.split('\t').map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join("\t"))
        .collect();
    let times_beside = "时间,201 教室,301 教室\n9:00—9:50,体育教育 1—5班 特殊教育 1班,体育教育 6—11 班\n9:50—10:40,\"运动训练 1—5班、应用心理学 1班\",\n";
    for grid in [quoted.join("\n").as_str(), times_beside] {
        let Imported { problem, plan, questions, .. } = imported(grid, &Options::default());
        assert_eq!(questions, [], "{grid}");
        let stations: Vec<_> = problem.stations.iter().map(|station| station.name.as_str()).collect();
        assert_eq!((stations, problem.classes.len()), (vec!["201 教室", "301 教室"], 18), "{grid}");
        let of = |name: &str| {
            let each = plan.assignments.iter().find(|each| each.class.to_string() == name).unwrap();
            (each.station, clock(each.start), clock(each.end))
        };
        assert_eq!(of("特殊教育1班"), (0, "09:41:40".into(), "09:50".into()), "{grid}");
        assert_eq!(of("体育教育6班").0, 1, "{grid}");
        assert_eq!(of("应用心理学1班").2, "10:40", "{grid}");
    }
}

#[test]
fn a_grid_goes_on_after_noon_and_what_is_not_read_of_it_is_asked() {
    let grid = "序号,地点,9:00—9:50（8:45集合）,9:50—10:40,17:30后\n1,201教室,软件1班,软件2101班,软件9班\n,,网络1班,,\n\
        ,地点,14:00—14:50,14:50—15:40,\n1,201教室,软件3班和4班,,\n备注：请提前到场,,,,\n合计,,,,\n";
    let Imported { problem, plan, questions, .. } = imported(grid, &Options::default());
    let told: Vec<_> = questions.iter().map(|each| (each.line, each.zh.as_str())).collect();
    assert_eq!(
        told,
        [
            (2, "“17:30后”这一列没有读入"),
            (5, "“软件3班”可能是一个班，也可能是几个班，按一个班读入"),
            (5, "“软件4班”可能是一个班，也可能是几个班，按一个班读入")
        ]
    );
    let of = |name: &str| {
        let each = plan.assignments.iter().find(|each| each.class.to_string() == name).unwrap();
        (each.station, clock(each.start), clock(each.end))
    };
    assert_eq!(of("软件1班"), (0, "09:00".into(), "09:25".into()));
    assert_eq!(of("网络1班"), (0, "09:25".into(), "09:50".into()));
    assert_eq!(of("软件4班"), (0, "14:25".into(), "14:50".into()));
    assert_eq!((problem.stations.len(), problem.classes.len()), (1, 5));
}

#[test]
fn what_is_no_cell_of_a_timetable_is_refused_with_its_line() {
    let long = |letters: usize| "法".repeat(letters);
    let refused = |table: String| read(table.as_bytes()).map(|_| ()).unwrap_err().to_string();
    assert!(refused(format!("学院,班级\n法学院,法学1班\n{},法学2班\n", long(200))).contains("line 3"));
    assert!(refused(format!("学院,班级\n法学院,{}\n", long(1_400))).contains("line 2"));
    let names = 250;
    assert!(read(format!("学院,班级\n法学院,{}\n", "法学1班".repeat(names)).as_bytes()).is_ok());
}

#[test]
fn classes_of_one_name_in_two_colleges_are_two_and_a_number_takes_its_major() {
    let list = "学院,专业,班级,人数,日期,时间\n法学院,,2101班,40,2024年4月21日（星期日）,8:30-8:50\n文学院,,2101班,30,2024年4月22日,8:30-8:50\n\
        信息学院,软件工程,1班,30,4月23日,9:00-9:20\n合计,,,100,,\n";
    let Imported { problem, plan, questions, dates, .. } = imported(list, &Options::default());
    let classes: Vec<_> = problem.classes.iter().map(|class| class.id.to_string()).collect();
    assert_eq!(classes, ["法学院/2101班", "文学院/2101班", "软件工程1班"]);
    let told: Vec<_> = questions.iter().map(|each| (each.line, each.zh.as_str())).collect();
    assert_eq!(told, [(4, "日期“4月23日”看不懂，请写成 2024-04-21")]);
    assert_eq!(dates.len(), 2);
    let starts: Vec<_> = plan.assignments.iter().map(|each| each.start / 86_400).collect();
    assert_eq!(starts, [0, 1], "nobody is placed on a day that is not read");
}

#[test]
fn a_printed_heading_holds_college_sum_and_station_and_the_sum_is_checked() {
    let table = "学院,班级,人数,采集时间\n\"马克思主义学院\n（3个班，165人）\n1号机位\",法学 2101,62,8:30---9:20\n,法学 2102,44,\n,思想政治教育(公费师范)2101,59,\n\
        体育学院 1号机位,运动训练 2102,47,9:20---9:35\n\"国际学院(中外合作)（2个班，90人）2号机位\",软件2101,40,8:30-8:45\n,软件2102,40,8:45-9:00\n\
        美术学院（2个班，50人）,美术2101,20,9:00-9:10\n文学院,中文2101,20,9:10-9:20\n美术学院（2个班，50人）,美术2102,30,9:20-9:30\n";
    let Imported { problem, questions, .. } = imported(table, &Options::default());
    let colleges: Vec<_> = problem.colleges.iter().map(|college| college.name.as_str()).collect();
    assert_eq!(colleges, ["马克思主义学院", "体育学院", "国际学院(中外合作)", "美术学院", "文学院"]);
    assert_eq!(
        problem.stations.iter().map(|station| station.name.as_str()).collect::<Vec<_>>(),
        ["1号机位", "2号机位"]
    );
    let told: Vec<_> = questions.iter().map(|question| (question.line, question.zh.as_str())).collect();
    assert_eq!(told, [(6, "写明 2 个班、90 人，表中为 2 个班、80 人")]);
}

#[test]
fn a_given_timetable_places_the_classes_of_the_roster_and_asks_about_the_rest() {
    let roster = "学院,班级,人数\n法学院,法学2101,60\n法学院,法学2102,30\n经济学院,金融2101班,40\n文学院,中文2101,20\n";
    let hours = vec![(8 * 3_600, 12 * 3_600)];
    let Imported { mut problem, .. } =
        imported(roster, &Options { hours, pace: Some(20.0), stations: 2, ..Options::default() });
    let day = jiff::civil::date(2024, 3, 11);
    let parse = read;
    let read = |problem: &mut schedule::Problem, table: &str| {
        let table = parse(table.as_bytes()).unwrap();
        let (plan, questions) = campaign::timetable::given(&table, &[day], problem);
        assert_eq!(plan.assignments.len() + plan.unplaced.len(), 4, "nobody is lost");
        let places: Vec<_> = plan
            .assignments
            .iter()
            .map(|each| format!("{} {} {}-{}", each.class, each.station, clock(each.start), clock(each.end)))
            .collect();
        let questions: Vec<_> = questions.iter().map(|each| format!("{} {}", each.line, each.zh)).collect();
        (places, questions)
    };
    // Units that share a window: each unit is all of its classes, by their students.
    let units =
        "培养单位名称\t预估时间\n法学院\t8:00-8:30\n经济学院\t8:30-9:00\n文学院\t\n理学院\t9:00-9:30\n";
    let (places, questions) = read(&mut problem, units);
    assert_eq!(
        places,
        [
            "法学2101 0 08:00-08:20",
            "法学2102 0 08:20-08:30",
            "金融2101班 0 08:30-08:50",
            "中文2101 0 08:50-09:00"
        ]
    );
    assert_eq!(questions, ["2 没有写明机位，放在“1”", "5 名单中没有“理学院”"]);
    // Stations 1 and 2 by their other names; another day, a wrong number and a slip are asked about.
    let list = "日期,机位,学院,班级,人数,时间\n2024年3月11日,1号机位,法学院,法学 2101 班,61,8:00-8:20\n2024-03-12,1号机位,法学院,法学2102,30,8:20-8:30\n\
        2024/3/11,2号机位,金融学院,金融2101,40,8:00-8:20\n2024-03-11,2号机位,经济学院,金融2101,40,9:00-9:20\n";
    let (places, questions) = read(&mut problem, list);
    assert_eq!(places, ["法学2101 0 08:00-08:20", "金融2101班 1 08:00-08:20"]);
    assert_eq!(
        questions,
        ["2 写明 61 人，名单中有 60 人", "3 2024-03-12 不是采集日", "5 “金融2101班”出现两次，以先出现的为准"]
    );
    assert_eq!(problem.stations.len(), 2);
    // Majors take the order of the table: a college that comes with the last of the alphabet first comes once.
    let roster = "学院,班级,人数\n理学院,化学2101,30\n理学院,数学2101,30\n理学院,数学2102,30\n";
    let hours = vec![(8 * 3_600, 12 * 3_600)];
    let mut one = imported(roster, &Options { hours, pace: Some(20.0), ..Options::default() }).problem;
    let table = "班级,时间\n数学2101,8:00-8:10\n数学2102,8:10-8:20\n化学2101,8:20-8:30\n";
    let (plan, questions) = campaign::timetable::given(&parse(table.as_bytes()).unwrap(), &[], &mut one);
    assert_eq!((score(&one, &plan).pieces, questions), (1, Vec::new()));
    // The same stations by other names, heads of several classes in a cell, and a wrong table changes nothing.
    let again = "机位,学院,班级,人数,时间\n2号机,法学院,法学2101、2102班,90,8:00-8:30\n 1 号机位,文学院,中文2101,20,8:00-8:10\n";
    let (places, questions) = read(&mut problem, again);
    assert_eq!((places.len(), questions), (3, Vec::new()));
    let (places, questions) = read(&mut problem, "教室,班级,时间\n201,法学2101,8:00-8:20\n");
    assert_eq!((places, questions.len()), (vec!["法学2101 0 08:00-08:20".to_owned()], 1));
    assert_eq!(problem.station_name(0), "201", "the table's stations take the place of others");
    assert_eq!(problem.stations.len(), 1);
    let (places, questions) = read(&mut problem, "教室,班级,时间\n8101,高数1班,8:00-9:40\n");
    assert_eq!((places.len(), questions.len(), problem.stations.len()), (0, 1, 1));
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
