//! Where things are kept: SQLite in one file, or PostgreSQL, behind one text of SQL; pictures as [`objects`] in a
//! folder or a bucket; both in a [`backup`] while everybody works on. Knows no domain word.
//!
//! One text serves both because it keeps to what they share: columns of text, bigint, double precision and bytea
//! (times as milliseconds since 1970), placeholders `$1`, `insert … on conflict`, `returning`.

pub mod backup;
mod migrate;
pub mod objects;

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::{Any, AnyPool, Executor};
use thiserror::Error;

pub use migrate::Migration;

/// How long a writer waits for another one before it gives up.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; SQLite has one writer whatever their number.
const CONNECTIONS: u32 = 8;

/// A transaction; what it did is gone unless it is committed.
pub type Transaction = sqlx::Transaction<'static, Any>;

/// An open store.
#[derive(Debug, Clone)]
pub struct Store {
    pool: AnyPool,
    kind: Kind,
}

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

/// Why the store does not do what was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error("the address of the store begins with sqlite: or postgres:")]
    Address,
    /// The store was written by a newer program.
    #[error(
        "the store has version {found}, this program knows versions up to {known}: use the newer program"
    )]
    Newer {
        /// Its version.
        found: i64,
        /// The last one known.
        known: i64,
    },
    /// A migration that was applied reads otherwise in this program.
    #[error(
        "step {0} of the store's structure differs from the one that was applied: this is another program"
    )]
    Changed(i64),
    /// The database.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Address => "数据库地址应以 sqlite: 或 postgres: 开头".into(),
            Self::Newer { found, known } => {
                format!("数据库版本为 {found}，本程序只认识到 {known}：请使用新版程序")
            }
            Self::Changed(step) => format!("数据库结构第 {step} 步与本程序不一致：不是同一个程序"),
            Self::Database(error) => format!("数据库错误：{error}"),
        }
    }
}

impl Store {
    /// Opens a store and brings its structure up to date.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be reached, or belongs to a newer or another program.
    pub async fn open(address: &str, migrations: &[Migration]) -> Result<Self, StoreError> {
        install_default_drivers();
        let kind = match address.split(':').next() {
            Some("sqlite") => Kind::Sqlite,
            Some("postgres" | "postgresql") => Kind::Postgres,
            _ => return Err(StoreError::Address),
        };
        let options: AnyConnectOptions = address.parse()?;
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if kind == Kind::Sqlite {
                        connection.execute(PRAGMAS).await?;
                    }
                    Ok(())
                })
            })
            .connect_with(options)
            .await?;
        let store = Self { pool, kind };
        migrate::run(&store, migrations).await?;
        Ok(store)
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Where to read from without a transaction.
    pub fn reader(&self) -> &AnyPool {
        &self.pool
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Database`] when it does not.
    pub async fn answers(&self) -> Result<(), StoreError> {
        self.pool.execute("select 1").await?;
        Ok(())
    }

    /// Begins to write. In SQLite the one writer is chosen here, not at the first change, so that a reader never
    /// has to be turned into a writer and fail.
    ///
    /// # Errors
    /// [`StoreError::Database`] when no connection is free in time.
    pub async fn begin(&self) -> Result<Transaction, StoreError> {
        Ok(match self.kind {
            Kind::Sqlite => self.pool.begin_with("begin immediate").await?,
            Kind::Postgres => self.pool.begin().await?,
        })
    }

    /// Waits for what is under way and closes.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

/// WAL lets readers go on while one writes; FULL makes every commit outlive a power cut (<https://sqlite.org/pragma.html>).
const PRAGMAS: &str = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; \
    pragma busy_timeout = 10000; pragma secure_delete = on;";
