//! The register's tables and every text of SQL on them. Records and tracks are JSON: they are read and written
//! whole, and what is looked for stands in columns of its own.

use store::Migration;

/// The structure, step by step.
pub const MIGRATIONS: [Migration; 25] = [
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
    Migration {
        name: "what students are looked for by",
        sql: "alter table student add column name text not null default ''; \
              alter table student add column college text not null default ''; \
              alter table student add column cohort text not null default ''; \
              alter table student add column status text not null default ''; \
              create index student_by_place on student (campaign, place, id); \
              create index student_by_cohort on student (campaign, college, cohort, status)",
    },
    Migration {
        name: "codes",
        sql: "create table code (id text primary key, campaign text not null references campaign (id), \
              student text not null references student (id), fingerprint text not null, hidden bytea not null, \
              issued_s bigint not null, expires_s bigint not null, revoked_s bigint not null); \
              create index code_by_student on code (student)",
    },
    Migration {
        name: "keys",
        sql: "create table campaign_key (campaign text not null references campaign (id), holder text not null, \
              locked text not null, primary key (campaign, holder))",
    },
    Migration {
        name: "what the capture side reported",
        sql: "create table report (campaign text not null references campaign (id), shot text not null, \
              outcome text not null, student text not null references student (id), \
              primary key (shot, outcome)); create index report_by_student on report (student)",
    },
    Migration {
        name: "sign-offs",
        sql: "create table sign_off (campaign text not null references campaign (id), college text not null, \
              account text not null, at_ms bigint not null, primary key (campaign, college))",
    },
    Migration {
        name: "accounts",
        sql: "create table account (id text primary key, login text not null unique, name text not null, \
              role text not null, campaign text not null, college text not null, cohort text not null, \
              student text not null, password text not null, must_change bigint not null, \
              failures bigint not null, locked_until_ms bigint not null, active bigint not null, \
              version bigint not null); \
              create table session (token text primary key, account text not null references account (id), \
              csrf text not null, created_ms bigint not null, seen_ms bigint not null); \
              create index session_by_account on session (account); \
              create table account_tip (name text primary key, log_count bigint not null, log_chain text not null); \
              create table account_log (number bigint primary key, line text not null)",
    },
    Migration {
        name: "answers to repeated writes",
        sql: "create table answered (account text not null, idempotency_key text not null, \
              request text not null, status bigint not null, headers text not null, body bytea not null, \
              at_ms bigint not null, primary key (account, idempotency_key))",
    },
    Migration {
        name: "when the last line of a log was written",
        sql: "alter table campaign add column log_ms bigint not null default 0; \
              alter table account_tip add column log_ms bigint not null default 0",
    },
    Migration {
        name: "timetables",
        sql: "create table timetable (campaign text primary key references campaign (id), problem text not null, \
              plan text not null, version bigint not null); \
              create table edition (campaign text not null references campaign (id), number bigint not null, \
              at_ms bigint not null, problem text not null, plan text not null, primary key (campaign, number)); \
              create table edition_receipt (campaign text not null references campaign (id), \
              number bigint not null, college text not null, account text not null, at_ms bigint not null, \
              primary key (campaign, number, college)); \
              create table people (campaign text primary key references campaign (id), people text not null)",
    },
    Migration {
        name: "turns of classes",
        sql: "create table turn (campaign text not null references campaign (id), college text not null, \
              cohort text not null, state text not null, station text not null, late text not null, \
              at_ms bigint not null, version bigint not null, primary key (campaign, college, cohort))",
    },
    Migration {
        name: "deliveries",
        sql: "create table delivery (campaign text not null references campaign (id), number bigint not null, \
              at_ms bigint not null, spec text not null, state text not null, manifest text not null, \
              signature text not null, primary key (campaign, number)); \
              create table delivered (campaign text not null, number bigint not null, place bigint not null, \
              student text not null references student (id), shot text not null, name text not null, \
              record text not null, lacking text not null, answer text not null, words text not null, \
              primary key (campaign, number, place)); \
              create index delivered_by_student on delivered (student, number)",
    },
    Migration {
        name: "what students say is wrong",
        sql: "create table dispute (id text primary key, campaign text not null references campaign (id), \
              student text not null references student (id), shot text not null, asked text not null, \
              note text not null, evidence bytea not null, opened_ms bigint not null, state text not null, \
              answer text not null, answered_ms bigint not null, version bigint not null); \
              create index dispute_by_student on dispute (campaign, student)",
    },
    Migration {
        name: "hours booked at make-up centres",
        sql: "create table booking (campaign text not null references campaign (id), \
              student text not null references student (id), centre text not null, day text not null, \
              time text not null, at_ms bigint not null, primary key (campaign, student)); \
              create index booking_by_hour on booking (campaign, day, time)",
    },
    Migration {
        name: "money",
        sql: "create table movement (campaign text not null references campaign (id), service text not null, \
              number text not null, at text not null, fen bigint not null, payer text not null, note text not null, \
              student text not null, primary key (campaign, service, number)); \
              create index movement_by_student on movement (campaign, student); \
              create table claim (campaign text not null, student text primary key references student (id), \
              account text not null, at_ms bigint not null); \
              create table refund (id text primary key, campaign text not null references campaign (id), \
              student text not null references student (id), fen bigint not null, reason text not null, \
              asked_by text not null, approved_by text not null, reference text not null)",
    },
    Migration {
        name: "certificates of deletion",
        sql: "create table certificate (campaign text primary key references campaign (id), text text not null, \
              signature text not null)",
    },
    Migration {
        name: "faces of those who agreed",
        sql: "create table face (campaign text not null, student text not null references student (id), \
              kind text not null, shot text not null, hidden bytea not null, \
              primary key (campaign, student, kind))",
    },
    Migration {
        name: "the notice in one's own words",
        sql: "create table notice (campaign text not null references campaign (id), section text not null, \
              text text not null, primary key (campaign, section))",
    },
    Migration {
        name: "messages to students",
        sql: "create table message (campaign text not null references campaign (id), \
              student text not null references student (id), kind text not null, mark text not null, \
              text text not null, at_ms bigint not null, primary key (campaign, student, kind, mark))",
    },
    Migration {
        name: "papers about students whose face does not show who they are",
        sql: "create table paper (campaign text not null references campaign (id), \
              student text not null references student (id), item text not null, account text not null, \
              at_ms bigint not null, primary key (campaign, student, item))",
    },
    Migration {
        name: "where students want to be reached, and what was sent there",
        sql: "create table contact (campaign text not null references campaign (id), \
              student text primary key references student (id), hidden bytea not null); \
              create table sending (campaign text not null references campaign (id), \
              student text not null references student (id), kind text not null, mark text not null, \
              way text not null, state text not null, tries bigint not null, next_ms bigint not null, \
              at_ms bigint not null, fault text not null, primary key (campaign, student, kind, mark, way))",
    },
    Migration {
        name: "orders at a payment service",
        sql: "create table pay_order (number text primary key, campaign text not null references campaign (id), \
              student text not null references student (id), fen bigint not null, link text not null, \
              state text not null, at_ms bigint not null); \
              create index pay_order_by_student on pay_order (campaign, student)",
    },
    Migration {
        name: "codes of another issuer",
        sql: "create table link (campaign text not null references campaign (id), \
              student text primary key references student (id), fingerprint text not null, hidden bytea not null, \
              station text not null, at_ms bigint not null, unique (campaign, fingerprint)); \
              create table link_doubt (campaign text not null references campaign (id), \
              fingerprint text not null, primary key (campaign, fingerprint)); \
              create table link_question (campaign text not null references campaign (id), \
              fingerprint text not null, hidden bytea not null, name text not null, document text not null, \
              level text not null, class text not null, station text not null, at_ms bigint not null, \
              primary key (campaign, fingerprint))",
    },
];

