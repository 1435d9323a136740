//! LaTeX formulas: to MathML for the page, and found in Markdown text for the Markdown edition.

use super::error::ReportError;
use super::text::{Power, powers_of_ten};
use crate::spec::nearest;
use math_core::{LatexToMathML, MathDisplay};
use std::borrow::Cow;

/// A converter from LaTeX to MathML Core.
pub(crate) struct Maths {
    converter: LatexToMathML,
    /// Macros of the user's, by name, which a command that is not known may have meant.
    macros: Vec<String>,
}

/// Commands that a command which is not known may have meant.
const COMMANDS: [&str; 72] = [
    "alpha",
    "approx",
    "bar",
    "begin",
    "beta",
    "binom",
    "boldsymbol",
    "cdot",
    "cdots",
    "chi",
    "cos",
    "cosh",
    "Delta",
    "delta",
    "ell",
    "end",
    "epsilon",
    "equiv",
    "eta",
    "exp",
    "exists",
    "forall",
    "frac",
    "Gamma",
    "gamma",
    "ge",
    "hat",
    "infty",
    "int",
    "kappa",
    "Lambda",
    "lambda",
    "langle",
    "ldots",
    "le",
    "left",
    "lim",
    "ln",
    "log",
    "mathbb",
    "mathbf",
    "mathcal",
    "mathrm",
    "mu",
    "nabla",
    "ne",
    "nu",
    "Omega",
    "omega",
    "operatorname",
    "partial",
    "Phi",
    "phi",
    "pi",
    "prod",
    "propto",
    "Psi",
    "psi",
    "rangle",
    "rho",
    "right",
    "Sigma",
    "sigma",
    "sim",
    "sqrt",
    "sum",
    "tanh",
    "tau",
    "text",
    "theta",
    "times",
    "varepsilon",
];

impl Maths {
    /// A converter without macros.
    pub(crate) fn new() -> Self {
        Self::knowing(&[])
    }

    /// A converter of formulas in which the macros called `macros` have been expanded.
    pub(crate) fn knowing(macros: &[String]) -> Self {
        Self { converter: LatexToMathML::default(), macros: macros.to_vec() }
    }

    /// An inline formula as a `<math>` element.
    pub(crate) fn inline(&self, latex: &str) -> Result<String, ReportError> {
        self.convert(latex, MathDisplay::Inline)
    }

    /// A displayed formula as a `<math display="block">` element.
    pub(crate) fn display(&self, latex: &str) -> Result<String, ReportError> {
        self.convert(latex, MathDisplay::Block)
    }

    /// The first formula in `text` that is not understood, with its line when the text begins on line `first`.
    pub(crate) fn mistake(&self, text: &str, first: usize) -> Option<ReportError> {
        let mut line = first;
        for piece in split(text) {
            let (latex, wrong) = match piece {
                Piece::Inline(latex) => (latex, self.inline(latex).err()),
                Piece::Display(latex) => (latex, self.display(latex).err()),
                Piece::Text(_) | Piece::Code(_) => ("", None),
            };
            if let Some(wrong) = wrong {
                let blank = latex.len() - latex.trim_start().len();
                return Some(wrong.in_formula(latex.trim(), line + latex[..blank].matches('\n').count()));
            }
            line += piece.source().matches('\n').count();
        }
        None
    }

    /// What is wrong, after a command that is not known with the nearest that is.
    fn with_hint(&self, message: String) -> String {
        let names = self.macros.iter().map(String::as_str).chain(COMMANDS);
        match command(&message).and_then(|name| nearest(name, names)) {
            Some(near) => format!("{message} Did you mean `\\{near}`?"),
            None => message,
        }
    }

    fn convert(&self, latex: &str, display: MathDisplay) -> Result<String, ReportError> {
        let prepared = normalise(latex);
        match self.converter.convert_with_local_state(&prepared, display) {
            Ok(result) => Ok(level_primes(result.mathml)),
            Err(error) => Err(ReportError::Maths {
                position: prepared[..prepared.floor_char_boundary(error.0.start)].chars().count(),
                message: self.with_hint(error.error_message()),
                formula: prepared,
            }),
        }
    }
}

