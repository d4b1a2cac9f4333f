//! The station's tables and every text of SQL on them. What names a person, masked or not, stands hidden.

use store::Migration;

/// The structure, step by step.
pub const MIGRATIONS: [Migration; 2] = [
    Migration {
        name: "station",
        sql: "create table meta (name text primary key, value bytea not null); \
          create table number (day bigint not null, running bigint not null, state text not null, \
          code text not null, hidden bytea not null, scanned_ms bigint not null, ended_ms bigint not null, \
          ended bigint not null default 0, primary key (day, running)); \
          create unique index one_active on number (state) where state = 'active'; \
          create index number_by_code on number (code); \
          create table take (id text primary key, day bigint not null, running bigint not null, \
          verdict text not null, state text not null, hidden bytea not null, arrived_ms bigint not null); \
          create index take_by_number on take (day, running); \
          create table source (digest text primary key, became text not null, arrived_ms bigint not null); \
          create table stray (id text primary key, reason text not null, state text not null, \
          arrived_ms bigint not null); \
          create table packet (id text primary key, take text not null unique, day bigint not null, \
          running bigint not null, size_bytes bigint not null, made_ms bigint not null, tries bigint not null, \
          next_ms bigint not null, receipt bytea, receipt_ms bigint not null, purged_ms bigint not null); \
          create table elsewhere (code text primary key, station text not null, at_ms bigint not null); \
          create table log (number bigint primary key, line text not null)",
    },
    Migration {
        name: "the day around the camera",
        sql: "create table called (class text primary key, station text not null, is_called bigint not null); \
          create table opening (day bigint primary key, hidden bytea not null, at_ms bigint not null); \
          create table incident (number bigint primary key, day bigint not null, hidden bytea not null, \
          at_ms bigint not null); \
          create table class_done (day bigint not null, class text not null, hidden bytea not null, \
          at_ms bigint not null, primary key (day, class))",
    },
];

pub const META: &str = "select value from meta where name = $1";
pub const SET_META: &str =
    "insert into meta (name, value) values ($1, $2) on conflict (name) do update set value = excluded.value";

pub const NEXT_RUNNING: &str = "select coalesce(max(running), 0) + 1 from number where day = $1";
pub const NEW_NUMBER: &str = "insert into number (day, running, state, code, hidden, scanned_ms, ended_ms) \
     values ($1, $2, 'active', $3, $4, $5, 0)";
pub const ACTIVE: &str = "select * from number where state = 'active'";
pub const NUMBER: &str = "select * from number where day = $1 and running = $2";
/// The state in it guards against two hands at once. `ended` counts: what came last does not hang on a clock.
pub const END_NUMBER: &str = "update number set state = $3, hidden = $4, ended_ms = $5, \
     ended = (select coalesce(max(ended), 0) + 1 from number) \
     where day = $1 and running = $2 and state = $6";
pub const REOPEN_NUMBER: &str = "update number set state = $3, \
     ended_ms = case when $3 = 'active' then 0 else ended_ms end \
     where day = $1 and running = $2 and state = 'accepted'";
pub const KEEP_NUMBER: &str = "update number set hidden = $3 where day = $1 and running = $2";
pub const ON_CARDS: &str = "select * from number where state = 'card' order by day, running";
pub const NUMBERS: &str = "select * from number where day = $1 order by running";
pub const USES_OF_CODE: &str =
    "select * from number where code = $1 and state <> 'void' order by scanned_ms limit 1";
/// Whether anybody whose code begins so got a number here, or a photo as the server said.
pub const WAS_HERE: &str = "select cast(1 as bigint) from number where code like $1 \
     union all select cast(1 as bigint) from elsewhere where code like $1 limit 1";
pub const LAST_ENDED: &str = "select * from number where state = 'accepted' order by ended desc limit 1";
pub const LAST_BEFORE: &str =
    "select * from number where day = $1 and state = 'accepted' order by ended desc limit 40";

pub const NEW_SOURCE: &str = "insert into source (digest, became, arrived_ms) values ($1, $2, $3) \
     on conflict (digest) do nothing";
pub const SOURCE: &str = "select became from source where digest = $1";
pub const KEEP_TAKE: &str = "update take set hidden = $2 where id = $1";

pub const NEW_TAKE: &str = "insert into take (id, day, running, verdict, state, hidden, arrived_ms) \
     values ($1, $2, $3, $4, 'waiting', $5, $6)";
pub const TAKES: &str = "select * from take where day = $1 and running = $2 order by rowid";
pub const COUNT_TAKES: &str = "select count(*) as shots, \
     coalesce(sum(case when state = 'aside' then 1 else 0 end), 0) as aside, \
     coalesce(sum(case when state = 'waiting' then 1 else 0 end), 0) as waiting from take where day = $1";
