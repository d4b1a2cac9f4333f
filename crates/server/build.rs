//! Sees to it that the web pages are built before they are put into the binary.

use std::path::Path;

fn main() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo:rerun-if-changed={}", pages.display());
    assert!(
        pages.join("index.html").is_file(),
        "the web pages are not built: run `make web` (or `npm ci && npm run build` in web/)"
    );
}
