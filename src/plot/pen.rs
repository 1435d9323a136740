//! The drawing words that the panels use, in pixels: plotters elements over our backend.

use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{Drawable, PathElement, PointCollection, Polygon, Rectangle, Text};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, FontStyle, FontTransform, ShapeStyle};
use plotters_backend::{BackendCoord, DrawingErrorKind};
use std::convert::Infallible;

use super::backend::{FINE, SvgBackend, fine, number, painted, trace};
use super::error::PlotError;
use super::frame::Place;
use super::text::{FAMILY, LINE, tspans};
use super::theme::Paint;

/// How a line is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stroke {
    /// Its colour.
    pub paint: Paint,
    /// Its width in pixels.
    pub width: f64,
    /// From 0, unseen, to 1.
    pub opacity: f64,
    /// Whether it is broken into dashes.
    pub dashed: bool,
}

impl Stroke {
    /// A solid line.
    pub(super) fn solid(paint: Paint, width: f64) -> Self {
        Self { paint, width, opacity: 1.0, dashed: false }
    }
}

/// How a label is set.
#[derive(Clone, Copy)]
pub(super) struct Lettering {
    /// Font size in pixels.
    pub size: f64,
    /// Its colour.
    pub paint: Paint,
    /// Whether it is semi-bold.
    pub bold: bool,
    /// Where the given place lies along the text.
    pub along: HPos,
    /// Where the given place lies across the text.
    pub across: VPos,
    /// Whether it reads upwards.
    pub upright: bool,
}

impl Lettering {
    /// Level text that begins at the given place, centred on it in height.
    pub(super) fn new(size: f64, paint: Paint) -> Self {
        Self { size, paint, bold: false, along: HPos::Left, across: VPos::Center, upright: false }
    }

    /// The same, with the place elsewhere in the text.
    pub(super) fn anchored(self, along: HPos, across: VPos) -> Self {
        Self { along, across, ..self }
    }

    /// The same, semi-bold.
    pub(super) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// The same, reading upwards.
    pub(super) fn upright(self) -> Self {
        Self { upright: true, ..self }
    }
}

/// A fragment of SVG as a plotters element.
struct Raw {
    at: BackendCoord,
    fragment: String,
}

impl<'a> PointCollection<'a, BackendCoord> for &'a Raw {
    type Point = &'a BackendCoord;
    type IntoIter = std::iter::Once<&'a BackendCoord>;

    fn point_iter(self) -> Self::IntoIter {
        std::iter::once(&self.at)
    }
}

impl Drawable<SvgBackend<'_>> for Raw {
    fn draw<I: Iterator<Item = BackendCoord>>(
        &self,
        _: I,
        backend: &mut SvgBackend<'_>,
        _: (u32, u32),
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        backend.raw(&self.fragment);
        Ok(())
    }
}

/// Draws on one document.
pub(super) struct Pen<'a> {
    root: DrawingArea<SvgBackend<'a>, Shift>,
}

/// The result of every drawing word.
pub(super) type Drawn = Result<(), PlotError>;

fn refused(error: DrawingAreaErrorKind<Infallible>) -> PlotError {
    PlotError::Drawing(error.to_string())
}

/// Path data of one line, as short as its direction allows.
fn segment(line: &[Place; 2]) -> String {
    let [(x, y), (u, v)] = line.map(|(x, y)| (fine(x), fine(y)));
    let place = |fine: i32| number(f64::from(fine) / f64::from(FINE));
    match (x == u, y == v) {
        (true, true) => String::new(),
        (true, false) => format!("M{} {}V{}", place(x), place(y), place(v)),
        (false, true) => format!("M{} {}H{}", place(x), place(y), place(u)),
        (false, false) => trace([(x, y), (u, v)]),
    }
}

fn fines(points: &[(f64, f64)]) -> Vec<BackendCoord> {
    points.iter().map(|&(x, y)| (fine(x), fine(y))).collect()
}

impl<'a> Pen<'a> {
    /// A pen for a document.
    pub(super) fn new(backend: SvgBackend<'a>) -> Self {
        super::text::register_fonts();
        Self { root: backend.into_drawing_area() }
    }

    /// Closes the document.
    pub(super) fn finish(&self) -> Drawn {
        self.root.present().map_err(refused)
    }

