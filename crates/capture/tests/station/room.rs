//! A campaign with a desk, codes, and stations that are enrolled as they are in the field.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use capture::desk::{Desk, Keys};
use capture::judging::Judge;
use capture::station::binding::Shutter;
use capture::station::choice::{Accepted, Said};
use capture::station::numbers::{Answer, Scanned, day_of};
use capture::station::opening::Item;
use capture::station::takes::{Arrival, Arrived, Take};
use capture::station::{At, Station, laptop};
use portrait::standard::Standard;
use seal::code::bundle::{self, BEGINNING_BYTES, Bundle, Expected, Held, Revoked, Session};
use seal::code::fingerprint::Fingerprint;
use seal::code::text::{CodeKeys, Issuer, IssuingKeys};
use seal::code::{CodeId, Holder, Level};
use seal::enrolment::Token;
use seal::identity::{CampaignId, StationId};
use seal::keys::fresh::{Fresh, rest};
use seal::keys::locked::Passphrase;
use seal::keys::{Nonce, file};
use seal::masking::{MaskedDocument, MaskedName};
use seal::suite::{SEED_BYTES, Seed, Suite};
use store::objects::Objects;
use studio::render::file::camera_jpeg;
use studio::render::{Shot as Drawn, render};
use tempfile::TempDir;
use vision::Vision;
use zeroize::Zeroizing;

/// 2027-03-11 09:00 in China.
pub const MORNING_MS: u64 = 1_804_726_800_000;
pub const CLASS: &str = "计算机学院 计算机2101";
pub const NAMES: [&str; 6] = ["林晓雨", "欧阳若溪", "王頔", "陈默", "赵一鸣", "孙可"];

/// A student of the campaign, as only the test knows all of it.
pub struct Student {
    pub code: String,
    pub code_id: CodeId,
    pub number: String,
}

pub struct Campaign {
    pub desk: Desk,
    pub keys: Keys,
    pub judge: Arc<Judge>,
    pub students: Vec<Student>,
    issuer: Issuer<IssuingKeys>,
    pub id: CampaignId,
    folder: TempDir,
}

/// Judging needs the nets; they are prepared once.
static JUDGE: LazyLock<Arc<Judge>> = LazyLock::new(|| {
    let standard = Standard::preset("jbz-2017-99").unwrap().unwrap();
    Arc::new(Judge { vision: Vision::new().unwrap(), standard })
});

/// A small picture that stands for the focus chart before the first student.
static CHART: LazyLock<Vec<u8>> =
    LazyLock::new(|| camera_jpeg(&render(&Drawn { size: (90, 120), ..Drawn::from_seed(1) }), 1).unwrap());

/// Whatever speaks against a photo, two persons take it all the same.
pub const SAID: Said<'static> = Said { reason: "核对过", second: "9" };

pub fn passphrase() -> Passphrase {
    Passphrase::new(Zeroizing::new("a passphrase of the tests".into())).unwrap()
}

pub fn at(at_ms: u64) -> At<'static> {
    At { operator: "7", at_ms }
}

/// A made-up person's photo from the camera.
pub fn camera(seed: u64) -> Vec<u8> {
    let shot = Drawn { size: (900, 1200), ..Drawn::from_seed(seed) };
    camera_jpeg(&render(&shot), seed).unwrap()
}

impl Campaign {
    pub async fn new() -> Self {
        Self::seeded(7).await
    }

    pub async fn seeded(seed: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let objects = Objects::open(folder.path().join("objects").to_str().unwrap()).unwrap();
        let address = format!("sqlite:{}/capture.db?mode=rwc", folder.path().display());
        let id = CampaignId::try_from("xd-2027".to_owned()).unwrap();
        let fresh = Fresh::new(&id, Suite::Modern, &[], Seed::new([seed; SEED_BYTES])).unwrap();
        let at_rest = rest(&id, Suite::Modern, Seed::new([8; SEED_BYTES])).unwrap();
        let mut campaign = Self {
            desk: Desk::open(&address, objects).await.unwrap(),
            keys: Keys {
                reading: file::parse_reading(&fresh.reading).unwrap(),
                sealing: file::parse_sealing(&fresh.sealing).unwrap(),
                rest: file::parse_rest(&at_rest).unwrap(),
                centre: file::parse_centre(&fresh.centre).unwrap(),
            },
            judge: Arc::clone(&JUDGE),
            students: Vec::new(),
            issuer: Issuer::new(file::parse_issuing(&fresh.issuing).unwrap(), []),
            id,
            folder,
        };
        campaign.students = (0..NAMES.len() as u32).map(|at| campaign.student(at, "99999")).collect();
        campaign
    }

    /// Issues a code to a new student of a school.
    pub fn student(&mut self, at: u32, school: &str) -> Student {
        self.student_of(at, school, Level::Undergraduate)
    }

