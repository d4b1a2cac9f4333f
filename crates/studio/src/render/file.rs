//! A rendered picture as a camera's file that says of itself that nobody was photographed.

use super::Rendered;

/// How the comment begins that every rendered file carries; the seed follows.
pub const MARK: &str = "Xueying rendered portrait, no real person; seed ";
/// Quality of the JPEG, as cameras write them.
const QUALITY: f32 = 94.0;
/// The mark stands behind the headers; further in nobody looks for it.
const HEAD: usize = 4096;

/// The picture as a JPEG with the mark in a comment segment.
pub fn camera_jpeg(rendered: &Rendered, seed: u64) -> std::io::Result<Vec<u8>> {
    let mut writer = mozjpeg::Compress::new(mozjpeg::ColorSpace::JCS_RGB);
    writer.set_size(rendered.picture.width(), rendered.picture.height());
    writer.set_fastest_defaults();
    writer.set_quality(QUALITY);
    let mut started = writer.start_compress(Vec::new())?;
    started.write_marker(mozjpeg::Marker::COM, format!("{MARK}{seed}").as_bytes());
    started.write_scanlines(rendered.picture.rgb())?;
    started.finish()
}

/// Whether a file says that it was rendered here.
pub fn is_rendered(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(HEAD)];
    head.windows(MARK.len()).any(|window| window == MARK.as_bytes())
}
