//! Other people's programs, each by its documented protocol: a payment gateway ([`pay`]), mail ([`mail`]), services
//! that send messages ([`message`]), a service that compares faces ([`comparison`]).
//!
//! Knows no campaign and no database: whoever calls keeps what was sent and what came back. Nothing here decides
//! anything by itself; a call ends in what the other side said, or in why it said nothing. Keys and signatures are
//! `seal`'s. `docs/outside.md` states the two contracts that are ours, and what leaves the house.

pub mod address;
pub mod comparison;
pub mod mail;
pub mod message;
pub mod pay;
pub mod retry;
pub mod service;
mod wire;
