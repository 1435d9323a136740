//! LaTeX that survives Markdown: formulas rewritten so that no character in them means anything to CommonMark.
//!
//! GitHub and mdBook parse Markdown first and leave formulas to MathJax, MyST and Jupyter take formulas out first. A
//! formula between dollars reaches MathJax unchanged in all of them when Markdown finds nothing in it to consume: no
//! escape (`\,` becomes `\thinspace`), no HTML (`<` becomes `\lt`), no table cell (`|` becomes `\vert`), no link, no
//! entity, no emphasis. The rewritten formula means the same to TeX.

use super::macros;

/// Commands of a backslash and a sign, which CommonMark would take for an escape, and what to write for them. `\%`, `\#`,
/// `\&`, `\_` and `\$` have no name that every renderer knows; they stay as they are.
const SIGNS: [(char, &str); 9] = [
    (',', r"\thinspace"),
    (';', r"\thickspace"),
    (':', r"\medspace"),
    ('>', r"\medspace"),
    ('!', r"\negthinspace"),
    ('{', r"\lbrace"),
    ('}', r"\rbrace"),
    ('|', r"\Vert"),
    ('\\', r"\cr"),
];

/// Characters that Markdown reads, and what to write for them.
const CHARACTERS: [(char, &str); 6] =
    [('<', r"\lt"), ('>', r"\gt"), ('|', r"\vert"), ('*', r"\ast"), ('[', r"\lbrack"), (']', r"\rbrack")];

/// Commands whose argument is text, in which the commands of maths mean nothing.
const TEXTS: [&str; 3] = ["text", "textrm", "textit"];

/// `latex` on one line, without anything that CommonMark would consume.
pub(crate) fn inert(latex: &str) -> String {
    let mut output = Inert { text: String::with_capacity(latex.len() + 16) };
    let mut rest = latex.trim();
    while let Some(character) = rest.chars().next() {
        rest = &rest[character.len_utf8()..];
        rest = match character {
            '\\' => output.command(rest),
            '\'' => output.prime(rest),
            '_' => {
                // Behind punctuation an underscore could open emphasis; before a space it cannot.
                let opens = !output.text.ends_with(|last: char| last.is_alphanumeric());
                output.text.push_str(if opens { "_ " } else { "_" });
                rest.trim_start()
            }
            '&' => {
                output.text.push_str("& ");
                rest.trim_start()
            }
            '~' => {
                output.text.push_str(r"\ ");
                rest
            }
            // A typographer makes a dash of two hyphens and an ellipsis of three stops.
            '-' if output.text.ends_with('-') => {
                output.text.push_str(" -");
                rest
            }
            '.' if output.text.ends_with('.') => {
                output.text.push_str(" .");
                rest
            }
            space if space.is_whitespace() => {
                output.space();
                rest
            }
            character => {
                match CHARACTERS.iter().find(|(sign, _)| *sign == character) {
                    Some((_, name)) => output.name(name, rest),
                    None => output.text.push(character),
                }
                rest
            }
        };
    }
    output.finish()
}

/// A formula between dollars on lines of their own.
pub(crate) fn display(latex: &str) -> String {
    let formula = inert(latex);
    // At the start of a line a sign and a space would open a list, a colon a definition.
    let formula = match formula.split_at_checked(1) {
        Some((sign @ ("-" | "+"), rest)) => format!("{sign}{}", rest.trim_start()),
        Some((":" | "=" | "#", _)) => format!("{{}}{formula}"),
        _ => formula,
    };
    format!("$$\n{formula}\n$$")
}

/// A formula between dollars within a line. A letter, digit or hyphen that touches them from outside keeps some renderers
/// from seeing them: [`apart`] writes it as an entity.
pub(crate) fn inline(latex: &str) -> String {
    format!("${}$", inert(latex))
}

/// The character `neighbour` of a formula as an entity, if it would keep the dollar beside it from counting.
pub(crate) fn apart(neighbour: char) -> Option<String> {
    (neighbour.is_alphanumeric() || neighbour == '-').then(|| format!("&#{};", u32::from(neighbour)))
}

/// The formula as written so far.
struct Inert {
    text: String,
}

