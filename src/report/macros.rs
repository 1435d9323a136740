//! `\newcommand` in formulas: definitions are taken out and expanded in all that follows, so that every renderer reads
//! the result.

use super::error::ReportError;
use super::maths::{Piece, split};
use std::collections::BTreeMap;

/// What defines a macro.
const DEFINITIONS: [&str; 3] = ["newcommand", "renewcommand", "providecommand"];

/// How many macros one formula may use, those within macros included.
const MOST: usize = 2_000;

/// Commands that take the next token for their argument: a macro's text behind them needs braces.
const TAKING: [&str; 16] = [
    "frac",
    "dfrac",
    "tfrac",
    "binom",
    "sqrt",
    "hat",
    "bar",
    "vec",
    "tilde",
    "dot",
    "ddot",
    "overline",
    "underline",
    "widehat",
    "widetilde",
    "mathbf",
];

/// The macros of a page, as far as it has been read.
#[derive(Debug, Default)]
pub(crate) struct Macros(BTreeMap<String, Macro>);

#[derive(Debug)]
struct Macro {
    arguments: usize,
    body: String,
}

impl Macros {
    /// Their names.
    pub(crate) fn names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// Markdown (without code blocks) with the macros of its formulas expanded; a formula that does nothing but define
    /// some is left out, its lines kept.
    ///
    /// # Errors
    ///
    /// [`ReportError::Macro`], with its line in `text`.
    pub(crate) fn text(&mut self, text: &str) -> Result<String, ReportError> {
        if self.0.is_empty() && !text.contains("command") {
            return Ok(text.to_owned());
        }
        let mut output = String::with_capacity(text.len());
        for piece in split(text) {
            let (latex, dollars) = match piece {
                Piece::Inline(latex) => (latex, "$"),
                Piece::Display(latex) => (latex, "$$"),
                Piece::Text(_) | Piece::Code(_) => {
                    output.push_str(&piece.source());
                    continue;
                }
            };
            let line = output.matches('\n').count() + 1;
            let expanded = self.formula(latex).map_err(|error| error.on_line(line))?;
            if expanded.trim().is_empty() && !latex.trim().is_empty() {
                output.push_str(&"\n".repeat(latex.matches('\n').count()));
            } else {
                output.extend([dollars, &expanded, dollars]);
            }
        }
        Ok(output)
    }

    /// A formula with its definitions taken out and its macros expanded, on as many lines as before.
    ///
    /// # Errors
    ///
    /// [`ReportError::Macro`].
    pub(crate) fn formula(&mut self, latex: &str) -> Result<String, ReportError> {
        let mut rest = latex;
        let mut kept = String::with_capacity(latex.len());
        while let Some((at, behind)) = definition(rest) {
            kept.push_str(&rest[..at]);
            let after = self.define(behind)?;
            let taken = &rest[at..rest.len() - after.len()];
            kept.push_str(&"\n".repeat(taken.matches('\n').count()));
            rest = after;
        }
        kept.push_str(rest);
        if self.0.is_empty() {
            return Ok(kept);
        }
        self.expand(&kept, &mut 0)
    }

