//! Pages of the documentation that hold a part made by a program, between two marks.

use std::fs;

/// What ends every made part.
const END: &str = "<!-- end -->";

/// Replaces what stands between `<!-- made by `command` -->` and the end mark.
pub fn write(file: &str, command: &str, text: &str) -> Result<(), String> {
    let begin = format!("<!-- made by `{command}` -->");
    let old = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let parts = old
        .split_once(&begin)
        .and_then(|(before, rest)| rest.split_once(END).map(|(_, after)| (before, after)));
    let (before, after) = parts.ok_or(format!("{file}: the marks {begin} and {END} are missing"))?;
    let new = format!("{before}{begin}\n\n{text}\n{END}{after}");
    fs::write(file, new).map_err(|error| format!("{file}: {error}"))
}
