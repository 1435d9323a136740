//! Fenced blocks of Markdown: where one opens, what its info string says, and where it closes.

use super::error::ReportError;

/// An opening code fence.
pub(crate) struct Fence<'a> {
    mark: char,
    length: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    /// The fence that `line` opens, if it does.
    pub(crate) fn opening(line: &'a str) -> Option<Self> {
        let rest = line.trim_start_matches(' ');
        let mark = rest.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
        let info = rest.trim_start_matches(mark);
        let length = rest.len() - info.len();
        let fits = line.len() - rest.len() < 4 && length >= 3 && !(mark == '`' && info.contains('`'));
        fits.then(|| Self { mark, length, info: info.trim() })
    }

    /// The word in braces and what follows it.
    pub(crate) fn directive(&self) -> Option<(&'a str, &'a str)> {
        let (name, argument) = self.info.strip_prefix('{')?.split_once('}')?;
        Some((name.trim(), argument.trim()))
    }
}

/// How many lines stand before the one that closes `fence`.
pub(crate) fn closing(lines: &[&str], fence: &Fence<'_>, nested: bool) -> Option<usize> {
    let mut open = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let Some(inner) = Fence::opening(line) else { continue };
        let (mark, length) = open.last().copied().unwrap_or((fence.mark, fence.length));
        let closes = inner.mark == mark && inner.length >= length && inner.info.is_empty();
        if closes && open.pop().is_none() {
            return Some(index);
        } else if !closes && nested && !inner.info.is_empty() {
            open.push((inner.mark, inner.length));
        }
    }
    None
}

/// Refuses a directive that is not closed.
///
/// # Errors
///
/// [`ReportError::Directive`] with the line.
pub(crate) fn all_closed(text: &str) -> Result<(), ReportError> {
    let lines: Vec<&str> = text.lines().collect();
    let mut at = 0;
    while at < lines.len() {
        let Some(fence) = Fence::opening(lines[at]) else {
            at += 1;
            continue;
        };
        // One that closes holds none that does not.
        let length = closing(&lines[at + 1..], &fence, fence.directive().is_some());
        if let (Some((name, _)), None) = (fence.directive(), length) {
            let (name, message) = (name.to_owned(), "is not closed".to_owned());
            return Err(ReportError::Directive { name, line: at + 1, message });
        }
        at += 2 + length.unwrap_or(lines.len());
    }
    Ok(())
}

/// The directives that a text may hold.
pub(crate) const DIRECTIVES: [&str; 8] =
    ["math", "figure", "note", "warning", "exercise", "hint", "solution", "code"];

/// Whether a line that opens no fence was meant to: a directive in a list, in a quotation, behind too many spaces, with
/// colons in place of backticks, or without its braces.
pub(crate) fn strays(line: &str) -> bool {
    let known = |info: &str| {
        DIRECTIVES.iter().any(|name| {
            info.strip_prefix(name)
                .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    };
    ["```", "~~~", ":::"].iter().any(|mark| {
        let Some((before, info)) = line.split_once(mark) else { return false };
        let info = info.trim_start_matches(|c| mark.starts_with(c)).trim_start();
        // Behind words it is code that shows what a directive looks like.
        let marker =
            before.chars().all(|c| c.is_whitespace() || c.is_ascii_digit() || "-*+>.)[]^:".contains(c));
        marker && (info.strip_prefix('{').is_some_and(known) || known(info))
    })
}

/// `text` with every line of every `{solution}` left empty, those within other directives included: what a student's
/// edition is made from.
pub(crate) fn without_solutions(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let mut kept = Vec::with_capacity(lines.len());
    blank(&lines, &mut kept);
    kept.join("\n")
}

fn blank<'a>(lines: &[&'a str], kept: &mut Vec<&'a str>) {
    let mut at = 0;
    while at < lines.len() {
        let fence = Fence::opening(lines[at]);
        let directive = fence.as_ref().and_then(Fence::directive).map(|(name, _)| name);
        let end = fence.as_ref().map(|fence| {
            closing(&lines[at + 1..], fence, directive.is_some())
                .map_or(lines.len(), |length| at + 1 + length)
        });
        match (directive, end) {
            (_, None) => kept.push(lines[at]),
            // One that is not closed stays, to be told as a mistake.
            (Some("solution"), Some(end)) if end < lines.len() => {
                kept.extend(std::iter::repeat_n("", end + 1 - at));
                at = end;
            }
            (Some(_), Some(end)) if end < lines.len() => {
                kept.push(lines[at]);
                blank(&lines[at + 1..end], kept);
                kept.push(lines[end]);
                at = end;
            }
            (_, Some(end)) => {
                let end = end.min(lines.len() - 1);
                kept.extend(&lines[at..=end]);
                at = end;
            }
        }
        at += 1;
    }
}