    /// Reads `{\name}[2]{…}` and gives back what is behind it.
    fn define<'a>(&mut self, text: &'a str) -> Result<&'a str, ReportError> {
        let wrong = |name: &str, message: &str| ReportError::Macro {
            name: name.to_owned(),
            message: message.to_owned(),
        };
        let shape = "is defined as \\newcommand{\\name}[2]{… #1 … #2 …}";
        let text = text.strip_prefix('*').unwrap_or(text).trim_start();
        let (named, rest) = match text.strip_prefix('{') {
            Some(_) => group(text).ok_or_else(|| wrong("", shape))?,
            None => text.split_at(1 + letters(text.get(1..).unwrap_or_default())),
        };
        let name =
            named.trim().strip_prefix('\\').filter(|name| !name.is_empty() && letters(name) == name.len());
        let name =
            name.ok_or_else(|| wrong(named.trim().trim_start_matches('\\'), "needs a name of letters"))?;
        let mut rest = rest.trim_start();
        let mut arguments = 0;
        if let Some(inside) = rest.strip_prefix('[') {
            let (count, behind) = inside.split_once(']').ok_or_else(|| wrong(name, shape))?;
            arguments = count.trim().parse().ok().filter(|count| *count < 10).ok_or_else(|| {
                let message =
                    format!("has [{count}] where the number of its arguments stands: write [1] to [9]");
                wrong(name, &message)
            })?;
            rest = behind.trim_start();
        }
        if rest.starts_with('[') {
            return Err(wrong(name, "has an optional argument, which is not understood: leave it out"));
        }
        let (body, behind) = group(rest).ok_or_else(|| wrong(name, shape))?;
        self.0.insert(name.to_owned(), Macro { arguments, body: body.replace('\n', " ") });
        Ok(behind)
    }

    fn expand(&self, latex: &str, used: &mut usize) -> Result<String, ReportError> {
        let mut output = String::with_capacity(latex.len());
        let mut rest = latex;
        while let Some(at) = rest.find('\\') {
            output.push_str(&rest[..at]);
            let behind = &rest[at + 1..];
            let length = letters(behind);
            let Some(found) = self.0.get(&behind[..length]) else {
                let end = at + 1 + length.max(behind.chars().next().map_or(0, char::len_utf8));
                output.push_str(&rest[at..end]);
                rest = &rest[end..];
                continue;
            };
            let name = &behind[..length];
            *used += 1;
            if *used > MOST {
                let message = "expands into itself, or into far too much".to_owned();
                return Err(ReportError::Macro { name: name.to_owned(), message });
            }
            let (arguments, after) = found.take(name, &behind[length..])?;
            let lines = behind[length..behind.len() - after.len()].matches('\n').count();
            let text = self.expand(&found.filled(&arguments), used)?;
            let braces = wants_braces(&output) && text.trim().chars().count() > 1;
            if braces {
                output.push('{');
            }
            output.push_str(&text);
            if braces {
                output.push('}');
            }
            if ends_with_command(&output) && after.starts_with(|next: char| next.is_ascii_alphabetic()) {
                output.push(' ');
            }
            output.push_str(&"\n".repeat(lines));
            rest = after;
        }
        output.push_str(rest);
        Ok(output)
    }
}

impl Macro {
    /// The arguments behind the macro's name, and what follows them.
    fn take<'a>(&self, name: &str, text: &'a str) -> Result<(Vec<String>, &'a str), ReportError> {
        let mut rest = text;
        let mut arguments = Vec::with_capacity(self.arguments);
        for _ in 0..self.arguments {
            let (argument, behind) = argument(rest.trim_start()).ok_or_else(|| {
                let count = self.arguments;
                let message = format!("wants {count} argument{}", if count == 1 { "" } else { "s" });
                ReportError::Macro { name: name.to_owned(), message }
            })?;
            arguments.push(argument.replace('\n', " "));
            rest = behind;
        }
        Ok((arguments, rest))
    }

    /// The body with its `#1`, `#2` … filled in.
    fn filled(&self, arguments: &[String]) -> String {
        let mut output = String::with_capacity(self.body.len());
        let mut characters = self.body.chars().peekable();
        while let Some(character) = characters.next() {
            let number = characters.peek().and_then(|next| next.to_digit(10)).map(|digit| digit as usize);
            match (character, number.and_then(|number| arguments.get(number.wrapping_sub(1)))) {
                ('#', Some(argument)) => {
                    output.push_str(argument);
                    characters.next();
                    // A command at the end of an argument stays apart from a letter behind it.
                    if ends_with_command(argument) && characters.peek().is_some_and(char::is_ascii_alphabetic)
                    {
                        output.push(' ');
                    }
                }
                ('\\', _) => {
                    output.push('\\');
                    output.extend(characters.next());
                }
                (character, _) => output.push(character),
            }
        }
        output
    }
}

/// Where the next definition begins in `text`, and what is behind its command.
fn definition(text: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('\\').map(|at| from + at) {
        let behind = &text[at + 1..];
        let length = letters(behind);
        if DEFINITIONS.contains(&&behind[..length]) {
            return Some((at, &behind[length..]));
        }
        from = at + 1 + length.max(behind.chars().next().map_or(0, char::len_utf8));
    }
    None
}

