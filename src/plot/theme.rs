//! Colours by the part that they play: literal light values as attributes, classes that style recolours in the dark.

use plotters::style::RGBColor;
use std::fmt::Write as _;

use crate::figure::Role;

/// A colour named by its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paint {
    /// Text and exact curves.
    Ink,
    /// Secondary text, axes and guides.
    Mute,
    /// Grid lines.
    Grid,
    /// The ground.
    Paper,
    /// The k-th measured series.
    Series(usize),
}

/// Number of colours and of mark shapes before both repeat.
pub(super) const SERIES: usize = 8;

/// Light and dark values. Neighbours differ in lightness too, so that they stay apart in greyscale; all keep a
/// contrast of 3 to 1 with the ground.
const SERIES_COLOURS: [(u32, u32); SERIES] = [
    (0x0b5394, 0x6cb4ee),
    (0xd95f02, 0xff9d4d),
    (0x0f8f6f, 0x4fd1ac),
    (0x6a2c70, 0xd09be0),
    (0xa6761d, 0xe5c05c),
    (0x3f92c9, 0x9ad7ff),
    (0xa11d33, 0xff8b94),
    (0x4d5a1f, 0xb8cc6a),
];

impl Paint {
    /// The colour of a series by its role.
    pub(super) fn of(role: Role) -> Self {
        match role {
            Role::Data(k) => Self::Series(k % SERIES),
            Role::Reference => Self::Ink,
            Role::Muted => Self::Mute,
        }
    }

    /// All paints, each once.
    fn all() -> impl Iterator<Item = Self> {
        [Self::Ink, Self::Mute, Self::Grid, Self::Paper].into_iter().chain((0..SERIES).map(Self::Series))
    }

    fn values(self) -> (u32, u32) {
        match self {
            Self::Ink => (0x1b1f24, 0xe6e8eb),
            Self::Mute => (0x59616c, 0xa3abb5),
            Self::Grid => (0xe3e6ea, 0x30363d),
            Self::Paper => (0xffffff, 0x15181c),
            Self::Series(k) => SERIES_COLOURS[k % SERIES],
        }
    }

    /// The value on a light ground.
    pub(super) fn light(self) -> RGBColor {
        let [_, r, g, b] = self.values().0.to_be_bytes();
        RGBColor(r, g, b)
    }

    /// The paint with this light value, if any: how the backend finds a colour's class again.
    pub(super) fn find(rgb: (u8, u8, u8)) -> Option<Self> {
        Self::all().find(|paint| {
            let RGBColor(r, g, b) = paint.light();
            (r, g, b) == rgb
        })
    }

    /// The name in class names.
    pub(super) fn name(self) -> String {
        match self {
            Self::Ink => "ink".to_owned(),
            Self::Mute => "mute".to_owned(),
            Self::Grid => "grid".to_owned(),
            Self::Paper => "paper".to_owned(),
            Self::Series(k) => format!("s{k}"),
        }
    }

    /// The literal light value, such as `#1b1f24`.
    pub(super) fn hex(self) -> String {
        format!("#{:06x}", self.values().0)
    }
}

/// The style sheet: nothing in the light or in print, the dark values on a dark screen. A page may set
/// `--figure-paper` to its own dark ground.
pub(super) fn style_sheet() -> String {
    let mut css = String::from("@media screen and (prefers-color-scheme: dark){");
    for paint in Paint::all() {
        let (name, dark) = (paint.name(), format!("#{:06x}", paint.values().1));
        let value = if paint == Paint::Paper { format!("var(--figure-paper,{dark})") } else { dark };
        let _ = write!(css, ".g-f-{name}{{fill:{value}}}.g-k-{name}{{stroke:{value}}}");
    }
    css.push('}');
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance after WCAG 2.1.
    fn luminance(value: u32) -> f64 {
        let channel = |byte: u8| {
            let c = f64::from(byte) / 255.0;
            if c <= 0.03928 { c / 12.92 } else { libm::pow((c + 0.055) / 1.055, 2.4) }
        };
        let [_, r, g, b] = value.to_be_bytes();
        0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b)
    }

    fn contrast(a: u32, b: u32) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_series_stands_out_from_its_ground() {
        let ground = Paint::Paper.values();
        for (light, dark) in SERIES_COLOURS {
            assert!(contrast(light, ground.0) >= 3.0, "{light:06x}");
            assert!(contrast(dark, ground.1) >= 3.0, "{dark:06x}");
        }
        for text in [Paint::Ink, Paint::Mute] {
            assert!(contrast(text.values().0, ground.0) >= 4.5 && contrast(text.values().1, ground.1) >= 4.5);
        }
    }

    #[test]
    fn colours_find_their_class_again() {
        for paint in Paint::all() {
            let RGBColor(r, g, b) = paint.light();
            assert_eq!(Paint::find((r, g, b)), Some(paint));
        }
        assert_eq!(Paint::find((1, 2, 3)), None);
    }

    #[test]
    fn print_stays_light() {
        assert!(style_sheet().starts_with("@media screen and (prefers-color-scheme: dark)"));
    }
}
