//! Everything in one file, and back on another computer: the same board, and a log that verifies.

use std::fs;

use campaign::register::roll::Filter;
use campaign::register::{Act, Register};
use campaign::role::Role;
use campaign::settings::template;
use roster::check::check;
use roster::field::Mapping;
use seal::identity::CampaignId;
use seal::suite::Suite;
use tokio::runtime::Runtime;

use crate::xueying::{complaints, text, xueying};

const TABLE: &str = "学号,姓名,证件号码,层次,班级\n1,张三,11010519491231002X,本科,软件2101\n";

fn register_in(folder: &std::path::Path) -> String {
    format!("sqlite:{}/campaign.db?mode=rwc", folder.display())
}

#[test]
fn a_backup_restored_on_another_computer_gives_the_same_board() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new, file) =
        (folder.path().join("old"), folder.path().join("new"), folder.path().join("backup.zip"));
    fs::create_dir_all(old.join("objects")).unwrap();
    fs::write(old.join("objects/photo"), b"hidden").unwrap();
    let id = CampaignId::try_from("xd-2027".to_owned()).unwrap();
    let act = Act { role: Role::Registry, account: "u-7", at_ms: 1_804_815_665_250, reason: "" };
    let runtime = Runtime::new().unwrap();
    let board = |folder: &std::path::Path| {
        runtime.block_on(async {
            let register = Register::open(&register_in(folder)).await.unwrap();
            let page = register.page(&id, &Filter::default(), (0, 10)).await.unwrap();
            let board = (page, register.counts(&id).await.unwrap(), register.log(&id).await.unwrap());
            register.close().await;
            board
        })
    };
    runtime.block_on(async {
        let register = Register::open(&register_in(&old)).await.unwrap();
        register
            .create(&id, &template("stations-2025").unwrap().unwrap(), Suite::Modern, &act)
            .await
            .unwrap();
        let table = roster::table::read(TABLE.as_bytes()).unwrap();
        let students = check(&table, &Mapping::of_headings(&table.headings)).students;
        register.import(&id, &students, 0, &act).await.unwrap();
        register.close().await;
    });

    let backup = || xueying(["backup", "--data", &text(&old), "--out", &text(&file)]);
    let restore = |to: &std::path::Path| xueying(["restore", "--data", &text(to), &text(&file)]);
    let made = backup();
    assert_eq!(made.status.code(), Some(0), "{}", complaints(&made));
    assert_eq!(backup().status.code(), Some(2), "a backup overwrites nothing");
    let restored = restore(&new);
    assert_eq!(restored.status.code(), Some(0), "{}", complaints(&restored));
    assert_eq!(board(&new), board(&old));
    assert_eq!(fs::read(new.join("objects/photo")).unwrap(), b"hidden");
    assert_eq!(restore(&new).status.code(), Some(2), "a store that is not empty is left alone");
    fs::write(&file, b"not a backup").unwrap();
    assert_eq!(restore(&folder.path().join("third")).status.code(), Some(2));
}
