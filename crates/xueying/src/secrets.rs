//! Where secrets come from: the system's random source, key files, and the passphrases that unlock them.

use std::{
    env, fs,
    io::{self, IsTerminal},
    path::Path,
};

use anyhow::{Context, Result, anyhow, bail};
use seal::{
    keys::{Keyring, Nonce, SealingKeys, file, locked},
    problem::FileError,
    suite::{NONCE_BYTES, SEED_BYTES, Seed},
};
use zeroize::Zeroizing;

use crate::{files, language::Language};

/// The variable that a passphrase is taken from where nobody can type one.
pub const PASSPHRASE: &str = "XUEYING_PASSPHRASE";

/// Fresh bytes of the system's random source.
pub fn random(length: usize) -> Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    getrandom::fill(&mut bytes).map_err(|error| anyhow!("the system gives no random bytes: {error}"))?;
    Ok(bytes)
}

/// Fresh bytes for one record or one code.
pub fn nonce() -> Result<Nonce> {
    let mut bytes = [0; NONCE_BYTES];
    bytes.copy_from_slice(&random(NONCE_BYTES)?);
    Ok(Nonce::new(bytes))
}

/// Fresh bytes for one packet, letter or lock.
pub fn seed() -> Result<Seed> {
    let mut bytes = [0; SEED_BYTES];
    bytes.copy_from_slice(&random(SEED_BYTES)?);
    Ok(Seed::new(bytes))
}

/// The text of a key file, unlocked if it is locked.
pub fn key_text(path: &Path, language: Language) -> Result<Zeroizing<String>> {
    let text =
        fs::read_to_string(path).map(Zeroizing::new).map_err(|error| files::reason(&error, language))?;
    if !locked::is_locked(&text) {
        return Ok(text);
    }
    let passphrase = passphrase(language.pick("密钥文件的口令：", "Passphrase of the key file: "), language)?;
    locked::unlock(&text, &passphrase).map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
}

/// Reads a key file of one purpose.
pub fn read<T>(path: &Path, language: Language, parse: fn(&str) -> Result<T, FileError>) -> Result<T> {
    key_text(path, language)
        .and_then(|text| parse(&text).map_err(|error| anyhow!(language.pick(error.zh(), error.to_string()))))
        .with_context(|| path.display().to_string())
}

/// Reads the file that photos are sealed with.
pub fn sealing(path: &Path, language: Language) -> Result<SealingKeys> {
    read(path, language, file::parse_sealing)
}

/// Reads a file that photos are opened with.
pub fn opening(path: &Path, language: Language) -> Result<Keyring> {
    Ok(Keyring { campaigns: vec![read(path, language, file::parse_opening)?] })
}

/// A passphrase from the environment, or asked for on the terminal without showing it.
pub fn passphrase(prompt: &str, language: Language) -> Result<locked::Passphrase> {
    let text = match env::var(PASSPHRASE) {
        Ok(text) => Zeroizing::new(text),
        Err(_) if io::stdin().is_terminal() => Zeroizing::new(rpassword::prompt_password(prompt)?),
        Err(_) => bail!(language.pick(
            format!("需要口令：请在终端运行，或设置环境变量 {PASSPHRASE}"),
            format!("a passphrase is needed: run it on a terminal, or set {PASSPHRASE}"),
        )),
    };
    locked::Passphrase::new(text).map_err(|fault| anyhow!(language.pick(fault.zh(), fault.to_string())))
}
