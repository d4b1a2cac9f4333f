//! What a school runs beside what a photo agency does: rosters, plans, codes, keys, and the server.

mod backup;
mod calendar;
mod code;
mod delivery;
mod demo;
mod faces;
mod keys;
mod open;
mod plan;
mod render;
mod roster;
mod sealing;
mod serve;
mod users;

use anyhow::Result;
use clap::Subcommand;

use crate::{language::Language, outcome::Outcome};

#[derive(Subcommand)]
pub enum Command {
    Keys(keys::Arguments),
    Seal(sealing::Arguments),
    Open(open::Arguments),
    Roster(roster::Arguments),
    Plan(plan::Arguments),
    Code(code::Arguments),
    Delivery(delivery::Arguments),
    Faces(faces::Arguments),
    Demo(demo::Arguments),
    Serve(serve::Arguments),
    Backup(backup::Arguments),
    Restore(backup::RestoreArguments),
    Users(users::Arguments),
    Render(render::Arguments),
}

pub fn run(command: &Command, language: Language) -> Result<Outcome> {
    match command {
        Command::Keys(arguments) => keys::run(arguments, language),
        Command::Seal(arguments) => sealing::run(arguments, language),
        Command::Open(arguments) => open::run(arguments, language),
        Command::Roster(arguments) => roster::run(arguments, language),
        Command::Plan(arguments) => plan::run(arguments, language),
        Command::Code(arguments) => code::run(arguments, language),
        Command::Delivery(arguments) => delivery::run(arguments, language),
        Command::Faces(arguments) => faces::run(arguments, language),
        Command::Demo(arguments) => demo::run(arguments, language),
        Command::Serve(arguments) => serve::run(arguments, language),
        Command::Backup(arguments) => backup::run(arguments, language),
        Command::Restore(arguments) => backup::restore(arguments, language),
        Command::Users(arguments) => users::run(arguments, language),
        Command::Render(arguments) => render::run(arguments, language),
    }
}
