//! Other people's programs that this server speaks with: none unless the configuration names it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use campaign::assessment::Receiver;
use outside::address::Address;
use outside::comparison::Comparer;
use outside::mail::Mailer;
use outside::message::Messages;
use outside::pay::{self, Account, Gateway, Seen};
use outside::service::Service;
use seal::merchant::{GatewayKey, MerchantKey, ResourceKey, ServiceKey};
use serde::Deserialize;
use thiserror::Error;
use zeroize::Zeroizing;

/// How long one of them is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// Callbacks of the payment service that are remembered: more than come within the five minutes in which one counts.
const CALLBACKS: usize = 10_000;

/// Which there are, and how they are reached. Keys stand in files of their own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// A relay for mail.
    pub mail: Option<MailConfig>,
    /// A service for short messages.
    pub messages: Option<ServiceConfig>,
    /// A service that compares faces with references of its own.
    pub comparison: Option<ServiceConfig>,
    /// WeChat Pay.
    pub wechat_pay: Option<PayConfig>,
}

/// A relay for mail.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MailConfig {
    /// A file with the relay's URL, which holds its password.
    pub url_file: PathBuf,
    /// The sender, such as `学影 <photos@example.edu.cn>`.
    pub from: String,
}

/// A service that speaks the contract of docs/outside.md.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceConfig {
    /// Where it answers.
    pub url: String,
    /// The name of the key.
    pub key_name: String,
    /// A file with the key.
    pub key_file: PathBuf,
}

/// An account at WeChat Pay.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PayConfig {
    /// Where the service answers; its own address by default.
    #[serde(default = "base")]
    pub base: String,
    /// Our own address for its callbacks: `https://HOST/api/pay/wechat`.
    pub notify: String,
    /// 商户号
    pub merchant: String,
    /// 公众号或小程序的 appid
    pub app: String,
    /// 商户API证书序列号
    pub serial: String,
    /// `apiclient_key.pem`
    pub key_file: PathBuf,
    /// A file with the `APIv3` key.
    pub api_key_file: PathBuf,
    /// The public key, or platform certificates, that the service signs with.
    pub gateway_keys: Vec<GatewayKeyConfig>,
}

/// A key that WeChat Pay signs with.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct GatewayKeyConfig {
    /// `PUB_KEY_ID_…`; none for a certificate, whose number stands in it.
    pub id: Option<String>,
    /// The PEM file.
    pub file: PathBuf,
}

fn base() -> String {
    pay::BASE.into()
}

/// Why one of them cannot be used.
#[derive(Debug, Error)]
#[error("{section}: {en}")]
pub struct OutsideError {
    section: &'static str,
    zh: String,
    en: String,
}

impl OutsideError {
    /// The message in Chinese.
    pub fn zh(&self) -> String {
        format!("配置 {}：{}", self.section, self.zh)
    }
}

/// Makes an error about a section of the configuration.
fn in_section<E>(
    section: &'static str,
    zh: impl Fn(&E) -> String,
    en: impl Fn(&E) -> String,
) -> impl Fn(E) -> OutsideError {
    move |error| OutsideError { section, zh: zh(&error), en: en(&error) }
}

fn read(section: &'static str, file: &Path) -> Result<Zeroizing<String>, OutsideError> {
    let said = |error: &std::io::Error| format!("{}: {error}", file.display());
    let text = std::fs::read_to_string(file).map_err(in_section(section, said, said))?;
    Ok(Zeroizing::new(text))
}

/// What is there.
#[derive(Debug, Default)]
pub struct Outside {
    pub(crate) mail: Option<Mailer>,
    pub(crate) messages: Option<Messages>,
    pub(crate) comparison: Option<Comparer>,
    pub(crate) pay: Option<Pay>,
}

/// WeChat Pay with the callbacks that were seen.
#[derive(Debug)]
pub struct Pay {
    pub(crate) gateway: Gateway,
    pub(crate) seen: std::sync::Mutex<Seen>,
}

