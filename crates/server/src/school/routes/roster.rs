//! The roster's way in: a table is checked and shown as a difference before it is taken; nothing is half imported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use campaign::register::Register;
use fontdb::Database;
use roster::check::{Checked, check as check_table};
use roster::difference::Change;
use roster::field::{Field, Mapping};
use roster::finding::Finding;
use roster::marked as marked_table;
use roster::platform::{self, Mismatch};
use roster::student::Student;
use roster::table::{self, Table};
use seal::identity::CampaignId;
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;
use utoipa::{IntoParams, ToSchema};

use super::{Versioned, campaigns::name, seen};
use crate::problem::{Problem, prefers_english};
use crate::school::app::App;
use crate::school::export;
use crate::school::glyphs;
use crate::school::who::Who;

/// Findings and changes that are listed; the counts are of all.
const MOST_LISTED: usize = 500;

/// Which column is what, where the headings do not say it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Columns {
    /// JSON: the field's name to the column's number from 0, such as `{"student-no": 2}`.
    #[serde(default)]
    columns: String,
}

/// A column of the table.
#[derive(Serialize, ToSchema)]
pub struct ColumnView {
    heading: String,
    /// The field that it is taken for, such as `student-no`.
    field: Option<String>,
}

/// A field of the roster.
#[derive(Serialize, ToSchema)]
pub struct FieldView {
    field: String,
    zh: String,
    required: bool,
}

/// A faulty cell.
#[derive(Serialize, ToSchema)]
pub struct FindingView {
    /// The row, as spreadsheets count.
    line: usize,
    /// The column's letter, as spreadsheets name it.
    column: Option<String>,
    heading: String,
    code: String,
    zh: String,
    en: String,
}

/// What a table would change.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// Such as `added`, `moved`.
    change: String,
    student_no: String,
    from: Option<String>,
    to: Option<String>,
}

/// A table as it was read.
#[derive(Serialize, ToSchema)]
pub struct CheckedView {
    rows: usize,
    good: usize,
    columns: Vec<ColumnView>,
    fields: Vec<FieldView>,
    /// Required fields that no column holds.
    missing: Vec<String>,
    findings_total: usize,
    findings: Vec<FindingView>,
    changes_total: usize,
    /// How many changes of each kind.
    counts: BTreeMap<String, usize>,
    changes: Vec<ChangeView>,
    /// Heads of each class in the table.
    classes: Vec<ClassView>,
    /// Student numbers of those whose name has a character that no font of the server draws.
    undrawn: Vec<String>,
    /// How many they are; the list is cut.
    undrawn_total: usize,
}

/// A class in the table.
#[derive(Serialize, ToSchema)]
pub struct ClassView {
    college: String,
    cohort: String,
    heads: usize,
}

struct ReadTable {
    table: Table,
    mapping: Mapping,
    checked: Checked,
}

async fn read(bytes: Bytes, columns: Columns) -> Result<ReadTable, Problem> {
    let named: BTreeMap<Field, usize> = match columns.columns.as_str() {
        "" => BTreeMap::new(),
        text => serde_json::from_str(text)
            .map_err(|error| Problem::unusable(format!("columns：{error}"), format!("columns: {error}")))?,
    };
    let reading = move || {
        let table = table::read(&bytes)?;
        let mut mapping = Mapping::of_headings(&table.headings);
        for (field, column) in named {
            // One column is one field: what a person says counts.
            mapping.0.retain(|_, known| *known != column);
            mapping.0.insert(field, column);
        }
        let checked = check_table(&table, &mapping);
        Ok::<_, table::TableFault>(ReadTable { table, mapping, checked })
    };
    let read = spawn_blocking(reading).await.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(read?)
}

/// Checks a table (xlsx, xls, csv, dbf) and says what it would change; nothing is.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/roster/check", tag = "roster",
    params(("campaign" = String, Path), Columns), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = CheckedView)))]
