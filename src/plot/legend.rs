//! The legend: which names it holds, and how they stand in rows.

use super::marks;
use super::pen::{Drawn, Pen, Stroke};
use super::sizes::{ROW, TEXT};
use super::text::width;
use super::theme::Paint;
use super::{frame::Place, pen::Lettering};
use crate::figure::{Chart, Mark, Role};

/// Width of the sample before a name, with its gap.
const SAMPLE: f64 = 28.0;
/// Distance between entries.
const GAP: f64 = 20.0;

/// One name with what its sample shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    label: String,
    mark: Mark,
    role: Role,
    bars: bool,
}

/// The entries of a chart in order: unnamed series left out, equal ones once, exact curves that differ by a number only
/// gathered in one (`exact, L = 8, 16, 32`).
pub(super) fn entries(chart: &Chart) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut gathered: Vec<(usize, String, String)> = Vec::new();
    for series in chart.series.iter().filter(|series| !series.label.trim().is_empty()) {
        let entry = Entry {
            label: series.label.clone(),
            mark: series.mark,
            role: series.role,
            bars: series.points.iter().any(|point| point.interval.is_some()),
        };
        let known = |other: &&mut Entry| {
            (&other.label, other.mark, other.role) == (&entry.label, entry.mark, entry.role)
        };
        if let Some(known) = entries.iter_mut().find(known) {
            known.bars |= entry.bars;
            continue;
        }
        let parts = (!matches!(series.role, Role::Data(_))).then(|| around_number(&series.label)).flatten();
        if let Some((before, number, after)) = parts {
            let like = gathered.iter().find(|(index, head, tail)| {
                (entries[*index].mark, entries[*index].role) == (entry.mark, entry.role)
                    && (head.as_str(), tail.as_str()) == (before, after)
            });
            if let Some((index, _, tail)) = like {
                let label = &mut entries[*index].label;
                let at = label.len() - tail.len();
                label.insert_str(at, &format!(", {number}"));
                continue;
            }
            gathered.push((entries.len(), before.to_owned(), after.to_owned()));
        }
        entries.push(entry);
    }
    entries
}

/// A label split around its last number: what stands before, the number, what follows.
fn around_number(label: &str) -> Option<(&str, &str, &str)> {
    let numeric = |c: char| c.is_ascii_digit() || c == '.';
    let end = label.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = label[..end]
        .rfind(|c: char| !numeric(c))
        .map_or(0, |at| at + label[at..].chars().next().map_or(1, char::len_utf8));
    // A year in brackets or a subscript is no size.
    let plain = !label[end..].contains([')', '}']) && !label[..start].ends_with(['{', '(']);
    plain.then(|| (&label[..start], &label[start..end], &label[end..]))
}

/// One legend for all charts, if the measured series of each are among those of the longest, and nothing else looks the
/// same under two names. References that only some charts hold stand in it too, before the data.
pub(super) fn common<'a>(charts: impl Iterator<Item = &'a Chart>) -> Option<Vec<Entry>> {
    let all: Vec<Vec<Entry>> = charts.map(entries).filter(|entries| !entries.is_empty()).collect();
    let data = |entry: &&Entry| matches!(entry.role, Role::Data(_));
    let longest = all.iter().rev().max_by_key(|entries| entries.iter().filter(data).count())?;
    let mut legend: Vec<Entry> = longest.iter().filter(data).cloned().collect();
    let mut references: Vec<Entry> = Vec::new();
    for chart in &all {
        let before = references.len();
        for entry in chart {
            let known = if data(&entry) { &mut legend } else { &mut references };
            let looks = |other: &Entry| (other.mark, other.role) == (entry.mark, entry.role);
            if let Some(other) = known.iter_mut().find(|other| looks(other) && other.label == entry.label) {
                other.bars |= entry.bars;
            } else if data(&entry) || references[..before].iter().any(looks) {
                return None;
            } else {
                references.push(entry.clone());
            }
        }
    }
    references.append(&mut legend);
    Some(references)
}

/// Entries with their places: the row and the distance from the left.
fn rows(entries: &[Entry], room: f64) -> Vec<(usize, f64)> {
    let (mut row, mut x) = (0, 0.0);
    let mut places = Vec::with_capacity(entries.len());
    for entry in entries {
        let length = SAMPLE + width(&entry.label, TEXT, false);
        if x > 0.0 && x + length > room {
            row += 1;
            x = 0.0;
        }
        places.push((row, x));
        x += length + GAP;
    }
    places
}

/// Height of a legend in a width.
pub(super) fn height(entries: &[Entry], room: f64) -> f64 {
    rows(entries, room).last().map_or(0.0, |(row, _)| ROW * (*row as f64 + 1.0) + 4.0)
}

/// Draws a legend from its upper left corner.
pub(super) fn draw(pen: &Pen<'_>, entries: &[Entry], (left, top): Place, room: f64) -> Drawn {
    for (entry, (row, x)) in entries.iter().zip(rows(entries, room)) {
        let at = (left + x, top + ROW * (row as f64 + 0.5));
        draw_sample(pen, entry, at)?;
        pen.text(&entry.label, (at.0 + SAMPLE, at.1), Lettering::new(TEXT, Paint::Ink))?;
    }
    Ok(())
}

