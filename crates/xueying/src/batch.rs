//! Many files: found in folders in the order people expect, worked on by all cores, given back in order.
//!
//! A bad file never stops a batch: it is named on standard error and the rest goes on.
//! Each core holds one picture at a time, so memory grows with cores and not with files.

use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use rayon::iter::{ParallelBridge, ParallelIterator};
use walkdir::WalkDir;

use crate::{files, language::Language};

/// Files that stand in photo folders without being photos: what this program and spreadsheets leave there.
/// Everything else in a folder is tried, so that no photo is passed over because of its name.
const COMPANIONS: [&str; 9] = ["csv", "html", "ini", "json", "jsonl", "pdf", "svg", "toml", "xlsx"];

/// What stood at the given paths.
pub struct Found {
    /// Photos to try, folders in natural order.
    pub files: Vec<PathBuf>,
    /// Paths without anything to try, with the reason.
    pub problems: Vec<(PathBuf, anyhow::Error)>,
}

/// Walks the given paths; a file that is named itself is always tried.
pub fn find(paths: &[PathBuf], language: Language) -> Found {
    let mut found = Found { files: Vec::new(), problems: Vec::new() };
    for path in paths {
        if path.is_dir() {
            walk(path, language, &mut found);
        } else if let Err(error) = path.symlink_metadata() {
            found.problems.push((path.clone(), files::reason(&error, language)));
        } else {
            found.files.push(path.clone());
        }
    }
    found
}

/// Adds the photos under a folder.
fn walk(folder: &Path, language: Language, found: &mut Found) {
    let before = (found.files.len(), found.problems.len());
    let entries = WalkDir::new(folder)
        .follow_links(true)
        .sort_by(|a, b| natural(&a.file_name().to_string_lossy(), &b.file_name().to_string_lossy()))
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.'));
    for entry in entries {
        match entry {
            Ok(entry) if entry.file_type().is_file() && !is_companion(entry.path()) => {
                found.files.push(entry.into_path());
            }
            Ok(_) => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_path_buf();
                found.problems.push((path, unreadable(&error, language)));
            }
        }
    }
    if (found.files.len(), found.problems.len()) == before {
        let text = language.pick("文件夹里没有照片；请检查路径", "the folder holds no photo; check the path");
        found.problems.push((folder.to_path_buf(), anyhow!(text)));
    }
}

/// Why a folder's entry cannot be read.
fn unreadable(error: &walkdir::Error, language: Language) -> anyhow::Error {
    if error.loop_ancestor().is_some() {
        let text = language.pick(
            "链接指回上级文件夹，形成循环；请删除这个链接",
            "the link leads back to a folder above it; remove the link",
        );
        return anyhow!(text);
    }
    let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
    match language {
        Language::Chinese => anyhow!("无法读取（{cause}）；请检查权限"),
        Language::English => anyhow!("cannot be read ({cause}); check the permissions"),
    }
}

/// Whether a file in a folder is known not to be a photo.
fn is_companion(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    name == "Thumbs.db" || COMPANIONS.contains(&extension.as_str())
}

/// Order of names in which `2.jpg` comes before `10.jpg`.
pub fn natural(a: &str, b: &str) -> std::cmp::Ordering {
    parts(a).cmp(&parts(b)).then_with(|| a.cmp(b))
}

/// A name cut where digits begin and end; runs of digits compare by length without zeros, then by digits.
fn parts(name: &str) -> Vec<(bool, usize, String)> {
    let mut parts: Vec<(bool, usize, String)> = Vec::new();
    for character in name.chars().flat_map(char::to_lowercase) {
        let digit = character.is_ascii_digit();
        match parts.last_mut() {
            Some((last, _, text)) if *last != digit => text.push(character),
            _ => parts.push((!digit, 0, character.to_string())),
        }
    }
    for (text, length, digits) in &mut parts {
        if !*text {
            *digits = digits.trim_start_matches('0').to_owned();
            *length = digits.len();
        }
    }
    parts
}

/// Works on every file with all cores and hands each result to `take` in the files' order.
///
/// `work` may panic on a file: that becomes the file's error. An error of `take` ends the batch.
pub fn run<T: Send>(
    title: &'static str,
    files: &[PathBuf],
    work: impl Fn(usize, &Path) -> Result<T> + Sync,
    mut take: impl FnMut(&Path, Result<T>, &Progress) -> Result<()>,
) -> Result<()> {
    let progress = Progress::new(title, files.len());
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        let work = &work;
        scope.spawn(move || {
            files.iter().enumerate().par_bridge().for_each_with(sender, |sender, (index, file)| {
                let result = catch_unwind(AssertUnwindSafe(|| work(index, file)))
                    .unwrap_or_else(|_| Err(anyhow!("内部错误，请报告 · internal error, please report it")));
                // Nobody listens any more when `take` failed; the remaining results are not wanted then.
                let _ = sender.send((index, result));
            });
        });
        let mut waiting = BTreeMap::new();
        let mut next = 0;
        for (index, result) in results {
            progress.step();
            waiting.insert(index, result);
            while let Some(result) = waiting.remove(&next) {
                take(&files[next], result, &progress)?;
                next += 1;
            }
        }
        Ok(())
    })
}

/// A bar on the terminal once the work has taken a second; nothing where standard error is not a terminal.
pub struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

impl Progress {
    /// A bar for so many steps.
    pub fn new(title: &'static str, files: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        // The template is a constant, so a fault in it shows in the first run; the plain bar serves then.
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        bar.set_message(title);
        Self { bar, begun: Instant::now() }
    }

    fn step(&self) {
        self.at(self.bar.position() + 1);
    }

    /// So many steps are done.
    pub fn at(&self, steps: u64) {
        if self.bar.is_hidden() && self.begun.elapsed() > Duration::from_secs(1) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(steps);
    }

    /// Writes a line about a file to standard error without tearing the bar.
    pub fn complain(&self, file: &Path, problem: &anyhow::Error) {
        self.bar.suspend(|| complain(file, problem));
    }

    /// Writes results to standard output without tearing the bar.
    pub fn show(&self, write: impl FnOnce() -> Result<()>) -> Result<()> {
        self.bar.suspend(write)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Names a file and what is wrong with it on standard error.
pub fn complain(file: &Path, problem: &anyhow::Error) {
    eprintln!("{}: {problem:#}", file.display());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_people_expect() {
        let mut names =
            ["10.jpg", "2.jpg", "a1.jpg", "02.jpg", "A10.jpg", "a2.jpg", "照片12.jpg", "照片3.jpg"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(
            names,
            ["02.jpg", "2.jpg", "10.jpg", "a1.jpg", "a2.jpg", "A10.jpg", "照片3.jpg", "照片12.jpg"]
        );
    }

    #[test]
    fn results_come_in_the_files_order_and_a_panic_is_one_files_error() {
        let files: Vec<PathBuf> = (0..200).map(|n| PathBuf::from(n.to_string())).collect();
        let mut seen = Vec::new();
        run(
            "",
            &files,
            |_, file| {
                let number: u32 = file.to_string_lossy().parse()?;
                std::hint::black_box((0..u64::from(number * 7 % 11) * 10_000).sum::<u64>());
                assert_ne!(number, 17, "planted");
                Ok(number)
            },
            |file, result, _| {
                seen.push((file.to_path_buf(), result.ok()));
                Ok(())
            },
        )
        .unwrap();
        assert_eq!(seen.iter().map(|(file, _)| file.clone()).collect::<Vec<_>>(), files);
        assert_eq!(seen.iter().filter(|(_, result)| result.is_none()).count(), 1);
        assert_eq!(seen[17].1, None);
    }
}
