//! Every text of SQL on accounts; their tables stand with the register's.

pub const COUNT: &str = "select count(*) from account";

pub const BY_LOGIN: &str = "select * from account where login = $1";

pub const BY_ID: &str = "select * from account where id = $1";

pub const STAFF: &str = "select * from account where role <> 'student' order by login limit $1 offset $2";

pub const STAFF_COUNT: &str = "select count(*) from account where role <> 'student'";

pub const NEW_ACCOUNT: &str = "insert into account (id, login, name, role, campaign, college, cohort, student, \
     password, must_change, failures, locked_until_ms, active, version) \
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 1, 0) on conflict (login) do nothing";

pub const PASSWORD: &str = "select password from account where id = $1";

pub const SET_PASSWORD: &str = "update account set password = $2, must_change = $3, failures = 0, \
     locked_until_ms = 0, version = version + 1 where id = $1";

pub const SET_ACTIVE: &str =
    "update account set active = $2, version = version + 1 where id = $1 and version = $3";

pub const FAILED: &str = "update account set failures = failures + 1 where id = $1 returning failures";

pub const LOCK: &str = "update account set failures = 0, locked_until_ms = $2 where id = $1";

pub const LET_IN: &str = "update account set failures = 0, locked_until_ms = 0 where id = $1";

pub const NEW_SESSION: &str =
    "insert into session (token, account, csrf, created_ms, seen_ms) values ($1, $2, $3, $4, $4)";

pub const SESSION: &str = "select account.*, csrf, created_ms, seen_ms from session \
     join account on account.id = session.account where token = $1";

pub const SEEN: &str = "update session set seen_ms = $2 where token = $1";

pub const END_SESSION: &str = "delete from session where token = $1";

pub const END_OTHERS: &str = "delete from session where account = $1 and token <> $2";

pub const END_ALL: &str = "delete from session where account = $1";

pub const SWEEP_SESSIONS: &str = "delete from session where seen_ms < $1 or created_ms < $2";

pub const FIRST_TIP: &str = "insert into account_tip (name, log_count, log_chain) values ('accounts', 0, $1) \
     on conflict (name) do nothing";

/// Also holds every other writer of this log off until the end of the transaction.
pub const HOLD_TIP: &str = "update account_tip set log_count = log_count where name = 'accounts' returning log_count, log_chain, log_ms";

pub const KEEP_TIP: &str =
    "update account_tip set log_count = $1, log_chain = $2, log_ms = $3 where name = 'accounts'";

pub const NEW_LINE: &str = "insert into account_log (number, line) values ($1, $2)";

pub const LOG: &str = "select line from account_log order by number";

pub const STAFF_LOGINS: &str = "select id, login from account where role <> 'student'";
