//! Label markup: `*T*` italic, `_{c}` and `^{2}` scripts. Parsing, measuring, wrapping, and writing as SVG or plain text.

use plotters::style::{FontDesc, FontFamily, FontStyle, register_font};
use std::fmt::Write as _;
use std::sync::OnceLock;

use super::backend::number;

/// Height of Inter's line in ems: plotters sizes fonts by the line, SVG by the em.
pub(super) const LINE: f64 = 1.21;
/// The family that the chart code asks for, and the first choice in the SVG.
pub(super) const FAMILY: &str = "Inter";
/// Size of scripts relative to their line.
const SCRIPT: f64 = 0.72;

/// Whether a run stands on the line, below or above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Line,
    Sub,
    Super,
}

/// A stretch of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    text: String,
    italic: bool,
    level: Level,
}

/// Splits a label into runs. A `*` without a partner stands for itself.
pub(super) fn runs(label: &str) -> Vec<Run> {
    let mut runs = Vec::new();
    let mut current = String::new();
    let (mut italic, mut level) = (false, Level::Line);
    let mut rest = label;
    let flush = |current: &mut String, italic: bool, level: Level, runs: &mut Vec<Run>| {
        if !current.is_empty() {
            runs.push(Run { text: std::mem::take(current), italic, level });
        }
    };
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let script = match c {
            '_' => Some(Level::Sub),
            '^' => Some(Level::Super),
            _ => None,
        };
        match (c, script) {
            (_, Some(next)) if level == Level::Line && after.starts_with('{') && after.contains('}') => {
                flush(&mut current, italic, level, &mut runs);
                level = next;
                rest = &after[1..];
            }
            ('}', _) if level != Level::Line => {
                flush(&mut current, italic, level, &mut runs);
                level = Level::Line;
                rest = after;
            }
            ('*', _) if italic || after.contains('*') => {
                flush(&mut current, italic, level, &mut runs);
                italic = !italic;
                rest = after;
            }
            _ => {
                current.push(c);
                rest = after;
            }
        }
    }
    flush(&mut current, italic, level, &mut runs);
    runs
}

/// The fonts that labels are measured with.
pub(super) const FONTS: [(FontStyle, &[u8]); 3] = [
    (FontStyle::Normal, include_bytes!("../../templates/fonts/Inter-Regular.sub.otf")),
    (FontStyle::Italic, include_bytes!("../../templates/fonts/Inter-Italic.sub.otf")),
    (FontStyle::Bold, include_bytes!("../../templates/fonts/Inter-SemiBold.sub.otf")),
];

/// Makes Inter known to plotters, once.
pub(super) fn register_fonts() {
    static ONCE: OnceLock<()> = OnceLock::new();
    ONCE.get_or_init(|| {
        for (style, bytes) in FONTS {
            assert!(register_font(FAMILY, style, bytes).is_ok(), "invariant: the embedded fonts are sound");
        }
    });
}

/// Width of a label in pixels at a font size in pixels.
pub(super) fn width(label: &str, size: f64, bold: bool) -> f64 {
    register_fonts();
    // Measured at a hundred times the size: plotters rounds to whole pixels.
    let fine = 100.0;
    let measure = |run: &Run| {
        let style = match (bold, run.italic) {
            (true, _) => FontStyle::Bold,
            (false, true) => FontStyle::Italic,
            (false, false) => FontStyle::Normal,
        };
        let size = if run.level == Level::Line { size } else { size * SCRIPT };
        let font = FontDesc::new(FontFamily::Name(FAMILY), size * LINE * fine, style);
        match font.box_size(&run.text) {
            Ok((width, _)) => f64::from(width) / fine,
            Err(_) => 0.6 * size * run.text.chars().count() as f64,
        }
    };
    runs(label).iter().map(measure).sum()
}

