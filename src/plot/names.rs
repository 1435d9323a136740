//! Where the names of a graph's nodes stand, so that none covers another or a node.

use super::area::Area;
use super::frame::Place;
use super::sizes::{LINE, TEXT};
use super::text::width;

/// Where one name stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Spot {
    /// Within its node.
    Within,
    /// Beginning at this place, centred on it in height.
    Beside(Place),
    /// Left out, for want of a name or of room.
    Nowhere,
}

/// Whether a segment passes through an area, by halving it.
fn crossed(area: &Area, a: Place, b: Place) -> bool {
    let steps = 24;
    let on_the_way = |t: f64| (a.0 + t * (b.0 - a.0), a.1 + t * (b.1 - a.1));
    (0..=steps).any(|i| area.holds(on_the_way(f64::from(i) / f64::from(steps)), (0.0, 0.0)))
}

/// A spot for each name. Names go within their nodes if all fit there; else each stands beside its node, on the side where it
/// crosses fewest edges, away from the middle of the drawing first; what finds no free side is left out.
pub(super) fn spots(
    names: &[&str],
    places: &[Place],
    radius: f64,
    edges: &[(Place, Place)],
    room: Area,
) -> Vec<Spot> {
    let fits = |name: &&str| TEXT <= 1.1 * radius && width(name, TEXT, false) <= 1.55 * radius;
    if names.iter().all(fits) {
        let spot = |name: &&str| if name.is_empty() { Spot::Nowhere } else { Spot::Within };
        return names.iter().map(spot).collect();
    }
    let count = places.len().max(1) as f64;
    let middle =
        places.iter().fold((0.0, 0.0), |sum: Place, at| (sum.0 + at.0 / count, sum.1 + at.1 / count));
    let nodes: Vec<Area> = places.iter().map(|place| Area::around(*place, radius + 1.0)).collect();
    let mut taken: Vec<Area> = Vec::new();
    let mut spots = Vec::with_capacity(names.len());
    for (node, name) in names.iter().enumerate() {
        if name.is_empty() {
            spots.push(Spot::Nowhere);
            continue;
        }
        let length = width(name, TEXT, false);
        let (x, y) = places[node];
        let free = |area: &Area| {
            area.within(&room)
                && !taken.iter().any(|other| other.meets(area))
                && !nodes.iter().enumerate().any(|(other, area_of)| other != node && area_of.meets(area))
        };
        let outwards = (x - middle.0, y - middle.1);
        let reach = radius + 3.0;
        let mut sides: Vec<(f64, Area)> = DIRECTIONS
            .iter()
            .map(|(dx, dy)| {
                let left = x + dx * reach + (dx - 1.0) / 2.0 * length;
                let centre = y + dy * (reach + LINE / 2.0);
                let area = Area {
                    left,
                    top: centre - LINE / 2.0,
                    right: left + length,
                    bottom: centre + LINE / 2.0,
                };
                let crossed = edges.iter().filter(|(a, b)| crossed(&area, *a, *b)).count() as f64;
                let away = (outwards.0 * dx + outwards.1 * dy) / libm::hypot(outwards.0, outwards.1).max(1.0);
                (crossed - 0.5 * away, area)
            })
            .filter(|(_, area)| free(area))
            .collect();
        sides.sort_by(|a, b| a.0.total_cmp(&b.0));
        spots.push(match sides.first() {
            Some((_, area)) => {
                taken.push(*area);
                Spot::Beside((area.left, (area.top + area.bottom) / 2.0))
            }
            None => Spot::Nowhere,
        });
    }
    spots
}

/// The eight sides of a node, in units of its reach.
const DIRECTIONS: [(f64, f64); 8] =
    [(1.0, 0.0), (-1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (0.8, -0.8), (-0.8, -0.8), (0.8, 0.8), (-0.8, 0.8)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_within_large_nodes_and_beside_small_ones() {
        let places = [(50.0, 50.0), (100.0, 50.0)];
        let room = Area { left: 0.0, top: 0.0, right: 200.0, bottom: 100.0 };
        assert_eq!(spots(&["1", ""], &places, 13.5, &[], room), [Spot::Within, Spot::Nowhere]);
        let beside = spots(&["1", "2"], &places, 4.0, &[], room);
        assert!(
            matches!(beside[..], [Spot::Beside(a), Spot::Beside(b)] if a.0 < 50.0 && b.0 > 100.0),
            "{beside:?}"
        );
    }

    #[test]
    fn a_name_without_room_is_left_out() {
        let places: Vec<Place> = (0..40).map(|i| (20.0 + 6.0 * f64::from(i), 27.0)).collect();
        let names = vec!["a long name"; 40];
        let spots =
            spots(&names, &places, 3.0, &[], Area { left: 0.0, top: 0.0, right: 280.0, bottom: 54.0 });
        let kept = spots.iter().filter(|spot| matches!(spot, Spot::Beside(_))).count();
        assert!((1..40).contains(&kept), "{kept}");
    }
}
