//! What a phone shows: the card of a code that was really issued, and what the code says.

use std::sync::Arc;

use portrait::picture::Picture;
use seal::card::{Card, png};
use seal::code::text::{Issuer, IssuingKeys};
use seal::code::{Holder, Level};
use seal::keys::{HidingKey, Nonce, SigningKey};
use seal::masking::{MaskedDocument, MaskedName};
use seal::suite::{NONCE_BYTES, Suite};
use zeroize::Zeroizing;

use crate::render::chance::Chance;

/// A card as pixels, with its truth.
#[derive(Debug)]
pub struct Shown {
    /// The card.
    pub card: Picture,
    /// The text of the code on it.
    pub text: String,
}

impl Shown {
    /// The card of a made-up student; `None` when it could not be drawn.
    pub fn of(suite: Suite, seed: u64) -> Option<Self> {
        let mut chance = Chance::new(seed, "code");
        let mut bytes = |count: usize| (0..count).map(|_| chance.bits() as u8).collect::<Vec<u8>>();
        let code = HidingKey::new(suite, Zeroizing::new(bytes(suite.hiding_key_bytes())))?;
        let issuer = SigningKey::new(suite, Zeroizing::new(bytes(suite.signing_key_bytes())))?;
        let nonce: [u8; NONCE_BYTES] = bytes(NONCE_BYTES).try_into().ok()?;
        let campaign = "xd-2027".to_owned().try_into().ok()?;
        let holder = Holder {
            student: format!("107012{:05}", seed % 100_000).try_into().ok()?,
            name: MaskedName::of("欧阳娜娜"),
            document: MaskedDocument::of("61010419990307002X"),
            school: "10701".to_owned().try_into().ok()?,
            level: Level::Undergraduate,
        };
        let mut issuer = Issuer::new(IssuingKeys { campaign, code, issuer }, []);
        let (_, code) = issuer.issue(&holder, (1_803_859_200, 1_814_400_000), Nonce::new(nonce)).ok()?;
        let card =
            Card { code: &code, holder: &holder, school: "西安电子科技大学", until: "2027-07-01" };
        let drawn = png(&card.svg().ok()?, Arc::default()).ok()?;
        Some(Self { card: decoded(&drawn)?, text: code.reveal().to_owned() })
    }
}

fn decoded(drawn: &[u8]) -> Option<Picture> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(drawn)).read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let frame = reader.next_frame(&mut rgba).ok()?;
    let rgb = rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    Picture::new(frame.width as usize, frame.height as usize, rgb)
}
