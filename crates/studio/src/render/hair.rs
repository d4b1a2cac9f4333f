//! Hair as a shell over the scalp: thick where it grows, cut strand by strand at the hairline.

use super::{
    chance::{Chance, noise3},
    head::{HEAD, SKULL},
    mesh::{Mesh, Stuff, Vertex},
    space::{Vec3, curve, mix, ramp, vec3},
};

/// How hair is worn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// No hair on top.
    Bald,
    /// A few millimetres all over.
    Cropped,
    /// Some centimetres on top, shorter at the sides.
    Short,
    /// Short with the front falling over the forehead.
    Fringe,
    /// Combed back and tied behind the head.
    Tied,
    /// Combed back to a knot whose top shows over the head.
    Bun,
    /// Long, behind the ears and shoulders.
    Long,
    /// Curls all over.
    Curly,
}

/// One person's hair.
#[derive(Debug, Clone)]
pub struct Hair {
    pub style: Style,
    /// Linear reflectance; dark brown to black unless grey.
    pub colour: Vec3,
    /// Thickness on top, cm.
    pub thickness: f32,
    /// Hairline above the usual, cm.
    pub line: f32,
    /// Where strands start from: to the picture's right of the middle, −1 to 1.
    pub parting: f32,
    pub seed: u32,
}

impl Hair {
    /// The hair that belongs to a seed.
    pub fn draw(seed: u64, feminine: bool) -> Self {
        let mut chance = Chance::new(seed, "hair");
        let style = if feminine {
            chance.pick(&[
                Style::Tied,
                Style::Tied,
                Style::Bun,
                Style::Long,
                Style::Long,
                Style::Fringe,
                Style::Short,
            ])
        } else {
            let some =
                [Style::Short, Style::Short, Style::Short, Style::Fringe, Style::Cropped, Style::Curly];
            if chance.happens(0.05) { Style::Bald } else { chance.pick(&some) }
        };
        Self {
            style,
            colour: hair_colour(&mut chance),
            thickness: style.thickness() * chance.between(0.8, 1.25),
            line: chance.between(-0.5, 0.6),
            parting: chance.between(-1.0, 1.0),
            seed: chance.bits() as u32,
        }
    }

    /// Where the strands come from, as a direction from the middle of the skull.
    pub fn whorl(&self) -> Vec3 {
        match self.style {
            Style::Tied | Style::Bun | Style::Long => vec3(0.12 * self.parting, 0.75, 0.62).unit(),
            Style::Short | Style::Fringe => vec3(0.3 * self.parting, 0.92, -0.25).unit(),
            Style::Bald | Style::Cropped | Style::Curly => vec3(0.1 * self.parting, 0.85, -0.5).unit(),
        }
    }

    /// How far inside the hair a place of the standard head lies, cm; negative is skin.
    pub fn depth(&self, rest: Vec3) -> f32 {
        let from = rest - SKULL;
        let azimuth = rest.x.abs().atan2(from.z).to_degrees();
        let mut line = curve(&HAIRLINE, azimuth)[0];
        let front = 1.0 - ramp(30.0, 62.0, azimuth);
        line += front * self.line;
        match self.style {
            Style::Fringe => line += front * (mix(-2.1, -2.6, 0.5 + 0.5 * self.parting) - self.line),
            Style::Bald => line += 40.0,
            Style::Cropped => line += 0.8 * front,
            _ => {}
        }
        if matches!(self.style, Style::Tied | Style::Bun | Style::Long) {
            // Combed back: no sideburns below the temple.
            line += 1.6 * (1.0 - ramp(6.0, 26.0, (azimuth - 82.0).abs()));
        }
        rest.y - line
    }

    /// How far the hair stands off the scalp at a depth from its edge, cm.
    fn height(&self, rest: Vec3, depth: f32) -> f32 {
        let top = ramp(3.0, 13.0, rest.y);
        let full = self.thickness * mix(self.style.side(), 1.0, top);
        let rise = ramp(-0.3, self.style.rise(), depth);
        let lumps = match self.style {
            Style::Curly => 0.55 * noise3(rest * 0.9, self.seed) + 0.3 * noise3(rest * 2.0, self.seed ^ 1),
            Style::Tied | Style::Bun | Style::Cropped | Style::Bald => 0.03 * noise3(rest * 0.6, self.seed),
            _ => 0.16 * noise3(rest * 0.45, self.seed) + 0.08 * noise3(rest * 1.1, self.seed ^ 2),
        };
        (0.05 + (full + lumps * full.min(1.5)) * rise).max(0.04)
    }