/// Primes set beside what they belong to: their glyphs are raised already, so that a superscript would lift and shrink them
/// once more.
fn level_primes(mut mathml: String) -> String {
    let (open, close) = ("<msup>", "</msup>");
    for prime in ['′', '″', '‴', '⁗'] {
        let raised = format!("<mo>{prime}</mo>{close}");
        while let Some(end) = mathml.find(&raised) {
            let before = &mathml[..end];
            // The element that closes here is the innermost that is still open.
            let opens: Vec<usize> = before.match_indices(open).map(|(at, _)| at).collect();
            let still_open =
                |at: &usize| before[*at..].matches(open).count() == before[*at..].matches(close).count() + 1;
            let Some(start) = opens.into_iter().rev().find(still_open) else { break };
            let base = &before[start + open.len()..];
            let level = format!(r#"<mrow>{base}<mo lspace="0" rspace="0">{prime}</mo></mrow>"#);
            mathml.replace_range(start..end + raised.len(), &level);
        }
    }
    mathml
}

/// The command that a message calls unknown, without its backslash.
pub(crate) fn command(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("Unknown command \"\\")?;
    rest.split_once('"').map(|(name, _)| name)
}

/// `latex` with the typographic signs of [`crate::number`] turned into LaTeX: minus, thin space, power of ten.
pub(crate) fn normalise(latex: &str) -> String {
    let latex = latex.trim().replace('−', "-").replace('\u{202f}', r"\,").replace('×', r"\times ");
    powers_of_ten(&latex, Power::Latex)
}

/// A stretch of Markdown text.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece<'a> {
    /// Markdown without maths.
    Text(&'a str),
    /// A code span with its backticks.
    Code(&'a str),
    /// The inside of `$…$`.
    Inline(&'a str),
    /// The inside of `$$…$$`.
    Display(&'a str),
}

impl Piece<'_> {
    /// The piece as it stands in the text.
    pub(crate) fn source(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) | Self::Code(text) => Cow::Borrowed(text),
            Self::Inline(latex) => Cow::Owned(format!("${latex}$")),
            Self::Display(latex) => Cow::Owned(format!("$${latex}$$")),
        }
    }
}

/// Splits Markdown text (without code blocks) at code spans and formulas, by the rules of GitHub and comrak: an opening
/// dollar stands before a character that is no space, a closing one after such, and before no digit.
pub(crate) fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut kept, mut at) = (0, 0);
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let found = match bytes[at] {
            b'\\' => {
                at += 2;
                continue;
            }
            b'`' => code_span(text, at),
            b'$' => formula(text, at),
            _ => None,
        };
        let Some((piece, end)) = found else {
            let run = bytes[at..].iter().take_while(|byte| **byte == bytes[at] && **byte == b'`').count();
            at += run.max(1);
            continue;
        };
        if kept < at {
            pieces.push(Piece::Text(&text[kept..at]));
        }
        pieces.push(piece);
        (kept, at) = (end, end);
    }
    if kept < text.len() {
        pieces.push(Piece::Text(&text[kept..]));
    }
    pieces
}

fn code_span(text: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    let ticks = text[at..].bytes().take_while(|byte| *byte == b'`').count();
    let mut from = at + ticks;
    loop {
        let start = from + text[from..].find('`')?;
        let run = text[start..].bytes().take_while(|byte| *byte == b'`').count();
        if run == ticks {
            return Some((Piece::Code(&text[at..start + run]), start + run));
        }
        from = start + run;
    }
}

fn formula(text: &str, at: usize) -> Option<(Piece<'_>, usize)> {
    if let Some(rest) = text[at..].strip_prefix("$$") {
        let length = rest.find("$$").filter(|length| *length > 0)?;
        return Some((Piece::Display(&rest[..length]), at + length + 4));
    }
    let rest = &text[at + 1..];
    if rest.starts_with(char::is_whitespace) {
        return None;
    }
    let mut escaped = false;
    for (length, character) in rest.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '$' => {
                let inside = &rest[..length];
                let digit = rest[length + 1..].starts_with(|next: char| next.is_ascii_digit());
                let closes = length > 0 && !inside.ends_with(char::is_whitespace) && !digit;
                return closes.then_some((Piece::Inline(inside), at + length + 2));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_and_code_are_told_from_text() {
        assert_eq!(
            split(r"a $x<y$, `$b$` \$5 and $5 $$z$$"),
            [
                Piece::Text("a "),
                Piece::Inline("x<y"),
                Piece::Text(", "),
                Piece::Code("`$b$`"),
                Piece::Text(r" \$5 and $5 "),
                Piece::Display("z"),
            ]
        );
        assert_eq!(split("from $ 5 to $ 6"), [Piece::Text("from $ 5 to $ 6")]);
    }

    #[test]
    fn signs_of_our_numbers_are_understood() {
        let maths = Maths::new();
        let mathml = maths.inline("T_c = −2.2690(12), n = 20\u{202f}000, p = 3.20(16)e-9").unwrap();
        assert!(mathml.starts_with("<math>"));
        assert!(mathml.contains("<msup>") && mathml.contains("×"), "{mathml}");
        assert!(maths.inline("x<y").unwrap().contains("&lt;"));
    }

    #[test]
    fn primes_are_raised_once() {
        let maths = Maths::new();
        let prime = |sign: char| format!(r#"<mo lspace="0" rspace="0">{sign}</mo></mrow>"#);
        let mathml = maths.inline("F'' + s'(x^2) + (a^2)^{\\prime}").unwrap();
        assert!(mathml.contains(&format!("<mrow><mi>F</mi>{}", prime('″'))), "{mathml}");
        assert!(mathml.contains(&format!("<mrow><mi>s</mi>{}", prime('′'))), "{mathml}");
        assert_eq!(mathml.matches("<msup>").count(), 2, "{mathml}");
        assert_eq!(mathml.matches("<msup>").count(), mathml.matches("</msup>").count());
    }

    #[test]
    fn bad_maths_is_pointed_at() {
        let error = Maths::new().inline(r"α + \nosuch{x}").unwrap_err();
        let ReportError::Maths { formula, position, .. } = &error else { panic!("{error}") };
        assert_eq!((formula.as_str(), *position), (r"α + \nosuch{x}", 4));
        let told = |latex: &str| Maths::knowing(&["mean".to_owned()]).inline(latex).unwrap_err().to_string();
        assert!(told(r"\mena{x}").ends_with(r"Did you mean `\mean`?"), "{}", told(r"\mena{x}"));
        assert!(told(r"\epsilno").ends_with(r"Did you mean `\epsilon`?"), "{}", told(r"\epsilno"));
        assert!(!told(r"\nosuchthing").contains("mean"), "{}", told(r"\nosuchthing"));
    }
}
