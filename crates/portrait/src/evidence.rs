//! Drawn findings: where on the photo a rule was measured and what it stumbled over, as SVG.
//!
//! SVG because it keeps the photo's own bytes, holds text in any language, and opens in every browser.
//! Guides are what was measured (rows, width, middle); marks are the evidence of findings that a person should read.
//! Coordinates are pixels of the inspected picture; sizes of strokes and letters follow its width.

use std::fmt::Write;

use crate::{
    inspection::Inspection,
    picture::Rect,
    standard::{Finding, Verdict, Words},
};

/// What is drawn over one photo.
#[derive(Debug, Clone, Default)]
pub struct Drawing {
    /// Width of the photo, px.
    pub width: f32,
    /// Height of the photo, px.
    pub height: f32,
    /// Lines that show what was measured.
    pub guides: Vec<Guide>,
    /// Places that show what is wrong.
    pub marks: Vec<Mark>,
}

/// A line that shows a measured quantity beside its limits.
#[derive(Debug, Clone)]
pub struct Guide {
    /// The rule that judges it.
    pub rule: String,
    /// What it is and how much, for example "eye row 245".
    pub label: Words,
    /// The line.
    pub line: Line,
}

/// The kinds of guides, px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Line {
    /// A row of the picture and the rows allowed for it.
    Row {
        /// The measured row.
        at: f32,
        /// The allowed rows.
        allowed: Option<(f32, f32)>,
    },
    /// A column of the picture and the columns allowed for it.
    Column {
        /// The measured column.
        at: f32,
        /// The allowed columns.
        allowed: Option<(f32, f32)>,
    },
    /// A width measured at a row.
    Width {
        /// The row.
        at: f32,
        /// Left end.
        from: f32,
        /// Right end.
        to: f32,
    },
}

/// Evidence of one finding.
#[derive(Debug, Clone)]
pub struct Mark {
    /// The rule.
    pub rule: String,
    /// The finding's verdict; it gives the colour.
    pub verdict: Verdict,
    /// The number that stands beside the rectangle and the finding.
    pub number: usize,
    /// The rule in words.
    pub label: Words,
    /// Where.
    pub areas: Vec<Rect>,
}

/// Colours and strokes of the drawing, for the page or file that holds it.
///
/// Guides are teal, which neither skin nor the three backgrounds of the standard come near; every line
/// has a pale rim so that it shows on dark clothes as well.
pub const STYLE: &str = include_str!("evidence.css");

impl Drawing {
    /// The drawing of an inspection, in pixels of the picture that was inspected.
    pub fn of(inspection: &Inspection) -> Self {
        let facts = &inspection.file_facts;
        let (width, height) = (facts.width as f32, facts.height as f32);
        let worrying =
            inspection.findings.iter().filter(|f| f.verdict != Verdict::Pass && !f.evidence.is_empty());
        Self {
            width,
            height,
            guides: guides(inspection),
            marks: worrying.zip(1..).map(|(finding, number)| mark(finding, number)).collect(),
        }
    }

