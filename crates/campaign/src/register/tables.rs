//! The register's tables and every text of SQL on them. Records and tracks are JSON: they are read and written
//! whole, and what is looked for stands in columns of its own.

use store::Migration;

/// The structure, step by step.
pub const MIGRATIONS: [Migration; 3] = [
    Migration {
        name: "campaigns",
        sql: "create table campaign (id text primary key, settings text not null, state text not null, \
              version bigint not null, suite text not null, log_count bigint not null, log_chain text not null)",
    },
    Migration {
        name: "students",
        sql: "create table student (id text primary key, campaign text not null references campaign (id), \
              place bigint not null, student_no text not null, record text not null, tracks text not null, \
              version bigint not null, unique (campaign, student_no))",
    },
    Migration {
        name: "logs",
        sql: "create table log (campaign text not null references campaign (id), number bigint not null, \
              line text not null, primary key (campaign, number))",
    },
];

pub const NEW_CAMPAIGN: &str = "insert into campaign (id, settings, state, version, suite, log_count, log_chain) \
     values ($1, $2, $3, 0, $4, 0, $5) on conflict (id) do nothing";

pub const CAMPAIGN: &str = "select settings, state, version from campaign where id = $1";

/// Also holds every other writer of this campaign off until the end of the transaction.
pub const LOCK_CAMPAIGN: &str = "update campaign set version = version where id = $1 \
     returning settings, state, version, suite, log_count, log_chain";

pub const KEEP_CAMPAIGN: &str =
    "update campaign set state = $2, version = $3, log_count = $4, log_chain = $5 where id = $1";

pub const STUDENTS: &str =
    "select id, record, tracks, version from student where campaign = $1 order by place, student_no";

pub const STUDENT: &str = "select id, record, tracks, version from student where campaign = $1 and id = $2";

pub const NEW_STUDENT: &str = "insert into student (id, campaign, place, student_no, record, tracks, version) \
     values ($1, $2, $3, $4, $5, $6, 0)";

pub const KEEP_STUDENT: &str =
    "update student set student_no = $2, record = $3, tracks = $4, version = $5, place = $6 where id = $1";

pub const KEEP_CASE: &str = "update student set tracks = $2, version = $3 where id = $1";

pub const NEW_LINE: &str = "insert into log (campaign, number, line) values ($1, $2, $3)";

pub const LOG: &str = "select line from log where campaign = $1 order by number";
