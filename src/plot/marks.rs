//! Mark shapes: each series has its own, so that colour is never the only difference.

use std::fmt::Write as _;

use super::backend::number;
use super::theme::{Paint, SERIES};
use crate::figure::Role;

/// Corners of each shape about the origin for a unit radius, of nearly equal area; empty for the circle.
fn corners(shape: usize) -> Vec<(f64, f64)> {
    match shape % SERIES {
        0 => Vec::new(),
        1 => vec![(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)],
        2 => vec![(0.0, -1.3), (1.2, 0.0), (0.0, 1.3), (-1.2, 0.0)],
        3 => vec![(0.0, -1.3), (1.2, 0.85), (-1.2, 0.85)],
        4 => vec![(0.0, 1.3), (1.2, -0.85), (-1.2, -0.85)],
        5 => plus(),
        6 => vec![(0.0, -1.1), (0.95, -0.55), (0.95, 0.55), (0.0, 1.1), (-0.95, 0.55), (-0.95, -0.55)],
        _ => plus().into_iter().map(|(x, y)| (0.71 * (x - y), 0.71 * (x + y))).collect(),
    }
}

fn plus() -> Vec<(f64, f64)> {
    let (a, b) = (0.42, 1.2);
    vec![
        (-a, -b),
        (a, -b),
        (a, -a),
        (b, -a),
        (b, a),
        (a, a),
        (a, b),
        (-a, b),
        (-a, a),
        (-b, a),
        (-b, -a),
        (-a, -a),
    ]
}

/// Beyond how many places the marks of a series run into each other, so that dots show more than shapes.
pub(super) const CROWD: usize = 300;

