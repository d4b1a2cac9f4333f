//! Reading and writing files: whole or not at all, and never over somebody else's work.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

use anyhow::{Result, anyhow, bail};

use crate::language::Language;

/// Largest file read, bytes: four times what a 60-megapixel camera writes as JPEG of the best quality (≈ 40 MB),
/// and within the memory of a batch.
const LARGEST_FILE_BYTES: u64 = 160 << 20;

/// Reads a whole file; a folder, device or pipe is refused, because reading one may never end.
pub fn read(path: &Path, language: Language) -> Result<Vec<u8>> {
    let facts = fs::metadata(path).map_err(|error| reason(&error, language))?;
    if facts.is_dir() {
        bail!(language.pick("是文件夹，不是文件", "is a folder, not a file"));
    }
    if !facts.is_file() {
        bail!(language.pick(
            "不是普通文件（设备或管道）；请给出照片文件",
            "is a device or a pipe; name a photo's file"
        ));
    }
    if facts.len() > LARGEST_FILE_BYTES {
        let (size, most) = (facts.len() >> 20, LARGEST_FILE_BYTES >> 20);
        bail!(language.pick(
            format!("文件有 {size} MB，超过上限 {most} MB；请导出为 JPEG"),
            format!("the file has {size} MB, more than {most} MB; export it as JPEG"),
        ));
    }
    let mut bytes = Vec::with_capacity(facts.len() as usize);
    File::open(path)
        // The file may grow between asking its size and reading it.
        .and_then(|file| file.take(LARGEST_FILE_BYTES).read_to_end(&mut bytes))
        .map_err(|error| reason(&error, language))?;
    Ok(bytes)
}

/// What became of a file that was to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is new, or replaced another as asked.
    New,
    /// The same bytes stood there already.
    Unchanged,
}

/// What to do when another file stands in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// Refuse and say so.
    Keep,
    /// Replace it (`--force`).
    Replace,
}

/// Writes a file in one step: a reader sees the old bytes or all of the new ones.
pub fn write(path: &Path, bytes: &[u8], existing: Existing, language: Language) -> Result<Written> {
    match fs::read(path) {
        Ok(old) if old == bytes => return Ok(Written::Unchanged),
        Ok(_) if existing == Existing::Keep => bail!(language.pick(
            format!("{} 已存在且内容不同；请换一个位置，或用 --force 覆盖", path.display()),
            format!(
                "{} exists and is different; choose another place, or --force to replace it",
                path.display()
            ),
        )),
        _ => {}
    }
    write_whole(path, bytes).map_err(|error| {
        let why = reason(&error, language);
        anyhow!(language.pick(
            format!("无法写入 {}：{why}", path.display()),
            format!("cannot write {}: {why}", path.display()),
        ))
    })?;
    Ok(Written::New)
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut part = path.file_name().unwrap_or_default().to_os_string();
    part.push(".part");
    let part = path.with_file_name(part);
    let written = File::create(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // The first error is the one to tell; what is left of the part matters less.
        let _ = fs::remove_file(&part);
    }
    written
}

/// Writes a secret that nobody else may read, and never over another file.
pub fn write_secret(path: &Path, bytes: &[u8], language: Language) -> Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::AlreadyExists => anyhow!(language.pick(
                "已存在；密钥文件不会被覆盖，请换一个名称",
                "exists; key files are never replaced, choose another name",
            )),
            _ => reason(&error, language),
        };
        anyhow!("{}: {why}", path.display())
    })
}

/// The SHA-256 of some bytes in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    seal::hexadecimal::text(&seal::suite::Suite::Modern.digest(&[bytes]))
}

/// Makes a folder and all above it.
pub fn make_folder(path: &Path, language: Language) -> Result<()> {
    fs::create_dir_all(path).map_err(|error| {
        let why = reason(&error, language);
        anyhow!(language.pick(
            format!("无法建立文件夹 {}：{why}", path.display()),
            format!("cannot make the folder {}: {why}", path.display()),
        ))
    })
}

/// An operating system's error as a sentence that says what to do.
pub fn reason(error: &io::Error, language: Language) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => {
            anyhow!(language.pick("文件不存在；请检查路径", "there is no such file; check the path"))
        }
        io::ErrorKind::PermissionDenied => {
            anyhow!(
                language
                    .pick("没有权限；请检查文件的权限", "permission denied; check the file's permissions")
            )
        }
        io::ErrorKind::StorageFull => {
            anyhow!(language.pick("磁盘已满；请腾出空间", "the disk is full; make room"))
        }
        io::ErrorKind::NotADirectory => anyhow!(
            language.pick("路径中有一段是文件而不是文件夹", "a part of the path is a file and not a folder")
        ),
        _ => anyhow!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_file_is_never_overwritten_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jpg");
        let write = |bytes: &[u8], existing| write(&path, bytes, existing, Language::English);
        assert_eq!(write(b"1", Existing::Keep).unwrap(), Written::New);
        assert_eq!(write(b"1", Existing::Keep).unwrap(), Written::Unchanged);
        assert!(write(b"2", Existing::Keep).is_err());
        assert_eq!(fs::read(&path).unwrap(), b"1");
        assert_eq!(write(b"2", Existing::Replace).unwrap(), Written::New);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_refused_instead_of_read_for_ever() {
        assert!(read(Path::new("/dev/zero"), Language::English).is_err());
    }
}