pub const TAKE: &str = "select * from take where id = $1";
/// So many back a face is compared: those who were in the same room at the same time.
pub const LAST_ACCEPTED_TAKES: &str =
    "select * from take where state = 'accepted' order by rowid desc limit 200";
/// The state in it guards against two hands at once.
pub const CHOOSE_TAKE: &str = "update take set state = 'accepted' where id = $1 and state = 'waiting'";
pub const SET_TAKE: &str = "update take set state = $2 where id = $1";
pub const REST_OF_TAKES: &str =
    "update take set state = 'aside' where day = $1 and running = $2 and state = 'waiting'";

pub const NEW_STRAY: &str = "insert into stray (id, reason, state, arrived_ms) values ($1, $2, 'open', $3)";
pub const STRAYS: &str = "select * from stray where state = 'open' order by arrived_ms, id";
pub const STRAY: &str = "select * from stray where id = $1";
pub const SET_STRAY: &str = "update stray set state = $2 where id = $1 and state = 'open'";

pub const NEW_PACKET: &str = "insert into packet (id, take, day, running, size_bytes, made_ms, tries, next_ms, \
     receipt, receipt_ms, purged_ms) values ($1, $2, $3, $4, $5, $6, 0, $7, null, 0, 0)";
pub const PACKET_OF_NUMBER: &str = "select * from packet where day = $1 and running = $2";
pub const DROP_PACKET: &str = "delete from packet where id = $1 and receipt is null";
/// Photos go in the order of their making; what failed waits for its time, never longer than the longest wait: the
/// clock may have been put back.
pub const NEXT_PACKET: &str = "select id, size_bytes from packet \
     where receipt is null and (next_ms <= $1 or next_ms > $1 + 300000) order by made_ms, id limit 1";
pub const PACKET_FAILED: &str = "update packet set tries = tries + 1, next_ms = $2 where id = $1";
pub const TRIES: &str = "select tries from packet where id = $1";
pub const KEEP_RECEIPT: &str =
    "update packet set receipt = $2, receipt_ms = $3 where id = $1 and receipt is null";
pub const UNSENT: &str = "select id from packet where receipt is null order by made_ms, id";
pub const TO_PURGE: &str =
    "select id, take from packet where receipt is not null and receipt_ms < $1 and purged_ms = 0";
/// Photos that were not chosen, whose number is void or whose chosen photo is gone from here.
pub const ASIDE: &str = "select t.* from take t join number n on n.day = t.day and n.running = t.running \
     where t.state = 'aside' and t.arrived_ms < $1 and (n.state = 'void' or exists \
     (select 1 from packet p where p.day = t.day and p.running = t.running and p.purged_ms > 0))";
pub const PURGED: &str = "update packet set purged_ms = $2 where id = $1";
pub const PACKETS: &str = "select count(*) as packets, coalesce(sum(case when receipt is null then 0 else 1 end), 0) \
     as receipts, coalesce(sum(case when receipt is null then size_bytes else 0 end), 0) as waiting from packet";

pub const ELSEWHERE: &str = "select station, at_ms from elsewhere where code = $1";
pub const SET_ELSEWHERE: &str = "insert into elsewhere (code, station, at_ms) values ($1, $2, $3) \
     on conflict (code) do update set station = excluded.station, at_ms = excluded.at_ms";

pub const FORGET_CALLS: &str = "delete from called";
pub const NEW_CALL: &str = "insert into called (class, station, is_called) values ($1, $2, $3) \
     on conflict (class) do nothing";
pub const CALLS: &str = "select class, station, is_called from called";

pub const NEW_OPENING: &str = "insert into opening (day, hidden, at_ms) values ($1, $2, $3) \
     on conflict (day) do update set hidden = excluded.hidden, at_ms = excluded.at_ms";
pub const OPENING: &str = "select hidden from opening where day = $1";

pub const NEW_INCIDENT: &str = "insert into incident (number, day, hidden, at_ms) \
     values ((select coalesce(max(number), 0) + 1 from incident), $1, $2, $3)";
pub const INCIDENTS: &str = "select hidden from incident where day = $1 order by number";

pub const NEW_CLASS_DONE: &str = "insert into class_done (day, class, hidden, at_ms) values ($1, $2, $3, $4) \
     on conflict (day, class) do update set hidden = excluded.hidden, at_ms = excluded.at_ms";
pub const CLASSES_DONE: &str = "select class, hidden from class_done where day = $1 order by at_ms";

pub const LOG_END: &str = "select number, line from log order by number desc limit 1";
pub const NEW_LINE: &str = "insert into log (number, line) values ($1, $2)";
pub const LOG: &str = "select line from log order by number";

/// Every object that a row still speaks of.
pub const TAKE_IDS: &str = "select id from take";
pub const STRAY_IDS: &str = "select id from stray where state = 'open'";
pub const PACKET_IDS: &str = "select id from packet where purged_ms = 0";
