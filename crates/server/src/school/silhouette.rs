//! A head and shoulders with the item that a rule of dress is about, crossed out where it must not be: the drawing of
//! the students' page, for the notice.

use campaign::settings::{Item, Verdict};
use serde::Serialize;

use crate::school::routes::campaigns::name;

/// A part to a line; a part with an id is drawn for the item or the verdict of that name.
const DRAWING: &str = include_str!("../../../../web/src/parts/silhouette.svg");
/// How large it is drawn for paper, in pixels: 40 × 48 units, five times.
pub const SIZE: [u32; 2] = [200, 240];

/// The drawing of a rule, as SVG.
pub fn svg(item: Item, verdict: Verdict) -> String {
    let shown = [attribute(&item), attribute(&verdict)];
    let is_shown = |line: &&str| !line.contains(" id=\"") || shown.iter().any(|id| line.contains(id));
    let lines: Vec<&str> = DRAWING.lines().filter(is_shown).collect();
    lines.join("\n").replacen(
        "width=\"40\" height=\"48\"",
        &format!("width=\"{}\" height=\"{}\"", SIZE[0], SIZE[1]),
        1,
    )
}

fn attribute(value: &impl Serialize) -> String {
    format!(" id=\"{}\"", name(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_own_drawing_with_nothing_of_the_others() {
        let glasses = svg(Item::Glasses, Verdict::Forbidden);
        assert!(glasses.contains("id=\"glasses\"") && glasses.contains("id=\"forbidden\""));
        assert!(!glasses.contains("id=\"makeup\"") && !glasses.contains("id=\"required\""));
        assert_ne!(svg(Item::Hair, Verdict::Required), svg(Item::HairDye, Verdict::Required));
    }
}
