//! A real process that is killed, comes back, and has a clock that jumps.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use super::PASSPHRASE;

/// libfaketime, as Debian's package of that name puts it; without it clocks stay.
const MOVES_CLOCKS: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

pub fn clocks_can_be_moved() -> bool {
    Path::new(MOVES_CLOCKS).exists()
}

/// A process that is killed now and then and comes back.
pub struct Program {
    arguments: Vec<String>,
    /// A file with the offset of its clock, where clocks can be moved.
    clock: PathBuf,
    running: Mutex<Option<Child>>,
    pub kills: AtomicU32,
}

impl Program {
    /// Starts it with a clock that can be moved.
    pub fn start(arguments: Vec<String>, clock: PathBuf) -> Arc<Self> {
        std::fs::write(&clock, "+0").unwrap();
        let program = Self { arguments, clock, running: Mutex::default(), kills: AtomicU32::default() };
        let program = Arc::new(program);
        program.revive();
        program
    }

    pub fn revive(&self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xueying"));
        if clocks_can_be_moved() {
            // The clock that tells how long something takes stays what it is.
            command
                .env("LD_PRELOAD", MOVES_CLOCKS)
                .env("FAKETIME_TIMESTAMP_FILE", &self.clock)
                .env("FAKETIME_NO_CACHE", "1")
                .env("DONT_FAKE_MONOTONIC", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        let child = command
            .args(&self.arguments)
            .env("XUEYING_PASSPHRASE", PASSPHRASE)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        *self.running.lock().unwrap() = Some(child);
    }

    /// Starts it again when it ended by itself, as when its disk refused while it started.
    pub fn keep_going(&self) {
        let ended = match self.running.lock().unwrap().as_mut() {
            Some(child) => child.try_wait().unwrap().is_some(),
            None => false,
        };
        if ended {
            self.revive();
        }
    }

    /// Puts its clock forward or back while it runs.
    pub fn move_clock(&self, seconds: i64) {
        let part = self.clock.with_extension("part");
        std::fs::write(&part, format!("{seconds:+}")).unwrap();
        std::fs::rename(part, &self.clock).unwrap();
    }

    /// `kill -9`: nothing is closed, nothing is said.
    pub fn kill(&self) {
        if let Some(mut child) = self.running.lock().unwrap().take() {
            child.kill().unwrap();
            child.wait().unwrap();
            self.kills.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}
