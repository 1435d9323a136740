//! Colours for TOML and Rust, by two small classifiers: keys, keywords, strings, numbers, comments.

use super::text::html_escape;

/// TOML as HTML with one `<span class="t-…">` around each word that has a class; text that is not TOML stays plain.
pub(crate) fn toml(source: &str) -> String {
    let mut output = String::with_capacity(source.len() * 2);
    let mut rest = source;
    // Depth of `[` and `{` within a value: a bare word before `=` is a key at any depth.
    let mut in_value = false;
    let mut depth = 0_usize;
    while let Some(first) = rest.chars().next() {
        let line_start = rest.len() == source.len() || source[..source.len() - rest.len()].ends_with('\n');
        let (length, class) = match first {
            '\n' => {
                in_value &= depth > 0;
                (1, "")
            }
            '#' => (rest.find('\n').unwrap_or(rest.len()), "comment"),
            '[' if line_start && depth == 0 => (rest.find(['\n', '#']).unwrap_or(rest.len()), "table"),
            '"' | '\'' => {
                let length = string(rest, first);
                (length, if is_key(&rest[length..], in_value, depth) { "key" } else { "string" })
            }
            '=' => {
                in_value = true;
                (1, "")
            }
            '[' | '{' => {
                depth += 1;
                (1, "")
            }
            ']' | '}' => {
                depth = depth.saturating_sub(1);
                (1, "")
            }
            _ if word(first) => {
                let length = rest.find(|character| !word(character)).unwrap_or(rest.len());
                (length, class(&rest[..length], is_key(&rest[length..], in_value, depth)))
            }
            _ => (first.len_utf8(), ""),
        };
        let text = html_escape(&rest[..length]);
        if class.is_empty() {
            output.push_str(&text);
        } else {
            output.push_str(&format!("<span class=\"t-{class}\">{text}</span>"));
        }
        rest = &rest[length..];
    }
    output
}

fn word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '+' | '.' | ':')
}

fn is_key(after: &str, in_value: bool, depth: usize) -> bool {
    (!in_value || depth > 0) && after.trim_start_matches([' ', '\t']).starts_with('=')
}

fn class(word: &str, key: bool) -> &'static str {
    match word {
        _ if key => "key",
        "true" | "false" => "flag",
        "inf" | "nan" | "+inf" | "-inf" => "number",
        _ if word.trim_start_matches(['+', '-']).starts_with(|first: char| first.is_ascii_digit()) => {
            "number"
        }
        _ => "",
    }
}

/// The length of the string literal at the start of `text`, to the end of the line when it is not closed.
fn string(text: &str, quote: char) -> usize {
    let triple = [quote; 3].iter().collect::<String>();
    if let Some(inside) = text.strip_prefix(&triple) {
        return inside.find(&triple).map_or(text.len(), |length| length + 6);
    }
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The words of Rust that structure what one reads.
const KEYWORDS: [&str; 27] = [
    "as", "break", "const", "continue", "crate", "dyn", "else", "enum", "fn", "for", "if", "impl", "in",
    "let", "loop", "match", "mut", "pub", "ref", "return", "self", "Self", "struct", "super", "use", "where",
    "while",
];

/// Rust as HTML with one `<span class="t-…">` around comments, strings, numbers and keywords.
pub(crate) fn rust(source: &str) -> String {
    let mut output = String::with_capacity(source.len() * 2);
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let (length, class) = match first {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), "comment"),
            '"' => (string(rest, first), "string"),
            // A lifetime has no closing quote two characters on.
            '\'' if rest.chars().nth(2) == Some('\'') => {
                (rest.char_indices().nth(3).map_or(rest.len(), |(at, _)| at), "string")
            }
            _ if first.is_alphanumeric() || first == '_' => {
                let digit = first.is_ascii_digit();
                let inside = |c: char| c.is_alphanumeric() || c == '_' || (digit && c == '.');
                let end = rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
                // `0..n` is a range, not a number with two points.
                let end = rest[..end].find("..").unwrap_or(end);
                let word = &rest[..end];
                (
                    end,
                    if digit {
                        "number"
                    } else if KEYWORDS.contains(&word) {
                        "keyword"
                    } else {
                        ""
                    },
                )
            }
            _ => (first.len_utf8(), ""),
        };
        let text = html_escape(&rest[..length]);
        match class {
            "" => output.push_str(&text),
            class => output.push_str(&format!("<span class=\"t-{class}\">{text}</span>")),
        }
        rest = &rest[length..];
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_found_and_nothing_is_lost() {
        let source = "kind = \"sweep\" # <first>\n[model.ising]\nsize = 32\non = true\nt = { from = 1.6, to = -3e2 }\n\
                      xs = [\n  1, # one\n  'a\"b',\n]\n\"quoted key\" = \"\"\"a\nb\"\"\"\nopen = \"x\n";
        let html = toml(source);
        for part in [
            "<span class=\"t-key\">kind</span> = <span class=\"t-string\">&quot;sweep&quot;</span>",
            "<span class=\"t-comment\"># &lt;first&gt;</span>",
            "<span class=\"t-table\">[model.ising]</span>",
            "<span class=\"t-flag\">true</span>",
            "{ <span class=\"t-key\">from</span> = <span class=\"t-number\">1.6</span>, ",
            "<span class=\"t-number\">-3e2</span>",
            "<span class=\"t-key\">&quot;quoted key&quot;</span>",
        ] {
            assert!(html.contains(part), "{part} not in {html}");
        }
        let mut plain = String::new();
        let mut tag = false;
        for character in html.chars() {
            match character {
                '<' => tag = true,
                '>' => tag = false,
                _ if !tag => plain.push(character),
                _ => {}
            }
        }
        assert_eq!(plain, html_escape(source));
    }

    #[test]
    fn rust_is_told_apart() {
        let html = rust(
            "fn f<'a>(x: &'a str) -> char { // <c>\n    let n = 1.5e3 + x[0..2]; if n > 0 { 'x' } \"\\\"\" }",
        );
        for part in [
            "<span class=\"t-keyword\">fn</span> f&lt;&#39;a&gt;(x: &amp;&#39;a str)",
            "<span class=\"t-comment\">// &lt;c&gt;</span>",
            "<span class=\"t-number\">1.5e3</span>",
            "[<span class=\"t-number\">0</span>..<span class=\"t-number\">2</span>]",
            "<span class=\"t-string\">&#39;x&#39;</span>",
            "<span class=\"t-string\">&quot;\\&quot;&quot;</span>",
        ] {
            assert!(html.contains(part), "{part} not in {html}");
        }
    }
}
