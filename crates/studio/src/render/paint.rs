//! How each stuff looks in the light: one function per stuff, linear light out.

use super::{
    chance::{noise2, noise3},
    head::SKULL,
    light::{LAMPS, Lighting},
    mesh::{Stuff, Vertex},
    person::{Cut, Person},
    raster::Hit,
    skin,
    space::{Vec3, mix, ramp, vec3},
};

/// Towards the camera: far enough to be the same everywhere.
pub const VIEW: Vec3 = vec3(0.0, 0.0, 1.0);

/// Light of a hit as linear RGB.
pub fn paint(hit: &Hit, person: &Person, lighting: &Lighting, closed: f32) -> Vec3 {
    let vertex = &hit.vertex;
    match hit.mesh.stuff {
        Stuff::Skin => skin::paint(vertex, person, lighting, closed),
        Stuff::Hair => hair(vertex, person, lighting),
        Stuff::Eye => eye(vertex, person, lighting),
        Stuff::Lash => vec3(0.012, 0.009, 0.008),
        Stuff::Mouth => vec3(0.03, 0.008, 0.007),
        Stuff::Teeth => vec3(0.62, 0.58, 0.5) * soft(vertex, lighting, vertex.normal, 0.3),
        Stuff::Cloth => cloth(vertex, inner(person), person, lighting),
        Stuff::Collar => collar(vertex, inner(person), lighting),
        Stuff::Jacket => cloth(vertex, person.clothes.outer, person, lighting),
        Stuff::Frame => frame(vertex, person, lighting),
    }
}

/// What is worn next to the skin: the outer colour when there is no jacket.
fn inner(person: &Person) -> Vec3 {
    match person.clothes.cut {
        Cut::Tee | Cut::Shirt => person.clothes.outer,
        Cut::Sweater | Cut::Suit => person.clothes.inner,
    }
}

/// Light that falls on a place with this normal, around 1 when it faces the camera; `wrap` softens the edge.
pub fn soft(vertex: &Vertex, lighting: &Lighting, normal: Vec3, wrap: f32) -> f32 {
    let lamp = |i: usize| {
        let cosine = ((normal.dot(LAMPS[i]) + wrap) / (1.0 + wrap)).max(0.0);
        0.56 * lighting.lamps[i] * cosine * mix(vertex.light[i], 1.0, wrap * 0.35)
    };
    let room = 0.36 * lighting.room * mix(0.25, 1.0, vertex.light[2]) * (0.86 + 0.14 * normal.y);
    (lamp(0) + lamp(1) + room) * lighting.exposure
}

/// Mirror-like light of both lamps; larger `sharp` is a smaller highlight.
pub fn shine(vertex: &Vertex, lighting: &Lighting, normal: Vec3, sharp: f32) -> f32 {
    let lamp = |i: usize| {
        let half = (LAMPS[i] + VIEW).unit();
        lighting.lamps[i] * vertex.light[i] * normal.dot(half).max(0.0).powf(sharp)
    };
    (lamp(0) + lamp(1)) * lighting.exposure
}

/// Both sides of a thin thing are lit.
fn facing(normal: Vec3) -> Vec3 {
    if normal.z < 0.0 { -normal } else { normal }
}

fn hair(vertex: &Vertex, person: &Person, lighting: &Lighting) -> Vec3 {
    let hair = &person.hair;
    let normal = vertex.normal;
    let whorl = hair.whorl();
    let from = vertex.rest - SKULL;
    let direction = from.unit();
    let axis = if whorl.y.abs() > 0.95 { vec3(1.0, 0.0, 0.0) } else { vec3(0.0, 1.0, 0.0) };
    let side = whorl.cross(axis).unit();
    let up = side.cross(whorl);
    let turn = direction.dot(side).atan2(direction.dot(up));
    let along = direction.dot(whorl);
    let lock = noise3(vec3(turn * 14.0, along * 2.0, from.y * 0.12), hair.seed);
    let strand = noise2(turn * 75.0, along * 3.0 + lock, hair.seed ^ 5);
    let fine = noise2(turn * 210.0, along * 6.0, hair.seed ^ 6);
    let tangent = (direction - whorl - normal * (direction - whorl).dot(normal)).unit();
    let band = |i: usize| {
        let half = (LAMPS[i] + VIEW).unit();
        let cosine = tangent.dot(half);
        let sine = (1.0 - cosine * cosine).max(0.0).sqrt();
        lighting.lamps[i] * vertex.light[i] * (0.10 * sine.powf(60.0) + 0.05 * sine.powf(14.0))
    };
    let texture = (1.0 + 0.30 * lock + 0.30 * strand + 0.22 * fine).max(0.1);
    let diffuse = soft(vertex, lighting, normal, 0.25) * texture;
    let rim = ramp(0.2, 0.9, normal.z);
    let gloss = (band(0) + band(1)) * lighting.exposure * (0.35 + 0.4 * strand.max(-0.6) + 0.25 * fine) * rim;
    let deep = mix(0.5, 1.0, vertex.light[2]);
    hair.colour * (diffuse * 1.15 * deep)
        + (hair.colour * 2.2 + vec3(0.022, 0.021, 0.021)) * gloss.max(0.0) * 1.6
}

