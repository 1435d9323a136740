//! Fenced blocks of Markdown: where one opens, what its info string says, and where it closes.

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
