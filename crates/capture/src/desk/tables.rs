//! The desk's tables and every text of SQL on them. Nothing in them names a student beyond what a code shows.

use store::Migration;

/// The structure, step by step.
pub const MIGRATIONS: [Migration; 5] = [
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
    Migration {
        name: "stations and their packets",
        sql: "create table station_token (campaign text not null, station text not null, hidden bytea not null, \
              until_s bigint not null, primary key (campaign, station)); \
              create table station_certificate (key text primary key, campaign text not null, station text not null, \
              signing bytea not null, receiving bytea not null, from_s bigint not null, until_s bigint not null, \
              seen_ms bigint not null, revoked_ms bigint not null); \
              create index certificate_by_campaign on station_certificate (campaign, station); \
              create table piece (packet text not null, begins bigint not null, bytes bytea not null, \
              primary key (packet, begins)); \
              create table packet (id text primary key, campaign text not null, station text not null, \
              number text not null, shot text not null, code text not null, captured_ms bigint not null, \
              received_ms bigint not null, receipt bytea not null, remark text not null); \
              create index packet_by_campaign on packet (campaign, station, received_ms); \
              alter table shot add column told text not null default ''",
    },
    Migration {
        name: "photos exchanged by two persons",
        sql: "create table exchange (id text primary key, campaign text not null, first_shot text not null, \
              second_shot text not null, reason text not null, asked_by text not null, approved_by text not null)",
    },
    Migration {
        name: "who asked for a photo that fails to be accepted",
        sql: "alter table shot add column asked_by text not null default ''; \
              alter table shot add column asked_reason text not null default ''",
    },
];

/// Every table, as a backup needs them.
pub const TABLES: [&str; 7] =
    ["shot", "station_key", "station_token", "station_certificate", "piece", "packet", "exchange"];

pub const NEW_SHOT: &str = "insert into shot (id, campaign, code, name, document, taken_ms, station, verdict, state, \
     inspection, operator, reason, decided_by, decided_ms, version) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', 0, 0)";

/// The version in it guards against a decision that another one overtook.
pub const DECIDE: &str = "update shot set state = $2, reason = $3, decided_by = $4, decided_ms = $5, \
     version = version + 1 where id = $1 and version = $6";

/// Somebody asks for a photo that fails to be accepted; another person accepts it.
pub const ASK: &str = "update shot set asked_by = $2, asked_reason = $3, version = version + 1 \
     where id = $1 and version = $4 and state = 'waiting'";

pub const NEW_EXCHANGE: &str = "insert into exchange (id, campaign, first_shot, second_shot, reason, asked_by, \
     approved_by) values ($1, $2, $3, $4, $5, $6, '')";

pub const EXCHANGES: &str = "select * from exchange where campaign = $1 order by id desc";

pub const APPROVE_EXCHANGE: &str = "update exchange set approved_by = $2 where id = $1 and approved_by = ''";

pub const SHOT: &str = "select * from shot where id = $1";

/// Ids are in the order of time.
pub const PAGE: &str = "select * from shot where campaign = $1 and ($2 = '' or state = $2) \
     order by id desc limit $3 offset $4";

pub const COUNT: &str = "select count(*) from shot where campaign = $1 and ($2 = '' or state = $2)";

pub const UNDECIDED: &str = "select id from shot where campaign = $1 and state = 'waiting'";

pub const NEW_KEY: &str = "insert into station_key (campaign, holder, locked) values ($1, $2, $3) \
     on conflict (campaign, holder) do nothing";

pub const KEY: &str = "select locked from station_key where campaign = $1 and holder = $2";

pub const TIMES: &str =
    "select taken_ms from shot where campaign = $1 and station = $2 and taken_ms >= $3 order by taken_ms";

pub const ALL_TIMES: &str = "select station, taken_ms from shot where campaign = $1 order by taken_ms";

pub const SENT_BACK: &str = "select station, inspection from shot where campaign = $1 and state = 'retake'";

