//! Packing and checking a delivery: 3 575 photos and 100 000, beside writing and reading the same bytes alone.
#![expect(clippy::print_stdout, reason = "a bench tells its numbers")]

use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::time::{Duration, Instant};

use campaign::delivery::PHOTOS_PER_VOLUME;
use campaign::delivery::package::{check, volume};
use seal::suite::Suite;

/// A finished photo lies near 36 KB.
const BYTES: usize = 36 * 1024;

fn photo(number: usize) -> Vec<u8> {
    let mut word = number as u64 + 1;
    let mut next = || {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        word.to_le_bytes()
    };
    (0..BYTES / 8).flat_map(|_| next()).collect()
}

/// The largest memory that the process had, from the kernel; 0 where it does not say.
fn peak_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok()).map_or(0, |kb| kb / 1024)
}

fn main() {
    for photos in [3_575, 100_000] {
        let (mut packing, mut checking, mut copying) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
        let mut bytes = 0;
        for (at, first) in (0..photos).step_by(PHOTOS_PER_VOLUME).enumerate() {
            let last = photos.min(first + PHOTOS_PER_VOLUME);
            let files: Vec<(String, Vec<u8>)> =
                (first..last).map(|number| (format!("{number:08}.jpg"), photo(number))).collect();
            let begun = Instant::now();
            let Ok((made, packed)) = volume(&format!("{at}.zip"), &files, Suite::Modern) else { continue };
            packing += begun.elapsed();
            let begun = Instant::now();
            black_box(files.iter().map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>());
            copying += begun.elapsed();
            let begun = Instant::now();
            assert!(check(&made, &mut Cursor::new(&packed), Suite::Modern).is_empty());
            checking += begun.elapsed();
            bytes += packed.len();
        }
        let seconds = |time: Duration| time.as_secs_f64();
        println!(
            "{photos} photos, {} MB: packed in {:.2} s, checked in {:.2} s; the bytes copied alone {:.2} s (× {:.1}); peak {} MB",
            bytes >> 20,
            seconds(packing),
            seconds(checking),
            seconds(copying),
            seconds(packing) / seconds(copying),
            peak_mb()
        );
    }
}
