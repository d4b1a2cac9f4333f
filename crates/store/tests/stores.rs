//! The same on both databases. PostgreSQL is tried where `XUEYING_POSTGRES` names a server (`make test` starts one).
#![expect(clippy::unwrap_used, reason = "a test stops where its own preparation fails")]

use std::sync::atomic::{AtomicU32, Ordering};

use store::{Kind, Migration, Store, StoreError};

const ONE: Migration =
    Migration { name: "notes", sql: "create table note (id bigint primary key, word text not null)" };
const TWO: Migration = Migration { name: "colours", sql: "alter table note add column colour text" };

/// An empty store of each kind, and what must outlive it.
async fn addresses() -> (Vec<String>, tempfile::TempDir) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let folder = tempfile::tempdir().unwrap();
    let mut addresses = vec![format!("sqlite:{}/store.db?mode=rwc", folder.path().display())];
    match std::env::var("XUEYING_POSTGRES") {
        Ok(server) => {
            let name = format!("store_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let admin = Store::open(&format!("{server}/postgres"), &[]).await.unwrap();
            let create = sqlx::AssertSqlSafe(format!("create database {name}"));
            sqlx::query(create).execute(admin.reader()).await.unwrap();
            addresses.push(format!("{server}/{name}"));
        }
        Err(_) => eprintln!("skipped for PostgreSQL: XUEYING_POSTGRES names no server; make test starts one"),
    }
    (addresses, folder)
}

#[tokio::test]
async fn what_was_committed_is_there_again_and_the_rest_is_not() {
    let (addresses, _folder) = addresses().await;
    for address in addresses {
        let store = Store::open(&address, &[ONE]).await.unwrap();
        let mut writing = store.begin().await.unwrap();
        sqlx::query("insert into note (id, word) values ($1, $2)")
            .bind(1_i64)
            .bind("张三")
            .execute(&mut *writing)
            .await
            .unwrap();
        writing.commit().await.unwrap();
        let mut writing = store.begin().await.unwrap();
        sqlx::query("insert into note (id, word) values ($1, $2)")
            .bind(2_i64)
            .bind("x")
            .execute(&mut *writing)
            .await
            .unwrap();
        drop(writing);
        store.close().await;

        let again = Store::open(&address, &[ONE]).await.unwrap();
        let words: Vec<String> =
            sqlx::query_scalar("select word from note order by id").fetch_all(again.reader()).await.unwrap();
        assert_eq!(words, ["张三"], "{:?}", again.kind());
    }
}

#[tokio::test]
async fn the_structure_grows_and_a_newer_or_another_one_is_refused() {
    let (addresses, _folder) = addresses().await;
    for address in addresses {
        Store::open(&address, &[ONE]).await.unwrap().close().await;
        Store::open(&address, &[ONE, TWO]).await.unwrap().close().await;
        let older = Store::open(&address, &[ONE]).await.unwrap_err();
        assert!(matches!(older, StoreError::Newer { found: 2, known: 1 }), "{older}");
        let other = Migration { sql: "create table other (id bigint)", ..ONE };
        assert!(matches!(Store::open(&address, &[other, TWO]).await.unwrap_err(), StoreError::Changed(1)));
    }
    assert!(matches!(Store::open("mysql://x", &[]).await.unwrap_err(), StoreError::Address));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_writers_at_once_lose_nothing() {
    let (addresses, _folder) = addresses().await;
    for address in addresses {
        let store = Store::open(&address, &[ONE]).await.unwrap();
        sqlx::query("insert into note (id, word) values (0, '0')").execute(store.reader()).await.unwrap();
        let writers: Vec<_> = (0..50)
            .map(|_| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut writing = store.begin().await.unwrap();
                    let word: String =
                        sqlx::query_scalar("update note set word = word where id = 0 returning word")
                            .fetch_one(&mut *writing)
                            .await
                            .unwrap();
                    let next = word.parse::<u32>().unwrap() + 1;
                    sqlx::query("update note set word = $1 where id = 0")
                        .bind(next.to_string())
                        .execute(&mut *writing)
                        .await
                        .unwrap();
                    writing.commit().await.unwrap();
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let word: String =
            sqlx::query_scalar("select word from note").fetch_one(store.reader()).await.unwrap();
        assert_eq!(word, "50", "{:?}", store.kind());
        if store.kind() == Kind::Sqlite {
            let mode: String =
                sqlx::query_scalar("pragma journal_mode").fetch_one(store.reader()).await.unwrap();
            assert_eq!(mode, "wal");
        }
    }
}

/// Every kind of column, as a backup must carry it.
const ALL: Migration = Migration {
    name: "all",
    sql: "create table thing (id bigint primary key, word text not null, share double precision not null, \
          raw bytea not null)",
};

#[tokio::test]
async fn a_backup_taken_while_others_write_is_whole_and_goes_into_either_database() {
    let (from, _folder) = addresses().await;
    for address in from {
        let store = Store::open(&address, &[ALL]).await.unwrap();
        for id in 0..200_i64 {
            let word = format!("张{id}\n\"");
            let insert = sqlx::query("insert into thing (id, word, share, raw) values ($1, $2, $3, $4)");
            let share = id as f64 / 8.0 + 0.1;
            let query = insert.bind(id).bind(word).bind(share).bind(vec![0_u8, 255, id as u8]);
            query.execute(store.reader()).await.unwrap();
        }
        let busy = {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..50 {
                    let change = sqlx::query("update thing set share = share + 1").execute(store.reader());
                    change.await.unwrap();
                }
            })
        };
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let copied = store::backup::write_tables(&store, "school", &["thing"], &mut zip).await.unwrap();
        assert_eq!(copied.rows, 200);
        let bytes = zip.finish().unwrap().into_inner();
        busy.await.unwrap();

        let (to, _folder) = addresses().await;
        for address in to {
            let new = Store::open(&address, &[ALL]).await.unwrap();
            let mut zip = zip::ZipArchive::new(std::io::Cursor::new(&bytes)).unwrap();
            let copied = store::backup::read_tables(&new, "school", &["thing"], &mut zip).await.unwrap();
            assert_eq!(copied.rows, 200);
            let rows: Vec<(i64, String, f64, Vec<u8>)> =
                sqlx::query_as("select id, word, share, raw from thing order by id")
                    .fetch_all(new.reader())
                    .await
                    .unwrap();
            // One moment: every share was raised equally often.
            let raised = rows[0].2 - 0.1;
            for (id, (row, word, share, raw)) in rows.into_iter().enumerate() {
                assert_eq!((row, word), (id as i64, format!("张{id}\n\"")));
                assert!((share - (id as f64 / 8.0 + 0.1) - raised).abs() < 1e-9);
                assert_eq!(raw, [0, 255, id as u8]);
            }
            let again = store::backup::read_tables(&new, "school", &["thing"], &mut zip).await;
            assert!(matches!(again, Err(store::backup::BackupError::NotEmpty(_))));
        }
    }
}