/// Every table, each after those that it refers to, as a backup needs them.
pub const TABLES: [&str; 35] = [
    "campaign",
    "campaign_key",
    "student",
    "log",
    "code",
    "report",
    "sign_off",
    "timetable",
    "edition",
    "edition_receipt",
    "people",
    "turn",
    "delivery",
    "delivered",
    "dispute",
    "booking",
    "movement",
    "claim",
    "refund",
    "certificate",
    "face",
    "notice",
    "message",
    "paper",
    "contact",
    "sending",
    "pay_order",
    "link",
    "link_doubt",
    "link_question",
    "account",
    "session",
    "account_tip",
    "account_log",
    "answered",
];

pub const NEW_CAMPAIGN: &str = "insert into campaign (id, settings, state, version, suite, log_count, log_chain) \
     values ($1, $2, $3, 0, $4, 0, $5) on conflict (id) do nothing";

pub const CAMPAIGN: &str = "select id, settings, state, version from campaign where id = $1";

/// Also holds every other writer of this campaign off until the end of the transaction.
pub const LOCK_CAMPAIGN: &str = "update campaign set version = version where id = $1 \
     returning settings, state, version, suite, log_count, log_chain, log_ms";

pub const KEEP_CAMPAIGN: &str =
    "update campaign set state = $2, version = $3, log_count = $4, log_chain = $5, log_ms = $6 where id = $1";