/// Breaks a label at spaces into lines no wider than `room`, where words allow.
pub(super) fn wrap(label: &str, size: f64, bold: bool, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    // The thin space within a number is none to break at.
    let breaks = |c: char| c.is_whitespace() && !matches!(c, '\u{202f}' | '\u{a0}');
    for word in label.split(breaks).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, bold) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    // Italics that run over a break are closed and opened again.
    let mut open = false;
    for line in &mut lines {
        if open {
            line.insert(0, '*');
        }
        open = line.matches('*').count() % 2 == 1;
        if open {
            line.push('*');
        }
    }
    lines
}

/// Text safe inside SVG elements and attributes; control characters, which XML forbids, become spaces.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// The label as SVG text content. Scripts move the base line by `dy`, which every renderer knows.
pub(super) fn tspans(label: &str, size: f64) -> String {
    let mut out = String::new();
    let mut shift = 0.0;
    for run in runs(label) {
        let wanted = match run.level {
            Level::Line => 0.0,
            Level::Sub => 0.22 * size,
            Level::Super => -0.36 * size,
        };
        let plain = !run.italic && run.level == Level::Line && shift == wanted;
        if plain {
            out.push_str(&escape(&run.text));
            continue;
        }
        out.push_str("<tspan");
        if shift != wanted {
            let _ = write!(out, r#" dy="{}""#, number(wanted - shift));
            shift = wanted;
        }
        if run.level != Level::Line {
            let _ = write!(out, r#" font-size="{}""#, number(size * SCRIPT));
        }
        if run.italic {
            out.push_str(r#" font-style="italic""#);
        }
        let _ = write!(out, ">{}</tspan>", escape(&run.text));
    }
    out
}

/// The label in plain words, for titles and descriptions: `T_c`, `10^3`, `m²`.
pub fn plain(label: &str) -> String {
    let mut out = String::new();
    for run in runs(label) {
        match (run.level, run.text.as_str()) {
            (Level::Super, "2") => out.push('²'),
            (Level::Super, "3") => out.push('³'),
            (Level::Super, text) => {
                let _ = write!(out, "^{text}");
            }
            (Level::Sub, text) => {
                let _ = write!(out, "_{text}");
            }
            (Level::Line, text) => out.push_str(text),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_spans() {
        assert_eq!(
            tspans("*T*_{c} < 2", 10.0),
            "<tspan font-style=\"italic\">T</tspan><tspan dy=\"2.2\" font-size=\"7.2\">c</tspan>\
             <tspan dy=\"-2.2\"> &lt; 2</tspan>"
        );
        assert_eq!(tspans("a * b & c", 10.0), "a * b &amp; c");
        assert_eq!(tspans("10^{−3}", 10.0), "10<tspan dy=\"-3.6\" font-size=\"7.2\">−3</tspan>");
    }

    #[test]
    fn plain_words_keep_scripts() {
        assert_eq!(plain("*k*_{B} *T* / *J*"), "k_B T / J");
        assert_eq!(plain("⟨*m*^{2}⟩, 10^{6}"), "⟨m²⟩, 10^6");
    }

    #[test]
    fn widths_follow_the_font() {
        // Inter's digits: a 12 px zero advances by 1264/2048 to 1280/2048 em.
        let zero = width("0", 12.0, false);
        assert!((7.0..8.0).contains(&zero), "{zero}");
        assert!((width("00", 12.0, false) - 2.0 * zero).abs() < 0.1);
        assert!((width("0", 24.0, false) - 2.0 * zero).abs() < 0.1);
        assert!(width("0_{0}", 12.0, false) < 1.8 * zero);
        assert!(width("mm", 12.0, true) > width("mm", 12.0, false));
    }

    #[test]
    fn wrapping_keeps_words_and_italics() {
        let lines = wrap("one two *three four* five", 12.0, false, 60.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| line.matches('*').count() % 2 == 0), "{lines:?}");
        assert_eq!(lines.join(" ").replace('*', ""), "one two three four five");
        assert_eq!(wrap("65\u{202f}536 states", 12.0, false, 10.0), ["65\u{202f}536", "states"]);
    }
}
