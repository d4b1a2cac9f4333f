//! How a card comes into a picture: by a camera that looks at a phone, or as a saved and sent copy.

use fast_image_resize::Resizer;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use portrait::colour::LINEAR;
use portrait::picture::Picture;

use super::Shown;
use crate::degrade::{blur, byte, compression, sensor};
use crate::render::chance::Chance;

/// Frame of a station's camera in pixels.
const FRAME: (usize, usize) = (1280, 720);
/// From camera to screen, in widths of the card.
const DISTANCE: f32 = 2.5;
/// A phone shows the 720 pixels of a card on 1080 of its own.
const SCREEN_PITCH: f32 = 720.0 / 1080.0;
/// Share of a card's width that the code has, without its quiet zone.
const CODE_SHARE: f32 = 0.81;
/// Light of a white screen, of a black one, and of the room around the phone; 1 is white in the picture.
const LIGHT: [f32; 3] = [0.8, 0.01, 0.12];
/// Points taken per pixel and axis.
const SAMPLES: usize = 3;

/// Where the picture comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum View {
    /// A camera looks at a phone.
    Camera,
    /// The card's file, so many pixels wide.
    Copy(usize),
    /// A screenshot of a page that shows the card, so many pixels wide.
    Page(usize),
}

/// One way to see a card.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// Where the picture comes from.
    pub view: View,
    /// Width of the code in a camera's frame, pixels.
    pub code_px: f32,
    /// The phone turned in the picture, degrees.
    pub turned_deg: f32,
    /// The phone turned away from the camera, degrees.
    pub tilted_deg: f32,
    /// Standard deviation of the defocus, pixels.
    pub blur_px: f32,
    /// Way of the hand during the exposure, pixels.
    pub motion_px: f32,
    /// Depth of the stripes between the screen's pixels and the camera's, 0 to 1.
    pub stripes: f32,
    /// Standard deviation of the noise, grey levels of 255.
    pub noise: f32,
    /// Exposure; 1 shows the white of the screen at 80 % of the light of white.
    pub light: f32,
    /// Radius of a lamp's reflection on the screen, in widths of the code.
    pub glare: f32,
    /// JPEG quality by the tables of libjpeg.
    pub jpeg: f32,
    /// How often a messenger made it smaller (to 0.8) and compressed it again (quality 50).
    pub sent: u32,
    /// What is left of the quiet zone around the code when the picture was cut, modules; 4 leaves the card whole.
    pub quiet_modules: f32,
    /// Light on dark, as in dark mode.
    pub inverted: bool,
}

impl Scene {
    /// What a station's camera sees of a phone that is held well.
    pub const CAMERA: Self = Self {
        view: View::Camera,
        code_px: 300.0,
        turned_deg: 0.0,
        tilted_deg: 0.0,
        blur_px: 0.5,
        motion_px: 0.0,
        stripes: 0.1,
        noise: 4.0,
        light: 1.0,
        glare: 0.0,
        jpeg: 90.0,
        sent: 0,
        quiet_modules: 4.0,
        inverted: false,
    };

    /// The card's own file at a width.
    pub const fn copy(width: usize) -> Self {
        Self { view: View::Copy(width), blur_px: 0.0, stripes: 0.0, noise: 0.0, ..Self::CAMERA }
    }

    /// The picture; `seed` moves the hand a little.
    pub fn picture(&self, shown: &Shown, seed: u64) -> Picture {
        let card = if self.inverted { inverted(&shown.card) } else { shown.card.clone() };
        let mut picture = match self.view {
            View::Camera => self.photographed(&card, seed),
            View::Copy(width) => scaled(&self.cut(&card), width),
            View::Page(width) => page(&card, width),
        };
        if self.blur_px > 0.0 {
            picture = blur::gauss(&picture, self.blur_px);
        }
        if self.motion_px > 0.0 {
            picture = blur::motion(&picture, self.motion_px);
        }
        picture = sensor::noise(&picture, self.noise, seed);
        picture = compression::jpeg(&picture, self.jpeg);
        for _ in 0..self.sent {
            let width = picture.width() * 4 / 5;
            picture = compression::jpeg(&scaled(&picture, width), 50.0);
        }
        picture
    }

