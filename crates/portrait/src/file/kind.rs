//! What a file is, by its first bytes; the name's extension only tells raw formats that look like TIFF apart.

use crate::file::{Refusal, Said};

/// A format that can be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Jpeg,
    Png,
}

/// Extensions of raw formats that begin like a TIFF file.
const TIFF_RAW: &[&str] =
    &["nef", "nrw", "arw", "sr2", "dng", "pef", "cr2", "srw", "3fr", "iiq", "erf", "kdc"];

/// Signatures of what is refused by name; the offset is where they begin.
const OTHER: &[(usize, &[u8], Other)] = &[
    (0, b"FUJIFILMCCD-RAW", Other::Raw("RAF")),
    (0, b"IIRO", Other::Raw("ORF")),
    (0, b"IIRS", Other::Raw("ORF")),
    (0, b"IIU\0", Other::Raw("RW2")),
    (0, b"FOVb", Other::Raw("X3F")),
    (0, b"\0MRM", Other::Raw("MRW")),
    (8, b"CR\x02", Other::Raw("CR2")),
    (4, b"ftypcrx ", Other::Raw("CR3")),
    (4, b"ftypavif", Other::Heif("AVIF")),
    (4, b"ftypavis", Other::Heif("AVIF")),
    (4, b"ftyphei", Other::Heif("HEIC")),
    (4, b"ftyphev", Other::Heif("HEIC")),
    (4, b"ftypmif1", Other::Heif("HEIF")),
    (4, b"ftypmsf1", Other::Heif("HEIF")),
    (4, b"ftyp", Other::NoPicture(Said { en: "a video", zh: "视频" })),
    (8, b"WEBP", Other::Picture("WebP")),
    (0, b"GIF8", Other::Picture("GIF")),
    (0, b"BM", Other::Picture("BMP")),
    (0, b"II*\0", Other::Picture("TIFF")),
    (0, b"MM\0*", Other::Picture("TIFF")),
    (0, b"8BPS", Other::Picture("Photoshop")),
    (0, b"\xFF\x0A", Other::Picture("JPEG XL")),
    (0, b"\0\0\0\x0CJXL ", Other::Picture("JPEG XL")),
    (0, b"\0\0\0\x0CjP  ", Other::Picture("JPEG 2000")),
    (0, b"%PDF", Other::NoPicture(Said { en: "a PDF document", zh: "PDF 文档" })),
    (
        0,
        b"PK\x03\x04",
        Other::NoPicture(Said {
            en: "a ZIP archive or Office document", zh: "ZIP 压缩包或 Office 文档"
        }),
    ),
    (0, b"\xD0\xCF\x11\xE0", Other::NoPicture(Said { en: "an Office document", zh: "Office 文档" })),
];

#[derive(Clone, Copy)]
enum Other {
    Raw(&'static str),
    Heif(&'static str),
    Picture(&'static str),
    NoPicture(Said),
}

/// Tells what the file is, or why it is not taken.
pub(super) fn sniff(bytes: &[u8], extension: Option<&str>) -> Result<Kind, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        return Ok(Kind::Png);
    }
    let known = OTHER
        .iter()
        .find(|(at, signature, _)| bytes.get(*at..).is_some_and(|rest| rest.starts_with(signature)));
    Err(match known {
        Some((_, _, Other::Raw(name))) => Refusal::Raw((*name).to_owned()),
        Some((_, _, Other::Heif(name))) => Refusal::Heif(name),
        Some((_, _, Other::Picture("TIFF"))) => tiff(extension),
        Some((_, _, Other::Picture(name))) => Refusal::OtherPicture(name),
        Some((_, _, Other::NoPicture(name))) => Refusal::NoPicture(*name),
        None => words(bytes),
    })
}

fn tiff(extension: Option<&str>) -> Refusal {
    let extension = extension.unwrap_or_default().to_ascii_lowercase();
    if TIFF_RAW.contains(&extension.as_str()) {
        Refusal::Raw(extension.to_ascii_uppercase())
    } else {
        Refusal::OtherPicture("TIFF")
    }
}

/// Tells web pages and texts from what is not known at all.
fn words(bytes: &[u8]) -> Refusal {
    let start = &bytes[..bytes.len().min(512)];
    let lower = start.to_ascii_lowercase();
    let trimmed = lower.trim_ascii_start();
    if trimmed.starts_with(b"<!doctype html") || trimmed.starts_with(b"<html") {
        return Refusal::NoPicture(Said {
            en: "a web page (the download failed or needs signing in)",
            zh: "网页：下载失败或需要登录",
        });
    }
    if trimmed.starts_with(b"<svg") {
        return Refusal::OtherPicture("SVG");
    }
    // A character cut in two at the end of the piece does not make it less of a text.
    let valid = match std::str::from_utf8(start) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let control = start.iter().any(|&byte| byte < 0x20 && !b"\t\n\r\x0C".contains(&byte));
    if valid && !control { Refusal::NoPicture(Said { en: "a text", zh: "文本" }) } else { Refusal::Unknown }
}
