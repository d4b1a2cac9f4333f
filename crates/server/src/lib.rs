//! The server: HTTP API, sign-in and rights, and the web pages that come with the program.
//!
//! A request's way: `layers` (limits, headers, metrics, repeated writes) → `who` (which account, and whether the
//! browser meant it) → `rights` (one table of who may call what) → `routes` → the two sides, `campaign` and
//! `capture`, which do not know each other: only `routes::shots` and `routes::stations` carry what crosses between them.
//! What goes wrong is a [`problem`] in the reader's language.
//!
//! [`station`] is another, smaller API: the page on the laptop beside the camera.
//! Without the feature `school` that page is all there is: no roster, no route to one, and no crate that reads one.

mod clock;
mod pages;
pub mod problem;
mod reading;
pub mod station;

#[cfg(feature = "school")]
mod school;
#[cfg(feature = "school")]
pub use school::{App, Config, StartError, demo, glyphs, outside, rights, router, routes, serve};
