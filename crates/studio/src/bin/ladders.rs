//! Prints the matrix of ladders against rules (`make ladders`); `--write FILE` also puts it into a Markdown page
//! between its two marks, `--values` prints every reading, names choose ladders. Ends with 1 when a measure loses its
//! order, a gross defect passes or a foreign verdict changes.

use std::process::ExitCode;

use portrait::standard::Standard;
use studio::{
    ladder::{self, photos, report, run},
    page,
};
use vision::Vision;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match ladders(&arguments) {
        Ok(faults) if faults.is_empty() => ExitCode::SUCCESS,
        Ok(faults) => {
            for fault in &faults {
                eprintln!("ladders: {fault}");
            }
            ExitCode::FAILURE
        }
        Err(reason) => {
            eprintln!("ladders: {reason}");
            ExitCode::from(2)
        }
    }
}

/// Prints and writes the matrix; gives what climbs must not show.
fn ladders(arguments: &[String]) -> Result<Vec<String>, String> {
    let into = arguments.iter().position(|a| a == "--write").map(|at| arguments.get(at + 1));
    let into = into.map(|file| file.ok_or("--write needs a file")).transpose()?;
    let chosen: Vec<&String> =
        arguments.iter().filter(|a| !a.starts_with("--") && Some(*a) != into).collect();
    let vision = Vision::new().map_err(|error| error.to_string())?;
    let standard = Standard::preset("jbz-2017-99").ok_or("there is no preset jbz-2017-99")?;
    let standard = standard.map_err(|error| error.to_string())?;
    let files = photos::files();
    let (bases, refused) = photos::bases(&files, &vision);
    if bases.is_empty() {
        return Err(
            "no base photos: run `make photos`, or set XUEYING_PORTRAITS to the portraits folder".into()
        );
    }
    let all = ladder::all();
    let ladders: Vec<_> =
        all.into_iter().filter(|l| chosen.is_empty() || chosen.iter().any(|name| *name == l.name)).collect();
    let climbs = run::climb(&run::pairs(&ladders, &bases), &vision, &standard);
    if arguments.iter().any(|a| a == "--values") {
        print!("{}", report::values(&climbs));
    }
    let mut parts = vec![
        report::matrix(&ladders, &climbs),
        report::faults(&bases, &vision, &standard),
        report::provenance(&files),
    ];
    parts.extend(refused.into_iter().map(|reason| format!("Not used: {reason}.\n")));
    let text = parts.join("\n");
    print!("{text}");
    if let Some(file) = into {
        page::write(file, "make ladders", &text)?;
    }
    Ok(run::faults(&climbs))
}