    /// A line through points.
    pub(super) fn line(&self, points: &[(f64, f64)], stroke: Stroke) -> Drawn {
        if points.len() < 2 {
            return Ok(());
        }
        if stroke.dashed {
            let mut path = format!(r#"<path d="{}""#, trace(fines(points)));
            path.push_str(&painted("stroke", stroke.paint));
            path.push_str(&format!(
                r#" stroke-opacity="{}" fill="none" stroke-width="{}" stroke-dasharray="5 4" stroke-linecap="butt"/>"#,
                number(stroke.opacity),
                number(stroke.width)
            ));
            return self.raw(path);
        }
        let color = stroke.paint.light().mix(stroke.opacity);
        let style = ShapeStyle { color, filled: false, stroke_width: fine(stroke.width) as u32 };
        self.root.draw(&PathElement::new(fines(points), style)).map_err(refused)
    }

    /// Solid lines of one look as one path, which is far shorter than as many.
    pub(super) fn lines(&self, lines: &[[(f64, f64); 2]], stroke: Stroke) -> Drawn {
        let data: String = lines.iter().map(segment).collect();
        if data.is_empty() {
            return Ok(());
        }
        let opacity = match stroke.opacity {
            opacity if opacity < 1.0 => format!(r#" stroke-opacity="{}""#, number(opacity)),
            _ => String::new(),
        };
        self.raw(format!(
            r#"<path d="{data}"{}{opacity} fill="none" stroke-width="{}"/>"#,
            painted("stroke", stroke.paint),
            number(stroke.width)
        ))
    }

    /// Filled rectangles between two corners each, upper left and lower right, as one path.
    pub(super) fn rectangles(&self, all: &[(Place, Place)], paint: Paint, opacity: f64) -> Drawn {
        let place = |pixels: f64| number(f64::from(fine(pixels)) / f64::from(FINE));
        let outline = |((left, top), (right, bottom)): &(Place, Place)| {
            format!(
                "M{} {}H{}V{}H{}Z",
                place(*left),
                place(*top),
                place(*right),
                place(*bottom),
                place(*left)
            )
        };
        let data: String = all.iter().map(outline).collect();
        if data.is_empty() {
            return Ok(());
        }
        let opacity = match opacity {
            opacity if opacity < 1.0 => format!(r#" fill-opacity="{}""#, number(opacity)),
            _ => String::new(),
        };
        self.raw(format!(
            r#"<path class="g-f-{}" fill="{}"{opacity} d="{data}"/>"#,
            paint.name(),
            paint.hex()
        ))
    }

    /// A filled outline.
    pub(super) fn polygon(&self, points: &[(f64, f64)], paint: Paint, opacity: f64) -> Drawn {
        if points.len() < 3 {
            return Ok(());
        }
        self.root.draw(&Polygon::new(fines(points), paint.light().mix(opacity).filled())).map_err(refused)
    }

    /// A filled rectangle between two corners.
    pub(super) fn rectangle(&self, a: (f64, f64), b: (f64, f64), paint: Paint, opacity: f64) -> Drawn {
        let corners = [(fine(a.0), fine(a.1)), (fine(b.0), fine(b.1))];
        self.root.draw(&Rectangle::new(corners, paint.light().mix(opacity).filled())).map_err(refused)
    }

    /// A label in markup.
    pub(super) fn text(&self, label: &str, at: (f64, f64), lettering: Lettering) -> Drawn {
        let style = if lettering.bold { FontStyle::Bold } else { FontStyle::Normal };
        let size = lettering.size * LINE * f64::from(FINE);
        let mut font = FontDesc::new(FontFamily::Name(FAMILY), size, style);
        if lettering.upright {
            font = font.transform(FontTransform::Rotate270);
        }
        let color = lettering.paint.light();
        let style = font.color(&color).pos(Pos::new(lettering.along, lettering.across));
        self.root.draw(&Text::new(label.to_owned(), (fine(at.0), fine(at.1)), style)).map_err(refused)
    }

    /// A label with a rim of paper, which keeps it legible over lines; centred on `at` in height.
    pub(super) fn rimmed_text(&self, label: &str, at: (f64, f64), size: f64) -> Drawn {
        self.raw(format!(
            r#"<text x="{}" y="{}" font-size="{}" class="g-f-mute g-k-paper" fill="{}" stroke="{}" stroke-width="3" paint-order="stroke">{}</text>"#,
            number(at.0),
            number(at.1 + 0.36 * size),
            number(size),
            Paint::Mute.hex(),
            Paint::Paper.hex(),
            tspans(label, size)
        ))
    }

    /// A fragment of SVG as it stands.
    pub(super) fn raw(&self, fragment: String) -> Drawn {
        self.root.draw(&Raw { at: (0, 0), fragment }).map_err(refused)
    }
}