fn eye(vertex: &Vertex, person: &Person, lighting: &Lighting) -> Vec3 {
    let eyes = &person.eyes;
    let Vec3 { x, y, .. } = vertex.rest;
    let radius = x.hypot(y);
    let share = radius / eyes.radius;
    let angle = y.atan2(x);
    let below = vertex.mark;
    let lid = mix(0.42, 1.0, ramp(-0.05, 0.34, below));
    let light = soft(vertex, lighting, vertex.normal, 0.4) * lid;
    let vein = 0.02 * noise2(x * 5.0, y * 9.0, 11);
    let white = vec3(0.56 + vein, 0.50 - vein, 0.46 - vein) * mix(1.0, 0.72, ramp(0.6, 1.5, x.abs()));
    let spokes = 0.5 + 0.5 * noise2(angle * 9.0, share * 2.0, person.hair.seed);
    let ring = mix(1.0, 0.25, ramp(0.78, 1.0, share));
    let collar = mix(1.5, 0.9, ramp(0.3, 0.75, share));
    let iris = eyes.iris * (mix(0.6, 1.3, spokes) * ring * collar);
    let mut colour = white.towards(iris, ramp(1.06, 0.96, share));
    let pupil = vec3(0.004, 0.004, 0.004) + vec3(0.55, 0.02, 0.015) * lighting.red_eye;
    colour = colour.towards(pupil, ramp(eyes.pupil + 0.03, eyes.pupil - 0.03, radius));
    let mut out = colour * light;
    // The lamps' reflections on the cornea: two small soft squares.
    for lamp in [-1.0f32, 1.0] {
        let (dx, dy) = ((x - lamp * 0.20).abs(), (y - 0.17).abs());
        let square = ramp(0.085, 0.055, dx) * ramp(0.10, 0.07, dy);
        out += vec3(1.0, 1.0, 1.0) * (0.55 * square * lighting.exposure * ramp(0.0, 0.1, below));
    }
    out
}

fn cloth(vertex: &Vertex, colour: Vec3, person: &Person, lighting: &Lighting) -> Vec3 {
    let Vec3 { x, y, .. } = vertex.rest;
    let seed = person.hair.seed ^ 0x4d;
    let fold = |at: Vec3| {
        noise3(vec3(at.x * 0.10, at.y * 0.07, 0.0), seed)
            + 0.4 * noise3(vec3(at.x * 0.25, at.y * 0.16, 3.0), seed)
    };
    let here = fold(vertex.rest);
    let slope = vec3(
        fold(vertex.rest + vec3(1.0, 0.0, 0.0)) - here,
        fold(vertex.rest + vec3(0.0, 1.0, 0.0)) - here,
        0.0,
    );
    let normal = (facing(vertex.normal) - slope * 0.45).unit();
    let weave = 1.0 + 0.05 * noise2(x * 6.0, y * 6.0, seed) + 0.05 * noise2(x * 14.0, y * 14.0, seed);
    let hem = if vertex.mark < 1.3 && person.clothes.cut == Cut::Tee {
        let rib = 0.9 + 0.07 * (x * 9.0).sin();
        rib * mix(0.72, 1.0, ramp(0.0, 0.12, (vertex.mark - 1.25).abs()))
    } else {
        mix(0.7, 1.0, ramp(0.0, 0.25, vertex.mark))
    };
    colour * (soft(vertex, lighting, normal, 0.15) * weave * hem)
        + vec3(1.0, 1.0, 1.0) * (0.006 * shine(vertex, lighting, normal, 8.0))
}

fn collar(vertex: &Vertex, colour: Vec3, lighting: &Lighting) -> Vec3 {
    let Vec3 { x, y, .. } = vertex.rest;
    let stitch = mix(0.82, 1.0, ramp(0.0, 0.06, (vertex.mark - 0.45).abs()));
    let weave = 1.0 + 0.04 * noise2(x * 8.0, y * 8.0, 5);
    colour * (soft(vertex, lighting, facing(vertex.normal), 0.15) * stitch * weave * 1.03)
}

fn frame(vertex: &Vertex, person: &Person, lighting: &Lighting) -> Vec3 {
    let colour = person.glasses.as_ref().map_or(vec3(0.02, 0.02, 0.02), |glasses| glasses.colour);
    colour * soft(vertex, lighting, vertex.normal, 0.1)
        + vec3(0.16, 0.16, 0.16) * shine(vertex, lighting, vertex.normal, 40.0)
}
