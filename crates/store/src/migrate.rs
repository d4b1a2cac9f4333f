//! The structure of a store, step by step. A step that was applied is never changed; a new one is added.

use sqlx::{Executor, Row};

use crate::{Kind, Store, StoreError, Transaction};

/// A step: its number counts from 1 without gaps.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// What it does.
    pub name: &'static str,
    /// One text for both databases.
    pub sql: &'static str,
}

/// Applies what is missing, each step in a transaction of its own.
pub(crate) async fn run(store: &Store, migrations: &[Migration]) -> Result<(), StoreError> {
    let mut writing = alone(store).await?;
    writing.execute(STRUCTURE).await?;
    writing.commit().await?;
    while !step(store, migrations).await? {}
    Ok(())
}

/// What was applied.
const STRUCTURE: &str =
    "create table if not exists structure (step bigint primary key, name text not null, sql text not null)";
/// "xueying" as a number: no other program on the server takes this lock.
const LOCK: &str = "select pg_advisory_xact_lock(33900936116825703)";

/// A transaction that no other program's migration meets: of two that start at once, each step is applied once.
async fn alone(store: &Store) -> Result<Transaction, StoreError> {
    let mut writing = store.begin().await?;
    if store.kind() == Kind::Postgres {
        writing.execute(LOCK).await?;
    }
    Ok(writing)
}

/// Applies the next step; whether none was left.
async fn step(store: &Store, migrations: &[Migration]) -> Result<bool, StoreError> {
    let mut writing = alone(store).await?;
    let applied =
        sqlx::query("select step, sql from structure order by step").fetch_all(&mut *writing).await?;
    for (row, migration) in applied.iter().zip(migrations) {
        if row.try_get::<&str, _>(1)? != migration.sql {
            return Err(StoreError::Changed(row.try_get(0)?));
        }
    }
    let (found, known) = (applied.len() as i64, migrations.len() as i64);
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    let Some(next) = migrations.get(applied.len()) else { return Ok(true) };
    writing.execute(next.sql).await?;
    sqlx::query("insert into structure (step, name, sql) values ($1, $2, $3)")
        .bind(found + 1)
        .bind(next.name)
        .bind(next.sql)
        .execute(&mut *writing)
        .await?;
    writing.commit().await?;
    Ok(false)
}