pub const SET_SETTINGS: &str = "update campaign set settings = $2 where id = $1";

pub const CAMPAIGNS: &str = "select id, settings, state, version from campaign order by id";

pub const STUDENTS: &str =
    "select id, record, tracks, version from student where campaign = $1 order by place, student_no";

pub const STUDENT: &str = "select id, record, tracks, version from student where campaign = $1 and id = $2";

pub const STUDENT_BY_NUMBER: &str =
    "select id, record, tracks, version from student where campaign = $1 and student_no = $2";

pub const NEW_STUDENT: &str = "insert into student (id, campaign, place, student_no, record, tracks, version, \
     name, college, cohort, status) values ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10)";

pub const KEEP_STUDENT: &str = "update student set student_no = $2, record = $3, version = $4, place = $5, \
     name = $6, college = $7, cohort = $8 where id = $1";

pub const KEEP_PLACE: &str = "update student set place = $2 where id = $1";

pub const KEEP_CASE: &str = "update student set tracks = $2, version = $3, status = $4 where id = $1";

/// An empty parameter asks for nothing. A text is looked for at the beginning of numbers and anywhere in names.
pub const FOUND: &str = "from student where campaign = $1 and ($2 = '' or college = $2) \
     and ($3 = '' or cohort = $3) and ($4 = '' or status = $4) \
     and ($5 = '' or student_no like $5 || '%' or name like '%' || $5 || '%') \
     and ($6 = '' or tracks like '%' || $6 || '%') and ($7 = '' or tracks like '%' || $7 || '%')";

/// Tracks are written by serde, so a state stands in them in exactly one way.
pub const OPEN_ERRORS: &str = "select count(*) from student where campaign = $1 \
     and tracks like '%\"record_check\":\"error-reported\"%'";

pub const PROGRESS: &str = "select college, cohort, status, count(*) as heads from student \
     where campaign = $1 and ($2 = '' or college = $2) and ($3 = '' or cohort = $3) \
     group by college, cohort, status order by college, cohort, status";

pub const NEW_CODE: &str = "insert into code (id, campaign, student, fingerprint, hidden, issued_s, expires_s, \
     revoked_s) values ($1, $2, $3, $4, $5, $6, $7, 0)";

pub const CODE_IDS: &str = "select id from code where campaign = $1";

pub const REVOKED_CODES: &str = "select id from code where campaign = $1 and revoked_s > 0";

pub const FINGERPRINTS: &str = "select student, fingerprint from code where campaign = $1 and revoked_s = 0";

