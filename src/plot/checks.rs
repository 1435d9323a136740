//! Tests of whole figures: on structure and data, not on pixels.

use super::text::{self, plain};
use super::{PlotError, Width};
use crate::figure::*;

fn svg(figure: &Figure) -> Result<String, PlotError> {
    super::svg(figure, Width::Column)
}

/// One element: name and attributes.
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> f64 {
        self.get(name).unwrap().parse().unwrap()
    }
}

/// Elements in order with the text directly after each opening tag; panics unless tags nest and entities are closed.
fn parse(svg: &str) -> Vec<(Element, String)> {
    let (mut open, mut all, mut rest) = (Vec::new(), Vec::new(), svg.trim());
    while let Some(start) = rest.find('<') {
        let end = start + rest[start..].find('>').expect("a tag that ends");
        let tag = &rest[start + 1..end];
        rest = &rest[end + 1..];
        let content = &rest[..rest.find('<').unwrap_or(rest.len())];
        for (at, _) in content.match_indices('&') {
            let entity = &content[at..];
            assert!(
                ["&amp;", "&lt;", "&gt;", "&quot;"].iter().any(|known| entity.starts_with(known)),
                "{entity}"
            );
        }
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
            continue;
        }
        let closed = tag.ends_with('/');
        let tag = tag.trim_end_matches('/');
        let (name, mut list) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut attributes = Vec::new();
        while let Some((key, after)) = list.trim_start().split_once("=\"") {
            let (value, after) = after.split_once('"').expect("a closed attribute");
            assert!(attributes.iter().all(|(known, _)| known != key), "{key} twice in {tag}");
            attributes.push((key.to_owned(), value.to_owned()));
            list = after;
        }
        if !closed {
            open.push(name.to_owned());
        }
        all.push((Element { name: name.to_owned(), attributes }, content.to_owned()));
    }
    assert!(open.is_empty(), "{open:?}");
    all
}

fn count(svg: &str, class: &str) -> usize {
    svg.matches(&format!(r#"class="{class}""#)).count()
}

fn series(label: &str, mark: Mark, role: Role, points: Vec<Point>) -> Series {
    Series { label: label.into(), mark, role, points }
}

fn chart(x: Scale, y: Scale, series: Vec<Series>) -> Chart {
    Chart { title: String::new(), x, y, series, guides: vec![], pulls: false }
}

fn figure(panels: Vec<Panel>, columns: usize) -> Figure {
    Figure {
        id: "sample".into(),
        title: "A title".into(),
        subtitle: "How it was measured".into(),
        caption: String::new(),
        panels,
        columns,
        frames: None,
    }
}

fn wave(count: usize, shift: f64) -> Vec<Point> {
    let point = |i: usize| {
        let x = 1.0 + i as f64 / count as f64 * 3.0;
        let y = 1.0 + libm::sin(x + shift);
        Point { reference: Some(y + 0.02), ..Point::with_error(x, y, 0.03) }
    };
    (0..count).map(point).collect()
}

/// Every label inside the document, measured with the font.
fn assert_text_inside(svg: &str) {
    let elements = parse(svg);
    let (width, height) = (elements[0].0.number("width"), elements[0].0.number("height"));
    for raw in svg.split("<text ").skip(1) {
        let (tag, body) = raw.split_once('>').unwrap();
        let body = body.split("</text>").next().unwrap();
        let get =
            |key: &str| -> Option<&str> { Some(tag.split_once(&format!("{key}=\""))?.1.split_once('"')?.0) };
        let mut words = String::new();
        let mut inside = false;
        for c in body.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => words.push(c),
                _ => {}
            }
        }
        let words = words.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
        let size: f64 = get("font-size").unwrap().parse().unwrap();
        // Scripts are measured full size, hence a little allowance below.
        let length = text::width(&words.replace(['*', '_', '^'], ""), size, tag.contains("font-weight"));
        let (x, y): (f64, f64) = (get("x").unwrap().parse().unwrap(), get("y").unwrap().parse().unwrap());
        let before = match get("text-anchor") {
            Some("middle") => length / 2.0,
            Some("end") => length,
            _ => 0.0,
        };
        let (from, to) = (-before, length - before);
        if tag.contains("rotate(270") {
            assert!(y - to >= -2.0 && y - from <= height + 2.0, "{words} leaves {height}: {y} {from} {to}");
            assert!(x - size >= -2.0 && x <= width + 2.0, "{words}");
        } else {
            assert!(x + from >= -2.0 && x + to <= width + 6.0, "{words:?} leaves {width}: {x} {from} {to}");
            assert!(y - size >= -2.0 && y <= height, "{words}");
        }
    }
}