    fn photographed(&self, card: &Picture, seed: u64) -> Picture {
        let mut chance = Chance::new(seed, "hand");
        let centre = (
            FRAME.0 as f32 / 2.0 + chance.between(-60.0, 60.0),
            FRAME.1 as f32 / 2.0 + chance.between(-20.0, 20.0),
        );
        let turned = (self.turned_deg + chance.between(-3.0, 3.0)).to_radians().sin_cos();
        let tilted = self.tilted_deg.to_radians().sin_cos();
        let phase = chance.unit();
        let lamp = (chance.between(-0.25, 0.25), chance.between(-0.25, 0.25));
        let width = card.width() as f32;
        let px_per_card_px = self.code_px / (CODE_SHARE * width);
        // The middle of the code, in pixels of the card from its own middle.
        let code_above = (card.height() as f32 - (140.0 + width)) / 2.0;
        let on_card = |u: f32, v: f32| {
            let (x, y) = ((u - centre.0) / px_per_card_px, (v - centre.1) / px_per_card_px);
            let (x, y) = (x * turned.1 + y * turned.0, y * turned.1 - x * turned.0);
            let distance = DISTANCE * width;
            let across = x / (tilted.1 - x * tilted.0 / distance);
            (across, y * (1.0 + across * tilted.0 / distance) - code_above)
        };
        let mut picture = Picture::filled(FRAME.0, FRAME.1, [0; 3]);
        for v in 0..FRAME.1 {
            for u in 0..FRAME.0 {
                let mut light = 0.0;
                for sample in 0..SAMPLES * SAMPLES {
                    let offset = |at: usize| (at as f32 + 0.5) / SAMPLES as f32;
                    let (x, y) =
                        on_card(u as f32 + offset(sample % SAMPLES), v as f32 + offset(sample / SAMPLES));
                    light += lightness(card, x, y);
                }
                light /= (SAMPLES * SAMPLES) as f32;
                let (x, y) = on_card(u as f32 + 0.5, v as f32 + 0.5);
                let beat = (std::f32::consts::TAU * (x / SCREEN_PITCH + phase)).sin();
                light *= 1.0 + self.stripes * beat;
                if self.glare > 0.0 {
                    let from_lamp = (x / (CODE_SHARE * width) - lamp.0)
                        .hypot((y + code_above) / (CODE_SHARE * width) - lamp.1);
                    light += 1.5 * (-(from_lamp / self.glare).powi(4)).exp();
                }
                let level = byte(light * self.light);
                picture.set_pixel(u, v, [level; 3]);
            }
        }
        picture
    }

    /// The card cut close around its code.
    fn cut(&self, card: &Picture) -> Picture {
        if self.quiet_modules >= 4.0 {
            return card.clone();
        }
        let (mut top, mut bottom, mut left, mut right) = (card.height(), 0, card.width(), 0);
        for y in 70..70 + card.width() {
            for x in 0..card.width() {
                if card.pixel(x, y)[0] < 128 {
                    (top, bottom, left, right) =
                        (top.min(y), bottom.max(y + 1), left.min(x), right.max(x + 1));
                }
            }
        }
        let module = (right - left) as f32 / 55.0;
        let margin = (self.quiet_modules * module) as usize;
        let (left, top) = (left.saturating_sub(margin), top.saturating_sub(margin));
        let (width, height) = ((right + margin).min(card.width()) - left, bottom + margin - top);
        let mut cut = Picture::filled(width, height, [255; 3]);
        for y in 0..height {
            for x in 0..width {
                cut.set_pixel(x, y, card.pixel(left + x, top + y));
            }
        }
        cut
    }
}

/// Light at a place of the card, from its middle; a black phone around it, then the room.
fn lightness(card: &Picture, x: f32, y: f32) -> f32 {
    let (width, height) = (card.width() as f32, card.height() as f32);
    let (x, y) = (x + width / 2.0, y + height / 2.0);
    let [white, black, room] = LIGHT;
    if (0.0..width).contains(&x) && (0.0..height).contains(&y) {
        let level = card.pixel(x as usize, y as usize)[1];
        return black + (white - black) * LINEAR[usize::from(level)];
    }
    let is_phone = (-40.0..width + 40.0).contains(&x) && (-160.0..height + 160.0).contains(&y);
    if is_phone { black } else { room }
}

fn inverted(card: &Picture) -> Picture {
    let mut picture = card.clone();
    picture.rgb_mut().iter_mut().for_each(|byte| *byte = 255 - *byte);
    picture
}

/// The picture at a width, by Lanczos' filter, as programs make pictures smaller or larger.
fn scaled(picture: &Picture, width: usize) -> Picture {
    let size = |picture: &Picture| (picture.width() as u32, picture.height() as u32);
    let height = (picture.height() * width).div_ceil(picture.width());
    let mut scaled = Picture::filled(width, height, [0; 3]);
    let ((from_width, from_height), (width, height)) = (size(picture), size(&scaled));
    let from = TypedImageRef::<U8x3>::from_buffer(from_width, from_height, picture.rgb());
    let to = TypedImage::<U8x3>::from_buffer(width, height, scaled.rgb_mut());
    let (Ok(from), Ok(mut to)) = (from, to) else { return picture.clone() };
    match Resizer::new().resize_typed(&from, &mut to, None) {
        Ok(()) => scaled,
        Err(_) => picture.clone(),
    }
}

/// A page with lines of text above and below the card, which takes three quarters of its width.
fn page(card: &Picture, width: usize) -> Picture {
    let card = scaled(card, width * 3 / 4);
    let mut page = Picture::filled(width, width * 2, [246, 247, 249]);
    let place = (width / 8, width / 3);
    for y in 0..page.height() {
        for x in 0..width {
            let inside = (x.wrapping_sub(place.0), y.wrapping_sub(place.1));
            if inside.0 < card.width() && inside.1 < card.height() {
                page.set_pixel(x, y, card.pixel(inside.0, inside.1));
            } else if y % 60 < 22 && (x * 7 + y / 60 * 13) % 31 < 17 && x > 40 && x + 40 < width {
                page.set_pixel(x, y, [70; 3]);
            }
        }
    }
    page
}
