//! Neck, shoulders and what is worn on them.

use super::{
    chance::noise3,
    mesh::{Mesh, Stuff, Vertex},
    person::{Body, Clothes, Cut},
    space::{Vec3, curve, mix, ramp, vec3},
};

/// Half width, half depth and the middle's depth of the body by height (chin −9.4, shoulders −20), cm.
const PROFILE: [(f32, [f32; 3]); 12] = [
    (-60.0, [21.0, 12.0, -6.0]),
    (-34.0, [21.5, 12.0, -6.0]),
    (-26.0, [20.8, 11.0, -6.5]),
    (-22.8, [19.3, 10.0, -7.0]),
    (-20.4, [16.6, 9.0, -7.0]),
    (-18.9, [13.2, 8.3, -6.8]),
    (-17.4, [9.9, 7.6, -6.5]),
    (-15.6, [7.3, 6.8, -6.0]),
    (-13.0, [6.0, 6.2, -5.5]),
    (-9.0, [5.7, 5.9, -5.0]),
    (-4.0, [5.6, 5.8, -4.5]),
    (2.0, [5.2, 5.2, -4.5]),
];

/// Where the chin's height is taken from; the neck below it is stretched.
const NECK_TOP: f32 = -9.0;

/// The bare body's surface at an angle round it (0 in front, rising to the picture's right) and a height.
fn surface(body: &Body, angle: f32, y: f32) -> Vec3 {
    // `y` runs on the standard body; a long neck moves everything below it down.
    let [half, deep, middle] = curve(&PROFILE, y);
    let shoulder = ramp(-13.0, -20.0, y);
    let half = half * mix(body.neck, body.shoulders, shoulder);
    let deep = deep * mix(body.neck, mix(1.0, body.shoulders, 0.5), shoulder);
    let power = 2.0 / mix(2.0, 2.5, shoulder);
    let (s, c) = angle.sin_cos();
    let lower = body.neck_length * ramp(NECK_TOP, -14.0, y);
    vec3(s.signum() * s.abs().powf(power) * half, y - lower, middle + c.signum() * c.abs().powf(power) * deep)
}

/// The bare neck and upper chest.
pub fn neck(body: &Body) -> Mesh {
    let mut mesh = Mesh::grid(Stuff::Skin, (60, 72), true, |row, column| {
        let y = mix(2.0, -30.0, row as f32 / 59.0);
        let angle = column as f32 / 72.0 * std::f32::consts::TAU;
        let mut place = surface(body, angle, y);
        // Two tendons run from the ears to the pit of the neck.
        let run = ramp(-8.0, -17.0, y);
        let tendon = mix(0.75, 0.12, run);
        let front = angle.sin().abs();
        let depth = 0.28 * ramp(-8.0, -11.0, y) * ramp(-20.0, -17.0, y);
        place.z += depth
            * (super::space::bell(front - tendon, 0.16)
                - super::space::bell(front, 0.1) * ramp(-14.0, -17.0, y));
        Vertex {
            place,
            rest: place + vec3(0.0, body.neck_length * ramp(NECK_TOP, -14.0, y), 0.0),
            ..Vertex::default()
        }
    });
    mesh.spacing = 0.9;
    mesh
}

/// The height of a neckline: `back` behind and at the sides, `front` in front, `point` 1 round, larger for a V.
#[derive(Clone, Copy)]
struct Neckline {
    back: f32,
    front: f32,
    point: f32,
}

impl Neckline {
    fn height(self, angle: f32) -> f32 {
        let ahead = (0.5 + 0.5 * angle.cos()).powf(self.point);
        mix(self.back, self.front, ahead)
    }
}