#[test]
fn marks_equal_points_and_bytes_repeat() {
    let mut panel = chart(
        Scale::linear("Temperature *T*"),
        Scale::linear("Energy < 0 & rising"),
        vec![
            series("exact", Mark::Line, Role::Reference, wave(200, 0.0)),
            series("*L* = 8", Mark::Points, Role::Data(0), wave(20, 0.0)),
            series("a<b & \"c\"", Mark::Scatter, Role::Data(1), wave(13, 1.0)),
        ],
    );
    panel.guides.push(Guide { vertical: true, at: 2.2, label: "*T*_{c} = 2.2".into() });
    panel.pulls = true;
    let figure = figure(vec![Panel::Chart(panel)], 1);
    let drawn = svg(&figure).unwrap();
    let elements = parse(&drawn);
    assert_eq!(count(&drawn, "g-mark"), 33);
    // The reference line's points carry a reference too, since `wave` gives all of them one.
    assert_eq!(count(&drawn, "g-pull"), 233);
    assert_eq!(count(&drawn, "g-key"), 2);
    assert_eq!(drawn, svg(&figure).unwrap());
    assert_eq!(
        elements[0].0.get("viewBox").unwrap(),
        format!("0 0 560 {}", elements[0].0.get("height").unwrap())
    );
    assert!(drawn.contains("a&lt;b &amp; &quot;c&quot;"));
    for (element, _) in &elements {
        assert!(element.get("id").is_none_or(|id| id.starts_with("sample-")), "{}", element.name);
    }
    assert_text_inside(&drawn);
}

#[test]
fn points_outside_a_fixed_range_are_left_out() {
    let mut panel = chart(
        Scale::linear(""),
        Scale::linear(""),
        vec![series("", Mark::Points, Role::Data(3), wave(30, 0.0))],
    );
    panel.x.range = Some((1.0, 2.5));
    let inside = wave(30, 0.0).iter().filter(|point| point.x <= 2.5).count();
    assert_eq!(count(&svg(&figure(vec![Panel::Chart(panel)], 1)).unwrap(), "g-mark"), inside);
}

