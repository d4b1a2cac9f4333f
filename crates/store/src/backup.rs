//! A copy of everything while everybody works on: one ZIP file with a table per entry, as of one moment, and the
//! objects that stood there then. It is the same from either database, so it also carries a store from one to the other.
//!
//! Rows are written as JSON lines; a byte column as an object with its bytes in base64.

use std::io::{BufRead, BufReader, Read, Seek, Write};

use base64::prelude::{BASE64_STANDARD, Engine};
use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Column, Executor, Row, TypeInfo, ValueRef};
use thiserror::Error;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::objects::{ObjectError, Objects};
use crate::{Kind, Store, StoreError};

/// Why a backup is not written or not taken.
#[derive(Debug, Error)]
pub enum BackupError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The objects.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// The file.
    #[error("the backup's file: {0}")]
    File(#[from] std::io::Error),
    /// Its form.
    #[error("this is not a whole backup: {0}")]
    Form(String),
    /// There is something where it is to go.
    #[error("the store is not empty: a backup goes into a new one (table {0} has rows)")]
    NotEmpty(String),
}

impl BackupError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Store(error) => error.zh(),
            Self::Objects(error) => error.zh(),
            Self::File(error) => format!("备份文件：{error}"),
            Self::Form(why) => format!("不是完整的备份：{why}"),
            Self::NotEmpty(table) => {
                format!("目标数据库不为空（表 {table} 有数据）：备份只能恢复到新的数据库")
            }
        }
    }
}

impl From<sqlx::Error> for BackupError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<ZipError> for BackupError {
    fn from(error: ZipError) -> Self {
        Self::Form(error.to_string())
    }
}

impl From<serde_json::Error> for BackupError {
    fn from(error: serde_json::Error) -> Self {
        Self::Form(error.to_string())
    }
}

/// What was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Copied {
    /// Rows of all tables.
    pub rows: usize,
    /// Objects.
    pub objects: usize,
}

/// Writes the tables as they stand at one moment, in the order given, under `name/`.
///
/// # Errors
/// [`BackupError`] when the database or the file fails.
pub async fn write_tables<W: Write + Seek>(
    store: &Store,
    name: &str,
    tables: &[&str],
    to: &mut ZipWriter<W>,
) -> Result<Copied, BackupError> {
    let mut reading = match store.kind() {
        // In WAL mode a reader sees what stood there when it began, and holds nobody off.
        Kind::Sqlite => store.reader().begin().await?,
        Kind::Postgres => {
            store.reader().begin_with("begin isolation level repeatable read, read only").await?
        }
    };
    let mut copied = Copied::default();
    for table in tables {
        to.start_file(format!("{name}/{table}.jsonl"), SimpleFileOptions::default().large_file(true))?;
        let mut rows = reading.fetch(AssertSqlSafe(format!("select * from {table}")));
        while let Some(row) = rows.try_next().await? {
            serde_json::to_writer(&mut *to, &object(&row)?)?;
            to.write_all(b"\n")?;
            copied.rows += 1;
        }
    }
    Ok(copied)
}

/// Writes every object under `objects/`. Objects are never changed, so those that the tables name are whole,
/// whatever comes in meanwhile.
///
/// # Errors
/// [`BackupError`] when the objects or the file fail.
pub async fn write_objects<W: Write + Seek>(
    objects: &Objects,
    to: &mut ZipWriter<W>,
) -> Result<Copied, BackupError> {
    let mut copied = Copied::default();
    for name in objects.names().await? {
        to.start_file(format!("{OBJECTS}{name}"), SimpleFileOptions::default())?;
        to.write_all(&objects.get(&name).await?)?;
        copied.objects += 1;
    }
    Ok(copied)
}

const OBJECTS: &str = "objects/";

