//! Characters that no font of this computer draws: what is printed with them has a gap.

use fontdb::Database;
use portrait::sheet::Typeface;

/// The characters of a text that no font has, each once.
pub fn missing(text: &str, fonts: &Database) -> String {
    let mut missing: String = text.to_owned();
    for face in fonts.faces() {
        if missing.is_empty() {
            break;
        }
        let read = fonts.with_face_data(face.id, |data, index| Typeface::new(data.to_vec(), index));
        if let Some(Ok(typeface)) = read {
            missing = typeface.missing(&missing).into_iter().collect();
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use fontdb::FaceInfo;

    use super::*;

    #[test]
    fn names_with_rare_characters_are_drawn_and_one_that_no_font_has_is_named() {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        let is_noto =
            |face: &FaceInfo| face.families.iter().any(|(name, _)| name.starts_with("Noto Sans CJK"));
        if !fonts.faces().any(is_noto) {
            eprintln!("Noto Sans CJK is not on this computer: install fonts-noto-cjk to try rare characters");
            return;
        }
        // Every character of the names that the roster's reader compares: plain, variant, beyond the first plane, Latin.
        let names = "张三买提·艾力•．・ＡＮＡ Berg José刘备劉備叶问葉問王\u{4dae}頔\u{20bb7}田吉奡昊丰";
        assert_eq!(missing(names, &fonts), "");
        assert_eq!(missing("王\u{10ffff}王", &fonts), "\u{10ffff}");
    }
}