pub const STANDING_CODES: &str =
    "select id, student, hidden from code where campaign = $1 and revoked_s = 0 order by issued_s";

pub const LINKS: &str =
    "select student, fingerprint, hidden, station from link where campaign = $1 order by fingerprint";

pub const LINKED_TO: &str = "select student, station from link where campaign = $1 and fingerprint = $2";

pub const LINK_OF: &str = "select fingerprint from link where campaign = $1 and student = $2";

pub const KEEP_LINK: &str = "insert into link (campaign, student, fingerprint, hidden, station, at_ms) \
     values ($1, $2, $3, $4, $5, $6) on conflict (student) do update set \
     fingerprint = $3, hidden = $4, station = $5, at_ms = $6";

pub const DOUBT_LINK: &str = "insert into link_doubt (campaign, fingerprint) values ($1, $2) \
     on conflict (campaign, fingerprint) do nothing";

pub const LINK_DOUBTS: &str = "select count(*) from link_doubt where campaign = $1 and fingerprint = $2";

pub const ASKED_LATELY: &str = "select (select count(*) from link where campaign = $1 and station = $2 and at_ms > $3) \
     + (select count(*) from link_question where campaign = $1 and station = $2 and at_ms > $3)";

pub const DROP_LINK: &str = "delete from link where campaign = $1 and student = $2";

pub const ASK_LINK: &str = "insert into link_question (campaign, fingerprint, hidden, name, document, level, class, \
     station, at_ms) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (campaign, fingerprint) do update set \
     hidden = $3, name = $4, document = $5, level = $6, class = $7, station = $8, at_ms = $9";

pub const LINK_QUESTION: &str = "select hidden from link_question where campaign = $1 and fingerprint = $2";

pub const LINK_QUESTIONS: &str = "select fingerprint, name, document, level, class, station, at_ms \
     from link_question where campaign = $1 order by at_ms desc";

pub const DROP_LINK_QUESTION: &str = "delete from link_question where campaign = $1 and fingerprint = $2";

pub const STANDING_CODE: &str = "select id, hidden, issued_s, expires_s from code \
     where student = $1 and revoked_s = 0 order by issued_s desc limit 1";

pub const REVOKE_CODES: &str = "update code set revoked_s = $2 where student = $1 and revoked_s = 0";

pub const HOLDER_OF_CODE: &str = "select student from code where campaign = $1 and id = $2";

pub const NEW_REPORT: &str = "insert into report (campaign, shot, outcome, student) values ($1, $2, $3, $4) \
     on conflict (shot, outcome) do nothing";

/// Ids of shots are in the order of time.
pub const SHOTS_OF: &str = "select distinct shot from report where student = $1 order by shot desc";

/// The newest shot of each student; an empty parameter asks for nothing.
pub const NEWEST_SHOTS: &str = "select s.college, s.cohort, max(r.shot) as shot from report r \
     join student s on s.id = r.student where r.campaign = $1 and ($2 = '' or s.college = $2) \
     and ($3 = '' or s.cohort = $3) group by s.college, s.cohort, s.place, s.id \
     order by s.college, s.cohort, s.place, s.id";

pub const NEW_KEY: &str = "insert into campaign_key (campaign, holder, locked) values ($1, $2, $3)";

pub const DROP_KEY: &str = "delete from campaign_key where campaign = $1 and holder = $2";

pub const KEY: &str = "select locked from campaign_key where campaign = $1 and holder = $2";

pub const SIGN_OFF: &str = "insert into sign_off (campaign, college, account, at_ms) values ($1, $2, $3, $4) \
     on conflict (campaign, college) do update set account = $3, at_ms = $4";

pub const SIGN_OFFS: &str =
    "select college, account, at_ms from sign_off where campaign = $1 order by college";

pub const LOG_OF: &str = "select line from log where campaign = $1 and line like $2 order by number";

pub const LOG_COUNT: &str = "select log_count from campaign where id = $1";