/// A group of marks of one role at the given places, with a halo of paper. References are open; a crowd is dots.
pub(super) fn group(role: Role, places: &[(f64, f64)], radius: f64) -> String {
    let paint = Paint::of(role);
    if places.is_empty() {
        return String::new();
    }
    if places.len() > CROWD {
        return dots(role, places, radius);
    }
    let (fill, stroke, style) = match role {
        Role::Data(_) => (paint, Paint::Paper, r#"stroke-width="2" paint-order="stroke""#),
        Role::Reference | Role::Muted => (Paint::Paper, paint, r#"stroke-width="1.4""#),
    };
    let shape = match role {
        Role::Data(k) => k,
        Role::Reference | Role::Muted => 0,
    };
    let mut out = format!(
        r#"<g class="g-f-{} g-k-{}" fill="{}" stroke="{}" {style}>"#,
        fill.name(),
        stroke.name(),
        fill.hex(),
        stroke.hex()
    );
    for &(x, y) in places {
        mark(&mut out, shape, (x, y), radius);
    }
    out.push_str("</g>");
    out
}

/// How many of the marks above a place hide most of one there: those whose middle lies within it.
pub(super) fn depth(place: (f64, f64), above: &[Vec<(f64, f64)>], radius: f64) -> usize {
    let hides = |other: &(f64, f64)| libm::hypot(other.0 - place.0, other.1 - place.1) < radius;
    above.iter().filter(|places| places.iter().any(hides)).count()
}

/// How many rings about one place are told apart, and how much wider each is than the one within.
const RINGS: usize = 2;
const WIDER: f64 = 0.6;

/// A group of marks with others above it. What those would hide is drawn as a ring about them, so that every mark stands at
/// its value and is seen; where a ring would reach the next mark of its own series, the mark stays as it is.
pub(super) fn layered(role: Role, places: &[(f64, f64)], radius: f64, above: &[Vec<(f64, f64)>]) -> String {
    let Role::Data(shape) = role else { return group(role, places, radius) };
    if places.len() > CROWD {
        return group(role, places, radius);
    }
    let wide = |rings: usize| radius * (1.0 + WIDER * rings as f64);
    let mut plain = Vec::new();
    let mut ringed: [Vec<(f64, f64)>; RINGS] = Default::default();
    for (index, place) in places.iter().enumerate() {
        let rings = depth(*place, above, radius).min(RINGS);
        let reach = wide(rings) + radius;
        let near = |other: &(f64, f64)| libm::hypot(other.0 - place.0, other.1 - place.1) < reach;
        let neighbours = [index.checked_sub(1), Some(index + 1)].into_iter().flatten();
        if rings == 0 || neighbours.filter_map(|at| places.get(at)).any(near) {
            plain.push(*place);
        } else {
            ringed[rings - 1].push(*place);
        }
    }
    let mut out = group(role, &plain, radius);
    let (name, hex) = (Paint::of(role).name(), Paint::of(role).hex());
    for (index, here) in ringed.iter().enumerate().filter(|(_, here)| !here.is_empty()) {
        let _ = write!(out, r#"<g class="g-k-{name}" stroke="{hex}" stroke-width="1.5" fill="none">"#);
        here.iter().for_each(|at| mark(&mut out, shape, *at, wide(index + 1)));
        out.push_str("</g>");
    }
    out
}

/// Dots at the given places as one path: lines without length, whose caps are round or square in turn by series.
fn dots(role: Role, places: &[(f64, f64)], radius: f64) -> String {
    let paint = Paint::of(role);
    let cap = match role {
        Role::Data(k) if k % 2 == 1 => "square",
        _ => "round",
    };
    let data: String = places.iter().map(|(x, y)| format!("M{} {}h0", number(*x), number(*y))).collect();
    format!(
        r#"<path class="g-mark g-k-{}" stroke="{}" stroke-width="{}" stroke-linecap="{cap}" fill="none" d="{data}"/>"#,
        paint.name(),
        paint.hex(),
        number(radius)
    )
}

/// The nodes of one group of a graph: open circles, filled squares, then the filled shapes of further series.
pub(super) fn nodes(group: usize, places: &[(f64, f64)], radius: f64) -> String {
    let (fill, stroke) = match group {
        0 => (Paint::Paper, Paint::Ink),
        1 => (Paint::Ink, Paint::Paper),
        k => (Paint::Series(k % SERIES), Paint::Paper),
    };
    let mut out = format!(
        r#"<g class="g-f-{} g-k-{}" fill="{}" stroke="{}" stroke-width="1.4">"#,
        fill.name(),
        stroke.name(),
        fill.hex(),
        stroke.hex()
    );
    for &at in places {
        mark(&mut out, group, at, radius);
    }
    out.push_str("</g>");
    out.replace("g-mark", "g-node")
}

fn mark(out: &mut String, shape: usize, (x, y): (f64, f64), radius: f64) {
    let corners = corners(shape);
    if corners.is_empty() {
        let (x, y, r) = (number(x), number(y), number(radius));
        let _ = write!(out, r#"<circle class="g-mark" cx="{x}" cy="{y}" r="{r}"/>"#);
        return;
    }
    out.push_str(r#"<path class="g-mark" d=""#);
    for (index, (dx, dy)) in corners.iter().enumerate() {
        let letter = if index == 0 { 'M' } else { 'L' };
        let _ = write!(out, "{letter}{} {}", number(x + radius * dx), number(y + radius * dy));
    }
    out.push_str(r#"Z"/>"#);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_differ_and_repeat() {
        let drawn: Vec<String> = (0..=SERIES).map(|k| group(Role::Data(k), &[(0.0, 0.0)], 3.0)).collect();
        for (index, one) in drawn[..SERIES].iter().enumerate() {
            assert!(drawn[index + 1..SERIES].iter().all(|other| other != one));
        }
        assert_eq!(drawn[0], drawn[SERIES]);
    }

    #[test]
    fn a_mark_that_others_hide_is_a_ring_at_its_own_place() {
        let places = [(10.0, 10.0), (50.0, 10.0), (90.0, 10.0)];
        let above = vec![vec![(10.0, 11.0), (55.0, 10.0), (90.0, 10.0)], vec![(91.0, 10.0)]];
        assert_eq!(places.map(|place| depth(place, &above, 3.5)), [1, 0, 2]);
        let drawn = layered(Role::Data(0), &places, 3.5, &above);
        let (filled, rings) = drawn.split_once("</g>").unwrap();
        assert!(filled.contains(r#"cx="50" cy="10" r="3.5""#), "{filled}");
        assert!(
            rings.contains(r#"fill="none"><circle class="g-mark" cx="10" cy="10" r="5.6"/></g>"#),
            "{rings}"
        );
        assert!(rings.contains(r#"cx="90" cy="10" r="7.7""#), "{rings}");
        assert_eq!(drawn.matches("g-mark").count(), places.len());
        let close = [(10.0, 10.0), (14.0, 10.0)];
        assert_eq!(layered(Role::Data(0), &close, 3.5, &above), group(Role::Data(0), &close, 3.5));
        assert_eq!(layered(Role::Data(0), &places, 3.5, &[]), group(Role::Data(0), &places, 3.5));
    }
}
