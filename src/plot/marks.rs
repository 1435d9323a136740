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
const CROWD: usize = 300;

/// A group of marks of one role at the given places, with a halo of paper. References are open; a crowd is dots.
pub(super) fn group(role: Role, places: &[(f64, f64)], radius: f64) -> String {
    let paint = Paint::of(role);
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
}