pub async fn check(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(columns): Query<Columns>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let version = app.register().campaign(&id).await?.version;
    let read = read(bytes, columns).await?;
    let changes = app.register().preview(&id, &read.checked.students).await?;
    let fonts = Arc::clone(&app.0.fonts);
    let viewed = move || view(&read, &changes, &fonts);
    let viewed = spawn_blocking(viewed).await.map_err(|error| Problem::internal(error.to_string()))?;
    Ok(Versioned(version, viewed).into_response())
}

/// Student numbers of those whose name has a character that no font draws.
fn undrawn(students: &[Student], fonts: &Database) -> Vec<String> {
    let letters: BTreeSet<char> = students.iter().flat_map(|student| student.name.plain.chars()).collect();
    let missing = glyphs::missing(&letters.into_iter().collect::<String>(), fonts);
    let lacks = |student: &&Student| student.name.plain.contains(|letter| missing.contains(letter));
    students.iter().filter(lacks).map(|student| student.student_no.clone()).collect()
}

fn view(read: &ReadTable, changes: &[Change], fonts: &Database) -> CheckedView {
    let ReadTable { table, mapping, checked } = read;
    let field_of =
        |column| mapping.0.iter().find(|(_, known)| **known == column).map(|(field, _)| name(field));
    let columns = table.headings.iter().enumerate();
    let mut counts = BTreeMap::new();
    let changes_seen: Vec<ChangeView> = changes.iter().map(change).collect();
    for change in &changes_seen {
        *counts.entry(change.change.clone()).or_default() += 1;
    }
    let mut classes: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for student in &checked.students {
        *classes.entry((&student.college, &student.cohort)).or_default() += 1;
    }
    let undrawn = undrawn(&checked.students, fonts);
    CheckedView {
        rows: table.rows.len(),
        good: checked.students.len(),
        columns: columns
            .map(|(column, heading)| ColumnView { heading: heading.clone(), field: field_of(column) })
            .collect(),
        fields: Field::all()
            .map(|field| FieldView {
                field: name(&field),
                zh: field.zh().into(),
                required: Field::REQUIRED.contains(&field),
            })
            .collect(),
        missing: mapping.missing().into_iter().map(|field| name(&field)).collect(),
        findings_total: checked.findings.len(),
        findings: checked.findings.iter().take(MOST_LISTED).map(|finding| found(finding, table)).collect(),
        changes_total: changes.len(),
        counts,
        changes: changes_seen.into_iter().take(MOST_LISTED).collect(),
        classes: classes
            .into_iter()
            .map(|((college, cohort), heads)| ClassView {
                college: college.into(),
                cohort: cohort.into(),
                heads,
            })
            .collect(),
        undrawn_total: undrawn.len(),
        undrawn: undrawn.into_iter().take(MOST_LISTED).collect(),
    }
}

fn found(finding: &Finding, table: &Table) -> FindingView {
    let heading = finding.column.and_then(|column| table.headings.get(column));
    FindingView {
        line: finding.line,
        column: finding.column.map(letters),
        heading: heading.map_or(finding.field.zh(), String::as_str).into(),
        code: finding.fault.code().into(),
        zh: finding.fault.zh(),
        en: finding.fault.en(),
    }
}

/// A column's letters in a spreadsheet: 0 is A, 26 is AA.
fn letters(column: usize) -> String {
    let last = char::from(b'A' + (column % 26) as u8);
    if column < 26 { last.into() } else { letters(column / 26 - 1) + &last.to_string() }
}

fn change(change: &Change) -> ChangeView {
    let view = |what: &str, number: &str, from: Option<&str>, to: Option<&str>| ChangeView {
        change: what.into(),
        student_no: number.into(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
    };
    match change {
        Change::Added { student_no } => view("added", student_no, None, None),
        Change::Gone { student_no } => view("gone", student_no, None, None),
        Change::Moved { student_no, from, to } => view("moved", student_no, Some(from), Some(to)),
        Change::Renamed { student_no } => view("renamed", student_no, None, None),
        Change::DocumentChanged { student_no } => view("document-changed", student_no, None, None),
        Change::Renumbered { from, to } => view("renumbered", to, Some(from), Some(to)),
        Change::Corrected { student_no, field } => view("corrected", student_no, None, Some(field.zh())),
    }
}

/// The same table with its faulty cells marked, as an Excel file.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/roster/marked", tag = "roster",
    params(("campaign" = String, Path), Columns), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Vec<u8>,
    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))]