/// Times can be the same; then ids decide.
pub const BEFORE: &str = "select * from shot where campaign = $1 and station = $2 \
     and state = 'accepted' and (taken_ms < $3 or (taken_ms = $3 and id < $4)) order by taken_ms desc, id desc limit $5";

pub const FROM: &str = "select * from shot where campaign = $1 and station = $2 \
     and (state = 'accepted' or id = $4) and (taken_ms > $3 or (taken_ms = $3 and id >= $4)) order by taken_ms, id limit $5";

pub const SET_TOKEN: &str = "insert into station_token (campaign, station, hidden, until_s) values ($1, $2, $3, $4) \
     on conflict (campaign, station) do update set hidden = excluded.hidden, until_s = excluded.until_s";

pub const TOKENS: &str =
    "select station, hidden, until_s from station_token where campaign = $1 order by station";

pub const USE_TOKEN: &str = "delete from station_token where campaign = $1 and station = $2";

/// A certificate whose station never showed up gives way to the next one.
pub const DROP_UNSEEN: &str =
    "delete from station_certificate where campaign = $1 and station = $2 and seen_ms = 0";

pub const NEW_CERTIFICATE: &str = "insert into station_certificate (key, campaign, station, signing, receiving, from_s, \
     until_s, seen_ms, revoked_ms) values ($1, $2, $3, $4, $5, $6, $7, 0, 0)";

pub const CERTIFICATES: &str =
    "select * from station_certificate where campaign = $1 order by station, from_s, key";

pub const SEEN_STATION: &str = "update station_certificate set seen_ms = $2 where key = $1";

pub const REVOKE_STATION: &str = "update station_certificate set revoked_ms = $3 \
     where campaign = $1 and key = $2 and revoked_ms = 0";

pub const NEW_PIECE: &str = "insert into piece (packet, begins, bytes) values ($1, $2, $3) \
     on conflict (packet, begins) do nothing";

pub const PIECES: &str = "select begins, bytes from piece where packet = $1 order by begins";

pub const DROP_PIECES: &str = "delete from piece where packet = $1";

pub const PACKET: &str = "select receipt from packet where id = $1";

pub const NEW_PACKET: &str = "insert into packet (id, campaign, station, number, shot, code, captured_ms, received_ms, \
     receipt, remark) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (id) do nothing";

/// The first use of every code.
pub const USES: &str =
    "select code, station, captured_ms from packet where campaign = $1 order by captured_ms, id";

pub const PACKETS_BY_STATION: &str =
    "select station, count(*) as packets from packet where campaign = $1 group by station";

pub const REMARKS: &str = "select station, number, remark, received_ms from packet where campaign = $1 and remark <> '' order by received_ms";

/// Another photo for the same code.
pub const OTHER_USE: &str = "select station, number from packet where campaign = $1 and code = $2 and shot <> $3 \
     order by captured_ms limit 1";

pub const SHOT_ID: &str = "select id from shot where id = $1";

pub const TELL: &str = "update shot set told = $2 where id = $1";

/// Shots of which the school has not heard as they stand now.
pub const UNTOLD: &str =
    "select * from shot where told <> state and told not like 'refused%' order by id limit 200";

pub const HAND_OVER: &str = "select count(*) as here, \
     cast(coalesce(sum(case when told = state then 1 else 0 end), 0) as bigint) as linked, \
     cast(coalesce(sum(case when told like 'refused%' then 1 else 0 end), 0) as bigint) as refused, \
     cast(coalesce(sum(case when state = 'waiting' then 1 else 0 end), 0) as bigint) as waiting \
     from shot where campaign = $1";

/// What is deleted at the end.
pub const PURGE: &[(&str, &str)] = &[
    ("传输中的包", "delete from piece where packet in (select id from packet where campaign = $1)"),
    ("收到的包", "delete from packet where campaign = $1"),
    ("错位更正", "delete from exchange where campaign = $1"),
    ("拍摄记录", "delete from shot where campaign = $1"),
    ("机位令牌", "delete from station_token where campaign = $1"),
    ("机位证书", "delete from station_certificate where campaign = $1"),
];

pub const FORGET_KEYS: &str = "delete from station_key where campaign = $1";