#[test]
fn a_crowd_hides_neither_the_exact_line_nor_its_own_marks() {
    let drawn_with = |points: usize| {
        let data = vec![
            series("exact", Mark::Line, Role::Reference, wave(50, 0.0)),
            series("measured", Mark::Scatter, Role::Data(0), wave(points, 0.0)),
        ];
        let panel = chart(Scale::linear("x"), Scale::linear("y"), data);
        svg(&figure(vec![Panel::Chart(panel)], 1)).unwrap()
    };
    let (few, crowd) = (drawn_with(40), drawn_with(2000));
    let exact = |drawn: &str| drawn.rfind(r#"class="g-k-ink""#).unwrap();
    let mark = |drawn: &str| drawn.rfind(r#"class="g-mark"#).unwrap();
    assert!(exact(&few) < mark(&few), "marks stand on the line");
    assert!(exact(&crowd) > mark(&crowd), "the line runs over the crowd");
    // The bars of a series are one path, of a hair's width where they crowd.
    assert!(crowd.contains(r#"stroke-opacity="0.45" fill="none" stroke-width="0.6""#));
    assert!(crowd.len() < 40 * 2000, "{} bytes", crowd.len());
}

#[test]
fn plots_beside_a_strip_of_pulls_end_in_line_with_it() {
    let panel = |pulls: bool| {
        let data = vec![series("", Mark::Scatter, Role::Data(0), wave(20, 0.0))];
        Panel::Chart(Chart { pulls, ..chart(Scale::linear("across"), Scale::linear("up"), data) })
    };
    let height = |pulls: [bool; 2]| {
        let drawn = svg(&figure(pulls.map(panel).to_vec(), 2)).unwrap();
        let elements = parse(&drawn);
        let names = elements.iter().filter(|(element, text)| element.name == "text" && text == "across");
        let at: Vec<f64> = names.map(|(element, _)| element.number("y")).collect();
        assert!(at.len() == 2 && at[0] == at[1], "{pulls:?} {at:?}");
        elements[0].0.number("height")
    };
    assert!(height([false, false]) < height([true, false]));
    assert_eq!(height([true, false]), height([true, true]));
}

#[test]
fn degenerate_charts_are_drawn() {
    let cases: Vec<(Vec<Point>, usize)> = vec![
        (vec![], 0),
        (vec![Point::new(f64::NAN, 1.0), Point::new(1.0, f64::INFINITY)], 0),
        (vec![Point::new(3.0, 4.0)], 1),
        (vec![Point::with_error(0.0, 0.0, 0.0), Point::new(1.0, 0.0)], 2),
        (vec![Point::new(1.0, 1e300), Point::new(2.0, -1e300)], 2),
        (vec![Point::new(1e-300, 1e-300), Point::new(2e-300, 3e-300)], 2),
        (vec![Point::new(5.0, 1e8), Point::new(5.0, 1e8 + 1.0)], 2),
    ];
    for (points, marks) in cases {
        for log in [false, true] {
            for mark in [Mark::Points, Mark::Line, Mark::Band, Mark::Bars, Mark::Steps, Mark::Dashed] {
                let scale = |label: &str| Scale { log, ..Scale::linear(label) };
                let data = vec![series("data", mark, Role::Data(0), points.clone())];
                let drawn = svg(&figure(vec![Panel::Chart(chart(scale("x"), scale("y"), data))], 1)).unwrap();
                parse(&drawn);
                assert!(!drawn.contains("NaN") && !drawn.contains("inf"), "{mark:?} {points:?}");
                if !log && mark == Mark::Points {
                    assert_eq!(count(&drawn, "g-mark"), marks, "{points:?}");
                }
                assert!(marks > 0 || drawn.contains("no data"));
                assert_text_inside(&drawn);
            }
        }
    }
    assert!(svg(&figure(vec![], 0)).unwrap().contains("no data"));
}

#[test]
fn long_labels_stay_inside() {
    let long = "A label that says a great deal more about *what was measured* than any axis has room for, and goes on";
    let many = (0..9).map(|k| {
        series(&format!("a series named at length, {k}"), Mark::Points, Role::Data(k), wave(8, k as f64))
    });
    let mut panel = chart(Scale::linear(long), Scale::linear(long), many.collect());
    panel.title = long.into();
    panel.guides = vec![
        Guide { vertical: true, at: 3.99, label: long.into() },
        Guide { vertical: false, at: 1.9, label: "an upper bound".into() },
    ];
    let mut figure =
        figure(vec![Panel::Chart(panel.clone()), Panel::Chart(panel.clone()), Panel::Chart(panel)], 2);
    figure.title = long.into();
    figure.subtitle = format!("{long}, {long}");
    let drawn = svg(&figure).unwrap();
    parse(&drawn);
    assert_text_inside(&drawn);
    assert_eq!(count(&drawn, "g-key"), 9, "one legend for equal panels");
}

#[test]
fn images_are_compact() {
    let pixel = |image: usize, at: usize| libm::fabs(libm::sin((image * 64 + at) as f64 * 12.9));
    let grid = ImageGrid {
        title: String::new(),
        height: 8,
        width: 8,
        images: (0..100).map(|image| (0..64).map(|at| pixel(image, at)).collect()).collect(),
        labels: vec![],
        per_row: 20,
        range: (0.0, 1.0),
        diverging: false,
        description: "Noise".into(),
    };
    let drawn = svg(&figure(vec![Panel::Images(grid.clone())], 1)).unwrap();
    parse(&drawn);
    assert!(drawn.len() < 150_000, "{}", drawn.len());
    assert_eq!(count(&drawn, "g-cells"), 100);
    let mut bad = grid;
    bad.images[7].pop();
    let error = svg(&figure(vec![Panel::Images(bad)], 1)).unwrap_err();
    assert_eq!(
        error,
        PlotError::ImageShape { figure: "sample".into(), index: 7, values: 63, height: 8, width: 8 }
    );
}

#[test]
fn titles_are_plain_words() {
    let mut figure = figure(vec![], 1);
    figure.title = "*T*_{c} & more".into();
    assert!(svg(&figure).unwrap().contains("<title id=\"sample-title\">T_c &amp; more</title>"));
    assert_eq!(plain(&figure.title), "T_c & more");
}

#[test]
fn heat_maps_name_every_row_and_show_what_is_missing() {
    let heat = Heat {
        title: "Couplings".into(),
        x: Scale { range: Some((1.0, 100.0)), ..Scale::log("Field *h*") },
        y: Scale { categories: (0..3).map(|k| format!("chain {k}")).collect(), ..Scale::linear("") },
        rows: 3,
        columns: 4,
        values: (0..12).map(|k| if k == 5 { f64::NAN } else { f64::from(k) - 4.0 }).collect(),
        diverging: true,
        label: "Coupling *J*_{ij}".into(),
    };
    let drawn = svg(&figure(vec![Panel::Heat(heat.clone()), Panel::Heat(heat)], 2)).unwrap();
    let elements = parse(&drawn);
    let texts = |wanted: &str| {
        elements.iter().filter(|(element, text)| element.name == "text" && text == wanted).count()
    };
    for row in ["chain 0", "chain 1", "chain 2"] {
        assert_eq!(texts(row), 2, "{row}");
    }
    let missing =
        elements.iter().filter(|(element, _)| element.get("stroke") == Some(super::colours::MISSING));
    assert_eq!(missing.count(), 2);
    // Two maps and two colour bars.
    assert_eq!(count(&drawn, "g-cells"), 4);
    assert_text_inside(&drawn);
}

#[test]
fn graphs_show_groups_signs_and_violations() {
    let node = |x: f64, y: f64, group: usize| Node { x, y, label: "7".into(), group };
    let edge = |from, to, weight: f64, violated| Edge { from, to, weight, violated };
    let graph = Graph {
        title: "A frustrated square".into(),
        nodes: vec![node(0.0, 0.0, 0), node(1.0, 0.0, 1), node(1.0, 1.0, 1), node(0.0, 1.0, 0)],
        edges: vec![
            edge(0, 1, 1.0, true),
            edge(1, 2, 1.0, false),
            edge(2, 3, -1.0, false),
            edge(3, 0, 1.0, false),
        ],
        key: GraphKey {
            groups: vec!["*s* = −1".into(), "*s* = +1".into()],
            positive: "*J* > 0".into(),
            negative: "*J* < 0".into(),
            violated: "not satisfied".into(),
        },
        description: "One bond fails.".into(),
    };
    let drawn = svg(&figure(vec![Panel::Graph(graph.clone())], 1)).unwrap();
    let elements = parse(&drawn);
    // Four nodes, and one of each group in the key.
    assert_eq!(count(&drawn, "g-node"), 6);
    let nodes = |name: &str| {
        elements.iter().filter(|(e, _)| e.name == name && e.get("class") == Some("g-node")).count()
    };
    assert_eq!((nodes("circle"), nodes("path")), (3, 3));
    assert_eq!(drawn.matches("stroke-dasharray").count(), 2, "the negative bond and its key");
    assert_text_inside(&drawn);
    let told = super::describe(&figure(vec![Panel::Graph(graph.clone())], 1));
    assert!(
        told.contains("4 nodes and 4 edges") && told.contains("not satisfied, crossed: 1 of 4 edges"),
        "{told}"
    );
    let mut bad = graph;
    bad.edges[0].to = 4;
    assert!(matches!(
        svg(&figure(vec![Panel::Graph(bad)], 1)),
        Err(PlotError::GraphEdge { node: 4, nodes: 4, .. })
    ));
}