pub async fn marked(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(columns): Query<Columns>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, Problem> {
    app.register().campaign(&who.campaign(&campaign)?).await?;
    let ReadTable { table, checked, .. } = read(bytes, columns).await?;
    let words: marked_table::Words =
        if prefers_english(&headers) { roster::finding::Fault::en } else { roster::finding::Fault::zh };
    let bytes = marked_table::write(&table, &checked.findings, words)
        .map_err(|error| Problem::internal(error.to_string()))?;
    let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(export::file(bytes, kind, "roster-marked.xlsx"))
}

/// Somebody who would have no collection code.
#[derive(Serialize, ToSchema)]
pub struct MismatchView {
    student_no: String,
    /// Such as `not-registered`.
    why: String,
    zh: String,
    en: String,
}

/// Holds the roster against an export of the national platform: who would have no collection code, and why.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/roster/platform", tag = "roster",
    params(("campaign" = String, Path), Columns), request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Vec<MismatchView>)))]
pub async fn platform(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(columns): Query<Columns>,
    bytes: Bytes,
) -> Result<Json<Vec<MismatchView>>, Problem> {
    let id = who.campaign(&campaign)?;
    let class_of = app.register().campaign(&id).await?.settings.campaign.class_of;
    let read = read(bytes, columns).await?;
    let known: Vec<_> = app.register().students(&id).await?.into_iter().map(|entry| entry.student).collect();
    let view = |one: Mismatch| MismatchView {
        why: name(&one.why),
        zh: one.why.zh().into(),
        en: one.why.en().into(),
        student_no: one.student_no,
    };
    let found = platform::check(&known, &read.checked.students, class_of as i16);
    Ok(Json(found.into_iter().map(view).collect()))
}

/// What a table changed.
#[derive(Serialize, ToSchema)]
pub struct AppliedView {
    students: usize,
    changes: usize,
    version: i64,
}

/// Takes a table in, all of it or nothing; a table with a faulty cell is refused.
#[utoipa::path(post, path = "/api/campaigns/{campaign}/roster", tag = "roster",
    params(("campaign" = String, Path), Columns, ("If-Match" = String, Header)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = AppliedView), (status = 409, body = Problem)))]
pub async fn apply(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(columns): Query<Columns>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<AppliedView>, Problem> {
    let id = who.campaign(&campaign)?;
    let version = seen(&headers)?;
    let ReadTable { checked, mapping, .. } = read(bytes, columns).await?;
    let faults = checked.findings.len();
    if faults > 0 || !mapping.missing().is_empty() {
        return Err(Problem::unusable(
            format!("名单有 {faults} 处问题，未导入任何内容；请先更正"),
            format!("the table has {faults} faulty cells; nothing was taken: correct them first"),
        ));
    }
    if checked.students.is_empty() {
        return Err(Problem::unusable("名单为空，未导入任何内容", "the table is empty; nothing was taken"));
    }
    applied(app.register(), &id, &checked, version, &who).await
}

async fn applied(
    register: &Register,
    id: &CampaignId,
    checked: &Checked,
    version: i64,
    who: &Who,
) -> Result<Json<AppliedView>, Problem> {
    let changes = register.import(id, &checked.students, version, &who.act("")).await?;
    let version = register.campaign(id).await?.version;
    Ok(Json(AppliedView { students: checked.students.len(), changes: changes.len(), version }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_spreadsheets() {
        let letters = [0, 25, 26, 27, 701, 702].map(letters);
        assert_eq!(letters, ["A", "Z", "AA", "AB", "ZZ", "AAA"]);
    }
}
