//! Accounts from the server's own computer: whoever lost the registry's password gets in again, and the log tells.

use campaign::accounts::{Accounts, log_name};
use campaign::register::Register;
use seal::audit::verify::{Known, verify};
use seal::suite::Suite;
use tokio::runtime::Runtime;

use crate::xueying::{complaints, text, xueying};

const NOW_MS: u64 = 1_700_000_000_000;

#[test]
fn a_lost_password_is_reset_on_the_servers_computer_and_the_log_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = text(&folder.path().join("data"));
    let address = format!("sqlite:{data}/campaign.db?mode=rwc");
    let runtime = Runtime::new().unwrap();
    let users = |words: &[&str]| {
        let done = xueying(["users"].iter().chain(words).chain(&["--data", &data, "--lang", "en"]));
        (done.status.code(), String::from_utf8(done.stdout.clone()).unwrap(), complaints(&done))
    };
    let (status, _, why) = users(&["list"]);
    assert_eq!(status, Some(2), "{why}");
    assert!(why.contains("there is no data"), "{why}");
    std::fs::create_dir(&data).unwrap();
    runtime.block_on(async {
        let register = Register::open(&address).await.unwrap();
        Accounts::of(&register).first("registry", "a password of the tests", NOW_MS).await.unwrap();
        register.close().await;
    });

    let (status, said, why) = users(&["reset", "registry"]);
    assert_eq!(status, Some(0), "{why}");
    let password = said.split('\t').nth(1).unwrap().to_owned();
    assert_eq!(users(&["reset", "nobody"]).0, Some(2));
    let monitor = ["add", "li", "--name", "李雷", "--role", "monitor"];
    let (status, _, why) = users(&monitor);
    assert_eq!(status, Some(2), "a monitor without a class");
    assert!(!why.is_empty());
    assert_eq!(users(&["add", "li", "--name", "李雷", "--role", "emperor"]).0, Some(2));
    assert_eq!(users(&["add", "li", "--name", "李雷", "--role", "auditor"]).0, Some(0));
    assert_eq!(users(&["close", "li"]).0, Some(0));
    let (_, list, _) = users(&["list"]);
    assert!(list.contains("li\t李雷\tauditor\t\tclosed"), "{list}");

    runtime.block_on(async {
        let register = Register::open(&address).await.unwrap();
        let accounts = Accounts::of(&register);
        let session = accounts.sign_in("registry", &password, NOW_MS + 1).await.unwrap().session;
        assert!(session.account.must_change);
        let log = accounts.log_text().await.unwrap();
        for event in ["\treset\t", "\tclosed\t"] {
            assert!(log.contains(event), "{log}");
        }
        assert!(!log.contains("李雷") && !log.contains(&password), "{log}");
        let known = Known { campaign: &log_name().unwrap(), suite: Suite::Modern, signers: &[], kept: &[] };
        verify(&mut log.as_bytes(), known).unwrap();
        register.close().await;
    });
}