/// A garment from its neckline down; `mark` is the distance below the neckline, cm.
fn garment(stuff: Stuff, body: &Body, line: Neckline, off: f32, seed: u32) -> Mesh {
    const ROWS: usize = 72;
    const AROUND: usize = 128;
    let mut mesh = Mesh::grid(stuff, (ROWS, AROUND), true, |row, column| {
        // The first rows turn over the hem.
        let share = (row.saturating_sub(2) as f32 / (ROWS - 3) as f32).powf(1.7);
        // Finer steps in front, where a V is narrow.
        let turn = column as f32 / AROUND as f32 * std::f32::consts::TAU;
        let angle = turn - 0.35 * turn.sin();
        let top = line.height(angle);
        let y = mix(top, -60.0, share);
        let bare = surface(body, angle, y);
        let stand = match row {
            0 => -0.25,
            1 => off * 0.8,
            _ => off,
        };
        let outward =
            vec3(angle.sin(), 0.35 * ramp(-14.0, -17.0, y) * ramp(-26.0, -20.0, y), angle.cos()).unit();
        let folds = 0.5 * ramp(-22.0, -30.0, y) * noise3(vec3(angle * 3.0, y * 0.12, 0.0), seed);
        let place = bare + outward * (stand + folds.max(-0.3));
        Vertex { place, rest: vec3(angle * 14.0, y, place.z), mark: (top - y).max(0.0), ..Vertex::default() }
    });
    mesh.spacing = 0.9;
    mesh
}

/// A shirt's collar leaf, folded over from its stand, open in front.
fn leaf(body: &Body, line: Neckline, seed: u32) -> Mesh {
    let _ = seed;
    let mut mesh = Mesh::grid(Stuff::Collar, (16, 97), false, |row, column| {
        let share = row as f32 / 15.0;
        let around = (column as f32 / 96.0 * 2.0 - 1.0) * std::f32::consts::PI;
        // From −π at one front edge round the back to π at the other: the front opens downwards.
        let ahead = (0.5 - 0.5 * around.cos()).powi(6);
        let opening = 0.07 + 0.34 * share;
        let angle = std::f32::consts::PI + around * (1.0 - opening / std::f32::consts::PI);
        let length = 4.0 + 2.9 * ahead;
        let top = line.height(angle) + 2.2 - 0.7 * ahead;
        let y = top - length * share;
        let bare = surface(body, angle, y);
        let fold = 0.45 + 0.75 * (share * 6.0).min(1.0) + 0.15 * (share * std::f32::consts::PI).sin();
        let outward = vec3(angle.sin(), 0.5 * ramp(-14.0, -17.5, y), angle.cos()).unit();
        let place = bare + outward * fold;
        let edge = (length * (1.0 - share)).min(9.0);
        Vertex { place, rest: vec3(angle * 9.0, y, place.z), mark: edge, ..Vertex::default() }
    });
    mesh.spacing = 0.6;
    mesh
}

/// Everything worn.
pub fn dress(clothes: &Clothes, body: &Body, seed: u32) -> Vec<Mesh> {
    let open = clothes.open;
    let round = Neckline { back: -14.0, front: -16.6 - open, point: 1.4 };
    let shirt = Neckline { back: -13.6, front: -16.0, point: 1.6 };
    match clothes.cut {
        Cut::Tee => vec![garment(Stuff::Cloth, body, round, 0.45, seed)],
        Cut::Shirt => vec![garment(Stuff::Cloth, body, shirt, 0.4, seed), leaf(body, shirt, seed)],
        Cut::Sweater => {
            let outer = Neckline { back: -14.6, front: -18.4 - open, point: 1.5 };
            vec![
                garment(Stuff::Cloth, body, shirt, 0.35, seed),
                leaf(body, shirt, seed),
                garment(Stuff::Jacket, body, outer, 0.75, seed),
            ]
        }
        Cut::Suit => {
            let outer = Neckline { back: -14.6, front: -33.0 - 3.0 * open, point: 7.0 };
            vec![
                garment(Stuff::Cloth, body, shirt, 0.35, seed),
                leaf(body, shirt, seed),
                garment(Stuff::Jacket, body, outer, 0.85, seed),
            ]
        }
    }
}