impl Outside {
    /// To whom data goes.
    pub fn receivers(&self) -> Vec<Receiver> {
        let there = [
            (Receiver::Mail, self.mail.is_some()),
            (Receiver::Messages, self.messages.is_some()),
            (Receiver::Payments, self.pay.is_some()),
            (Receiver::Comparison, self.comparison.is_some()),
        ];
        there.into_iter().filter(|(_, is_there)| *is_there).map(|(receiver, _)| receiver).collect()
    }

    /// Reads keys and prepares what the configuration names; nobody is asked yet.
    ///
    /// # Errors
    /// [`OutsideError`] with the section and what is wrong there.
    pub fn open(config: &Config) -> Result<Self, OutsideError> {
        let mail = config.mail.as_ref().map(|mail| {
            let url = read("mail", &mail.url_file)?;
            let wrong = in_section("mail", outside::mail::MailError::zh, ToString::to_string);
            Mailer::new(url.trim(), &mail.from, PATIENCE).map_err(wrong)
        });
        let messages = config.messages.as_ref().map(|known| {
            let wrong = in_section("messages", outside::message::MessageError::zh, ToString::to_string);
            Messages::new(service("messages", known)?).map_err(wrong)
        });
        let comparison = config.comparison.as_ref().map(|known| {
            let wrong = in_section("comparison", outside::comparison::SettingsFault::zh, ToString::to_string);
            Comparer::new(service("comparison", known)?).map_err(wrong)
        });
        let pay = config.wechat_pay.as_ref().map(|known| {
            let gateway = gateway(known)?;
            Ok(Pay { gateway, seen: std::sync::Mutex::new(Seen::new(CALLBACKS)) })
        });
        Ok(Self {
            mail: mail.transpose()?,
            messages: messages.transpose()?,
            comparison: comparison.transpose()?,
            pay: pay.transpose()?,
        })
    }
}

fn address(section: &'static str, text: &str) -> Result<Address, OutsideError> {
    Address::parse(text).map_err(in_section(
        section,
        |fault: &outside::address::AddressFault| fault.zh().into(),
        ToString::to_string,
    ))
}

fn service(section: &'static str, config: &ServiceConfig) -> Result<Service, OutsideError> {
    let key = read(section, &config.key_file)?;
    let wrong = in_section(section, |fault: &seal::merchant::MerchantFault| fault.zh(), ToString::to_string);
    Ok(Service {
        address: address(section, &config.url)?,
        key_name: config.key_name.clone(),
        key: ServiceKey::new(key.trim()).map_err(wrong)?,
        patience: PATIENCE,
    })
}

fn gateway(config: &PayConfig) -> Result<Gateway, OutsideError> {
    const SECTION: &str = "wechat-pay";
    let of_key =
        || in_section(SECTION, |fault: &seal::merchant::MerchantFault| fault.zh(), ToString::to_string);
    let mut known = Vec::new();
    for one in &config.gateway_keys {
        let key = GatewayKey::from_pem(&read(SECTION, &one.file)?).map_err(of_key())?;
        let name = one.id.clone().or_else(|| key.serial().map(str::to_owned)).unwrap_or_default();
        known.push((name, key));
    }
    let account = Account {
        merchant: config.merchant.clone(),
        app: config.app.clone(),
        serial: config.serial.clone(),
        key: MerchantKey::from_pem(&read(SECTION, &config.key_file)?).map_err(of_key())?,
        known,
        resources: ResourceKey::new(read(SECTION, &config.api_key_file)?.trim()).map_err(of_key())?,
    };
    let config = pay::Config {
        base: address(SECTION, &config.base)?,
        notify: config.notify.clone(),
        account,
        patience: pay::PATIENCE,
    };
    Gateway::new(config).map_err(in_section(SECTION, pay::PayError::zh, ToString::to_string))
}
