//! Templates: the five campaigns of the notices, as their notices state them.

use super::{Settings, SettingsError};

/// Names and files.
pub const TEMPLATES: [(&str, &str); 5] = [
    ("sports-2025", include_str!("../../templates/sports-2025.toml")),
    ("two-campuses-2024", include_str!("../../templates/two-campuses-2024.toml")),
    ("sports-2023", include_str!("../../templates/sports-2023.toml")),
    ("stations-2025", include_str!("../../templates/stations-2025.toml")),
    ("graduate-school-2025", include_str!("../../templates/graduate-school-2025.toml")),
];

/// The settings of a template; `None` when there is none of this name.
pub fn template(name: &str) -> Option<Result<Settings, SettingsError>> {
    TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, text)| Settings::parse(text))
}