impl Inert {
    /// One space, unless there is one.
    fn space(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    /// A command by name, kept apart from a letter in `rest`.
    fn name(&mut self, name: &str, rest: &str) {
        self.text.push_str(name);
        if rest.starts_with(|next: char| next.is_alphabetic()) {
            self.text.push(' ');
        }
    }

    /// What stands behind a backslash; gives back what is left.
    fn command<'a>(&mut self, rest: &'a str) -> &'a str {
        let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (name, behind) = rest.split_at(letters);
        match name {
            "" => {
                let Some(sign) = rest.chars().next() else { return rest };
                let mut behind = &rest[sign.len_utf8()..];
                if sign == '\\' {
                    behind = without_skip(behind);
                }
                match SIGNS.iter().find(|(found, _)| *found == sign) {
                    Some((_, name)) => self.name(name, behind),
                    None if sign.is_whitespace() => self.text.push_str(r"\ "),
                    None => self.text.extend(['\\', sign]),
                }
                behind
            }
            "operatorname" if behind.starts_with('*') => match group(&behind[1..]) {
                Some((inside, behind)) => {
                    self.text.push_str(&format!(r"\mathop{{\mathrm{{{}}}}}", inert(inside)));
                    behind
                }
                None => &behind[1..],
            },
            "left" if behind.starts_with('<') => {
                self.name(r"\left\langle", &behind[1..]);
                &behind[1..]
            }
            "right" if behind.starts_with('>') => {
                self.name(r"\right\rangle", &behind[1..]);
                &behind[1..]
            }
            "sqrt" if behind.starts_with('[') => {
                // The index is no link: a link wants a second pair of brackets or a parenthesis behind it.
                let end = behind.find(']').map_or(behind.len(), |at| at + 1);
                self.text.push_str(r"\sqrt");
                self.text.push_str(&behind[..end]);
                &behind[end..]
            }
            name if TEXTS.contains(&name) => match group(behind) {
                Some((inside, behind)) => {
                    self.text.push_str(&format!(r"\{name}{{{inside}}}"));
                    behind
                }
                None => {
                    self.text.extend(["\\", name]);
                    behind
                }
            },
            name => {
                self.text.extend(["\\", name]);
                behind
            }
        }
    }

    /// A run of primes, whose first has been read, which a typographer would make quotation marks of; with the exponent
    /// that may follow it.
    fn prime<'a>(&mut self, rest: &'a str) -> &'a str {
        let more = rest.bytes().take_while(|byte| *byte == b'\'').count();
        let primes = r"\prime".repeat(1 + more);
        let rest = &rest[more..];
        let exponent = rest.trim_start().strip_prefix('^').map(str::trim_start);
        match exponent.and_then(group) {
            Some((inside, behind)) => {
                self.text.push_str(&format!("^{{{primes} {}}}", inert(inside)));
                behind
            }
            None => {
                self.text.push_str(&format!("^{{{primes}}}"));
                rest
            }
        }
    }

    fn finish(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        let slashes = self.text.bytes().rev().take_while(|byte| *byte == b'\\').count();
        if slashes % 2 == 1 {
            // A space at the end was all that it stood for, and it would take the closing dollar's meaning.
            self.text.pop();
        }
        self.text.truncate(self.text.trim_end().len());
        self.text
    }
}

/// The inside of the group in braces that `text` begins with, or of a single character, and what is behind it.
fn group(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    if first == '{' {
        return macros::group(text);
    }
    first.is_alphanumeric().then(|| text.split_at(first.len_utf8()))
}

/// What follows a line break's optional skip, `[4pt]`.
fn without_skip(text: &str) -> &str {
    let inside = text.trim_start().strip_prefix('[');
    inside.and_then(|inside| inside.split_once(']')).map_or(text, |(_, behind)| behind)
}

#[cfg(test)]
mod tests {
    use super::super::maths::{Maths, Piece, split};
    use super::*;
    use comrak::{Arena, Options, nodes::NodeValue};

