//! A figure as pixels, for programs that cannot show SVG.

use std::sync::{Arc, OnceLock};

use resvg::{tiny_skia, usvg};

use super::error::PlotError;
use super::text::{FAMILY, FONTS};

/// The most pixels along either side.
const MOST: f64 = 16_384.0;

/// An SVG document of [`super::svg`] or [`super::frames`] as a PNG on white, `scale` pixels to each of its own: 2.4 is sharp in
/// print at 14 cm width. Only the embedded fonts are used, so that every machine gives the same picture.
///
/// # Errors
///
/// A text that is no SVG, or a scale that is not positive or gives a side of more than 16 384 pixels.
pub fn png(svg: &str, scale: f64) -> Result<Vec<u8>, PlotError> {
    let options =
        usvg::Options { font_family: FAMILY.to_owned(), fontdb: fonts(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| PlotError::Picture(error.to_string()))?;
    let side = |length: f32| libm::ceil(f64::from(length) * scale);
    let (width, height) = (side(tree.size().width()), side(tree.size().height()));
    let fits = |side: f64| (1.0..=MOST).contains(&side);
    if !(fits(width) && fits(height)) {
        return Err(PlotError::PictureSize { scale: scale.to_string(), most: MOST as u32 });
    }
    let refused = || PlotError::Picture("no memory for its pixels".to_owned());
    let mut pixels = tiny_skia::Pixmap::new(width as u32, height as u32).ok_or_else(refused)?;
    pixels.fill(tiny_skia::Color::WHITE);
    let scale = scale as f32;
    resvg::render(&tree, tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| PlotError::Picture(error.to_string()))
}

/// The embedded fonts, read once.
fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS_READ: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let read = || {
        let mut database = usvg::fontdb::Database::new();
        for (_, bytes) in FONTS {
            database.load_font_data(bytes.to_vec());
        }
        database.set_sans_serif_family(FAMILY);
        Arc::new(database)
    };
    Arc::clone(FONTS_READ.get_or_init(read))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20" font-family="Inter, sans-serif"><rect width="20" height="20" fill="#0b5394"/>TEXT</svg>"##;

    fn pixels(text: &str) -> tiny_skia::Pixmap {
        tiny_skia::Pixmap::decode_png(&png(&DOCUMENT.replace("TEXT", text), 2.0).unwrap()).unwrap()
    }

    fn ink(text: &str) -> usize {
        let text = format!(r##"<text x="22" y="15" font-size="14" fill="#000000">{text}</text>"##);
        pixels(&text).pixels().iter().filter(|pixel| pixel.red() < 100 && pixel.blue() < 100).count()
    }

    #[test]
    fn a_picture_has_the_size_and_the_colours_asked_for() {
        let picture = pixels("");
        assert_eq!((picture.width(), picture.height()), (80, 40));
        let at = |x, y| picture.pixel(x, y).map(|pixel| (pixel.red(), pixel.green(), pixel.blue()));
        assert_eq!(at(10, 10), Some((0x0b, 0x53, 0x94)));
        assert_eq!(at(70, 10), Some((255, 255, 255)));
    }

    #[test]
    fn letters_of_every_style_are_drawn_with_the_embedded_fonts() {
        assert!(ink("m") > 20 && ink("τ") > 10, "{} {}", ink("m"), ink("τ"));
        let styled = |style: &str| ink(&format!("<tspan {style}>m</tspan>"));
        assert!(styled(r#"font-weight="600""#) > ink("m"), "bold is darker");
        assert_ne!(styled(r#"font-style="italic""#), ink("m"));
    }

    #[test]
    fn what_cannot_be_drawn_is_told() {
        assert!(matches!(png("no svg", 1.0), Err(PlotError::Picture(_))));
        for scale in [0.0, -1.0, f64::NAN, 1e6] {
            let document = DOCUMENT.replace("TEXT", "");
            assert!(matches!(png(&document, scale), Err(PlotError::PictureSize { .. })), "{scale}");
        }
    }
}
