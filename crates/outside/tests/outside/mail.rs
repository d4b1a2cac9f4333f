//! Mail against aiosmtpd, an SMTP server in Python that shares no code with us. `scripts/setup-python.sh` installs it;
//! without it
//! these tests say that they were skipped.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use outside::mail::{Mail, MailError, Mailer};
use tempfile::TempDir;
use uuid::Uuid;

use crate::nowhere;

const FROM: &str = "学影 <photos@xd.example.edu.cn>";
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that is ended with the test; mails lie in its folder, one file each, envelope first.
struct Relay {
    child: Child,
    folder: TempDir,
    port: u16,
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Relay {
    /// `None` when there is no aiosmtpd.
    fn start(kind: &str) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let python = root.join("../../.venv/bin/python");
        let python = if python.exists() { python } else { PathBuf::from("python3") };
        let folder = TempDir::new().unwrap();
        let child = Command::new(python)
            .args([root.join("tests/outside/relay.py").as_os_str(), kind.as_ref(), folder.path().as_os_str()])
            .arg(root.join("tests/outside/keys"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match child {
            Ok(child) => child,
            Err(error) => {
                println!("skipped: python3 did not start ({error})");
                return None;
            }
        };
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        if line.is_empty() {
            assert_eq!(child.wait().unwrap().code(), Some(77), "the server ended by itself");
            println!("skipped: aiosmtpd is not installed; scripts/setup-python.sh installs it");
            return None;
        }
        let port = line.trim().parse().unwrap();
        Some(Self { child, folder, port })
    }

    fn mailer(&self, scheme: &str, user: &str) -> Mailer {
        Mailer::new(&format!("{scheme}://{user}127.0.0.1:{}", self.port), FROM, PATIENCE).unwrap()
    }

    fn mails(&self) -> Vec<String> {
        let mut paths: Vec<_> =
            fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.into_iter().map(|path| fs::read_to_string(path).unwrap()).collect()
    }
}

fn mail(to: &str) -> Mail<'_> {
    Mail {
        id: Uuid::from_u128(7),
        to,
        subject: "拍摄提醒",
        text: "4月22日 09:20 拍摄毕业照片。\n.\n带好采集码。\n",
    }
}

#[tokio::test]
async fn a_mail_arrives_whole_with_its_id_and_many_go_over_few_connections() {
    let Some(relay) = Relay::start("plain") else { return };
    let mailer = relay.mailer("smtp", "");
    for _ in 0..10 {
        mailer.send(&mail("lin@example.edu.cn")).await.unwrap();
    }
    let mails = relay.mails();
    assert_eq!(mails.len(), 10);
    let first = &mails[0];
    for part in [
        "X-Envelope: photos@xd.example.edu.cn -> lin@example.edu.cn",
        "X-Hello: xd.example.edu.cn",
        "X-Subject: 拍摄提醒",
        "X-From: 学影 <photos@xd.example.edu.cn>",
        "X-Message-Id: <00000000-0000-0000-0000-000000000007@xd.example.edu.cn>",
        "X-Type: text/plain; utf-8",
        "X-Connection: 1",
        "4月22日 09:20 拍摄毕业照片。\n.\n带好采集码。\n",
    ] {
        assert!(first.contains(part), "{part:?} is not in {first}");
    }
    let is_kept = |mail: &String| mail.contains("X-Connection: 1\n") || mail.contains("X-Connection: 2\n");
    assert!(mails.iter().all(is_kept), "{mails:?}");
}

#[tokio::test]
async fn a_no_for_good_and_a_no_for_now_are_told_apart() {
    let Some(relay) = Relay::start("plain") else { return };
    let mailer = relay.mailer("smtp", "");
    for (to, expected) in [
        ("gone@example.edu.cn", MailError::Refused(550)),
        ("full@example.edu.cn", MailError::Later("the server says not now (code 452)".into())),
        ("spam@example.edu.cn", MailError::Refused(554)),
        ("busy@example.edu.cn", MailError::Later("the server says not now (code 451)".into())),
    ] {
        let error = mailer.send(&mail(to)).await.unwrap_err();
        assert_eq!(error, expected, "{to}");
        assert_eq!(error.is_final(), matches!(error, MailError::Refused(_)));
        assert!(!format!("{error} {} {error:?}", error.zh()).contains("example.edu.cn"), "{error}");
    }
    mailer.send(&mail("lin@example.edu.cn")).await.unwrap();
    assert_eq!(relay.mails().len(), 1);
}

#[tokio::test]
async fn a_password_opens_the_server_and_a_wrong_one_is_about_the_settings() {
    let Some(relay) = Relay::start("password") else { return };
    relay.mailer("smtp", "photos:p%40ss%20word@").send(&mail("lin@example.edu.cn")).await.unwrap();
    for user in ["photos:wrong@", ""] {
        let error = relay.mailer("smtp", user).send(&mail("lin@example.edu.cn")).await.unwrap_err();
        assert!(matches!(error, MailError::Settings(_)) && !error.is_final(), "{error:?}");
        assert!(!error.to_string().contains("wrong"), "{error}");
    }
    assert_eq!(relay.mails().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_gone_silent_or_not_to_be_trusted_is_for_later_and_gets_no_mail() {
    let gone = Mailer::new(&format!("smtp://{}", nowhere().await), FROM, PATIENCE).unwrap();
    let error = gone.send(&mail("lin@example.edu.cn")).await.unwrap_err();
    assert!(matches!(error, MailError::Later(_)), "{error:?}");

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", silent.local_addr().unwrap());
    let silent = Mailer::new(&url, FROM, Duration::from_millis(300)).unwrap();
    let error = silent.send(&mail("lin@example.edu.cn")).await.unwrap_err();
    assert_eq!(error, MailError::Later("no answer in time".into()));

    let Some(relay) = Relay::start("tls") else { return };
    let error =
        relay.mailer("smtps", "photos:p%40ss%20word@").send(&mail("lin@example.edu.cn")).await.unwrap_err();
    assert!(matches!(error, MailError::Later(_)), "a certificate of its own: {error:?}");
    assert_eq!(relay.mails().len(), 0);
}
