//! Plain text into HTML and Markdown, and powers of ten into proper notation.

use std::fmt::Write as _;

/// `text` with the characters that HTML gives a meaning replaced by entities; fit for content and quoted attributes.
pub(crate) fn html_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(character),
        }
    }
    escaped
}

/// `text` so that Markdown shows it as typed: on one line, special characters behind a backslash.
///
/// `<` and `>` become entities, since GitHub takes a few HTML elements behind a backslash for what they are.
pub(crate) fn markdown_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut at_start = true;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '$' | '~' | '!' | '^' => {
                escaped.push('\\');
                escaped.push(character);
            }
            '+' | '-' if at_start => {
                escaped.push('\\');
                escaped.push(character);
            }
            // `1. ` at the start of a line would open a list.
            '.' | ')'
                if !escaped.is_empty()
                    && escaped.bytes().all(|byte| byte.is_ascii_digit())
                    && characters.peek().is_none_or(|next| next.is_whitespace()) =>
            {
                escaped.push('\\');
                escaped.push(character);
            }
            _ => escaped.push(character),
        }
        at_start = at_start && character.is_whitespace();
    }
    escaped
}

/// A fence of backticks longer than any run of them in `code`.
pub(crate) fn fence(code: &str) -> String {
    let longest = code.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// How a power of ten is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Power {
    /// `× 10<sup>−9</sup>`; the rest of the text is escaped for HTML.
    Html,
    /// `\times 10^{-9}`; the rest of the text is kept.
    Latex,
}

/// `text` with numbers such as `3.20(16)e-9` written as a product with a power of ten.
pub(crate) fn powers_of_ten(text: &str, power: Power) -> String {
    let mut output = String::with_capacity(text.len());
    let mut kept = 0;
    let bytes = text.as_bytes();
    for at in 1..bytes.len() {
        if bytes[at] != b'e' || at < kept || !ends_a_number(&text[..at]) {
            continue;
        }
        let rest = &text[at + 1..];
        let digits_at = rest.len() - rest.trim_start_matches(['-', '−']).len();
        let digits = rest[digits_at..].bytes().take_while(u8::is_ascii_digit).count();
        let end = at + 1 + digits_at + digits;
        let negative = digits_at > 0;
        let more = text[end..].chars().next().is_some_and(|next| next.is_alphanumeric() || next == '^');
        if digits == 0 || more || rest[..digits_at].chars().count() > 1 {
            continue;
        }
        let exponent = &text[end - digits..end];
        push(&mut output, &text[kept..at], power);
        let sign = if negative { if power == Power::Html { "−" } else { "-" } } else { "" };
        let _ = match power {
            Power::Html => write!(output, "\u{202f}×\u{202f}10<sup>{sign}{exponent}</sup>"),
            Power::Latex => write!(output, r"\times 10^{{{sign}{exponent}}}"),
        };
        kept = end;
    }
    push(&mut output, &text[kept..], power);
    output
}

fn push(output: &mut String, text: &str, power: Power) {
    match power {
        Power::Html => output.push_str(&html_escape(text)),
        Power::Latex => output.push_str(text),
    }
}

/// Whether `text` ends with a number, an error in parentheses included, that is no part of a word.
fn ends_a_number(text: &str) -> bool {
    let value = match text.strip_suffix(')') {
        Some(open) => {
            let value = open.trim_end_matches(|character: char| character.is_ascii_digit());
            match value.strip_suffix('(') {
                Some(value) if value.len() + 1 < open.len() => value,
                _ => return false,
            }
        }
        None => text,
    };
    let start = value.trim_end_matches(|character: char| character.is_ascii_digit() || character == '.');
    start.len() < value.len()
        && value.ends_with(|character: char| character.is_ascii_digit())
        && !start.ends_with(|character: char| character.is_alphanumeric() || character == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_are_products() {
        let latex = |text| powers_of_ten(text, Power::Latex);
        assert_eq!(latex("T = 3.20(16)e-9"), r"T = 3.20(16)\times 10^{-9}");
        assert_eq!(latex("−1e−12, 2e5"), r"−1\times 10^{-12}, 2\times 10^{5}");
        for kept in ["2e^{-x}", "f(2)e-1x", "abc1e5", "ve3", "2.e", "(a)e-1", "1e5f", "x1e-5"] {
            assert_eq!(latex(kept), kept);
        }
        assert_eq!(powers_of_ten("a<b 1e-9", Power::Html), "a&lt;b 1\u{202f}×\u{202f}10<sup>−9</sup>");
    }

    #[test]
    fn markdown_shows_text_as_typed() {
        for text in
            ["a*b*c _d_ `e` [f](g) $h$ <script>", "1. one", "- x", "# h", "a|b", "~~x~~ ![i](u)", "&amp;"]
        {
            let html = comrak::markdown_to_html(&markdown_escape(text), &comrak::Options::default());
            assert_eq!(html.replace("&quot;", "\""), format!("<p>{}</p>\n", html_escape(text)));
        }
    }

    #[test]
    fn fences_are_longer_than_their_code() {
        assert_eq!(fence("a"), "```");
        assert_eq!(fence("a ```` b"), "`````");
    }
}
