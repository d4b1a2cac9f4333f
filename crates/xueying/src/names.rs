//! What finished photos are called: by the camera's file name, or by a table from file to name.
//!
//! Names must work on Windows, where schools read them, and no two may meet in one folder.

use std::{
    borrow::Cow,
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, anyhow, bail};

use crate::language::Language;

/// Longest name in bytes without extension: file systems hold 255, `.jpg` and the ending of a file
/// that is being written need 9.
const LONGEST_NAME_BYTES: usize = 240;

/// Headings of the column that names the camera's file.
const FILE_HEADINGS: [&str; 4] = ["file", "文件", "文件名", "照片"];
/// Headings of the column that names the finished photo.
const NAME_HEADINGS: [&str; 4] = ["name", "名称", "新文件名", "学号"];

/// Names from a table.
#[derive(Debug, Default)]
pub struct Names {
    /// Rows by the last part of their file, in lower case.
    rows: HashMap<String, Vec<(PathBuf, String)>>,
}

impl Names {
    /// Reads a CSV file (comma or tab; UTF-8, or GB 18030 as Chinese Excel writes it) with the columns `file` and `name`.
    pub fn read(path: &Path, language: Language) -> Result<Self> {
        let read = || -> Result<Self> {
            let bytes = fs::read(path).map_err(|error| cannot_read(&error, language))?;
            let text = decoded(&bytes).ok_or_else(|| {
                anyhow!(language.pick(
                    "既不是 UTF-8 也不是 GB 18030 编码；在 Excel 中请另存为“CSV UTF-8（逗号分隔）”",
                    "the text is neither UTF-8 nor GB 18030; in Excel, save it as \"CSV UTF-8 (comma delimited)\"",
                ))
            })?;
            Self::parse(text.trim_start_matches('\u{feff}'), language)
        };
        read().with_context(|| path.display().to_string())
    }

    fn parse(text: &str, language: Language) -> Result<Self> {
        let tabs = text.lines().next().is_some_and(|first| first.contains('\t'));
        let mut table = csv::ReaderBuilder::new()
            .delimiter(if tabs { b'\t' } else { b',' })
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.as_bytes());
        let headings = table.headers()?.clone();
        let column = |wanted: &[&str]| {
            headings.iter().position(|heading| wanted.contains(&heading.to_lowercase().as_str())).ok_or_else(
                || {
                    let wanted = wanted[0];
                    anyhow!(language.pick(
                        format!("第 1 行没有“{wanted}”列；表头应为 file,name（文件,名称）"),
                        format!("line 1 has no column \"{wanted}\"; the heading is file,name"),
                    ))
                },
            )
        };
        let (file_column, name_column) = (column(&FILE_HEADINGS)?, column(&NAME_HEADINGS)?);

        let mut names = Self::default();
        let mut lines_by_name: HashMap<String, u64> = HashMap::new();
        for row in table.records() {
            let row = row?;
            let line = row.position().map_or(0, csv::Position::line);
            let file = row.get(file_column).unwrap_or_default();
            let name = without_extension(row.get(name_column).unwrap_or_default());
            if file.is_empty() && name.is_empty() {
                continue;
            }
            let place = || language.pick(format!("第 {line} 行"), format!("line {line}"));
            check(name, language).with_context(place)?;
            if let Some(first) = lines_by_name.insert(name.to_lowercase(), line) {
                bail!(language.pick(
                    format!("第 {first} 行和第 {line} 行的名称相同（不区分大小写）；请改其中一个"),
                    format!("lines {first} and {line} give the same name (case does not count); change one"),
                ));
            }
            let file = PathBuf::from(file.replace('\\', "/"));
            names.rows.entry(last_part(&file)).or_default().push((file, name.to_owned()));
        }
        Ok(names)
    }

    /// The name for a camera file; rows with folders must agree with the end of its path.
    fn of(&self, source: &Path) -> Option<&str> {
        let rows = self.rows.get(&last_part(source))?;
        let longest = rows
            .iter()
            .filter(|(file, _)| file.components().count() == 1 || source.ends_with(file))
            .max_by_key(|(file, _)| file.components().count())?;
        Some(&longest.1)
    }
}

/// The text of a table: UTF-8, else GB 18030, which holds GBK and GB 2312.
pub fn decoded(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let utf8 = str::from_utf8(bytes).ok().map(Cow::Borrowed);
    utf8.or_else(|| encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(bytes))
}

/// The file name for each source (`NAME.jpg`), or why it has none.
pub fn assign(sources: &[PathBuf], names: Option<&Names>, language: Language) -> Vec<Result<String>> {
    let mut taken: HashMap<String, PathBuf> = HashMap::new();
    sources
        .iter()
        .map(|source| {
            let name = wanted(source, names, language)?;
            check(&name, language)?;
            if let Some(other) = taken.insert(name.to_lowercase(), source.clone()) {
                let other = other.display().to_string();
                bail!(language.pick(
                    format!("与 {other} 的成品同名“{name}.jpg”；请用 --names 指定不同名称"),
                    format!("would get the name \"{name}.jpg\" like {other}; give names with --names"),
                ));
            }
            Ok(format!("{name}.jpg"))
        })
        .collect()
}

