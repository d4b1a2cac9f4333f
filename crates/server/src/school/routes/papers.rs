//! The notice as a Word document, and its words: those that the settings say, and those that the registry put in their
//! place.

use std::io::Cursor;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use campaign::assessment::sections as sections_of_assessment;
use campaign::notice::{APPEARANCE, day, sections, verdict_word};
use campaign::register::Campaign;
use campaign::settings::Settings;
use docx_rs::{AlignmentType, Docx, Paragraph, Pic, Run, RunFonts, Table, TableCell, TableRow};
use fontdb::Database;
use seal::card::png;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::sessions::{EditionView, SlotView, edition_of};
use crate::problem::Problem;
use crate::school::app::App;
use crate::school::export;
use crate::school::silhouette;
use crate::school::who::Who;
use crate::school::word;

/// The media type of Word documents.
pub const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// A section of the notice.
#[derive(Serialize, ToSchema)]
pub struct SectionView {
    /// Such as `fee`.
    id: String,
    title: String,
    /// What the settings say, a line for each paragraph.
    generated: String,
    /// What the registry put in its place; it stays when the settings change.
    own: Option<String>,
}

async fn notice_of(app: &App, campaign: &Campaign) -> Result<Vec<SectionView>, Problem> {
    let mut own = app.register().notice_words(&campaign.id).await?;
    let view = |section: campaign::notice::Section| SectionView {
        id: section.id.into(),
        title: section.title.into(),
        generated: section.lines.join("\n"),
        own: own.remove(section.id),
    };
    Ok(sections(&campaign.settings).into_iter().map(view).collect())
}

/// The notice of a campaign, section by section.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/notice", tag = "papers", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<SectionView>)))]
pub async fn notice(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Json<Vec<SectionView>>, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    Ok(Json(notice_of(&app, &campaign).await?))
}

/// Words for a section.
#[derive(Deserialize, ToSchema)]
pub struct NewWords {
    /// A line for each paragraph; empty brings back what the settings say.
    text: String,
}

/// Puts words in place of a section.
#[utoipa::path(put, path = "/api/campaigns/{campaign}/notice/{section}", tag = "papers",
    params(("campaign" = String, Path), ("section" = String, Path)), request_body = NewWords,
    responses((status = 204)))]
pub async fn set(
    State(app): State<App>,
    who: Who,
    Path((campaign, section)): Path<(String, String)>,
    Json(new): Json<NewWords>,
) -> Result<StatusCode, Problem> {
    let id = who.campaign(&campaign)?;
    app.register().set_notice(&id, &section, &new.text, &who.act("")).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// For whom.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LetterTo {
    /// A college, for a letter with its own classes; empty for the whole notice.
    #[serde(default)]
    college: String,
}

/// The notice as a Word document with the timetable as its appendix; for a college a letter with its own classes.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/notice.docx", tag = "papers", params(("campaign" = String, Path), LetterTo),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))]
pub async fn document(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
    Query(to): Query<LetterTo>,
) -> Result<Response, Problem> {
    let id = who.campaign(&campaign)?;
    let own = &who.account().scope.college;
    let college = if own.is_empty() { &to.college } else { own };
    let campaign = app.register().campaign(&id).await?;
    let edition = app.register().edition(&id).await?;
    let edition = edition.map(|edition| edition_of(&campaign, &edition, college));
    let sections = notice_of(&app, &campaign).await?;
    let pictures = pictures(&campaign.settings, &app.0.fonts)?;
    packed(written(&campaign, &sections, (edition.as_ref(), college), &pictures), "notice.docx")
}

