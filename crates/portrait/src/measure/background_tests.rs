use super::*;
use crate::{
    look::{Look, Mask},
    measure::Reading,
    picture::Picture,
};

/// A person-shaped mask: a disc for the head, a neck, a rectangle for the shoulders.
fn person() -> Mask {
    let (width, height) = (120, 160);
    let is_person = |at: usize| {
        let (x, y) = ((at % width) as f32, (at / width) as f32);
        (x - 60.0).hypot(y - 60.0) < 28.0
            || (y > 60.0 && (x - 60.0).abs() < 12.0)
            || (y > 110.0 && (x - 60.0).abs() < 50.0)
    };
    let values = (0..width * height).map(|at| f32::from(u8::from(is_person(at)))).collect();
    Mask { area: Rect::new(0.0, 0.0, 480.0, 640.0), width, height, values }
}

/// Measures a 480 × 640 picture painted by a function of column and row.
fn readings(paint: impl Fn(usize, usize) -> [u8; 3]) -> Readings {
    let mut picture = Picture::filled(480, 640, [0; 3]);
    for y in 0..640 {
        for x in 0..480 {
            picture.set_pixel(x, y, paint(x, y));
        }
    }
    let look = Look { person: Some(person()), ..Look::default() };
    let mut readings = Readings::default();
    check(&Scene::new(&picture, &look), &mut readings);
    readings
}

fn value(readings: &Readings, measure: &str) -> f64 {
    readings.value(measure).unwrap_or_else(|| panic!("{measure} has no value"))
}

#[test]
fn a_flat_reference_blue_has_its_colour_and_no_fault() {
    let readings = readings(|_, _| [100, 197, 255]);
    let Some(Reading { value: Ok(Value::Colour(colour)), .. }) = readings.get("background-colour") else {
        panic!("no colour")
    };
    assert!(colour.distance(Lab { l: 75.9, a: -11.8, b: -37.2 }) < 0.3);
    for measure in [
        "background-range",
        "background-tint-range",
        "background-shadow",
        "background-texture",
        "background-objects",
    ] {
        assert!(value(&readings, measure) < 0.05, "{measure}");
    }
}

#[test]
fn a_gradient_is_read_as_its_range_and_not_as_a_shadow() {
    // Grey 255 to 225 down the picture: OFIQ's background formula still calls this 99 of 100.
    let readings = readings(|_, y| [(255 - y * 30 / 639) as u8; 3]);
    let range = value(&readings, "background-range");
    assert!((8.0..11.5).contains(&range), "{range}");
    assert!(value(&readings, "background-shadow") < 0.6);
}

#[test]
fn a_shadow_beside_the_head_is_read_as_its_depth() {
    let shadow = |x: usize, y: usize| (x as f32 - 360.0).hypot(y as f32 - 260.0) < 70.0;
    let readings = readings(|x, y| if shadow(x, y) { [215; 3] } else { [240; 3] });
    let depth = value(&readings, "background-shadow");
    let dark = crate::colour::lab([240; 3]).l - crate::colour::lab([215; 3]).l;
    assert!((f64::from(dark) - depth).abs() < 1.0, "{depth} for {dark}");
}

#[test]
fn a_dark_spot_far_from_the_person_is_an_object_and_no_shadow() {
    let readings = readings(|x, y| if x < 70 && (100..170).contains(&y) { [120; 3] } else { [240; 3] });
    assert!(value(&readings, "background-shadow") < 1.0);
    let share = value(&readings, "background-objects");
    assert!((0.01..0.05).contains(&share), "{share}");
}

#[test]
fn stripes_are_texture_and_noise_is_not() {
    let stripes = readings(|x, _| if x % 12 < 6 { [240; 3] } else { [230; 3] });
    assert!(value(&stripes, "background-texture") > 1.0);
    // A fixed scramble of the pixel's number stands for noise of ± 4.
    let noise = readings(|x, y| {
        let mut mixed = (y * 480 + x) as u64;
        mixed = (mixed ^ 0x9e37).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb);
        [(232 + (mixed >> 40) % 9) as u8; 3]
    });
    let texture = value(&noise, "background-texture");
    assert!(texture < 0.3, "{texture}");
}

#[test]
fn without_a_mask_nothing_is_claimed() {
    let picture = Picture::filled(480, 640, [255; 3]);
    let look = Look::default();
    let mut readings = Readings::default();
    check(&Scene::new(&picture, &look), &mut readings);
    let reading = readings.get("background-range").expect("reading");
    assert_eq!(reading.value, Err(Unmeasurable::NoMask));
}
