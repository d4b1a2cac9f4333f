//! The API over real HTTP: the flow of a campaign, who may call what, and what is promised about every answer.
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

mod after;
mod board;
mod crash;
mod day;
mod ending;
mod evidence;
mod experience;
mod flow;
mod links;
mod matrix;
mod money;
mod outside;
mod photos;
mod promises;
mod running;
mod stations;
mod timetable;
