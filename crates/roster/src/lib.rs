//! The roster (预计毕业生名单): who is expected, from the tables that schools have.
//!
//! Pure: bytes in, students and findings out. The rooms in the order of the work:
//! [`table`] (xlsx, xls, csv, dbf → cells) → [`field`] (which column is what) → [`text`], [`date`] and
//! [`document`] (what one cell says) → [`check`](fn@check::check) (students, and a [`finding`] for each faulty
//! cell) → [`marked`] (the same table back with its faulty cells marked); beside them [`correction`] (one record put right), [`likeness`] (whether two
//! spellings are one name), [`flags`] (held back, away …), [`cohort`] (several classes in one cell), [`order`] (student numbers as people order them) and [`difference`] (what a new
//! table changes), and [`platform`] (who the national platform does not know).

pub mod check;
pub mod cohort;
pub mod correction;
pub mod date;
pub mod difference;
pub mod document;
pub mod field;
pub mod finding;
pub mod flags;
pub mod likeness;
pub mod marked;
pub mod order;
pub mod platform;
pub mod student;
pub mod table;
pub mod text;
