//! The end of the day: its counts agree, or the station says what does not.

use serde::Serialize;
use sqlx::{Row, query};

use super::numbers::{Line, State};
use super::{Result, Station, tables};

/// How a day stands at a station.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// Codes that got a number.
    pub scanned: usize,
    /// Numbers with an accepted photo.
    pub accepted: usize,
    /// Numbers that are void.
    pub void: usize,
    /// Numbers whose photo is on a card.
    pub on_card: usize,
    /// Numbers that stand open.
    pub open: usize,
    /// Accepted numbers with a signature, or with a reason for its absence.
    pub signed: usize,
    /// Numbers of accepted photos that lack both, as they are shown.
    pub unsigned: Vec<String>,
    /// Files that belong to nobody for sure.
    pub strays: usize,
    /// Photos taken of those numbers.
    pub shots: usize,
    /// Photos that were not chosen.
    pub aside: usize,
    /// Photos that wait for a choice.
    pub undecided: usize,
    /// Packets made of accepted photos.
    pub packets: usize,
    /// Packets whose receipt is here.
    pub receipts: usize,
    /// Running numbers that are missing between the first and the last.
    pub gaps: Vec<i64>,
    /// What keeps the day from being closed, in Chinese and in English; empty when nothing does.
    pub against: Vec<(String, String)>,
}

impl Station {
    /// How a day stands.
    ///
    /// # Errors
    /// [`super::StationError::Store`] when the store cannot be read.
    pub async fn balance(&self, day: i64) -> Result<Balance> {
        let lines = self.register(day).await?;
        let outbox = self.outbox().await?;
        let row = query(tables::COUNT_TAKES).bind(day).fetch_one(self.0.store.reader()).await?;
        let count = |name: &str| Ok::<_, sqlx::Error>(row.try_get::<i64, _>(name)? as usize);
        let mut balance = Balance {
            shots: count("shots")?,
            aside: count("aside")?,
            undecided: count("waiting")?,
            strays: self.strays().await?.len(),
            packets: outbox.packets as usize,
            receipts: outbox.receipts as usize,
            ..self.counted(&lines)
        };
        balance.against = against(&balance);
        Ok(balance)
    }

    fn counted(&self, lines: &[Line]) -> Balance {
        let of = |state: State| lines.iter().filter(|line| line.state == state).count();
        let unsigned: Vec<String> = lines
            .iter()
            .filter(|line| line.state == State::Accepted && line.person.lacks_signature())
            .map(|line| line.number.shown(self.name()))
            .collect();
        let last = lines.last().map_or(0, |line| line.number.running);
        let known: Vec<i64> = lines.iter().map(|line| line.number.running).collect();
        Balance {
            scanned: lines.len(),
            accepted: of(State::Accepted),
            void: of(State::Void),
            open: of(State::Active),
            on_card: of(State::Card),
            signed: of(State::Accepted) - unsigned.len(),
            unsigned,
            gaps: (1..=last).filter(|running| known.binary_search(running).is_err()).collect(),
            ..Balance::default()
        }
    }
}

/// scanned = accepted + void, signatures = accepted, no file without its student, no gap.
fn against(balance: &Balance) -> Vec<(String, String)> {
    let mut against = Vec::new();
    let mut say = |holds: bool, zh: String, en: String| {
        if !holds {
            against.push((zh, en));
        }
    };
    say(
        balance.open == 0,
        format!("有 {} 个拍摄号尚未结束", balance.open),
        format!("{} number(s) stand open", balance.open),
    );
    say(
        balance.on_card == 0,
        format!("有 {} 个拍摄号的照片还在存储卡上", balance.on_card),
        format!("the photos of {} number(s) are still on a card", balance.on_card),
    );
    say(
        balance.scanned == balance.accepted + balance.void + balance.open + balance.on_card,
        format!("扫码 {} 与采用 {}、作废 {} 不符", balance.scanned, balance.accepted, balance.void),
        format!("{} scanned, but {} accepted and {} void", balance.scanned, balance.accepted, balance.void),
    );
    say(
        balance.shots == balance.accepted + balance.aside + balance.undecided,
        format!("照片 {} 与采用 {}、未采用 {} 不符", balance.shots, balance.accepted, balance.aside),
        format!(
            "{} photos, but {} accepted and {} put aside",
            balance.shots, balance.accepted, balance.aside
        ),
    );
    say(
        balance.unsigned.is_empty(),
        format!("未签名：{}", balance.unsigned.join("、")),
        format!("without a signature: {}", balance.unsigned.join(", ")),
    );
    say(
        balance.strays == 0,
        format!("有 {} 个文件不知属于谁", balance.strays),
        format!("{} file(s) belong to nobody", balance.strays),
    );
    say(
        balance.gaps.is_empty(),
        format!("缺号：{:?}", balance.gaps),
        format!("missing numbers: {:?}", balance.gaps),
    );
    against
}
