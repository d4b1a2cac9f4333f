//! Mail by SMTP (RFC 5321) through a relay of the school: plain text in UTF-8, one receiver each.
//!
//! A password goes over TLS only, or to this machine. A mail that is sent again bears the same Message-ID, so that a
//! mailbox may show it once; SMTP itself cannot promise that.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use lettre::address::AddressError;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use reqwest::Url;
use thiserror::Error;
use tokio::time::timeout;
use uuid::Uuid;

use crate::address::is_this_machine;

/// The longest subject in characters. A choice: what a list of mails shows.
pub const SUBJECT_CHARS: usize = 120;
/// The longest text in bytes. A choice.
pub const TEXT_BYTES: usize = 64 * 1024;
/// Connections that are kept at once. A choice: relays of schools slow down who opens many.
const CONNECTIONS: u32 = 2;

/// A mail to one person.
#[derive(Clone)]
pub struct Mail<'m> {
    /// Its id; the same mail sent again has the same one.
    pub id: Uuid,
    /// The receiver's address, such as `lin@example.edu.cn`.
    pub to: &'m str,
    /// The subject, in one line.
    pub subject: &'m str,
    /// The text.
    pub text: &'m str,
}

impl fmt::Debug for Mail<'_> {
    /// Without the person and the words.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Mail({}, ***)", self.id)
    }
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailError {
    /// No address: the mail never goes.
    #[error("the receiver's address is none that mail can be sent to")]
    Receiver,
    /// No subject, one of several lines, or too much: the mail never goes.
    #[error(
        "a mail has a subject of one line with at most {SUBJECT_CHARS} characters and at most {TEXT_BYTES} bytes of text"
    )]
    Text,
    /// The server's permanent no (5yz, RFC 5321 §4.2.1): the mail never goes.
    #[error("the mail server refuses this mail for good (code {0})")]
    Refused(u16),
    /// Again later ([`crate::retry::after`]): the server's word for now (4yz), no connection, no trust, no time.
    #[error("the mail was not sent: {0}")]
    Later(String),
    /// The settings: no mail goes before they are put right.
    #[error("the mail server cannot be used: {0}")]
    Settings(String),
}

impl MailError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Receiver => "收件人邮箱地址无效".into(),
            Self::Text => {
                format!("邮件主题应为一行、不超过 {SUBJECT_CHARS} 字，正文不超过 {TEXT_BYTES} 字节")
            }
            Self::Refused(code) => format!("邮件服务器拒收（{code}），不再重发"),
            Self::Later(why) => format!("邮件暂未发出，稍后重发：{why}"),
            Self::Settings(why) => format!("邮件设置有误：{why}"),
        }
    }

    /// Whether this mail is never sent again.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Receiver | Self::Text | Self::Refused(_))
    }

    /// What the library says, without the server's own words: they often repeat the receiver.
    fn of(error: &lettre::transport::smtp::Error) -> Self {
        let code = error.status().map(u16::from);
        match code {
            // Sign-in is asked for, or refused (RFC 4954 §6): that is about us, not about this mail.
            Some(code @ (530 | 534 | 535 | 538)) => {
                Self::Settings(format!("it does not accept the user or the password (code {code})"))
            }
            Some(code) if error.is_permanent() => Self::Refused(code),
            Some(code) => Self::Later(format!("the server says not now (code {code})")),
            None if error.is_timeout() => Self::Later("no answer in time".into()),
            None if error.is_tls() => {
                Self::Later("the server's certificate or encryption is not accepted".into())
            }
            None => Self::Later("no connection to the mail server, or it broke off".into()),
        }
    }
}

/// Whether an address is one that mail can be sent to.
pub fn is_receiver(address: &str) -> bool {
    address.is_ascii() && address.parse::<lettre::Address>().is_ok()
}

/// A relay that takes mail.
#[derive(Clone)]
pub struct Mailer {
    relay: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    patience: Duration,
}

impl fmt::Debug for Mailer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Mailer(from {}, ***)", self.from.email)
    }
}

impl Mailer {
    /// A relay by its URL, which is asked with the first mail:
    ///
    /// - `smtps://USER:PASSWORD@HOST` for TLS from the start (port 465, RFC 8314 §7.3),
    /// - `smtp://USER:PASSWORD@HOST` for STARTTLS, without which nothing goes (port 587),
    /// - `smtp://HOST` for STARTTLS where the relay offers it (port 25), or plain on this machine.
    ///
    /// User and password are percent-encoded. `from` is the sender, such as `学影 <photos@example.edu.cn>`; `patience`
    /// bounds the sending of one mail.
    ///
    /// # Errors
    /// [`MailError::Settings`] with what is wrong; nothing of the URL stands in it.
    pub fn new(url: &str, from: &str, patience: Duration) -> Result<Self, MailError> {
        let from = Mailbox::from_str(from).map_err(|_| {
            MailError::Settings("the sender is no address such as Name <a@example.edu.cn>".into())
        })?;
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let builder = builder(url)?
            .hello_name(hello)
            .timeout(Some(patience))
            .pool_config(PoolConfig::new().max_size(CONNECTIONS));
        Ok(Self { relay: builder.build(), from, patience })
    }

