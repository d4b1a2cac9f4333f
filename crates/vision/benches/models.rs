//! Milliseconds of each net and of whole looks on one thread: the median and the fastest of many runs.
//!
//! `cargo bench -p vision`; `scripts/bench-peers.py` measures other engines on the same files at the same moment.

use std::{hint::black_box, time::Instant};

use portrait::picture::Picture;
use vision::{Vision, net::Net, weights};

/// Runs of each; the first tenth only warms up.
const RUNS: usize = 200;

fn main() {
    let nets = [
        ("detector 128", Net::read(weights::face_detector())),
        ("attention mesh 192", Net::read(weights::attention_mesh())),
        ("person mask 256", Net::read(weights::PERSON)),
    ];
    let mut sum = 0.0;
    for (name, net) in nets {
        let net = net.expect("packaged models can be read");
        let input: Vec<f32> = (0..net.input_len()).map(|i| (i % 251) as f32 / 251.0).collect();
        sum += report(name, || {
            net.run(|values| values.copy_from_slice(&input), |outputs| black_box(outputs[0][0]));
        });
    }
    println!("{:<28} {sum:7.2}", "sum of these");
    let started = Instant::now();
    let vision = Vision::new().expect("packaged models can be read");
    println!("{:<28} {:7.2}", "all nets made ready", started.elapsed().as_secs_f64() * 1e3);
    let picture = gradient(1200, 1600);
    report("faces of 1200 × 1600", || {
        black_box(vision.faces(&picture));
    });
    report("person of 1200 × 1600", || {
        black_box(vision.person(&picture));
    });
    let mesh = canonical(&picture);
    report("descriptor with warp", || {
        black_box(vision.descriptor(&picture, &mesh));
    });
    report("expression with warp", || {
        black_box(vision.expression(&picture, &mesh));
    });
}

/// A picture without a face.
fn gradient(width: usize, height: usize) -> Picture {
    let rgb = (0..width * height * 3).map(|i| (i / 3 % width * 255 / width) as u8).collect();
    Picture::new(width, height, rgb).expect("as long as it must be")
}

/// The canonical face in the middle of a picture.
fn canonical(picture: &Picture) -> portrait::look::Mesh {
    let (x0, y0) = (picture.width() as f32 / 2.0, picture.height() as f32 / 2.0);
    let points = vision::canonical_mesh().vertices.iter().map(|[x, y, z]| portrait::look::Landmark {
        x: x0 + 20.0 * x,
        y: y0 - 20.0 * y,
        z: -20.0 * z,
    });
    portrait::look::Mesh { points: points.collect(), presence: 1.0 }
}

/// Times `run` and prints a line; gives the median in milliseconds.
fn report(name: &str, mut run: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..RUNS)
        .map(|_| {
            let started = Instant::now();
            run();
            started.elapsed().as_secs_f64() * 1e3
        })
        .skip(RUNS / 10)
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{name:<28} {:7.2} (fastest {:.2})", times[times.len() / 2], times[0]);
    times[times.len() / 2]
}