pub const SUITE: &str = "select suite from campaign where id = $1";

pub const LOG_PAGE: &str = "select line from log where campaign = $1 order by number desc limit $2 offset $3";

pub const NEW_LINE: &str = "insert into log (campaign, number, line) values ($1, $2, $3)";

pub const LOG: &str = "select line from log where campaign = $1 order by number";

pub const TIMETABLE: &str = "select problem, plan, version from timetable where campaign = $1";

pub const TIMETABLE_VERSION: &str = "select version from timetable where campaign = $1";

pub const KEEP_TIMETABLE: &str = "insert into timetable (campaign, problem, plan, version) values ($1, $2, $3, $4) \
     on conflict (campaign) do update set problem = $2, plan = $3, version = $4";

pub const NEW_EDITION: &str =
    "insert into edition (campaign, number, at_ms, problem, plan) values ($1, $2, $3, $4, $5)";

pub const EDITION: &str = "select number, at_ms, problem, plan from edition where campaign = $1 \
     order by number desc limit 1";

pub const NEW_RECEIPT: &str = "insert into edition_receipt (campaign, number, college, account, at_ms) \
     values ($1, $2, $3, '', 0)";

pub const WAITING: &str =
    "select distinct college from edition_receipt where campaign = $1 and account = '' order by college";

pub const CONFIRM_EDITION: &str = "update edition_receipt set account = $3, at_ms = $4 \
     where campaign = $1 and college = $2 and account = ''";

pub const KEEP_PEOPLE: &str = "insert into people (campaign, people) values ($1, $2) \
     on conflict (campaign) do update set people = $2";

pub const PEOPLE: &str = "select people from people where campaign = $1";

pub const TURNS: &str = "select college, cohort, state, station, late, at_ms, version from turn \
     where campaign = $1 order by college, cohort";

pub const TURN: &str = "select college, cohort, state, station, late, at_ms, version from turn \
     where campaign = $1 and college = $2 and cohort = $3";

pub const KEEP_TURN: &str = "insert into turn (campaign, college, cohort, state, station, late, at_ms, version) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (campaign, college, cohort) do update set \
     state = $4, station = $5, late = $6, at_ms = $7, version = $8";

pub const CLASS: &str = "select id, record, tracks, version from student \
     where campaign = $1 and college = $2 and cohort = $3 order by place, student_no";

/// The accepted shot of each student; ids of shots are in the order of time.
pub const ACCEPTED_SHOTS: &str = "select student, max(shot) as shot from report \
     where campaign = $1 and outcome like '\"accepted%' group by student";

pub const NEW_DELIVERY: &str = "insert into delivery (campaign, number, at_ms, spec, state, manifest, signature) \
     select $1, coalesce(max(number), 0) + 1, $2, $3, 'building', '', '' from delivery where campaign = $1 \
     returning number";

pub const NEW_DELIVERED: &str = "insert into delivered (campaign, number, place, student, shot, name, record, \
     lacking, answer, words) values ($1, $2, $3, $4, $5, $6, $7, '', '', '')";

pub const LAST_DELIVERED: &str = "select number, student, shot, record from delivered where campaign = $1 and lacking = '' order by number";

pub const DELIVERIES: &str = "select d.number, d.at_ms, d.spec, d.state, d.manifest, d.signature, \
     (select count(*) from delivered p where p.campaign = d.campaign and p.number = d.number) as photos \
     from delivery d where d.campaign = $1 and ($2 = 0 or d.number = $2) order by d.number desc";

pub const DELIVERED: &str = "select place, student, shot, name, record, lacking, answer, words from delivered \
     where campaign = $1 and number = $2 order by place";

pub const LACKING: &str =
    "update delivered set lacking = $4 where campaign = $1 and number = $2 and place = $3";

pub const FINISH_DELIVERY: &str = "update delivery set state = 'ready', manifest = $3, signature = $4 \
     where campaign = $1 and number = $2 and state = 'building'";