    /// Guides and marks as two groups of SVG, without the photo.
    pub fn svg(&self) -> String {
        let mut svg = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut svg);
        svg
    }

    /// A whole SVG file with the photo inside: `photo` is its address, usually a data URI.
    /// `language` is the tag (`zh-CN` or `en`) of the labels shown.
    pub fn file(&self, photo: &str, language: &str) -> String {
        let other = if language == "en" { "zh-CN" } else { "en" };
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" xml:lang="{language}" viewBox="0 0 {width} {height}" "#,
                r#"width="{width}" height="{height}"><style>{style} [lang="{other}"] {{ display: none }} "#,
                r#".marks .tag {{ visibility: visible }}</style>"#,
                r#"<image width="{width}" height="{height}" href="{photo}"/>{drawing}</svg>"#,
            ),
            language = escape(language),
            other = other,
            width = self.width,
            height = self.height,
            style = STYLE,
            photo = escape(photo),
            drawing = self.svg(),
        )
    }

    fn write(&self, svg: &mut String) -> std::fmt::Result {
        // One unit is a pixel of the standard's 480 columns.
        let unit = self.width / 480.0;
        write!(svg, r#"<g class="evidence" style="--unit:{unit}px"><g class="guides">"#)?;
        for guide in &self.guides {
            self.write_guide(svg, guide, unit)?;
        }
        write!(svg, r#"</g><g class="marks">"#)?;
        for mark in &self.marks {
            self.write_mark(svg, mark, unit)?;
        }
        write!(svg, "</g></g>")
    }

    fn write_guide(&self, svg: &mut String, guide: &Guide, unit: f32) -> std::fmt::Result {
        write!(svg, r#"<g data-rule="{}">"#, escape(&guide.rule))?;
        let (width, height) = (self.width, self.height);
        let letters = 13.0 * unit;
        match guide.line {
            Line::Row { at, allowed } => {
                if let Some((low, high)) = allowed {
                    rectangle(svg, "allowed", Rect::new(0.0, low, 9.0 * unit, high))?;
                    rectangle(svg, "allowed", Rect::new(width - 9.0 * unit, low, width, high))?;
                }
                line(svg, [0.0, at, width, at])?;
                text(svg, &guide.label, [14.0 * unit, at - 5.0 * unit], "start", letters)?;
            }
            Line::Column { at, allowed } => {
                if let Some((low, high)) = allowed {
                    rectangle(svg, "allowed", Rect::new(low, height - 9.0 * unit, high, height))?;
                }
                line(svg, [at, 0.0, at, height])?;
                let place = [at + 6.0 * unit, height - 14.0 * unit];
                text(svg, &guide.label, place, "start", letters)?;
            }
            Line::Width { at, from, to } => {
                let tick = 7.0 * unit;
                line(svg, [from, at, to, at])?;
                line(svg, [from, at - tick, from, at + tick])?;
                line(svg, [to, at - tick, to, at + tick])?;
                text(svg, &guide.label, [to + 6.0 * unit, at + 5.0 * unit], "start", letters)?;
            }
        }
        write!(svg, "</g>")
    }

    fn write_mark(&self, svg: &mut String, mark: &Mark, unit: f32) -> std::fmt::Result {
        let rule = escape(&mark.rule);
        write!(svg, r#"<g class="{}" data-rule="{rule}">"#, mark.verdict.name())?;
        let frame = Rect::new(0.0, 0.0, self.width, self.height).grown(-1.5 * unit);
        let mut tagged = false;
        for area in &mark.areas {
            let shown = area.intersection(frame);
            if shown.width() <= 0.0 || shown.height() <= 0.0 {
                continue;
            }
            rectangle(svg, "rim", shown)?;
            rectangle(svg, "area", shown)?;
            // A wall full of blocks is one finding: one number is enough.
            if std::mem::replace(&mut tagged, true) {
                continue;
            }
            write!(svg, r#"<g class="tag">"#)?;
            let side = 17.0 * unit;
            let corner = Rect::new(shown.left, shown.top, shown.left + side, shown.top + side);
            rectangle(svg, "number", corner)?;
            let middle = corner.centre();
            write!(
                svg,
                r#"<text class="digit" x="{:.1}" y="{:.1}" text-anchor="middle" font-size="{:.1}">{}</text></g>"#,
                middle.x,
                middle.y + 4.5 * unit,
                12.5 * unit,
                mark.number
            )?;
        }
        write!(svg, "<title>{} · {}</title></g>", escape(&mark.label.chinese), escape(&mark.label.english))
    }
}

/// The lines of what stands in the geometry, with the limits of the rules that judge them.
fn guides(inspection: &Inspection) -> Vec<Guide> {
    let geometry = &inspection.geometry;
    let mut guides = Vec::new();
    for (rule, row) in [("crown-row", geometry.crown_row), ("eye-row", geometry.eye_row)] {
        if let (Some(at), Some(finding)) = (row, find(inspection, rule)) {
            guides.push(guide(
                finding,
                Some(at),
                Line::Row { at: at as f32, allowed: allowed(finding, 0.0) },
            ));
        }
    }
    if let (Some(at), Some(finding)) = (geometry.face_centre_x, find(inspection, "centred")) {
        // The rule judges the distance from the middle, the guide shows the column itself.
        let middle = inspection.file_facts.width as f32 / 2.0;
        let line = Line::Column { at: at as f32, allowed: allowed(finding, middle) };
        guides.push(guide(finding, finding.value, line));
    }
    if let (Some(width), Some(middle), Some(eyes)) =
        (geometry.face_width, geometry.face_centre_x, geometry.eye_row)
        && let Some(finding) = find(inspection, "face-width")
    {
        // The cheeks (landmarks 234, 454) stand about a tenth of the face's width below the eyes.
        let at = (eyes + 0.1 * width) as f32;
        let (from, to) = ((middle - width / 2.0) as f32, (middle + width / 2.0) as f32);
        guides.push(guide(finding, Some(width), Line::Width { at, from, to }));
    }
    guides
}

fn find<'a>(inspection: &'a Inspection, rule: &str) -> Option<&'a Finding> {
    inspection.findings.iter().find(|finding| finding.rule == rule)
}

/// The allowed range of a finding, moved by `origin`; a limit on a distance allows both sides.
fn allowed(finding: &Finding, origin: f32) -> Option<(f32, f32)> {
    match (finding.low, finding.high) {
        (Some(low), Some(high)) => Some((origin + low as f32, origin + high as f32)),
        (None, Some(high)) if origin > 0.0 => Some((origin - high as f32, origin + high as f32)),
        _ => None,
    }
}

fn guide(finding: &Finding, value: Option<f64>, line: Line) -> Guide {
    let value = value.map_or_else(String::new, |value| format!(" {value:.0}"));
    let label = Words {
        chinese: format!("{}{value}", finding.title.chinese),
        english: format!("{}{value}", finding.title.english),
    };
    Guide { rule: finding.rule.clone(), label, line }
}

fn mark(finding: &Finding, number: usize) -> Mark {
    Mark {
        rule: finding.rule.clone(),
        verdict: finding.verdict,
        number,
        label: finding.title.clone(),
        areas: finding.evidence.clone(),
    }
}

fn rectangle(svg: &mut String, class: &str, area: Rect) -> std::fmt::Result {
    write!(
        svg,
        r#"<rect class="{class}" x="{:.1}" y="{:.1}" width="{:.1}" height="{:.1}"/>"#,
        area.left,
        area.top,
        area.width().max(0.0),
        area.height().max(0.0)
    )
}

/// A line with its pale rim.
fn line(svg: &mut String, [x1, y1, x2, y2]: [f32; 4]) -> std::fmt::Result {
    for class in ["rim", "line"] {
        write!(svg, r#"<line class="{class}" x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}"/>"#)?;
    }
    Ok(())
}

fn text(svg: &mut String, label: &Words, [x, y]: [f32; 2], anchor: &str, letters: f32) -> std::fmt::Result {
    for (language, words) in [("zh-CN", &label.chinese), ("en", &label.english)] {
        write!(
            svg,
            r#"<text lang="{language}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" font-size="{letters:.1}">{}</text>"#,
            escape(words)
        )?;
    }
    Ok(())
}

/// Text as XML takes it, inside elements and in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 forbids most control characters outright.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(label: &str) -> Drawing {
        let label = Words { chinese: label.into(), english: label.into() };
        Drawing {
            width: 480.0,
            height: 640.0,
            guides: vec![Guide {
                rule: "eye-row".into(),
                label: label.clone(),
                line: Line::Row { at: 245.0, allowed: Some((200.0, 300.0)) },
            }],
            marks: vec![Mark {
                rule: "hot-spots".into(),
                verdict: Verdict::Fail,
                number: 1,
                label,
                areas: vec![Rect::new(-5.0, 10.0, 20.0, 30.0), Rect::new(500.0, 0.0, 510.0, 9.0)],
            }],
        }
    }

    #[test]
    fn words_of_a_standard_cannot_break_the_file() {
        let file = drawing("<a> & \"b\"\u{1}").file("data:,\"", "zh-CN");
        assert!(!file.contains("<a>") && !file.contains('\u{1}'));
        assert!(file.contains("&lt;a&gt; &amp; &quot;b&quot; "));
        assert!(file.contains(r#"href="data:,&quot;""#));
    }

    #[test]
    fn evidence_is_cut_at_the_frame_and_left_out_beyond_it() {
        let svg = drawing("x").svg();
        assert_eq!(svg.matches(r#"class="area""#).count(), 1);
        assert!(svg.contains(r#"class="area" x="1.5" y="10.0" width="18.5" height="20.0""#), "{svg}");
    }
}
