//! Fonts for cards: those of the system, whichever has a character.

use std::sync::{Arc, LazyLock};

use fontdb::Database;

/// The system's fonts; read once, which takes a tenth of a second.
pub fn fonts() -> Arc<Database> {
    static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        Arc::new(fonts)
    });
    Arc::clone(&FONTS)
}