    /// Gives a mail to the relay; `Ok` means that the relay takes care of it.
    ///
    /// # Errors
    /// [`MailError`]; it says whether sending again makes sense. A mail that ran out of time may have gone all the same.
    pub async fn send(&self, mail: &Mail<'_>) -> Result<(), MailError> {
        let message = self.message(mail)?;
        match timeout(self.patience, self.relay.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(MailError::of(&error)),
            Err(_) => Err(MailError::Later("no answer in time".into())),
        }
    }

    fn message(&self, mail: &Mail<'_>) -> Result<Message, MailError> {
        let to: lettre::Address = mail.to.parse().map_err(|_: AddressError| MailError::Receiver)?;
        // Most relays do not speak SMTPUTF8 (RFC 6531).
        if !mail.to.is_ascii() {
            return Err(MailError::Receiver);
        }
        let has_line = !mail.subject.chars().any(char::is_control);
        let fits =
            (1..=SUBJECT_CHARS).contains(&mail.subject.chars().count()) && mail.text.len() <= TEXT_BYTES;
        if !has_line || !fits {
            return Err(MailError::Text);
        }
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(mail.subject)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(mail.text.to_owned())
            .map_err(|_| MailError::Text)
    }
}

fn builder(url: &str) -> Result<AsyncSmtpTransportBuilder, MailError> {
    let form = || MailError::Settings("its address is smtps://USER:PASSWORD@HOST or smtp://HOST".into());
    let parsed = Url::parse(url).map_err(|_| form())?;
    let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or_else(form)?.to_owned();
    let has_user = !parsed.username().is_empty();
    if has_user != parsed.password().is_some()
        || !matches!(parsed.path(), "" | "/")
        || parsed.query().is_some()
    {
        return Err(form());
    }
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| form())?;
    // Where `from_url` was given no wish, it chooses no encryption; these are ours.
    let tls = || {
        TlsParameters::new(host.clone()).map_err(|_| MailError::Settings("TLS cannot be used here".into()))
    };
    match (parsed.scheme(), is_this_machine(&host), has_user) {
        ("smtps", ..) | ("smtp", true, _) => Ok(builder),
        ("smtp", false, true) => Ok(builder.tls(Tls::Required(tls()?)).port(parsed.port().unwrap_or(587))),
        ("smtp", false, false) => Ok(builder.tls(Tls::Opportunistic(tls()?))),
        _ => Err(form()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mailer(url: &str, from: &str) -> Result<Mailer, MailError> {
        Mailer::new(url, from, Duration::from_secs(1))
    }

    #[tokio::test]
    async fn an_address_of_a_relay_is_read_or_refused_without_its_password() {
        for fine in
            ["smtps://u:p@mail.example.cn", "smtp://mail.example.cn:2525", "smtp://u:p%40@127.0.0.1:25/"]
        {
            assert!(mailer(fine, "学影 <a@example.cn>").is_ok(), "{fine}");
        }
        for wrong in [
            "",
            "mail.example.cn",
            "http://u:secret@mail.example.cn",
            "smtp://u@h",
            "smtp://:secret@h",
            "smtps://u:secret@h/path",
            "smtp://u:secret@h?tls=none",
            "smtp://",
        ] {
            let error = mailer(wrong, "a@example.cn").unwrap_err();
            assert!(
                matches!(error, MailError::Settings(_)) && !error.to_string().contains("secret"),
                "{wrong}"
            );
        }
        assert!(matches!(mailer("smtp://127.0.0.1", "nobody"), Err(MailError::Settings(_))));
        let shown = format!("{:?}", mailer("smtps://u:secret@h", "a@example.cn"));
        assert!(!shown.contains("secret"), "{shown}");
    }

    #[tokio::test]
    async fn nothing_that_a_student_typed_becomes_a_header_or_a_second_receiver() {
        let mailer = mailer("smtp://127.0.0.1", "a@example.cn").unwrap();
        let mail = Mail { id: Uuid::nil(), to: "lin@example.cn", subject: "补拍通知", text: "." };
        assert!(mailer.message(&mail).is_ok());
        for to in [
            "",
            "lin",
            "lin@",
            "lin@example.cn\nBcc: b@example.cn",
            "lin@example.cn, b@example.cn",
            "林@example.cn",
        ] {
            assert_eq!(
                mailer.message(&Mail { to, ..mail.clone() }).unwrap_err(),
                MailError::Receiver,
                "{to}"
            );
        }
        for subject in ["", "a\r\nBcc: b@example.cn", "a\nb"] {
            assert_eq!(
                mailer.message(&Mail { subject, ..mail.clone() }).unwrap_err(),
                MailError::Text,
                "{subject}"
            );
        }
    }
}