/// 个人信息保护影响评估报告 as a Word document: filled in as far as the settings say.
#[utoipa::path(get, path = "/api/campaigns/{campaign}/assessment.docx", tag = "papers", params(("campaign" = String, Path)),
    responses((status = 200, body = Vec<u8>, content_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document")))]
pub async fn assessment(
    State(app): State<App>,
    who: Who,
    Path(campaign): Path<String>,
) -> Result<Response, Problem> {
    let campaign = app.register().campaign(&who.campaign(&campaign)?).await?;
    let mut document = Docx::new().add_paragraph(title("个人信息保护影响评估报告"));
    for (section, number) in
        sections_of_assessment(&campaign.settings, &app.outside().receivers()).iter().zip(NUMBERS.chars())
    {
        document = document.add_paragraph(heading(number, section.title));
        document = section.lines.iter().fold(document, |document, line| document.add_paragraph(plain(line)));
    }
    packed(document, "assessment.docx")
}

fn packed(document: Docx, name: &str) -> Result<Response, Problem> {
    let mut bytes = Cursor::new(Vec::new());
    document.build().pack(&mut bytes).map_err(|error| Problem::internal(error.to_string()))?;
    Ok(export::file(bytes.into_inner(), WORD, name))
}

/// A drawing for each rule of dress, and what it says.
fn pictures(settings: &Settings, fonts: &Arc<Database>) -> Result<Vec<(Vec<u8>, String)>, Problem> {
    let mut pictures = Vec::new();
    for (item, rule) in
        settings.appearance.iter().flat_map(|(item, rules)| rules.iter().map(move |rule| (item, rule)))
    {
        let drawn = png(&silhouette::svg(*item, rule.verdict), Arc::clone(fonts));
        let drawn = drawn.map_err(|fault| Problem::internal(fault.to_string()))?;
        pictures.push((drawn, format!("{}{}", verdict_word(rule.verdict), rule.zh)));
    }
    Ok(pictures)
}

/// Sizes of letters in half points, as public documents have them: 二号 22 pt, 三号 16 pt, 小四 12 pt.
const TITLE: usize = 44;
const TEXT: usize = 32;
const CELL: usize = 24;
/// The indent of a paragraph: two characters of the text, in twentieths of a point.
const INDENT: i32 = 640;

/// The numbers of sections, as public documents have them.
const NUMBERS: &str = "一二三四五六七八九十";
/// Pictures in a row, and the size of one in pixels of 96 to the inch: 2.1 cm wide.
const PICTURES: usize = 4;
const PICTURE: [u32; 2] = [80, 96];

fn title(text: &str) -> Paragraph {
    Paragraph::new().align(AlignmentType::Center).add_run(run(text, TITLE, "方正小标宋简体"))
}

fn heading(number: char, text: &str) -> Paragraph {
    Paragraph::new()
        .indent(None, Some(docx_rs::SpecialIndentType::FirstLine(INDENT)), None, None)
        .add_run(run(&format!("{number}、{text}"), TEXT, "黑体"))
}

/// The pictures, some to a row, each with its words below.
fn gallery(pictures: &[(Vec<u8>, String)]) -> Table {
    let cell = |(picture, words): &(Vec<u8>, String)| {
        let drawn = Pic::new_with_dimensions(picture.clone(), PICTURE[0], PICTURE[1]);
        let centred = || Paragraph::new().align(AlignmentType::Center);
        TableCell::new()
            .add_paragraph(centred().add_run(Run::new().add_image(drawn)))
            .add_paragraph(centred().add_run(run(words, CELL, "仿宋")))
    };
    let rows = pictures.chunks(PICTURES).map(|row| TableRow::new(row.iter().map(cell).collect()));
    Table::new(rows.collect())
}

fn run(text: &str, size: usize, font: &str) -> Run {
    Run::new().add_text(text).size(size).fonts(RunFonts::new().east_asia(font).ascii(font))
}

fn plain(text: &str) -> Paragraph {
    Paragraph::new()
        .indent(None, Some(docx_rs::SpecialIndentType::FirstLine(INDENT)), None, None)
        .add_run(run(text, TEXT, "仿宋"))
}

fn written(
    campaign: &Campaign,
    sections: &[SectionView],
    (edition, college): (Option<&EditionView>, &str),
    pictures: &[(Vec<u8>, String)],
) -> Docx {
    let about = &campaign.settings.campaign;
    let to = if college.is_empty() { "各学院" } else { college };
    let mut document = Docx::new()
        .add_paragraph(title(&format!("关于做好{}工作的通知", about.title)))
        .add_paragraph(Paragraph::new().add_run(run(&format!("{to}："), TEXT, "仿宋")))
        .add_paragraph(plain(&format!(
            "为做好{}届毕业生图像信息采集工作，保证学历注册和证书办理，现将有关事项通知如下。",
            about.class_of
        )));
    for (section, number) in sections.iter().zip(NUMBERS.chars()) {
        document = document.add_paragraph(heading(number, &section.title));
        for line in section.own.as_ref().unwrap_or(&section.generated).lines() {
            document = document.add_paragraph(plain(line));
        }
        if section.id == APPEARANCE && !pictures.is_empty() {
            document = document.add_table(gallery(pictures));
        }
    }
    let right = |text: &str| Paragraph::new().align(AlignmentType::Right).add_run(run(text, TEXT, "仿宋"));
    document = document.add_paragraph(right(&about.school));
    if let Some(edition) = edition {
        document =
            appendix(document.add_paragraph(right(&day(campaign::day::of_ms(edition.at_ms())))), edition);
    }
    document
}

/// The timetable, a row for each class and the sum below.
fn appendix(document: Docx, edition: &EditionView) -> Docx {
    let heads: u32 = edition.slots().map(SlotView::heads).sum();
    let mut rows: Vec<_> = edition.slots().map(SlotView::cells).collect();
    let mut sum = <[String; 7]>::default();
    (sum[0], sum[3]) = ("合计".into(), heads.to_string());
    rows.push(sum);
    let headings = ["机位", "学院", "班级", "人数", "日期", "采集时间", "集合时间"];
    document
        .add_paragraph(Paragraph::new().page_break_before(true).add_run(run(
            "附件：时间安排表",
            TEXT,
            "黑体",
        )))
        .add_table(word::table([10, 15, 16, 6, 15, 16, 11], headings, &rows))
}