pub const SEND_DELIVERY: &str =
    "update delivery set state = 'sent' where campaign = $1 and number = $2 and state = 'ready'";

pub const ANSWER: &str =
    "update delivered set answer = $4, words = $5 where campaign = $1 and number = $2 and place = $3";

pub const NEW_DISPUTE: &str = "insert into dispute (id, campaign, student, shot, asked, note, evidence, opened_ms, \
     state, answer, answered_ms, version) values ($1, $2, $3, $4, $5, $6, $7, $8, '\"open\"', '', 0, 0)";

pub const DISPUTES: &str = "select id, student, shot, asked, note, cast(length(evidence) as bigint) as evidence_bytes, \
     opened_ms, state, answer, answered_ms, version from dispute where campaign = $1 and ($2 = '' or student = $2) \
     order by answered_ms > 0, opened_ms, id";

pub const EVIDENCE: &str = "select evidence from dispute where campaign = $1 and id = $2";

pub const ANSWER_DISPUTE: &str = "update dispute set state = $2, answer = $3, answered_ms = $4, version = version + 1 \
     where id = $1 and version = $5 and state = '\"open\"'";

pub const KEEP_RECORD: &str = "update student set student_no = $2, record = $3, version = $4, name = $5, \
     college = $6, cohort = $7 where id = $1";

pub const BOOKINGS: &str = "select student, centre, day, time from booking where campaign = $1 and day >= $2 \
     order by day, time, centre, student";

pub const BOOKED: &str = "select count(*) from booking where campaign = $1 and centre = $2 and day = $3 \
     and time = $4 and student <> $5";

pub const BOOK: &str = "insert into booking (campaign, student, centre, day, time, at_ms) \
     values ($1, $2, $3, $4, $5, $6) on conflict (campaign, student) do update set \
     centre = $3, day = $4, time = $5, at_ms = $6";

pub const CANCEL_BOOKING: &str = "delete from booking where campaign = $1 and student = $2";

pub const NEW_MOVEMENT: &str = "insert into movement (campaign, service, number, at, fen, payer, note, student) \
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (campaign, service, number) do nothing";

pub const LINK_MOVEMENT: &str =
    "update movement set student = $4 where campaign = $1 and service = $2 and number = $3";

pub const PAYER_OF: &str =
    "select student from movement where campaign = $1 and service = $2 and number = $3 and student <> ''";

pub const MOVEMENTS: &str = "select service, number, at, fen, payer, note, student from movement \
     where campaign = $1 and ($2 = 0 or student = '') order by at, service, number";

pub const BALANCE: &str = "select cast(coalesce(sum(fen), 0) as bigint) from movement \
     where campaign = $1 and student = $2";

pub const BALANCES: &str = "select student, cast(sum(fen) as bigint) as balance from movement \
     where campaign = $1 and student <> '' group by student";

pub const NEW_CLAIM: &str = "insert into claim (campaign, student, account, at_ms) values ($1, $2, $3, $4) \
     on conflict (student) do update set account = $3, at_ms = $4";

pub const CLAIMS: &str = "select student, at_ms from claim where campaign = $1";

pub const NEW_REFUND: &str = "insert into refund (id, campaign, student, fen, reason, asked_by, approved_by, reference) \
     values ($1, $2, $3, $4, $5, $6, '', '')";

pub const REFUNDS: &str = "select id, student, fen, reason, asked_by, approved_by, reference from refund \
     where campaign = $1 order by id desc";

pub const APPROVE_REFUND: &str = "update refund set approved_by = $2 where id = $1 and approved_by = ''";

pub const DECLINE_REFUND: &str = "delete from refund where id = $1 and approved_by = ''";

/// A refund that was entered by hand, and that a bill shows now.
pub const SEEN_REFUND: &str = "update movement set service = $4, number = $5, at = $6 \
     where campaign = $1 and service = 'refund' and student = $2 and fen = $3 and number = \
     (select min(number) from movement where campaign = $1 and service = 'refund' and student = $2 and fen = $3)";