fn wanted(source: &Path, names: Option<&Names>, language: Language) -> Result<String> {
    match names {
        None => Ok(source.file_stem().unwrap_or_default().to_string_lossy().into_owned()),
        Some(names) => names.of(source).map(ToOwned::to_owned).ok_or_else(|| {
            anyhow!(language.pick(
                "名称表里没有这个文件；请在表中加一行",
                "the table of names has no row for this file; add one",
            ))
        }),
    }
}

/// Refuses what Windows cannot name.
pub fn check(name: &str, language: Language) -> Result<()> {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4
            && (stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.ends_with(|last: char| last.is_ascii_digit()));
    let wrong = |chinese: &str, english: &str| {
        Err(anyhow!(language.pick(
            format!("名称“{name}”{chinese}；请改名"),
            format!("the name \"{name}\" {english}; choose another"),
        )))
    };
    if name.is_empty() {
        return Err(anyhow!(language.pick("名称为空；请填写", "the name is empty; fill it in")));
    }
    if let Some(bad) = name.chars().find(|&c| c.is_control() || "<>:\"/\\|?*".contains(c)) {
        let bad = bad.escape_debug();
        return wrong(
            &format!("含有 Windows 不允许的字符“{bad}”"),
            &format!("holds \"{bad}\", which Windows does not allow"),
        );
    }
    if device {
        return wrong("是 Windows 的设备名", "is a device of Windows");
    }
    if name.starts_with('.') || name.ends_with(['.', ' ']) || name.starts_with(' ') {
        return wrong("首尾有点或空格", "begins or ends with a dot or a space");
    }
    if name.len() > LONGEST_NAME_BYTES {
        return wrong(
            &format!("超过 {LONGEST_NAME_BYTES} 字节"),
            &format!("is longer than {LONGEST_NAME_BYTES} bytes"),
        );
    }
    Ok(())
}

fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, extension)) if extension.eq_ignore_ascii_case("jpg") => stem,
        _ => name,
    }
}

fn last_part(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().to_lowercase()
}

fn cannot_read(error: &std::io::Error, language: Language) -> anyhow::Error {
    anyhow!(language.pick(format!("无法读取：{error}"), format!("cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(table: &str) -> String {
        format!("{:#}", Names::parse(table, Language::English).unwrap_err())
    }

    #[test]
    fn a_table_gives_each_file_its_name() {
        let names = Names::parse(
            "文件,学号\nDSC_0001.JPG,2027001\nday2/DSC_0001.JPG,2027002.jpg\n\n",
            Language::Chinese,
        )
        .unwrap();
        let sources = ["day1/dsc_0001.jpg", "day2/DSC_0001.JPG", "other.jpg"].map(PathBuf::from);
        let given = assign(&sources, Some(&names), Language::English);
        assert_eq!(given[0].as_ref().unwrap(), "2027001.jpg");
        assert_eq!(given[1].as_ref().unwrap(), "2027002.jpg");
        assert!(given[2].is_err());
    }

    #[test]
    fn a_table_of_chinese_excel_is_read() {
        let table = b"\xce\xc4\xbc\xfe,\xd1\xa7\xba\xc5\n\xd5\xc5.jpg,2027001\n";
        assert_eq!(decoded(table).as_deref(), Some("文件,学号\n张.jpg,2027001\n"));
        assert_eq!(decoded("文件".as_bytes()).as_deref(), Some("文件"));
        assert_eq!(decoded(b"\xff\xff"), None);
    }

    #[test]
    fn a_faulty_table_is_refused_with_its_line() {
        insta::assert_snapshot!(refusal("name\na"), @r#"line 1 has no column "file"; the heading is file,name"#);
        insta::assert_snapshot!(refusal("file,name\na.jpg,x\nb.jpg,X.JPG"), @"lines 2 and 3 give the same name (case does not count); change one");
        insta::assert_snapshot!(refusal("file,name\na.jpg,a/b"), @r#"line 2: the name "a/b" holds "/", which Windows does not allow; choose another"#);
        insta::assert_snapshot!(refusal("file,name\na.jpg,"), @"line 2: the name is empty; fill it in");
    }

    #[test]
    fn names_that_windows_cannot_hold_are_refused() {
        for name in ["con", "NUL.txt", "com1", "a:b", "a\u{7}", "end.", "end ", " a", ".a", &"长".repeat(81)]
        {
            assert!(check(name, Language::English).is_err(), "{name:?}");
        }
        for name in ["2027001", "张三 1", "console", "com", "a.b", &"长".repeat(80)] {
            assert!(check(name, Language::English).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn two_photos_never_get_one_name() {
        let sources = ["a/1.jpg", "b/1.JPG"].map(PathBuf::from);
        let given = assign(&sources, None, Language::English);
        assert!(given[0].is_ok() && given[1].is_err());
    }
}
