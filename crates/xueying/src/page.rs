//! What every program with a page does: open it in a browser, answer until it is told to stop.

use std::process::Command;

use anyhow::{Result, anyhow};

use crate::{files, language::Language};

/// Opens an address, or a file, in the browser that is there.
pub fn open_in_browser(address: &str, language: Language) -> Result<()> {
    let program = if cfg!(target_os = "macos") {
        "open"
    } else if cfg!(windows) {
        "explorer"
    } else {
        "xdg-open"
    };
    Command::new(program).arg(address).spawn().map_err(|error| {
        let why = files::reason(&error, language);
        anyhow!("{program}: {why}")
    })?;
    Ok(())
}

/// Ctrl-C, or what service managers send.
pub async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _ = interrupted.await;
}
