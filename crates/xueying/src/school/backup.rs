//! `xueying backup` and `xueying restore`: everything in one file while the server runs, and back into empty stores,
//! of either kind of database.

use std::{
    fs::File,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::{Context, Result, anyhow};
use clap::Args;
use store::backup::{self, BackupError, Copied};
use tokio::runtime::Runtime;
use zip::{ZipArchive, ZipWriter};

use crate::{
    files,
    language::Language,
    outcome::Outcome,
    school::serve::{self, Place},
};

/// 备份：数据库与照片写入一个文件，服务照常运行；含个人信息，请妥善保管 · Everything into one file while the server runs; it holds personal data
#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    place: Place,
    /// 备份文件（ZIP） · The file to write (ZIP)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// 恢复：把备份写入空的数据库和照片文件夹 · A backup into empty databases and an empty place for photos
#[derive(Args)]
pub struct RestoreArguments {
    #[command(flatten)]
    place: Place,
    /// 备份文件 · The backup
    #[arg(value_name = "FILE")]
    backup: PathBuf,
}

/// The two sides in the file.
const SCHOOL: &str = "campaign";
const DESK: &str = "capture";
/// What unlocks the campaigns' keys, where it lies beside the data.
const PASSPHRASE: &str = "passphrase";

pub fn run(arguments: &Arguments, language: Language) -> Result<Outcome> {
    let settled = arguments.place.settle(None, language)?;
    let place = || arguments.out.display().to_string();
    if arguments.out.exists() {
        return Err(anyhow!(
            language.pick("文件已存在，备份不会覆盖", "it exists, and a backup overwrites nothing")
        ))
        .with_context(place);
    }
    let half = arguments.out.with_extension("part");
    let copied = Runtime::new()?.block_on(async {
        let app = serve::open(&settled, language).await?;
        files::write_secret(&half, b"", language)?;
        let mut zip = ZipWriter::new(File::options().write(true).open(&half)?);
        let said = |error: BackupError| anyhow!(language.pick(error.zh(), error.to_string()));
        // The school's side first: every shot that it knows of is then in the later copy of the desk's side.
        let school =
            backup::write_tables(app.register().store(), SCHOOL, &campaign::register::TABLES, &mut zip);
        let school = school.await.map_err(said)?;
        let desk = backup::write_tables(app.desk().store(), DESK, &capture::desk::TABLES, &mut zip);
        let desk = desk.await.map_err(said)?;
        let objects = backup::write_objects(app.desk().objects(), &mut zip).await.map_err(said)?;
        zip.finish()?.sync_all()?;
        app.close().await;
        Ok::<_, anyhow::Error>(Copied { rows: school.rows + desk.rows, objects: objects.objects })
    });
    let copied = copied.with_context(place)?;
    std::fs::rename(&half, &arguments.out).with_context(place)?;
    let key = settled.data.join(PASSPHRASE);
    say(copied, language)?;
    eprintln!("{}", language.pick(
        format!("请另行保管口令（{} 或环境变量 XUEYING_PASSPHRASE）：没有它，备份中的密钥和照片无法打开", key.display()),
        format!("keep the passphrase elsewhere ({} or XUEYING_PASSPHRASE): without it the keys and photos in the backup do not open", key.display()),
    ));
    Ok(Outcome::Passes)
}

pub fn restore(arguments: &RestoreArguments, language: Language) -> Result<Outcome> {
    let settled = arguments.place.settle(None, language)?;
    let place = || arguments.backup.display().to_string();
    let file =
        File::open(&arguments.backup).map_err(|error| files::reason(&error, language)).with_context(place)?;
    let said = |error: BackupError| anyhow!(language.pick(error.zh(), error.to_string()));
    let mut zip = ZipArchive::new(file).map_err(|error| said(error.into())).with_context(place)?;
    let copied = Runtime::new()?.block_on(async {
        let app = serve::open(&settled, language).await?;
        let objects = backup::read_objects(app.desk().objects(), &mut zip).await.map_err(said)?;
        let desk = backup::read_tables(app.desk().store(), DESK, &capture::desk::TABLES, &mut zip);
        let desk = desk.await.map_err(said)?;
        let school =
            backup::read_tables(app.register().store(), SCHOOL, &campaign::register::TABLES, &mut zip);
        let school = school.await.map_err(said)?;
        app.close().await;
        Ok::<_, anyhow::Error>(Copied { rows: school.rows + desk.rows, objects: objects.objects })
    });
    say(copied.with_context(place)?, language)?;
    Ok(Outcome::Passes)
}

fn say(copied: Copied, language: Language) -> Result<()> {
    let Copied { rows, objects } = copied;
    let text = language
        .pick(format!("{rows} 行数据，{objects} 个照片文件"), format!("{rows} rows, {objects} photo files"));
    writeln!(io::stdout(), "{text}")?;
    Ok(())
}
