//! Prints how well planted faults are noticed and how often flawless photos are not passed (`make quality`);
//! a number chooses how many students, `--write FILE` also puts the tables into a Markdown page between its two marks.

use std::process::ExitCode;

use portrait::standard::Standard;
use studio::{page, quality};
use vision::Vision;

/// Students with each fault; flawless ones are five times as many.
const STUDENTS: u64 = 20;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("quality: {reason}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let into = arguments.iter().position(|a| a == "--write").map(|at| arguments.get(at + 1));
    let into = into.map(|file| file.ok_or("--write needs a file")).transpose()?;
    let students = arguments.iter().find_map(|a| a.parse().ok()).unwrap_or(STUDENTS).max(1);
    let vision = Vision::new().map_err(|error| error.to_string())?;
    let standard = Standard::preset("jbz-2017-99").ok_or("there is no preset jbz-2017-99")?;
    let standard = standard.map_err(|error| error.to_string())?;
    let noticed = quality::faults(&(1..students + 1), &vision, &standard);
    let flawless = quality::flawless(&(1..5 * students + 1), &vision, &standard);
    let text = quality::report(&noticed, &flawless);
    print!("{text}");
    into.map_or(Ok(()), |file| page::write(file, "make quality", &text))
}