    pub fn student_of(&mut self, at: u32, school: &str, level: Level) -> Student {
        let number = format!("2023{at:06}");
        let holder = Holder {
            student: number.clone().try_into().unwrap(),
            name: MaskedName::of(NAMES[at as usize % NAMES.len()]),
            document: MaskedDocument::of(&format!("1101051949123100{:02}", at % 100)),
            school: school.to_owned().try_into().unwrap(),
            level,
        };
        let times = (MORNING_MS / 1000 - 3_600, MORNING_MS / 1000 + 86_400);
        let mut nonce = [9; 12];
        nonce[..4].copy_from_slice(&at.to_be_bytes());
        nonce[4] = school.len() as u8;
        let (code_id, code) = self.issuer.issue(&holder, times, Nonce::new(nonce)).unwrap();
        Student { code: code.reveal().to_owned(), code_id, number }
    }

    pub fn expected(&self, student: &Student, held: Held) -> Expected {
        let Fingerprint(whole) = Fingerprint::of(&student.code, &self.keys.reading.fingerprint);
        let code: [u8; BEGINNING_BYTES] = *whole.first_chunk().unwrap();
        Expected { code, held }
    }

    /// The bundle: all students in one class at nine o'clock, at any station.
    pub fn bundle(&self) -> Bundle {
        let reading = &self.keys.reading;
        let codes = self.students.iter().map(|student| self.expected(student, Held::No)).collect();
        Bundle {
            campaign: self.id.clone(),
            edition: MORNING_MS / 1000,
            made_at_s: MORNING_MS / 1000,
            keys: vec![CodeKeys {
                code: reading.codes.code.shared(),
                issuer: reading.codes.issuer.clone(),
                from_s: 0,
                until_s: u64::MAX,
            }],
            fingerprint: reading.fingerprint.shared(),
            revoked: Revoked::default(),
            schools: vec![("99999".to_owned().try_into().unwrap(), "演示大学".into())],
            sessions: vec![Session {
                name: CLASS.into(),
                starts_s: MORNING_MS / 1000,
                ends_s: MORNING_MS / 1000 + 1_800,
                heads: self.students.len() as u32,
                station: String::new(),
                codes,
            }],
            title: "2027 届".into(),
            standard: "jbz-2017-99".into(),
            checks: Vec::new(),
            compares_faces: true,
            references: Vec::new(),
            unlike_from: 0.0,
            references_until_s: 0,
            linked: None,
            levels: vec![Level::Undergraduate],
        }
    }

    pub fn folder_of(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("station-{name}"))
    }

    /// Enrols a station as in the field: token, request, welcome, bundle.
    pub async fn station(&self, name: &str) -> Station {
        self.station_with(name, &self.bundle()).await
    }

    pub async fn station_with(&self, name: &str, bundle: &Bundle) -> Station {
        let station = StationId::try_from(name.to_owned()).unwrap();
        let token = self.desk.open_token(&self.id, &station, &self.keys, MORNING_MS).await.unwrap();
        let asking = laptop::ask(&self.id, &station, Suite::Modern, Token::parse(&token).unwrap()).unwrap();
        let answer = self.desk.admit(&self.id, &asking.request, &self.keys, MORNING_MS).await.unwrap();
        let admitted = asking.answered(&answer).unwrap();
        let letter = self.letter(bundle, &admitted.keys.letters);
        admitted.keep(&self.folder_of(name), &passphrase(), "", &letter).await.unwrap();
        self.reopened(name).await
    }

    pub fn letter(&self, bundle: &Bundle, to: &seal::keys::ReceivingKey) -> Vec<u8> {
        let seed = Seed::new([5; SEED_BYTES]);
        bundle::write(bundle, &self.keys.centre.receipt, to.public(), seed).unwrap()
    }

    /// Opens the folder again, as after a crash.
    pub async fn reopened(&self, name: &str) -> Station {
        let station = Station::open(&self.folder_of(name), passphrase()).await.unwrap();
        open(&station, MORNING_MS).await;
        station
    }
}

/// Goes through the check-list of a day, once.
pub async fn open(station: &Station, at_ms: u64) {
    if station.opening(day_of(at_ms)).await.unwrap().is_none() {
        station.open_day(5_550, &Item::ALL, CHART.clone(), at(at_ms)).await.unwrap();
    }
}

/// Scans and answers whatever is asked, so that the student is before the camera.
pub async fn seat(station: &Station, code: &str, at_ms: u64) {
    let answer = Answer { reason: Some("核对过".into()), ..Answer::default() };
    let scanned = station.scan(code, &answer, at(at_ms)).await.unwrap();
    assert!(matches!(scanned, Scanned::Active(_)), "{scanned:?}");
}

/// A picture that the operator takes at this moment.
pub async fn shoot(station: &Station, bytes: Vec<u8>, at_ms: u64) -> Take {
    let arrival = Arrival { bytes, name: "a.jpg".into(), seen_ms: at_ms, shutter: Shutter::Now };
    match station.receive(arrival, at(at_ms)).await.unwrap() {
        Arrived::Take(take) => *take,
        other => panic!("{other:?}"),
    }
}

/// A student from the scan to the accepted photo.
pub async fn whole(station: &Station, code: &str, seed: u64, at_ms: u64) -> Take {
    seat(station, code, at_ms).await;
    let take = shoot(station, camera(seed), at_ms + 5_000).await;
    let accepted = station.accept(take.id, SAID, at(at_ms + 8_000)).await.unwrap();
    assert!(matches!(accepted, Accepted::Done), "{accepted:?}");
    take
}

/// Every byte of a folder, file by file.
pub fn every_file(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(every_file(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
    files
}
