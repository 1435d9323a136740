//! The states of a figure with a slider, each as a document of its own.

use super::backend::Naming;
use super::describe::describe_panels;
use super::ends::Ends;
use super::error::PlotError;
use super::layout::{Heading, Sheet, Width};
use super::text::plain;
use crate::figure::{Figure, Panel};

/// Each state of the figure's slider: its label in plain words, and a complete `<svg>` element.
///
/// All are of one size, and each panel has the same axes and colours in all of them: where the figure leaves ends open,
/// they fit the data of every frame. The ids within begin with `<figure>-frame-<number>`, so that all of them, and the
/// figure itself, can stand on one page. Empty for a figure without frames.
///
/// # Errors
///
/// As for [`super::svg`].
pub fn frames(figure: &Figure, width: Width) -> Result<Vec<(String, String)>, PlotError> {
    let Some(states) = &figure.frames else { return Ok(Vec::new()) };
    let most = states.frames.iter().map(|frame| frame.panels.len()).max().unwrap_or(0);
    let ends: Vec<Ends> = (0..most)
        .map(|panel| Ends::common(states.frames.iter().filter_map(|frame| frame.panels.get(panel))))
        .collect();
    let subtitles: Vec<String> =
        states.frames.iter().map(|frame| subtitle(&frame.label, &figure.subtitle)).collect();
    let beside = subtitles.iter().all(|subtitle| width.beside(&figure.title, subtitle));
    let mut sheets = states
        .frames
        .iter()
        .zip(&subtitles)
        .enumerate()
        .map(|(index, (frame, subtitle))| {
            let heading = Heading { subtitle, beside };
            Sheet::new(figure, width, (heading, &id(figure, width, index)), &frame.panels, &ends)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let top = sheets.iter().map(Sheet::top).fold(0.0, f64::max);
    sheets.iter_mut().for_each(|sheet| sheet.begin_at(top));
    let height = sheets.iter().map(Sheet::height).fold(0.0, f64::max);
    states
        .frames
        .iter()
        .zip(&sheets)
        .enumerate()
        .map(|(index, (frame, sheet))| {
            let label = plain(&frame.label);
            let naming = Naming {
                id: &id(figure, width, index),
                title: &format!("{}, {label}", plain(&figure.title)),
                description: &words(&frame.panels),
            };
            Ok((label, sheet.draw(&naming, height)?))
        })
        .collect()
}

fn id(figure: &Figure, width: Width, index: usize) -> String {
    format!("{}-frame-{index}", width.id(&figure.id))
}

/// The state and how it was measured, in one line.
fn subtitle(label: &str, subtitle: &str) -> String {
    if subtitle.is_empty() { label.to_owned() } else { format!("{label} · {subtitle}") }
}

fn words(panels: &[Panel]) -> String {
    let mut sentences = Vec::new();
    describe_panels(panels, &mut sentences);
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{Chart, Frame, Frames, Heat, Mark, Point, Role, Scale, Series};

    fn chart(y: f64) -> Panel {
        let points = vec![Point::new(0.0, y), Point::new(1.0, 1.0)];
        Panel::Chart(Chart {
            title: String::new(),
            x: Scale::linear("*x*"),
            y: Scale::linear("*y*"),
            series: vec![Series { label: String::new(), mark: Mark::Line, role: Role::Data(0), points }],
            guides: vec![],
            pulls: false,
        })
    }

    fn heat(value: f64) -> Panel {
        Panel::Heat(Heat {
            title: String::new(),
            x: Scale::linear("*i*"),
            y: Scale::linear("*j*"),
            rows: 1,
            columns: 2,
            values: vec![0.0, value],
            diverging: false,
            label: "*w*".into(),
        })
    }

    fn figure(states: Vec<Vec<Panel>>) -> Figure {
        Figure {
            id: "f".into(),
            title: "A title".into(),
            subtitle: String::new(),
            caption: String::new(),
            panels: states[0].clone(),
            columns: 2,
            frames: Some(Frames {
                control: "*T*".into(),
                start: 0,
                frames: states
                    .into_iter()
                    .enumerate()
                    .map(|(at, panels)| Frame { label: format!("*T* = {at}"), panels })
                    .collect(),
            }),
        }
    }

    fn ticks(svg: &str) -> Vec<&str> {
        svg.split("<text ")
            .skip(1)
            .filter_map(|text| text.split_once('>')?.1.split_once('<').map(|t| t.0))
            .collect()
    }

    #[test]
    fn frames_share_axes_colours_and_size_but_no_id() {
        let drawn =
            frames(&figure(vec![vec![chart(2.0), heat(1.0)], vec![chart(800.0), heat(50.0)]]), Width::Column)
                .unwrap();
        assert_eq!(drawn.iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(), ["T = 0", "T = 1"]);
        let (one, two) = (&drawn[0].1, &drawn[1].1);
        let after = |svg: &str| ticks(svg)[2..].join("|");
        assert_eq!(after(one), after(two), "the same ticks");
        assert!(ticks(one).contains(&"800") && ticks(one).contains(&"40"), "{:?}", ticks(one));
        let size = |svg: &str| svg.split_once(r#"" role"#).unwrap().0.to_owned();
        assert_eq!(size(one), size(two));
        assert!(one.contains(r#"id="f-frame-0-title""#) && two.contains(r#"id="f-frame-1-title""#));
        assert!(
            frames(&Figure { frames: None, ..figure(vec![vec![chart(1.0)]]) }, Width::Column)
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn a_heading_of_more_lines_moves_no_frame_against_the_others() {
        let mut figure = figure(vec![vec![chart(2.0)], vec![chart(3.0)]]);
        if let Some(frames) = &mut figure.frames {
            frames.frames[1].label =
                "a state whose name takes several lines of a drawing for phones".to_owned();
        }
        let drawn = frames(&figure, Width::Phone).unwrap();
        let lines = |svg: &str| svg.matches("<text ").count();
        assert!(lines(&drawn[1].1) > lines(&drawn[0].1));
        let axis = |svg: &str| {
            let shapes = svg.split_once("</style>").unwrap().1;
            let before = shapes.split_once("\" class=\"g-k-mute\"").unwrap().0;
            before.rsplit_once("d=\"").unwrap().1.to_owned()
        };
        assert!(axis(&drawn[0].1).starts_with('M'));
        assert_eq!(axis(&drawn[0].1), axis(&drawn[1].1));
    }

    #[test]
    fn a_frame_without_data_keeps_the_axes_of_the_others() {
        let mut empty = chart(0.0);
        if let Panel::Chart(chart) = &mut empty {
            chart.series[0].points.clear();
        }
        let drawn = frames(&figure(vec![vec![chart(900.0)], vec![empty]]), Width::Column).unwrap();
        assert!(ticks(&drawn[0].1).contains(&"800"), "{:?}", ticks(&drawn[0].1));
        assert!(drawn[1].1.contains("no data"));
    }
}