    /// The Markdown that GitHub adds to CommonMark, with a typographer on top and formulas unknown.
    fn options() -> Options<'static> {
        let mut options = Options::default();
        options.extension.table = true;
        options.extension.strikethrough = true;
        options.extension.autolink = true;
        options.extension.tasklist = true;
        options.extension.footnotes = true;
        options.extension.description_lists = true;
        options.parse.smart = true;
        options
    }

    /// What Markdown without formulas makes of `text`; `None` if it is anything but one paragraph of plain text.
    fn seen(text: &str) -> Option<String> {
        let arena = Arena::new();
        let root = comrak::parse_document(&arena, text, &options());
        let paragraph = root.first_child()?;
        if paragraph.next_sibling().is_some() || !matches!(paragraph.data().value, NodeValue::Paragraph) {
            return None;
        }
        let mut seen = String::new();
        for node in paragraph.children() {
            match &node.data().value {
                NodeValue::Text(text) => seen.push_str(text),
                NodeValue::SoftBreak => seen.push('\n'),
                _ => return None,
            }
        }
        Some(seen)
    }

    const HARD: [&str; 24] = [
        r"a_i + b_j",
        r"\frac{a}{b}_{c} \bar{x}_{y} (z)_i (w)_j",
        r"\{x\}_{i} \left\{ \frac12 \right\}_0",
        r"x < y > z, a<b>c",
        r"|x|^* + \|y\|*z*",
        r"[a](b), \left[ c \right][d] [x] [^1]",
        r"\sqrt[3]{x} \sqrt{[y]}",
        r"\begin{aligned} a &= b, \\ &\lt c; \\[4pt] d &amp; e \end{aligned}",
        "a\n- b\n+ c\n= d\n1. e\n# f\n> g\n\n h",
        r"f'(x) + f''^2 + g'^{\ast} 'q'",
        r"a\,b\;c\:d\!e\ f~g~h",
        r"\operatorname*{argmax}_s |E|",
        r"\left< s_i s_j \right> - \langle s \rangle_{\beta}",
        r"\text{it is } p_{\mathrm{s}} -- q ... r --- s",
        r"\sum_x E(x)\, e^{-\beta E(x)}",
        r"- x",
        r"+ x",
        r": x",
        r"= x",
        r"x\ ",
        r"\Delta E_{01} _2 ^{*}_{*}",
        r"~~x~~ ~y~ <!-- c --> &copy;",
        r"!x! ![a](b) https",
        r"p(h_j = 1 \mid v) = \sigma\Bigl(b_j + \sum_i v_i W_{ij}\Bigr)",
    ];

    #[test]
    fn nothing_is_left_for_markdown() {
        let maths = Maths::new();
        for latex in HARD {
            let inline = inline(latex);
            let line = format!("so {inline}, and *{inline}*");
            let line = line.replace('*', "");
            assert_eq!(seen(&line).as_deref(), Some(line.as_str()), "{latex}");
            let display = display(latex);
            assert_eq!(seen(&display).as_deref(), Some(display.as_str()), "{latex}");
            assert_eq!(split(&inline), [Piece::Inline(&inline[1..inline.len() - 1])]);
            assert_eq!(inert(&inert(latex)), inert(latex), "{latex}");
        }
        // Formulas do not act on each other either.
        let all = HARD.map(inline).join(" and ");
        assert_eq!(seen(&all).as_deref(), Some(all.as_str()));
        for kept in [HARD[0], HARD[1], HARD[6], HARD[11], HARD[14], HARD[23]] {
            assert!(maths.inline(&inert(kept)).is_ok(), "{}", inert(kept));
        }
    }

    #[test]
    fn what_needs_no_rewriting_stays_as_written() {
        for latex in ["T_c", r"k_{\mathrm B} = 1", r"\frac{e^{-\beta E_i}}{Z}", "x = −2.2690(12)", "2^N"] {
            assert_eq!(inert(latex), latex);
        }
        assert_eq!(inert(r"-\sum_x E(x)\, e^{-E}"), r"-\sum_x E(x)\thinspace e^{-E}");
        assert_eq!(inert(r"\langle |m| \rangle"), r"\langle \vert m\vert \rangle");
        assert_eq!(inert(r"\{a\}"), r"\lbrace a\rbrace");
        assert_eq!(inert("f''^2"), r"f^{\prime\prime 2}");
        assert_eq!(apart('-').as_deref(), Some("&#45;"));
        assert_eq!(apart(','), None);
    }

    #[test]
    fn every_formula_of_the_handouts_survives() {
        let mut count = 0;
        for template in [
            include_str!("../../templates/handout/anneal.md.tera"),
            include_str!("../../templates/handout/clustering.md.tera"),
            include_str!("../../templates/handout/ensemble.md.tera"),
            include_str!("../../templates/handout/rbm.md.tera"),
            include_str!("../../templates/handout/sweep.md.tera"),
        ] {
            for formula in formulas(template) {
                let display = display(&formula);
                assert_eq!(seen(&display).as_deref(), Some(display.as_str()));
                let inline = inline(&formula);
                assert_eq!(seen(&inline).as_deref(), Some(inline.as_str()));
                count += 1;
            }
        }
        assert!(count > 200, "{count}");
    }

    /// The formulas of a template, its expressions replaced by a number and its statements left out.
    fn formulas(template: &str) -> Vec<String> {
        let mut text = template.to_owned();
        for (open, close, instead) in [("{{ ", " }}", "1"), ("{%", "%}", "")] {
            while let Some(start) = text.find(open) {
                let length = text[start..].find(close).expect("a tag is closed") + close.len();
                text.replace_range(start..start + length, instead);
            }
        }
        let mut found = Vec::new();
        for (index, part) in text.split("```{math}").enumerate() {
            let mut prose = part;
            if index > 0 {
                let (formula, behind) = part.split_once("```").expect("a directive is closed");
                found.push(formula.split_once('\n').map_or("", |(_, formula)| formula).to_owned());
                prose = behind;
            }
            for piece in split(prose) {
                if let Piece::Inline(latex) | Piece::Display(latex) = piece {
                    found.push(latex.to_owned());
                }
            }
        }
        found
    }
}
