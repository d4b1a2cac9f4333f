//! A drawing as pixels: a card's, or a smaller one of ours.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb::Database};

use super::{CARD_PX, CardFault};

/// The PNG of an SVG in its own size, at most a card's, with these fonts. A character that none of them has is left out.
///
/// # Errors
/// [`CardFault::Drawing`] when the SVG is not one of ours.
pub fn png(svg: &str, fonts: Arc<Database>) -> Result<Vec<u8>, CardFault> {
    let drawing = |why: &dyn std::fmt::Display| CardFault::Drawing(why.to_string());
    let options = Options { fontdb: fonts, ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| drawing(&error))?;
    let size = tree.size().to_int_size();
    let fits = size.width() <= CARD_PX.0 && size.height() <= CARD_PX.1;
    let mut pixels =
        Pixmap::new(size.width(), size.height()).filter(|_| fits).ok_or_else(|| drawing(&"no room"))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| drawing(&error))
}