pub const KNOWN_MOVEMENT: &str =
    "select count(*) from movement where campaign = $1 and service = $2 and number = $3";

pub const CLOSE_DISPUTES: &str = "update dispute set state = '\"retake\"', answer = $3, answered_ms = $4, \
     version = version + 1 where campaign = $1 and student = $2 and answered_ms = 0";

pub const PAY_REFUND: &str =
    "update refund set reference = $2 where id = $1 and approved_by <> '' and reference = ''";

pub const NEW_CERTIFICATE: &str = "insert into certificate (campaign, text, signature) values ($1, $2, $3)";

pub const CERTIFICATE: &str = "select text from certificate where campaign = $1";

pub const CERTIFIED: &str = "select signature from certificate where campaign = $1";

pub const NOTICE_WORDS: &str = "select section, text from notice where campaign = $1";

pub const SET_NOTICE: &str = "insert into notice (campaign, section, text) values ($1, $2, $3) \
     on conflict (campaign, section) do update set text = $3";

pub const DROP_NOTICE: &str = "delete from notice where campaign = $1 and section = $2";

pub const TOLD_KEYS: &str = "select student, kind, mark from message where campaign = $1";

pub const TELL_STUDENT: &str = "insert into message (campaign, student, kind, mark, text, at_ms) \
     values ($1, $2, $3, $4, $5, $6) on conflict (campaign, student, kind, mark) do nothing";

pub const TOLD_STUDENTS: &str = "select student, kind, text, at_ms from message where campaign = $1 \
     and ($2 = '' or student = $2) order by at_ms desc, student, kind";

pub const KEEP_FACE: &str = "insert into face (campaign, student, kind, shot, hidden) values ($1, $2, $3, $4, $5) \
     on conflict (campaign, student, kind) do update set shot = $4, hidden = $5";

pub const FACES: &str =
    "select student, kind, shot, hidden from face where campaign = $1 order by student, kind";

pub const FORGET_FACES: &str = "delete from face where campaign = $1 and ($2 = '' or student = $2)";

/// A student stays as a case without a person; the number is the row's own id.
pub const FORGET_STUDENTS: &str = "update student set student_no = id, name = '', college = '', cohort = '', \
     record = $2 where campaign = $1";

pub const PAPERS_OF: &str =
    "select item, account, at_ms from paper where campaign = $1 and student = $2 order by item";

pub const PAPERS: &str = "select student, item from paper where campaign = $1";

pub const NEW_PAPER: &str = "insert into paper (campaign, student, item, account, at_ms) \
     values ($1, $2, $3, $4, $5) on conflict (campaign, student, item) do nothing";

pub const DROP_PAPER: &str = "delete from paper where campaign = $1 and student = $2 and item = $3";

/// The newest order of a student over a sum that can still be paid.
pub const OPEN_ORDER: &str = "select * from pay_order where campaign = $1 and student = $2 and fen = $3 \
     and state = 'open' and at_ms >= $4 order by at_ms desc limit 1";

pub const NEW_ORDER: &str = "insert into pay_order (number, campaign, student, fen, link, state, at_ms) \
     values ($1, $2, $3, $4, '', 'open', $5)";

pub const OPEN_ORDERS: &str = "select * from pay_order where campaign = $1 and state = 'open' \
     and ($2 = '' or student = $2) order by at_ms";

pub const ORDERS_OF: &str = "select * from pay_order where campaign = $1 and student = $2 order by at_ms";

pub const CLOSE_ORDER: &str = "update pay_order set state = $2 where number = $1 and state = 'open'";

pub const CLAIM_MOVEMENT: &str = "update movement set student = $4 \
     where campaign = $1 and service = $2 and number = $3 and student = ''";

pub const KEEP_PAY_LINK: &str = "update pay_order set link = $2 where number = $1";

pub const ORDER: &str = "select * from pay_order where number = $1";