/// Fills the empty tables of a store, whose structure the program has made, all of them or none.
///
/// # Errors
/// [`BackupError::NotEmpty`] when there is anything in them; [`BackupError::Form`] when the file is damaged.
pub async fn read_tables<R: Read + Seek>(
    store: &Store,
    name: &str,
    tables: &[&str],
    from: &mut ZipArchive<R>,
) -> Result<Copied, BackupError> {
    let mut writing = store.begin().await?;
    let mut copied = Copied::default();
    for table in tables {
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(format!("select count(*) from {table}")))
            .fetch_one(&mut *writing)
            .await?;
        if count > 0 {
            return Err(BackupError::NotEmpty((*table).into()));
        }
        // A line is read, checked by the ZIP's CRC when its entry ends, and counts only with the commit.
        for line in BufReader::new(from.by_name(&format!("{name}/{table}.jsonl"))?).lines() {
            let row: Map<String, Value> = serde_json::from_str(&line?)?;
            insert(&mut writing, table, &row).await?;
            copied.rows += 1;
        }
    }
    writing.commit().await.map_err(StoreError::from)?;
    Ok(copied)
}

/// Puts the objects of a backup into a store of objects.
///
/// # Errors
/// [`BackupError`] when the file is damaged or the objects cannot be kept.
pub async fn read_objects<R: Read + Seek>(
    objects: &Objects,
    from: &mut ZipArchive<R>,
) -> Result<Copied, BackupError> {
    let mut copied = Copied::default();
    for index in 0..from.len() {
        let mut entry = from.by_index(index)?;
        let Some(name) = entry.name()?.strip_prefix(OBJECTS).map(str::to_owned) else { continue };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        drop(entry);
        objects.put(&name, bytes).await?;
        copied.objects += 1;
    }
    Ok(copied)
}

async fn insert(
    writing: &mut crate::Transaction,
    table: &str,
    row: &Map<String, Value>,
) -> Result<(), BackupError> {
    let is_name = |name: &String| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if let Some(odd) = row.keys().find(|name| !is_name(name)) {
        return Err(BackupError::Form(format!("a column of {table} is called {odd:?}")));
    }
    let columns: Vec<&str> = row.keys().map(String::as_str).collect();
    let places: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let sql = format!("insert into {table} ({}) values ({})", columns.join(", "), places.join(", "));
    let mut query = sqlx::query(AssertSqlSafe(sql));
    for (column, value) in row {
        let odd = || BackupError::Form(format!("{table}.{column} holds {value}"));
        query = match value {
            Value::String(text) => query.bind(text.clone()),
            Value::Number(number) if number.is_i64() => query.bind(number.as_i64().ok_or_else(odd)?),
            Value::Number(number) => query.bind(number.as_f64().ok_or_else(odd)?),
            Value::Object(bytes) => query.bind(unwrapped(bytes).ok_or_else(odd)?),
            _ => return Err(odd()),
        };
    }
    query.execute(&mut **writing).await?;
    Ok(())
}

/// The key under which a byte column stands.
const BYTES: &str = "base64";

fn unwrapped(value: &Map<String, Value>) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(value.get(BYTES)?.as_str()?).ok()
}

/// A row by its columns. No column may be null: the two databases disagree about the type of nothing.
fn object(row: &AnyRow) -> Result<Map<String, Value>, BackupError> {
    let mut object = Map::new();
    for (index, column) in row.columns().iter().enumerate() {
        let kind = row.try_get_raw(index)?.type_info().kind();
        let value = match kind {
            AnyTypeInfoKind::Text => Value::String(row.try_get(index)?),
            AnyTypeInfoKind::SmallInt | AnyTypeInfoKind::Integer | AnyTypeInfoKind::BigInt => {
                json!(row.try_get::<i64, _>(index)?)
            }
            AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => json!(row.try_get::<f64, _>(index)?),
            AnyTypeInfoKind::Blob => json!({BYTES: BASE64_STANDARD.encode(row.try_get::<&[u8], _>(index)?)}),
            other => return Err(BackupError::Form(format!("{} is a {}", column.name(), name(other)))),
        };
        object.insert(column.name().to_owned(), value);
    }
    Ok(object)
}

fn name(kind: AnyTypeInfoKind) -> String {
    sqlx::any::AnyTypeInfo { kind }.name().to_owned()
}
