//! The studio: made-up portraits and graded defects, codes on screens: ground truth without anybody's face.

pub mod base;
pub mod degrade;
pub mod ladder;
pub mod page;
pub mod quality;
pub mod render;
pub mod screen;
pub mod sitting;