    /// The shell over a head whose smooth corners lie at `places` with `normals`; `turn` moves the head.
    pub fn shell(&self, places: &[Vec3], normals: &[Vec3]) -> Option<Mesh> {
        if self.style == Style::Bald {
            return None;
        }
        let head = &*HEAD;
        let depths: Vec<f32> = head.rest.iter().map(|&rest| self.depth(rest)).collect();
        let mut mesh = Mesh::new(Stuff::Hair, 0.8);
        mesh.cut = true;
        let mut number = vec![u32::MAX; places.len()];
        for triangle in &head.steps[1].triangles {
            if triangle.iter().all(|&i| depths[i as usize] < -0.6) {
                continue;
            }
            let corners = triangle.map(|i| {
                let at = i as usize;
                if number[at] == u32::MAX {
                    number[at] = mesh.vertices.len() as u32;
                    let rest = head.rest[at];
                    let place = places[at] + normals[at] * self.height(rest, depths[at]);
                    mesh.vertices.push(Vertex { place, rest, mark: depths[at], ..Vertex::default() });
                }
                number[at]
            });
            mesh.triangles.push(corners);
        }
        mesh.find_normals();
        Some(mesh)
    }

    /// Hair that hangs or is tied behind the head.
    pub fn behind(&self) -> (Vec<Mesh>, Vec<Mesh>) {
        match self.style {
            Style::Bun => (vec![self.ball(vec3(0.0, 13.6, -8.0), vec3(3.3, 2.9, 3.0))], Vec::new()),
            Style::Tied => (vec![self.ball(vec3(0.0, 6.5, -14.0), vec3(2.2, 2.4, 2.0))], Vec::new()),
            Style::Long => (Vec::new(), vec![self.curtain()]),
            _ => Default::default(),
        }
    }

    fn ball(&self, centre: Vec3, radius: Vec3) -> Mesh {
        let mut mesh = Mesh::grid(Stuff::Hair, (20, 32), true, |row, column| {
            let (ps, pc) = (row as f32 / 19.0 * std::f32::consts::PI).sin_cos();
            let (a, b) = (-(column as f32) / 32.0 * std::f32::consts::TAU).sin_cos();
            let direction = vec3(ps * b, pc, ps * a);
            let bump = 1.0 + 0.07 * noise3(direction * 2.0, self.seed);
            let place = centre + direction.times(radius) * bump;
            Vertex { place, rest: place, mark: 5.0, ..Vertex::default() }
        });
        mesh.spacing = 0.8;
        mesh
    }

    /// Falls from behind the ears to below the shoulders.
    fn curtain(&self) -> Mesh {
        let mut mesh = Mesh::grid(Stuff::Hair, (40, 60), true, |row, column| {
            let share = row as f32 / 39.0;
            let y = mix(9.0, -24.0, share);
            let [half, deep] = curve(
                &[
                    (0.0, [6.4, 5.6]),
                    (0.3, [7.9, 5.2]),
                    (0.55, [7.6, 4.2]),
                    (0.8, [8.6, 3.4]),
                    (1.0, [8.2, 3.0]),
                ],
                share,
            );
            let (s, c) = (-(column as f32) / 60.0 * std::f32::consts::TAU).sin_cos();
            let wave = 1.0 + 0.035 * noise3(vec3(c * 2.5, y * 0.12, s * 2.5), self.seed);
            let place = vec3(c * half * wave, y, -7.6 + s * deep - 1.2 * ramp(-13.0, -20.0, y));
            Vertex { place, rest: place, mark: 5.0, ..Vertex::default() }
        });
        mesh.spacing = 1.0;
        mesh
    }
}

impl Style {
    /// Usual thickness on top, cm.
    fn thickness(self) -> f32 {
        match self {
            Self::Bald => 0.0,
            Self::Cropped => 0.35,
            Self::Tied | Self::Bun => 0.55,
            Self::Long => 0.9,
            Self::Short | Self::Fringe => 1.5,
            Self::Curly => 2.0,
        }
    }

    /// Thickness at the sides as a share of that on top.
    fn side(self) -> f32 {
        match self {
            Self::Short => 0.3,
            Self::Fringe | Self::Curly => 0.45,
            _ => 0.7,
        }
    }

    /// Within how many centimetres of the hairline the hair reaches its thickness.
    fn rise(self) -> f32 {
        match self {
            Self::Fringe => 1.2,
            Self::Curly | Self::Cropped => 1.5,
            _ => 2.8,
        }
    }
}

/// Height of the hairline by the angle from straight ahead round to the nape, degrees and cm.
const HAIRLINE: [(f32, [f32; 1]); 9] = [
    (0.0, [9.3]),
    (22.0, [9.1]),
    (38.0, [8.2]),
    (52.0, [6.6]),
    (66.0, [4.6]),
    (82.0, [2.4]),
    (97.0, [4.4]),
    (118.0, [0.5]),
    (150.0, [-4.5]),
];

fn hair_colour(chance: &mut Chance) -> Vec3 {
    let black = vec3(0.011, 0.0095, 0.009);
    let brown = vec3(0.042, 0.025, 0.016);
    let share = chance.unit();
    black.towards(brown, share * share)
}
