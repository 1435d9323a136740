//! A plotters backend that writes SVG: sub-pixel places, a class for each colour's part, label markup.
//!
//! plotters knows whole pixels only. It is given a canvas [`FINE`] times larger, and every place is divided back.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
    FontTransform,
    text_anchor::{HPos, VPos},
};
use std::convert::Infallible;
use std::fmt::Write as _;

use super::text::{LINE, escape, tspans};
use super::theme::{Paint, style_sheet};

/// Steps in a pixel.
pub(super) const FINE: i32 = 16;

/// A place in pixels on plotters' fine grid.
pub(super) fn fine(pixels: f64) -> i32 {
    // Far-off places are cut, long before the integer overflows.
    libm::round(pixels.clamp(-1e5, 1e5) * f64::from(FINE)) as i32
}

/// A place with at most two decimals.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn place(fine: i32) -> String {
    number(f64::from(fine) / f64::from(FINE))
}

/// ` class="…" fill="…"` (or stroke) for a paint.
pub(super) fn painted(attribute: &str, paint: Paint) -> String {
    let prefix = if attribute == "fill" { 'f' } else { 'k' };
    format!(r#" class="g-{prefix}-{}" {attribute}="{}""#, paint.name(), paint.hex())
}

/// Writes one SVG document.
pub(super) struct SvgBackend<'a> {
    out: &'a mut String,
    size: (u32, u32),
    done: bool,
}

/// What names a document to those who cannot see it.
pub(super) struct Naming<'a> {
    /// Prefix of every id in the document.
    pub id: &'a str,
    /// Its title, in plain words.
    pub title: &'a str,
    /// Its description, in plain words.
    pub description: &'a str,
}

impl<'a> SvgBackend<'a> {
    /// Opens a document of a size in pixels.
    pub(super) fn new(out: &'a mut String, (width, height): (u32, u32), naming: &Naming<'_>) -> Self {
        let id = escape(naming.id);
        let _ = writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" aria-labelledby="{id}-title {id}-desc" font-family="Inter, system-ui, sans-serif" stroke-linejoin="round" stroke-linecap="round"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc><style>{}</style>"#,
            escape(naming.title),
            escape(naming.description),
            style_sheet()
        );
        Self { out, size: (width * FINE as u32, height * FINE as u32), done: false }
    }

    /// Adds SVG that plotters has no word for: dashes, marks, cells.
    pub(super) fn raw(&mut self, fragment: &str) {
        self.out.push_str(fragment);
        self.out.push('\n');
    }

    fn paint(&mut self, attribute: &str, color: BackendColor) {
        let (r, g, b) = color.rgb;
        match Paint::find(color.rgb) {
            Some(paint) => self.out.push_str(&painted(attribute, paint)),
            None => {
                let _ = write!(self.out, r##" {attribute}="#{r:02x}{g:02x}{b:02x}""##);
            }
        }
        if color.alpha < 1.0 {
            let _ = write!(self.out, r#" {attribute}-opacity="{}""#, number(color.alpha));
        }
    }

    fn stroke(&mut self, color: BackendColor, width: u32) {
        self.paint("stroke", color);
        let _ = write!(self.out, r#" fill="none" stroke-width="{}""#, place(width as i32));
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        if !std::mem::replace(&mut self.done, true) {
            self.out.push_str("</svg>\n");
        }
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        self.draw_rect(point, (point.0 + FINE, point.1 + FINE), &color, true)
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (left, top) = (place(a.0.min(b.0)), place(a.1.min(b.1)));
        let (width, height) = (place((b.0 - a.0).abs()), place((b.1 - a.1).abs()));
        let _ = write!(self.out, r#"<rect x="{left}" y="{top}" width="{width}" height="{height}""#);
        if fill {
            self.paint("fill", style.color());
        } else {
            self.stroke(style.color(), style.stroke_width());
        }
        self.raw("/>");
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let _ = write!(self.out, r#"<path d="{}""#, trace(path));
        self.stroke(style.color(), style.stroke_width());
        self.raw("/>");
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        let _ = write!(self.out, r#"<path d="{}Z""#, trace(vert));
        self.paint("fill", style.color());
        self.raw("/>");
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let (x, y, r) = (place(center.0), place(center.1), place(radius as i32));
        let _ = write!(self.out, r#"<circle cx="{x}" cy="{y}" r="{r}""#);
        if fill {
            self.paint("fill", style.color());
        } else {
            self.stroke(style.color(), style.stroke_width());
        }
        self.raw("/>");
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, pos: BackendCoord) -> Drawn {
        let size = style.size() / LINE / f64::from(FINE);
        let anchor = match style.anchor().h_pos {
            HPos::Left => "start",
            HPos::Center => "middle",
            HPos::Right => "end",
        };
        let drop = size
            * match style.anchor().v_pos {
                VPos::Top => 0.73,
                VPos::Center => 0.36,
                VPos::Bottom => -0.2,
            };
        let (x, y) = (f64::from(pos.0) / f64::from(FINE), f64::from(pos.1) / f64::from(FINE));
        let _ = write!(self.out, r#"<text x="{}" y="{}""#, number(x), number(y + drop));
        let _ = write!(self.out, r#" font-size="{}" text-anchor="{anchor}""#, number(size));
        let turn = match style.transform() {
            FontTransform::None => 0,
            FontTransform::Rotate90 => 90,
            FontTransform::Rotate180 => 180,
            FontTransform::Rotate270 => 270,
        };
        if turn != 0 {
            let _ = write!(self.out, r#" transform="rotate({turn} {} {})""#, number(x), number(y));
        }
        if matches!(style.style(), FontStyle::Bold) {
            self.out.push_str(r#" font-weight="600""#);
        }
        self.paint("fill", style.color());
        let _ = writeln!(self.out, ">{}</text>", tspans(text, size));
        Ok(())
    }
}

/// Path data through places on the fine grid, repeats left out.
pub(super) fn trace(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut data = String::new();
    let mut last = None;
    for point in path {
        if last != Some(point) {
            let letter = if last.is_none() { 'M' } else { 'L' };
            let _ = write!(data, "{letter}{} {}", place(point.0), place(point.1));
            last = Some(point);
        }
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_short_and_bounded() {
        assert_eq!(number(1.0), "1");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(2.345_6), "2.35");
        assert_eq!(place(fine(1.5)), "1.5");
        assert_eq!(fine(f64::MAX), 1_600_000);
    }

    #[test]
    fn paths_skip_repeats() {
        assert_eq!(trace([(0, 0), (0, 0), (16, 32)]), "M0 0L1 2");
    }
}
