//! The real program, run as people run it.

mod bad_inputs;
mod photos;
mod xueying;