/// How many letters `text` begins with.
fn letters(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_alphabetic).count()
}

/// The argument that `text` begins with (a group, a command or a character), and what is behind it.
fn argument(text: &str) -> Option<(&str, &str)> {
    match text.chars().next()? {
        '{' => group(text),
        '}' => None,
        '\\' => {
            let behind = &text[1..];
            Some(text.split_at(1 + letters(behind).max(behind.chars().next()?.len_utf8())))
        }
        character => Some(text.split_at(character.len_utf8())),
    }
}

/// The inside of the group in braces that `text` begins with, and what is behind it.
pub(crate) fn group(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => depth += 1,
            '}' if depth == 1 => return Some((&text[1..at], &text[at + 1..])),
            '}' => depth -= 1,
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

fn ends_with_command(text: &str) -> bool {
    let before = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    before.len() < text.len() && before.ends_with('\\') && !before.ends_with("\\\\")
}

fn wants_braces(before: &str) -> bool {
    let before = before.trim_end();
    before.ends_with(['^', '_'])
        || ends_with_command(before) && TAKING.iter().any(|name| before.ends_with(&format!("\\{name}")))
}

#[cfg(test)]
mod tests {
    use super::super::maths::Maths;
    use super::*;

    fn told(text: &str) -> String {
        Macros::default().text(text).unwrap_err().to_string()
    }

    #[test]
    fn macros_are_expanded_in_what_follows() {
        let mut macros = Macros::default();
        let text = "$$\n\\newcommand{\\mean}[1]{\\langle #1 \\rangle}\n\\newcommand\\E{\\mathbb{E}}\n$$\nSo $\\mean{\\E x}$, \
                    `$\\mean{x}$`, $\\means$ and $x^\\E\\mean a$.";
        let expanded = macros.text(text).unwrap();
        assert_eq!(
            expanded,
            "\n\n\n\nSo $\\langle \\mathbb{E} x \\rangle$, `$\\mean{x}$`, $\\means$ and $x^{\\mathbb{E}}\\langle a \\rangle$."
        );
        assert_eq!(expanded.matches('\n').count(), text.matches('\n').count(), "lines stay where they are");
        assert_eq!(macros.formula(r"\frac\E 2 \\mean").unwrap(), r"\frac{\mathbb{E}} 2 \\mean");
        assert!(Maths::new().inline(&macros.formula(r"\mean{s_i s_j} - \mean{s}^2").unwrap()).is_ok());
    }

    #[test]
    fn a_macro_may_be_redefined_and_use_others() {
        let mut macros = Macros::default();
        let text =
            r"\newcommand{\b}{\beta}\newcommand{\w}[2]{e^{-\b #1}/#2}\w{E}Z \renewcommand{\b}{\gamma}\b x\b";
        assert_eq!(macros.formula(text).unwrap(), r"e^{-\gamma E}/Z \gamma x\gamma");
        assert_eq!(macros.formula("\\w{a\nb}\\alpha").unwrap(), "e^{-\\gamma a b}/\\alpha\n");
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        let own = r"$\newcommand{\a}{\a}$";
        assert!(
            told(&format!("x\n\n{own} $\\a$"))
                .starts_with("line 3 of the rendered text: macro `\\a` expands into itself")
        );
        let twice = r"$\newcommand{\a}{\b\b}\newcommand{\b}{\c\c}\newcommand{\c}{\a\a}\a$";
        assert!(told(twice).contains("expands into itself"));
        assert!(told(r"$\newcommand{\m}[2]{#1#2} \m{x}$").contains(r"macro `\m` wants 2 arguments"));
        assert!(told(r"$\newcommand{\m}[1][x]{#1}$").contains("optional argument"));
        assert!(
            told(r"$\newcommand{\m}[x]{#1}$").contains("has [x] where the number of its arguments stands")
        );
        assert!(told(r"$\newcommand{\m2}{x}$").contains("needs a name of letters"));
        assert!(told(r"$\newcommand{\m}$").contains("is defined as"));
    }
}
