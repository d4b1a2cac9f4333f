//! JPEG quality read off the quantisation tables: `ImageMagick`'s first-match rule, rebuilt from Annex K.
//!
//! The rule (coders/jpeg.c, `JPEGSetImageQuality`) compares the sum of all steps and of four chosen ones with those of
//! Annex K (ITU-T T.81) scaled to each quality. Where it finds none, `identify` prints 92; here that is `None`.

/// Annex K.1, natural order.
#[rustfmt::skip]
const LUMA: [u16; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Annex K.2, natural order.
#[rustfmt::skip]
const CHROMA: [u16; 64] = [
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// The quantisation tables of a file by number, natural order.
pub type Tables = [Option<[u16; 64]>; 4];

/// libjpeg's table scale in percent for a quality of 1 to 100.
pub(super) fn scale(quality: u8) -> u32 {
    let quality = u32::from(quality.clamp(1, 100));
    if quality < 50 { 5000 / quality } else { 200 - 2 * quality }
}

/// An Annex K table as libjpeg scales it for baseline files.
fn scaled(table: &[u16; 64], quality: u8) -> [u16; 64] {
    let percent = scale(quality);
    table.map(|step| ((u32::from(step) * percent + 50) / 100).clamp(1, 255) as u16)
}

/// Both tables of a quality, luma and chroma.
pub fn annex_k(quality: u8) -> ([u16; 64], [u16; 64]) {
    (scaled(&LUMA, quality), scaled(&CHROMA, quality))
}

/// The two sums that the rule compares: chosen steps and all steps.
fn sums(luma: &[u16; 64], chroma: Option<&[u16; 64]>) -> (u32, u32) {
    let total = |table: &[u16; 64]| table.iter().map(|&step| u32::from(step)).sum::<u32>();
    let chosen = u32::from(luma[2]) + u32::from(luma[53]);
    match chroma {
        Some(chroma) => (chosen + u32::from(chroma[0]) + u32::from(chroma[63]), total(luma) + total(chroma)),
        None => (chosen, total(luma)),
    }
}

/// The quality that `identify -format %Q` prints, `None` where it cannot decide.
pub fn identify(tables: &Tables) -> Option<u8> {
    let luma = tables[0].as_ref()?;
    let (chosen, mut total) = sums(luma, tables[1].as_ref());
    // The rule adds up every table of the file, also those beyond the two it knows.
    let further = if tables[1].is_some() { &tables[2..] } else { &tables[1..] };
    total += further.iter().flatten().flatten().map(|&step| u32::from(step)).sum::<u32>();
    for quality in 1..=100 {
        let (known_luma, known_chroma) = annex_k(quality);
        let (hash, sum) = sums(&known_luma, tables[1].is_some().then_some(&known_chroma));
        if chosen < hash && total < sum {
            continue;
        }
        return ((chosen <= hash && total <= sum) || quality > 50).then_some(quality);
    }
    None
}

/// The quality whose Annex K tables differ least from the file's, in mean logarithm of the steps.
pub fn nearest(tables: &Tables) -> Option<u8> {
    let luma = tables[0].as_ref()?;
    let distance = |quality: u8| -> f64 {
        let (known_luma, known_chroma) = annex_k(quality);
        let apart = |a: &[u16; 64], b: &[u16; 64]| -> f64 {
            a.iter().zip(b).map(|(&a, &b)| (f64::from(a.max(1)) / f64::from(b)).ln().abs()).sum()
        };
        apart(luma, &known_luma) + tables[1].as_ref().map_or(0.0, |chroma| apart(chroma, &known_chroma))
    };
    (1..=100).min_by(|&a, &b| distance(a).total_cmp(&distance(b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_annex_k_quality_is_its_own_nearest() {
        for quality in 1..=100 {
            let (luma, chroma) = annex_k(quality);
            let found = nearest(&[Some(luma), Some(chroma), None, None]).expect("there are tables");
            assert_eq!(annex_k(found), (luma, chroma), "quality {quality}");
        }
    }

    #[test]
    fn tables_of_no_known_quality_are_undecided() {
        // Large chosen steps with a small sum: what the rule meets first is below 50 and does not fit.
        let mut luma = [1; 64];
        (luma[2], luma[53]) = (60, 255);
        assert_eq!(identify(&[Some(luma), Some([30; 64]), None, None]), None);
    }
}
