//! Marked values, and a free place for each one's label.

use super::area::Area;
use super::frame::{Frame, Place};
use super::pen::{Drawn, Pen, Stroke};
use super::series::obstacles;
use super::sizes::{LINE, TEXT};
use super::text::{width, wrap};
use super::theme::Paint;
use crate::figure::{Chart, Guide};

/// The lines of the guides that lie within the frame.
pub(super) fn draw_lines(pen: &Pen<'_>, frame: &Frame, chart: &Chart) -> Drawn {
    let stroke = Stroke { opacity: 0.75, dashed: true, ..Stroke::solid(Paint::Mute, 1.0) };
    for guide in shown(frame, chart) {
        let [from, to] = line(frame, guide);
        pen.line(&[from, to], stroke)?;
    }
    Ok(())
}

/// Labels, each where it covers least of the data and of the other labels.
pub(super) fn draw_labels(pen: &Pen<'_>, frame: &Frame, chart: &Chart) -> Drawn {
    let mut taken: Vec<Area> = Vec::new();
    let data = obstacles(frame, chart);
    for guide in shown(frame, chart).filter(|guide| !guide.label.is_empty()) {
        let others: Vec<[Place; 2]> =
            shown(frame, chart).filter(|other| *other != guide).map(|other| line(frame, other)).collect();
        let lines = wrap(&guide.label, TEXT, false, (frame.right - frame.left - 16.0).min(240.0));
        let extent = (
            lines.iter().map(|text| width(text, TEXT, false)).fold(0.0, f64::max),
            LINE * lines.len() as f64,
        );
        let cost = |area: &Area| {
            let covered = data.iter().filter(|place| area.holds(**place, (6.0, 5.0))).count();
            let crossed = others.iter().filter(|line| crosses(area, line)).count();
            let hidden = taken.iter().filter(|other| area.meets(other)).count();
            covered + 20 * crossed + 1000 * hidden
        };
        let Some(area) = candidates(frame, guide, extent).into_iter().min_by_key(cost) else { continue };
        for (index, text) in lines.iter().enumerate() {
            pen.rimmed_text(text, (area.left, area.top + LINE * (index as f64 + 0.5)), TEXT)?;
        }
        taken.push(area);
    }
    Ok(())
}

fn shown<'a>(frame: &'a Frame, chart: &'a Chart) -> impl Iterator<Item = &'a Guide> {
    chart.guides.iter().filter(|guide| if guide.vertical { frame.x() } else { frame.y() }.shows(guide.at))
}

fn line(frame: &Frame, guide: &Guide) -> [Place; 2] {
    if guide.vertical {
        let x = frame.place(guide.at, frame.y().low).0;
        [(x, frame.bottom), (x, frame.top)]
    } else {
        let y = frame.place(frame.x().low, guide.at).1;
        [(frame.left, y), (frame.right, y)]
    }
}

fn crosses(area: &Area, [a, b]: &[Place; 2]) -> bool {
    let span = Area {
        left: a.0.min(b.0) - 0.5,
        right: a.0.max(b.0) + 0.5,
        top: a.1.min(b.1) - 0.5,
        bottom: a.1.max(b.1) + 0.5,
    };
    area.meets(&span)
}

/// Places for a label beside its line and inside the frame, the best liked first.
fn candidates(frame: &Frame, guide: &Guide, (width, height): (f64, f64)) -> Vec<Area> {
    let [from, _] = line(frame, guide);
    let mut areas = Vec::new();
    let mut offer = |left: f64, top: f64| {
        let area = Area { left, top, right: left + width, bottom: top + height };
        let inside = area.left >= frame.left + 2.0
            && area.right <= frame.right + 1.0
            && area.top >= frame.top
            && area.bottom <= frame.bottom - 2.0;
        if inside {
            areas.push(area);
        }
    };
    let step = 8.0;
    if guide.vertical {
        let rows = ((frame.bottom - frame.top) / step) as usize;
        for row in 0..rows {
            let top = frame.top + 3.0 + step * row as f64;
            offer(from.0 + 7.0, top);
            offer(from.0 - 7.0 - width, top);
        }
    } else {
        let columns = ((frame.right - frame.left) / step) as usize;
        for column in 0..columns {
            let left = frame.right - 6.0 - width - step * column as f64;
            offer(left, from.1 - 3.0 - height);
            offer(left, from.1 + 3.0);
        }
    }
    if areas.is_empty() {
        // A label wider than both sides: it stands over its line rather than leave the plot.
        let left =
            (from.0 - width / 2.0).clamp(frame.left + 2.0, (frame.right - width).max(frame.left + 2.0));
        let top = (from.1 - 3.0 - height).max(frame.top);
        let top = if guide.vertical { frame.top + 3.0 } else { top };
        areas.push(Area { left, top, right: left + width, bottom: top + height });
    }
    areas
}

#[cfg(test)]
mod tests {
    use super::super::scale::{Axis, Room};
    use super::*;
    use crate::figure::Scale;

    fn frame() -> Frame {
        let axis = Axis::new(&Scale::linear("x"), (0.0, 10.0), Room::Along(200.0));
        Frame::new((20.0, 20.0), (200.0, 150.0), &axis, &axis)
    }

    #[test]
    fn labels_stay_inside_and_keep_off_the_line() {
        for vertical in [true, false] {
            for at in [0.0, 0.3, 5.0, 9.9, 10.0] {
                let guide = Guide { vertical, at, label: String::new() };
                let areas = candidates(&frame(), &guide, (60.0, LINE));
                assert!(!areas.is_empty());
                for area in areas {
                    assert!(area.left >= 20.0 && area.right <= 221.0, "{area:?}");
                    assert!(area.top >= 20.0 && area.bottom <= 170.0, "{area:?}");
                    assert!(!crosses(&area, &line(&frame(), &guide)), "{area:?}");
                }
            }
        }
    }
}
