//! What goes wrong with people: everyday mistakes at the camera, each of which the station has to notice.

use serde_json::{Value, json};

use super::operator::{Operator, photo_of};

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mishap {
    /// The reader reads the same code twice.
    ScannedTwice,
    /// Somebody holds the code of a canteen before the reader.
    NoCode,
    /// A code with a letter that was read wrongly.
    DamagedCode,
    /// The same file arrives twice.
    SameFile,
    /// A file that was cut off.
    CutFile,
    /// A picture of the empty chair.
    NobodyThere,
}

pub const ALL: [Mishap; 6] = [
    Mishap::ScannedTwice,
    Mishap::NoCode,
    Mishap::DamagedCode,
    Mishap::SameFile,
    Mishap::CutFile,
    Mishap::NobodyThere,
];

impl Mishap {
    /// Happens while a student is before the camera; `None` when the station was gone meanwhile.
    ///
    /// # Panics
    /// When the station takes the mistake for something good.
    pub async fn happen(self, operator: &mut Operator, code: &str) -> Option<()> {
        let became = match self {
            Self::ScannedTwice => operator.scanned(code).await?,
            Self::NoCode => operator.scanned("https://canteen.example.edu.cn/42").await?,
            Self::DamagedCode => {
                let mut letters: Vec<char> = code.chars().collect();
                let at = letters.len() / 2;
                letters[at] = if letters[at] == 'A' { 'B' } else { 'A' };
                operator.scanned(&letters.into_iter().collect::<String>()).await?
            }
            Self::SameFile => {
                let bytes = operator.next_photo();
                operator.sent(bytes.clone()).await?;
                operator.sent(bytes).await?
            }
            Self::CutFile => {
                let mut bytes = operator.next_photo();
                bytes.truncate(bytes.len() / 3);
                operator.sent(bytes).await?
            }
            Self::NobodyThere => {
                let shot = operator.next_shot();
                let wall = photo_of(std::slice::from_ref(&operator.wall), shot);
                operator.sent(wall).await?
            }
        };
        // A station that was killed in between may see the second for the first time.
        let expected: &[&str] = match self {
            Self::ScannedTwice => &["same", "active"],
            // The campaign takes codes of another issuer: one that nobody linked is asked about.
            Self::NoCode => &["unlinked"],
            Self::DamagedCode => &["refused"],
            Self::SameFile => &["duplicate", "take"],
            Self::CutFile => &["stray"],
            Self::NobodyThere => &["impossible"],
        };
        assert!(expected.contains(&became.as_str()), "{self:?} became {became}");
        *operator.done.mishaps.entry(self).or_default() += 1;
        Some(())
    }
}

impl Operator {
    /// What a scan became, without a reason to go on against guards.
    async fn scanned(&mut self, code: &str) -> Option<String> {
        let (status, said) = self.ask("/scan", Some(json!({"code": code}))).await?;
        match status {
            200 => said["result"].as_str().map(str::to_owned),
            // The disk refuses; that is another trouble.
            500.. => None,
            _ => Some("refused".into()),
        }
    }

    /// What a file became.
    async fn sent(&mut self, bytes: Vec<u8>) -> Option<String> {
        let url = format!("{}/api/station/shots", self.base);
        let answer = self.client.post(url).body(bytes).send().await.ok()?;
        let value: Value = answer.json().await.ok()?;
        value["became"].as_str().map(str::to_owned)
    }
}
