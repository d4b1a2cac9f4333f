//! Runs the program and reads what it says.

use std::{
    path::Path,
    process::{Command, Output},
};

/// The program with English messages and no colours of the terminal.
pub fn xueying<S: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    xueying_in(Path::new("."), arguments)
}

/// The same, started in a folder.
pub fn xueying_in<S: AsRef<std::ffi::OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = S>,
) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xueying"))
        .args(["--lang", "en"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program was built for this test")
}

/// What it wrote to standard output.
pub fn results(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("results are UTF-8")
}

/// What it wrote to standard error.
pub fn complaints(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("complaints are UTF-8")
}

/// Each line of standard output as JSON.
pub fn lines(output: &Output) -> Vec<serde_json::Value> {
    results(output).lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

/// A path as an argument.
pub fn text(path: &Path) -> String {
    path.to_str().expect("temporary folders have plain names").to_owned()
}
