//! Colour scales of heat maps and images: literal colours, the same on light and dark grounds.

/// How values become colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// Pale yellow through green to deep blue, ever darker.
    Rising,
    /// Blue through white to red.
    Diverging,
    /// White to ink.
    Grey,
}

/// Number of colours of a scale: odd, so that a diverging scale has a middle.
pub(super) const LEVELS: usize = 65;

/// Anchors at equal distances: ColorBrewer's YlGnBu and RdBu, which are safe for the colour-blind.
const RISING: [u32; 9] =
    [0xffffd9, 0xedf8b1, 0xc7e9b4, 0x7fcdbb, 0x41b6c4, 0x1d91c0, 0x225ea8, 0x253494, 0x081d58];
const DIVERGING: [u32; 9] =
    [0x2166ac, 0x4393c3, 0x92c5de, 0xd1e5f0, 0xf7f7f7, 0xfddbc7, 0xf4a582, 0xd6604d, 0xb2182b];
const GREY: [u32; 2] = [0xffffff, 0x1b1f24];
/// For values that are not finite.
pub(super) const MISSING: &str = "#b4b9c0";

impl Scheme {
    /// The colour of a level, from 0 to [`LEVELS`] − 1.
    pub(super) fn colour(self, level: usize) -> String {
        let anchors: &[u32] = match self {
            Self::Rising => &RISING,
            Self::Diverging => &DIVERGING,
            Self::Grey => &GREY,
        };
        let place = level.min(LEVELS - 1) as f64 / (LEVELS - 1) as f64 * (anchors.len() - 1) as f64;
        let index = (place as usize).min(anchors.len() - 2);
        let share = place - index as f64;
        let channel = |shift: u32| {
            let part = |value: u32| f64::from((value >> shift) & 0xff);
            libm::round(part(anchors[index]) + share * (part(anchors[index + 1]) - part(anchors[index])))
                as u32
        };
        format!("#{:02x}{:02x}{:02x}", channel(16), channel(8), channel(0))
    }
}

/// The level of a value between two ends; `None` if it is not finite.
pub(super) fn level(value: f64, (low, high): (f64, f64)) -> Option<usize> {
    let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 };
    value.is_finite().then(|| libm::round(share * (LEVELS - 1) as f64) as usize)
}

/// Levels that small images need: few, since each costs a path.
const FEW: usize = 17;

/// A matrix as one path for each colour, in units of cells: the commonest colour as ground, the others as runs upon it.
///
/// A run is a stroke as wide as a cell, told by moves from the end of the one before: about half the bytes of a rectangle.
pub(super) fn cells(values: &[f64], columns: usize, ends: (f64, f64), scheme: Scheme) -> String {
    // Small images are many: a quarter of the levels keeps a hundred of them light.
    let coarse = if values.len() <= 256 && columns > 1 { (LEVELS - 1) / (FEW - 1) } else { 1 };
    let levels: Vec<usize> = values
        .iter()
        .map(|v| level(*v, ends).map_or(LEVELS, |level| (level + coarse / 2) / coarse * coarse))
        .collect();
    let rows = levels.len() / columns.max(1);
    let mut counts = [0_usize; LEVELS + 1];
    levels.iter().for_each(|level| counts[*level] += 1);
    let ground = (0..=LEVELS).rev().max_by_key(|level| counts[*level]).unwrap_or(0);
    let mut paths = vec![String::new(); LEVELS + 1];
    // Where the stroke of each path ended: its row and column.
    let mut pens: Vec<Option<(usize, usize)>> = vec![None; LEVELS + 1];
    for row in 0..rows {
        let line = &levels[row * columns..(row + 1) * columns];
        let mut from = 0;
        while from < columns {
            let level = line[from];
            let run = line[from..].iter().take_while(|other| **other == level).count();
            if level != ground {
                let step = match pens[level] {
                    Some((last, at)) if last == row => format!("m{} 0", from - at),
                    _ => format!("M{from} {row}.5"),
                };
                paths[level].push_str(&step);
                paths[level].push_str(&format!("h{run}"));
                pens[level] = Some((row, from + run));
            }
            from += run;
        }
    }
    let colour = |level: usize| if level == LEVELS { MISSING.to_owned() } else { scheme.colour(level) };
    let mut out = format!(r#"<path fill="{}" d="M0 0h{columns}v{rows}H0z"/>"#, colour(ground));
    for (level, path) in paths.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        out.push_str(&format!(r#"<path stroke="{}" d="{path}"/>"#, colour(level)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_meet_their_anchors() {
        assert_eq!(Scheme::Rising.colour(0), "#ffffd9");
        assert_eq!(Scheme::Rising.colour(LEVELS - 1), "#081d58");
        assert_eq!(Scheme::Diverging.colour(LEVELS / 2), "#f7f7f7");
        assert_eq!(Scheme::Grey.colour(LEVELS - 1), "#1b1f24");
    }

    #[test]
    fn levels_are_clamped_and_know_what_is_missing() {
        assert_eq!(level(-9.0, (0.0, 1.0)), Some(0));
        assert_eq!(level(9.0, (0.0, 1.0)), Some(LEVELS - 1));
        assert_eq!(level(0.0, (-1.0, 1.0)), Some(LEVELS / 2));
        assert_eq!(level(f64::NAN, (0.0, 1.0)), None);
    }

    #[test]
    fn runs_of_one_colour_are_one_stroke() {
        let drawn = cells(&[0.0, 0.0, 0.0, 0.0, 1.0, 1.0], 3, (0.0, 1.0), Scheme::Grey);
        assert_eq!(drawn, r##"<path fill="#ffffff" d="M0 0h3v2H0z"/><path stroke="#1b1f24" d="M1 1.5h2"/>"##);
    }
}