pub const END_ORDER: &str = "update pay_order set state = $2 where number = $1";

pub const NEW_CONTACT: &str = "insert into contact (campaign, student, hidden) values ($1, $2, $3)";

pub const DROP_CONTACT: &str = "delete from contact where campaign = $1 and student = $2";

pub const CONTACTS: &str =
    "select student, hidden from contact where campaign = $1 and ($2 = '' or student = $2)";

/// What was said since a time, and was neither sent by a way nor refused, and is not to be tried later.
pub const UNSENT: &str = "select m.student, m.kind, m.mark, m.text, coalesce(s.tries, 0) as tries \
     from message m join contact c on c.campaign = m.campaign and c.student = m.student \
     left join sending s on s.campaign = m.campaign and s.student = m.student and s.kind = m.kind \
     and s.mark = m.mark and s.way = $2 \
     where m.campaign = $1 and m.at_ms >= $3 and coalesce(s.state, 'again') = 'again' \
     and coalesce(s.next_ms, 0) <= $4 order by m.at_ms, m.student, m.kind, m.mark";

pub const TRIED: &str = "insert into sending (campaign, student, kind, mark, way, state, tries, next_ms, at_ms, fault) \
     values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9) on conflict (campaign, student, kind, mark, way) \
     do update set state = $6, tries = sending.tries + 1, next_ms = $7, at_ms = $8, fault = $9 \
     where sending.state <> 'sent'";

/// Takes a message for oneself before it is sent; whoever comes second changes nothing.
pub const TAKE_SENDING: &str = "insert into sending (campaign, student, kind, mark, way, state, tries, next_ms, at_ms, \
     fault) values ($1, $2, $3, $4, $5, 'again', 0, $6, $7, '') on conflict (campaign, student, kind, mark, way) \
     do update set next_ms = $6, at_ms = $7 where sending.state = 'again' and sending.next_ms <= $7";

pub const SENDINGS: &str = "select state, count(*) as count from sending where campaign = $1 group by state";

/// What is deleted at the end, in the order in which rows refer to each other.
pub const PURGE: &[(&str, &str)] = &[
    ("消息", "delete from message where campaign = $1"),
    ("联系方式", "delete from contact where campaign = $1"),
    ("消息发送记录", "delete from sending where campaign = $1"),
    ("佐证材料清单", "delete from paper where campaign = $1"),
    ("人脸特征", "delete from face where campaign = $1"),
    ("拍摄与学生的对应", "delete from report where campaign = $1"),
    ("采集码登记", "delete from link where campaign = $1"),
    ("取消过登记的采集码", "delete from link_doubt where campaign = $1"),
    ("待确认的采集码", "delete from link_question where campaign = $1"),
    ("采集码", "delete from code where campaign = $1"),
    ("密钥", "delete from campaign_key where campaign = $1"),
    ("异议与佐证", "delete from dispute where campaign = $1"),
    ("预约", "delete from booking where campaign = $1"),
    ("报送明细", "delete from delivered where campaign = $1"),
    ("报送清单", "update delivery set manifest = '', signature = '', state = 'sent' where campaign = $1"),
    ("支付订单", "delete from pay_order where campaign = $1"),
    ("缴费名单", "delete from claim where campaign = $1"),
    ("退费记录", "delete from refund where campaign = $1"),
    ("缴费人", "update movement set payer = '', note = '', student = '' where campaign = $1"),
    ("负责人与电话", "delete from people where campaign = $1"),
    ("重复请求的答复", "delete from answered where $1 <> ''"),
    ("会话", "delete from session where account in (select id from account where campaign = $1)"),
    (
        "本次采集的账号",
        "update account set login = id, name = '', password = '', active = 0 where campaign = $1",
    ),
];

/// How often anything of the campaign was written down, and how often a class moved.
pub const PULSE: &str = "select log_count, \
     cast(coalesce((select sum(version) from turn where campaign = $1), 0) as bigint) as turns \
     from campaign where id = $1";
