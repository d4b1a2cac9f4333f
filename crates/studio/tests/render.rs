//! Made-up portraits are faces to the nets, stand where their truth says, and are the same every time.

use studio::render::{Shot, render};
use vision::Vision;

fn shot(seed: u64) -> Shot {
    Shot { size: (600, 800), ..Shot::from_seed(seed) }
}

#[test]
fn the_nets_see_one_face_where_the_truth_has_it() {
    let vision = Vision::new().expect("the packaged nets");
    for seed in 1..=20 {
        let rendered = render(&shot(seed));
        let look = vision.look(&rendered.picture);
        assert_eq!(look.faces.len(), 1, "person {seed}");
        let mesh = look.mesh.expect("a face");
        assert!(mesh.presence > 0.9, "person {seed}: {}", mesh.presence);
        let [left, right] = rendered.truth.eyes;
        let width = rendered.truth.cheeks[0].distance(rendered.truth.cheeks[1]);
        let eyes = mesh.mean(&[33, 133, 362, 263]);
        let off = 100.0 * eyes.distance(left.middle(right)) / width;
        assert!(off < 2.5, "person {seed}: eyes {off:.1} % of the face width off");
    }
}

#[test]
fn the_same_seed_gives_the_same_picture_and_another_another() {
    assert!(render(&shot(3)).picture == render(&shot(3)).picture);
    assert!(render(&shot(3)).picture != render(&shot(4)).picture);
}
