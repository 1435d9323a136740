//! Titles: plain text as the user typed it, in which formulas may stand between dollars.

use super::error::ReportError;
use super::maths::{Maths, Piece, normalise, split};
use super::text::{html_escape, markdown_escape};
use super::{dollars, handout::Handout};

/// An experiment's title as HTML content; as typed where a formula in it is not understood.
pub fn title(title: &str) -> String {
    html(title, &Maths::new()).unwrap_or_else(|_| html_escape(title))
}

/// The title for HTML content.
///
/// # Errors
///
/// [`ReportError::Maths`] when a formula is not understood.
pub(crate) fn html(title: &str, maths: &Maths) -> Result<String, ReportError> {
    shown(title, html_escape, |latex| maths.inline(latex))
}

/// The title for Markdown.
///
/// # Errors
///
/// [`ReportError::Maths`] when a formula is not understood.
pub(crate) fn markdown(title: &str, maths: &Maths) -> Result<String, ReportError> {
    shown(title, markdown_escape, |latex| {
        maths.inline(latex)?;
        Ok(dollars::inline(&normalise(latex)))
    })
}

/// The title where no formula can be shown, such as a browser's tab: `$T_c \to 0$` as `T_c → 0`.
pub(crate) fn plain(title: &str) -> String {
    let maths = Maths::new();
    let pieces = split(title);
    pieces
        .iter()
        .map(|piece| formula(piece).map_or_else(|| typed(piece), |latex| words(latex, &maths)))
        .collect()
}

/// A mistake in the title, placed.
pub(crate) fn blame(handout: &Handout<'_>, error: ReportError) -> ReportError {
    let place = format!("title of {}", handout.name);
    ReportError::At { place, line: 1, source: Box::new(error) }
}

fn shown(
    title: &str,
    escape: fn(&str) -> String,
    show: impl Fn(&str) -> Result<String, ReportError>,
) -> Result<String, ReportError> {
    split(title).iter().map(|piece| formula(piece).map_or_else(|| Ok(escape(&typed(piece))), &show)).collect()
}

/// Words of the title; a dollar behind a backslash is one.
fn typed(piece: &Piece<'_>) -> String {
    piece.source().replace(r"\$", "$")
}

fn formula<'a>(piece: &Piece<'a>) -> Option<&'a str> {
    match piece {
        Piece::Inline(latex) | Piece::Display(latex) => Some(latex),
        Piece::Text(_) | Piece::Code(_) => None,
    }
}

/// A formula in characters: commands by the signs that they stand for, spaces and braces left out where they say nothing.
fn words(latex: &str, maths: &Maths) -> String {
    let mut output = String::with_capacity(latex.len());
    let mut rest = latex.trim();
    while let Some(character) = rest.chars().next() {
        let behind = &rest[character.len_utf8()..];
        rest = behind;
        match character {
            '\\' => {
                let letters = behind.bytes().take_while(u8::is_ascii_alphabetic).count();
                let length = letters.max(behind.chars().next().map_or(0, char::len_utf8));
                let (name, after) = behind.split_at(length);
                rest = if letters > 0 { after.trim_start() } else { after };
                let sign = maths.inline(&format!("\\{name}")).map(|mathml| without_tags(&mathml));
                match sign.ok().filter(|sign| !sign.trim().is_empty()) {
                    Some(sign) => output.push_str(&sign),
                    None if letters == 0 => output.push(' '),
                    None => {}
                }
            }
            '{' | '}' => {}
            '~' => output.push(' '),
            space if space.is_whitespace() => {}
            character => output.push(character),
        }
    }
    let spaced = |sign: char| if RELATIONS.contains(sign) { format!(" {sign} ") } else { sign.to_string() };
    output.chars().map(spaced).collect::<String>().trim().to_owned()
}

/// Signs that stand apart from what they relate.
const RELATIONS: &str = "=<>≤≥≪≫≈∼≃≡∝→←↔";

/// The words of MathML.
fn without_tags(mathml: &str) -> String {
    let mut output = String::new();
    for part in mathml.split('<') {
        output.push_str(part.split_once('>').map_or("", |(_, text)| text));
    }
    output.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_show_and_all_else_is_as_typed() {
        let maths = Maths::new();
        let title = "<b> *a* at $T_c$, for \\$5 and `x`";
        let page = html(title, &maths).unwrap();
        assert!(page.starts_with("&lt;b&gt; *a* at <math>") && page.ends_with(", for $5 and `x`"), "{page}");
        assert_eq!(markdown(title, &maths).unwrap(), "&lt;b&gt; \\*a\\* at $T_c$, for \\$5 and \\`x\\`");
        assert_eq!(plain(title), "<b> *a* at T_c, for $5 and `x`");
        assert!(html("$\\nosuch$", &maths).is_err() && markdown("$\\nosuch$", &maths).is_err());
    }

    #[test]
    fn a_tab_shows_signs() {
        assert_eq!(plain(r"Limit $\beta \to \infty$ of $\langle E \rangle$"), "Limit β → ∞ of ⟨E⟩");
        assert_eq!(plain(r"$x < y$, $E_{\mathrm{min}}$"), "x < y, E_min");
    }
}
