//! The tree keeps what its documents promise: arrows between crates, coverage, translations.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The block that ARCHITECTURE.md marks as `arrows`.
fn drawn_arrows() -> Arrows {
    let text = read("ARCHITECTURE.md");
    let block = text.split("```arrows\n").nth(1).expect("ARCHITECTURE.md has an arrows block");
    let block = block.split("```").next().expect("the block ends");
    block
        .lines()
        .map(|line| {
            let (from, to) = line.split_once("->").unwrap_or_else(|| panic!("no arrow in {line:?}"));
            (from.trim().to_owned(), to.split_whitespace().map(str::to_owned).collect())
        })
        .collect()
}

/// What the manifests say: the crates of this workspace that each crate is built from.
fn built_arrows() -> Arrows {
    let crates: Vec<String> = fs::read_dir(root().join("crates"))
        .expect("crates/ is there")
        .map(|entry| entry.expect("readable").file_name().into_string().expect("plain names"))
        .collect();
    crates
        .iter()
        .map(|name| {
            let manifest: toml::Table =
                read(&format!("crates/{name}/Cargo.toml")).parse().expect("a manifest is TOML");
            let ours = dependencies(&manifest).filter(|dependency| crates.contains(dependency)).collect();
            (name.clone(), ours)
        })
        .collect()
}

/// Normal and build dependencies of a manifest, those for single targets included; tests may reach further.
fn dependencies(manifest: &toml::Table) -> impl Iterator<Item = String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let tables = targets.filter_map(|(_, table)| table.as_table()).chain([manifest]);
    tables
        .flat_map(|table| ["dependencies", "build-dependencies"].map(|kind| table.get(kind)))
        .flatten()
        .filter_map(toml::Value::as_table)
        .flat_map(|table| table.keys().cloned())
        .collect::<Vec<_>>()
        .into_iter()
}

#[test]
fn the_crates_depend_on_each_other_as_drawn() {
    assert_eq!(built_arrows(), drawn_arrows(), "left: the manifests, right: ARCHITECTURE.md");
}

#[test]
fn the_agencys_program_is_built_without_a_crate_that_knows_a_roster() {
    let build = |features: &[&str]| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args([
            "tree",
            "--package",
            "xueying",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--locked",
        ]);
        let listed = cargo.args(features).current_dir(root()).output().expect("cargo runs");
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        let listed = String::from_utf8(listed.stdout).expect("names are text");
        listed.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let (school, agency) = (build(&[]), build(&["--no-default-features"]));
    for name in ["campaign", "roster", "schedule", "outside"] {
        assert!(school.contains(name) && !agency.contains(name), "{name}");
    }
    assert!(agency.contains("capture") && agency.contains("server"), "the station is there");
}

#[test]
fn every_test_that_the_coverage_table_names_exists() {
    for (row, tests) in rows_with_tests("docs/coverage.md", 0) {
        assert!(!tests.is_empty(), "no test in the last column of {row}");
    }
}

#[test]
fn every_line_of_the_notices_has_a_test_or_says_why_it_is_left_out() {
    let text = read("docs/notices.md");
    let lines = text.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| rule"));
    let (all, left): (Vec<&str>, Vec<&str>) = lines.partition(|line| !line.trim_end().ends_with("| – |"));
    assert!(all.len() > 40, "{} lines", all.len());
    for line in all {
        let cell = line.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap_or_default();
        assert!(cell.contains('_') || cell.contains(".spec.ts"), "no test in {line}");
    }
    for line in left {
        assert!(line.contains("left"), "no reason in {line}");
    }
    let _named = rows_with_tests("docs/notices.md", 0);
}

#[test]
fn every_attack_has_a_test_that_exists() {
    let attacks: Vec<_> = rows_with_tests("docs/security.md", 1)
        .into_iter()
        .filter(|(row, _)| row.split('|').nth(1).is_some_and(|number| number.trim().parse::<u32>().is_ok()))
        .collect();
    assert!(attacks.len() >= 25, "{} attacks", attacks.len());
    for (row, tests) in attacks {
        assert!(!tests.is_empty(), "no test in {row}");
    }
}

/// Rows of a page's tables with the tests that they name in a column, counted from the right; each test exists.
fn rows_with_tests(page: &str, column: usize) -> Vec<(String, Vec<String>)> {
    let sources: String = rust_files(&root().join("crates")).iter().map(|path| read_path(path)).collect();
    let text = read(page);
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && line.contains('`')).collect();
    assert!(!rows.is_empty(), "{page} has rows");
    let tests = |row: &str| {
        let cell = row.trim_end_matches(['|', ' ']).rsplit('|').nth(column).unwrap_or_default();
        let named = cell.split('`').skip(1).step_by(2).filter(|name| name.contains('_'));
        let named: Vec<String> =
            named.map(|name| name.rsplit("::").next().unwrap_or(name).to_owned()).collect();
        for name in &named {
            assert!(sources.contains(&format!("fn {name}(")), "{page} names `{name}`, which is not there");
        }
        named
    };
    rows.into_iter().map(|row| (row.to_owned(), tests(row))).collect()
}

#[test]
fn the_two_readmes_have_the_same_parts_and_the_same_commands() {
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    let parts = |text: &str| text.lines().filter(|line| line.starts_with('#')).count();
    assert_eq!(parts(&english), parts(&chinese), "headings");
    assert_eq!(commands(&english), commands(&chinese), "commands in code blocks");
}

/// The lines of all code blocks without their comments.
fn commands(text: &str) -> Vec<String> {
    text.split("```")
        .skip(1)
        .step_by(2)
        .flat_map(|block| block.lines().skip(1))
        .map(|line| line.split(" #").next().unwrap_or(line).trim().to_owned())
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of ours can be read") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

fn read_path(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
