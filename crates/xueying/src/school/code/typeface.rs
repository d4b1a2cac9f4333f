//! Fonts for cards: those of the system, whichever has a character.

use std::sync::{Arc, LazyLock};

use fontdb::Database;
use portrait::sheet::Typeface;

/// The system's fonts; read once, which takes a tenth of a second.
pub fn fonts() -> Arc<Database> {
    static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    Arc::clone(&FONTS)
}

/// The characters of a text that no font has.
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
