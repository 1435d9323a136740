//! Label markup as matplotlib's mathtext: `*T*_{c} in *J*` becomes `$T_{\mathrm{c}}$ in $J$`.

/// The label for matplotlib.
pub(crate) fn mathtext(markup: &str) -> String {
    let mut label = Label { text: String::with_capacity(markup.len() + 8), maths: false };
    let (mut italic, mut script) = (false, false);
    let mut rest = markup;
    while let Some(character) = rest.chars().next() {
        let after = &rest[character.len_utf8()..];
        rest = after;
        match character {
            '_' | '^' if !script && after.starts_with('{') && after.contains('}') => {
                label.maths(true);
                label.text.push(character);
                label.text.push('{');
                script = true;
                rest = &after[1..];
            }
            '}' if script => {
                label.text.push('}');
                script = false;
            }
            '*' if italic || after.contains('*') => italic = !italic,
            // A word stands upright, or in one piece when it is slanted.
            _ if script || italic => {
                let end = rest.find(|next| "*_^}".contains(next)).unwrap_or(rest.len());
                let word = &markup
                    [markup.len() - after.len() - character.len_utf8()..markup.len() - after.len() + end];
                rest = &after[end..];
                label.maths(true);
                let style = match (italic, word.chars().count()) {
                    (false, _) => "mathrm",
                    (true, 1) => "",
                    (true, _) => "mathit",
                };
                let word = escaped(word);
                match style {
                    "" => label.text.push_str(&word),
                    style => label.text.push_str(&format!("\\{style}{{{word}}}")),
                }
            }
            '$' => {
                label.maths(false);
                label.text.push_str(r"\$");
            }
            _ => {
                label.maths(false);
                label.text.push(character);
            }
        }
    }
    label.maths(false);
    label.text
}

/// The label as written so far.
struct Label {
    text: String,
    maths: bool,
}

impl Label {
    /// Opens or closes a formula.
    fn maths(&mut self, wanted: bool) {
        if self.maths != wanted {
            self.text.push('$');
            self.maths = wanted;
        }
    }
}

/// Text within a formula: spaces and signs behind a backslash.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if " $%#&_{}".contains(character) {
            escaped.push('\\');
        }
        if character != '\\' {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_becomes_mathtext() {
        for (markup, label) in [
            ("temperature *T* / *J*", "temperature $T$ / $J$"),
            ("*T*_{c} = 2.269", r"$T_{\mathrm{c}}$ = 2.269"),
            ("*C* / *k*_{B}", r"$C$ / $k_{\mathrm{B}}$"),
            ("10^{−3} *best so far*_{max}", r"10$^{\mathrm{−3}}$ $\mathit{best\ so\ far}_{\mathrm{max}}$"),
            ("a_b, 5 * 3, $x", r"a_b, 5 * 3, \$x"),
            ("⟨*s*_{*i*} *s*_{*j*}⟩", "⟨$s_{i}$ $s_{j}$⟩"),
        ] {
            assert_eq!(mathtext(markup), label);
        }
    }
}