/// Refuses a hint or a solution that belongs to no exercise: one stands within it, or further down beside it.
///
/// # Errors
///
/// [`ReportError::Directive`] with the line.
pub(crate) fn no_orphans(text: &str) -> Result<(), ReportError> {
    orphans(&text.lines().collect::<Vec<_>>(), 1, false)
}

fn orphans(lines: &[&str], first: usize, within: bool) -> Result<(), ReportError> {
    let (mut at, mut exercise) = (0, within);
    while at < lines.len() {
        let Some(fence) = Fence::opening(lines[at]) else {
            at += 1;
            continue;
        };
        let name = fence.directive().map(|(name, _)| name);
        let Some(length) = closing(&lines[at + 1..], &fence, name.is_some()) else { return Ok(()) };
        if let Some(name @ ("hint" | "solution")) = name.filter(|_| !exercise) {
            let message = "belongs to no exercise: put it below the {exercise} that it is for".to_owned();
            return Err(ReportError::Directive { name: name.to_owned(), line: first + at, message });
        }
        exercise |= name == Some("exercise");
        if name.is_some() {
            orphans(&lines[at + 1..at + 1 + length], first + at + 1, exercise)?;
        }
        at += length + 2;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_leave_empty_lines() {
        let text = "a\n```{exercise} E\nb\n```{solution}\nS\n```math\nx\n```\n```\nc\n```\n```{solution}\nT\n```\n```text\n```{solution}\n```\nd";
        let kept = without_solutions(text);
        assert_eq!(kept.lines().count(), text.lines().count());
        assert!(!kept.contains('S') && !kept.contains('T') && !kept.contains("math"), "{kept}");
        assert!(
            kept.contains("```{exercise} E\nb\n")
                && kept.contains("\nc\n```\n")
                && kept.ends_with("```text\n```{solution}\n```\nd")
        );
    }

    #[test]
    fn hints_and_solutions_belong_to_an_exercise() {
        let line = |text: &str| no_orphans(text).err().map(|error| (error.line(), error.to_string()));
        for fine in [
            "```{exercise} E\nx\n```\nwords\n```{hint}\nh\n```\n```{solution}\ns\n```",
            "```{exercise} E\nx\n```{solution}\ns\n```\n```",
            "```{note} N\n```{exercise}\nx\n```\n```{hint}\nh\n```\n```",
            "```text\n```{solution}\n```",
            "```{solution}\nnot closed",
        ] {
            assert_eq!(line(fine), None, "{fine}");
        }
        let (at, message) = line("a\n\n```{solution}\ns\n```\n```{exercise}\nx\n```").unwrap();
        assert!(at == Some(3) && message.contains("`{solution}` belongs to no exercise"), "{message}");
        let (at, message) = line("```{note} N\nx\n```{hint}\nh\n```\n```").unwrap();
        assert!(at == Some(3) && message.contains("`{hint}`"), "{message}");
    }

    #[test]
    fn strays_are_told_from_words() {
        for line in [
            "    ```{solution}",
            "- ```{solution}",
            "> ```{hint}",
            "\t```{math} eq-a",
            "10. ~~~{note} x",
            ":::{solution}",
            "::: solution",
            "[^1]: ```{solution}",
        ] {
            assert!(strays(line), "{line}");
        }
        for line in
            ["```text", "see `{solution}`", "write ```{solution}``` so", "```mathematica", "- a ```b", "text"]
        {
            assert!(!strays(line), "{line}");
        }
    }
}