fn draw_sample(pen: &Pen<'_>, entry: &Entry, (x, y): Place) -> Drawn {
    let paint = Paint::of(entry.role);
    let (middle, right) = (x + 11.0, x + 22.0);
    match entry.mark {
        Mark::Points | Mark::Scatter => {
            if entry.mark == Mark::Points {
                pen.line(&[(x, y), (right, y)], Stroke { opacity: 0.38, ..Stroke::solid(paint, 1.0) })?;
            }
            if entry.bars {
                pen.line(&[(middle, y - 8.0), (middle, y + 8.0)], Stroke::solid(paint, 1.5))?;
            }
            pen.raw(marks::group(entry.role, &[(middle, y)], 3.7).replace("g-mark", "g-key"))
        }
        Mark::Line | Mark::Dashed => {
            let stroke = Stroke { dashed: entry.mark == Mark::Dashed, ..Stroke::solid(paint, 1.6) };
            pen.line(&[(x, y), (right, y)], stroke)
        }
        Mark::Band => pen.rectangle((x, y - 5.0), (right, y + 5.0), paint, 0.25),
        Mark::Bars => pen.rectangle((x + 3.0, y - 6.0), (right - 3.0, y + 6.0), paint, 0.8),
        Mark::Steps => {
            pen.rectangle((x, y - 5.0), (right, y + 5.0), paint, 0.22)?;
            pen.line(
                &[(x, y + 5.0), (x, y - 5.0), (right, y - 5.0), (right, y + 5.0)],
                Stroke::solid(paint, 1.3),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Scale, Series};

    fn chart(names: &[(&str, Mark, Role)]) -> Chart {
        let series = |(label, mark, role): &(&str, Mark, Role)| Series {
            label: (*label).to_owned(),
            mark: *mark,
            role: *role,
            points: vec![],
        };
        Chart {
            title: String::new(),
            x: Scale::linear(""),
            y: Scale::linear(""),
            series: names.iter().map(series).collect(),
            guides: vec![],
            pulls: false,
        }
    }

    fn labels(entries: &[Entry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.label.as_str()).collect()
    }

    #[test]
    fn references_of_many_sizes_share_an_entry() {
        use {Mark::*, Role::*};
        let names = [
            ("exact, *L* = 8", Line, Reference),
            ("exact, *L* = 16", Line, Reference),
            ("Onsager (1944)", Line, Reference),
            ("Yang (1952)", Line, Reference),
            ("*L* = 8", Points, Data(0)),
            ("*L* = 16", Points, Data(1)),
            ("", Band, Data(1)),
            ("*L* = 16", Points, Data(1)),
        ];
        let entries = entries(&chart(&names));
        let expected = ["exact, *L* = 8, 16", "Onsager (1944)", "Yang (1952)", "*L* = 8", "*L* = 16"];
        assert_eq!(labels(&entries), expected);
    }

    #[test]
    fn numbers_are_found_in_any_text() {
        assert_eq!(around_number("*τ* = 0.5 exact"), Some(("*τ* = ", "0.5", " exact")));
        assert_eq!(around_number("16"), Some(("", "16", "")));
        assert_eq!(around_number("10^{6}"), None);
        assert_eq!(around_number("exact"), None);
    }

    #[test]
    fn panels_share_a_legend_only_if_they_agree() {
        use {Mark::*, Role::*};
        let one = chart(&[("a", Points, Data(0)), ("b", Points, Data(1))]);
        let part = chart(&[("b", Points, Data(1))]);
        let other = chart(&[("c", Points, Data(0))]);
        assert_eq!(common([&one, &part].into_iter()).map(|entries| entries.len()), Some(2));
        assert_eq!(common([&one, &other].into_iter()), None);
        let exact = chart(&[("exact", Line, Reference), ("a", Points, Data(0)), ("b", Points, Data(1))]);
        let dashed = chart(&[("infinite", Dashed, Muted), ("a", Points, Data(0)), ("b", Points, Data(1))]);
        let legend = common([&one, &exact, &dashed].into_iter()).unwrap();
        assert_eq!(labels(&legend), ["exact", "infinite", "a", "b"]);
        let rival = chart(&[("Onsager", Line, Reference), ("a", Points, Data(0))]);
        assert_eq!(common([&exact, &rival].into_iter()), None);
    }

    #[test]
    fn rows_break_before_the_edge() {
        use {Mark::*, Role::*};
        let many: Vec<(&str, Mark, Role)> =
            (0..12).map(|k| ("a long name of a series", Line, Data(k))).collect();
        let entries = entries(&chart(&many));
        assert_eq!(entries.len(), 12);
        let placed = rows(&entries, 400.0);
        assert!(placed.last().unwrap().0 >= 3);
        for (entry, (_, x)) in entries.iter().zip(placed) {
            assert!(x + SAMPLE + width(&entry.label, TEXT, false) <= 400.0);
        }
    }
}
