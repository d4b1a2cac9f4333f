//! The desk's tables and every text of SQL on them. Nothing in them names a student beyond what a code shows.

use store::Migration;

/// The structure, step by step.
pub const MIGRATIONS: [Migration; 2] = [
    Migration {
        name: "shots",
        sql: "create table shot (id text primary key, campaign text not null, code text not null, \
              name text not null, document text not null, taken_ms bigint not null, station text not null, \
              verdict text not null, state text not null, inspection text not null, operator text not null, \
              reason text not null, decided_by text not null, decided_ms bigint not null, version bigint not null); \
              create index shot_by_state on shot (campaign, state, id)",
    },
    Migration {
        name: "keys",
        sql: "create table station_key (campaign text not null, holder text not null, locked text not null, \
              primary key (campaign, holder))",
    },
];

/// Every table, as a backup needs them.
pub const TABLES: [&str; 2] = ["shot", "station_key"];

pub const NEW_SHOT: &str = "insert into shot (id, campaign, code, name, document, taken_ms, station, verdict, state, \
     inspection, operator, reason, decided_by, decided_ms, version) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', 0, 0)";

/// The version in it guards against a decision that another one overtook.
pub const DECIDE: &str = "update shot set state = $2, reason = $3, decided_by = $4, decided_ms = $5, \
     version = version + 1 where id = $1 and version = $6";

pub const SHOT: &str = "select * from shot where id = $1";

/// Ids are in the order of time.
pub const PAGE: &str = "select * from shot where campaign = $1 and ($2 = '' or state = $2) \
     order by id desc limit $3 offset $4";

pub const COUNT: &str = "select count(*) from shot where campaign = $1 and ($2 = '' or state = $2)";

pub const NEW_KEY: &str = "insert into station_key (campaign, holder, locked) values ($1, $2, $3)";

pub const KEY: &str = "select locked from station_key where campaign = $1 and holder = $2";

pub const TIMES: &str =
    "select taken_ms from shot where campaign = $1 and station = $2 and taken_ms >= $3 order by taken_ms";
