//! `xueying users`: staff accounts from the server's own computer, so that a forgotten password of the only registry
//! account locks nobody out. What is done here stands in the log of accounts like everything else.

use std::io::{self, Write};

use anyhow::{Result, anyhow, bail};
use campaign::accounts::{Account, AccountError, Accounts, By, NewAccount, Scope};
use campaign::register::Register;
use campaign::role::Role;
use clap::{Args, Subcommand};
use serde_json::Value;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::clock::now_ms;
use crate::language::Language;
use crate::outcome::Outcome;
use crate::school::serve::Place;

/// 账号：列出、新建、重置密码、停用和启用；在服务器上执行，记入账号日志 · Accounts of staff: list, add, reset, close and open; on the server's computer, and in the log of accounts
#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 列出教职工账号 · The accounts of everybody but students
    List {
        #[command(flatten)]
        place: Place,
    },
    /// 新建账号，显示一次初始密码 · A new account; its first password is shown once
    Add(New),
    /// 重置密码并结束其所有会话，显示一次初始密码 · A new first password, shown once; the account's sessions end
    Reset(Which),
    /// 停用 · Nobody signs in with it any more
    Close(Which),
    /// 启用 · It can be used again
    Open(Which),
}

#[derive(Args)]
struct Which {
    /// 用户名 · The account's login
    #[arg(value_name = "LOGIN")]
    login: String,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
struct New {
    #[command(flatten)]
    which: Which,
    /// 姓名 · The person's name
    #[arg(long, value_name = "NAME")]
    name: String,
    /// 角色 · The role
    #[arg(long, value_name = "ROLE", value_parser = role)]
    role: Role,
    /// 限于采集活动 · For one campaign
    #[arg(long, value_name = "CAMPAIGN", default_value = "")]
    campaign: String,
    /// 限于学院 · For one college
    #[arg(long, value_name = "COLLEGE", default_value = "")]
    college: String,
    /// 限于班级 · For one class
    #[arg(long, value_name = "CLASS", default_value = "")]
    cohort: String,
}

/// A role by its name on the wire; students make their accounts themselves.
fn role(name: &str) -> Result<Role, String> {
    let known = |role: &Role| !matches!(role, Role::Student | Role::System);
    let name_of =
        |role: &Role| serde_json::to_value(role).ok().as_ref().and_then(Value::as_str).map(str::to_owned);
    let all = || Role::ALL.iter().filter(|role| known(role));
    let found = all().find(|role| name_of(role).as_deref() == Some(name)).copied();
    found.ok_or_else(|| all().filter_map(name_of).collect::<Vec<_>>().join(", "))
}

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let place = match &arguments.what {
        What::List { place } => place,
        What::Add(new) => &new.which.place,
        What::Reset(which) | What::Close(which) | What::Open(which) => &which.place,
    };
    let settled = place.settle(None, language)?;
    let address = settled.config.campaign_store;
    // Where nobody names a database it lies in the data folder, and looking makes none.
    if place.campaign_store.is_none() && !settled.data.exists() {
        let folder = settled.data.display();
        bail!(
            "{}",
            language.pick(
                format!("{folder}：没有数据；用 --data 指定服务的数据文件夹"),
                format!("{folder}: there is no data; --data names the server's folder"),
            )
        );
    }
    let text = Runtime::new()?.block_on(async {
        let register = Register::open(&address).await?;
        let accounts = Accounts::of(&register);
        let done = done(&accounts, &arguments.what, language).await;
        register.close().await;
        done.map_err(|error| anyhow!(language.pick(error.zh(), error.to_string())))
    })?;
    write!(io::stdout(), "{text}")?;
    Ok(Outcome::Passes)
}

async fn done(accounts: &Accounts, what: &What, language: Language) -> Result<String, AccountError> {
    // Nobody signed in: the log names no account, but the program.
    let by = By { account: Uuid::nil(), at_ms: now_ms() };
    let (all, _) = accounts.page((0, i64::MAX)).await?;
    let named = |login: &str| all.iter().find(|each| each.login == login).ok_or(AccountError::Unknown);
    let shown = |login: &str, password: &str| {
        let note = language
            .pick("登录后须修改，不会再次显示", "to be changed after signing in; it is not shown again");
        format!("{login}\t{password}\t{note}\n")
    };
    match what {
        What::List { .. } => Ok(all.iter().map(|account| line(account, language)).collect()),
        What::Add(new) => {
            let New { which, name, role, campaign, college, cohort } = new;
            let [campaign, college, cohort] = [campaign, college, cohort].map(Clone::clone);
            let scope = Scope { campaign, college, cohort, student: None };
            let new = NewAccount { login: which.login.clone(), name: name.clone(), role: *role, scope };
            let (account, password) = accounts.create(&new, by).await?;
            Ok(shown(&account.login, &password))
        }
        What::Reset(which) => {
            let password = accounts.reset(named(&which.login)?.id, by).await?;
            Ok(shown(&which.login, &password))
        }
        What::Close(which) | What::Open(which) => {
            let account = named(&which.login)?;
            let active = matches!(what, What::Open(_));
            let account = accounts.set_active(account.id, active, account.version, by).await?;
            Ok(line(&account, language))
        }
    }
}

/// An account as a line of a table: login, name, role, what it is for, whether it is closed.
fn line(account: &Account, language: Language) -> String {
    let Scope { campaign, college, cohort, .. } = &account.scope;
    let scope = [campaign, college, cohort].map(String::as_str).join(" ");
    let role = language.pick(account.role.zh().to_owned(), account.role.to_string());
    let state = if account.active { "" } else { language.pick("停用", "closed") };
    [account.login.as_str(), &account.name, &role, scope.trim(), state].join("\t") + "\n"
}
