//! The template engine: what a handout's template can see, its filters, and how it escapes.

use super::blocks;
use super::error::ReportError;
use super::handout::Handout;
use super::head;
use super::maths::Maths;
use super::text::markdown_escape;
use super::title;
use super::variables as misspelt;
use crate::input::Text;
use crate::number;
use tera::{Context, ErrorKind, Kwargs, Map, State, Tera, TeraResult, Value, value::Key};

/// What every template of a handout can use.
fn variables(handout: &Handout<'_>) -> Result<Context, ReportError> {
    let mut context = Context::new();
    let title =
        title::markdown(handout.title, &Maths::new()).map_err(|error| title::blame(handout, error))?;
    context.insert_value("title", Value::safe_string(&title));
    context.insert("seed", &handout.colophon.seed);
    context.insert("name", handout.name);
    context.insert("kind", handout.kind);
    context.insert("quick", &handout.quick);
    context.insert_value("estimates", estimates(handout));
    // The first stands at the page's head.
    let figures: Vec<&str> = handout.figures.iter().skip(1).map(|figure| figure.id.as_str()).collect();
    context.insert("figures", &figures);
    context.insert_value("facts", trusted(&handout.story.facts));
    context.insert_value("question", Value::safe_string(&handout.story.question));
    context.insert_value("answer", Value::safe_string(&handout.story.answer));
    Ok(context)
}

/// Renders a sentence of the user's to one line of Markdown.
pub(crate) fn sentence(handout: &Handout<'_>, text: &Text) -> Result<String, ReportError> {
    let context = variables(handout)?;
    let rendered = printable(handout, &text.place, &text.text).and_then(|()| {
        markdown(&text.place, &text.text, &context).map_err(|error| spelt_out(handout, &text.text, error))
    })?;
    Ok(rendered.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Renders the handout's body to extended Markdown.
pub(crate) fn body(handout: &Handout<'_>) -> Result<String, ReportError> {
    let context = variables(handout)?;
    let templates = handout.templates.iter().map(|(name, source)| (name.as_str(), source.as_str()));
    let outcome = rendered(engine(), templates, handout.template, &context);
    let of_kind = |kind: fn(&ErrorKind) -> bool| outcome.as_ref().is_err_and(|error| kind(error.kind()));
    let syntax = of_kind(|kind| matches!(kind, ErrorKind::SyntaxError(_)));
    let rendering = of_kind(|kind| matches!(kind, ErrorKind::RenderingError(_)));
    if !syntax {
        blocks::check(handout)?;
        for (name, source) in handout.templates.iter().filter(|(name, _)| *name == handout.template) {
            printable(handout, name, source)?;
        }
    }
    outcome.map(|text| head::yielded(handout, text)).map_err(|error| {
        let error = told(handout.template, &error);
        let source = match &error {
            ReportError::Template { name, .. } if rendering => {
                handout.templates.iter().find(|(known, _)| known == name)
            }
            _ => None,
        };
        match source {
            Some((_, source)) => spelt_out(handout, source, error),
            None => error,
        }
    })
}

/// An error of rendering a template whose text is `source`, told by the misspelt variable where there is one.
fn spelt_out(handout: &Handout<'_>, source: &str, error: ReportError) -> ReportError {
    match error {
        ReportError::Template { name, line: Some(line), message } => {
            let mistake = misspelt::mistake(handout, &name, source, line);
            ReportError::Template { name, line: Some(line), message: mistake.unwrap_or(message) }
        }
        error => error,
    }
}

/// Refuses a template that would print a whole group of facts, of which the engine makes JSON.
fn printable(handout: &Handout<'_>, name: &str, source: &str) -> Result<(), ReportError> {
    match misspelt::group(handout, name, source) {
        Some((line, message)) => {
            Err(ReportError::Template { name: name.to_owned(), line: Some(line), message })
        }
        None => Ok(()),
    }
}

/// The engine's account of an unknown filter with its place, and the nearest that there is.
fn unknown_filter(account: &str) -> Option<ReportError> {
    let (filter, _) = account.strip_prefix("error: Unknown filter `")?.split_once('`')?;
    let place = account.lines().nth(1)?.trim().strip_prefix("--> ")?;
    let mut parts = place.rsplitn(3, ':');
    let (_, line, name) = (parts.next()?, parts.next()?.parse().ok()?, parts.next()?);
    let hint = match crate::spec::nearest(filter, FILTERS.into_iter().chain(TERA)) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!(" (known: {})", FILTERS.join(", ")),
    };
    let excerpt: Vec<&str> = account.lines().skip(1).take(4).collect();
    let message = format!("there is no filter `{filter}`{hint}\n{}", excerpt.join("\n"));
    Some(ReportError::Template { name: name.to_owned(), line: Some(line), message })
}

/// The estimates as a template sees them. Symbols are LaTeX of ours; coordinates may be words of the user's.
fn estimates(handout: &Handout<'_>) -> Value {
    let number = |value: Option<f64>| Value::from_serializable(&value);
    let rows = handout.estimates.iter().map(|row| {
        let coordinates: Map = handout
            .axes
            .iter()
            .zip(&row.coordinates)
            .map(|(path, value)| (Key::from(path.clone()), Value::from_serializable(value)))
            .collect();
        let entries = [
            ("point", Value::from_serializable(&row.point)),
            ("coordinates", Value::from(coordinates)),
            ("quantity", Value::from_serializable(row.quantity.name)),
            ("symbol", Value::safe_string(row.quantity.symbol)),
            ("value", number(row.value)),
            ("std_error", number(row.std_error)),
            ("ess", number(row.ess)),
            ("tau", number(row.tau)),
            ("tau_error", number(row.tau_error)),
            ("r_hat", number(row.r_hat)),
            ("reference", number(row.reference)),
            ("z", number(row.z)),
        ];
        Value::from(
            entries.into_iter().map(|(key, value)| (Key::from(key.to_owned()), value)).collect::<Map>(),
        )
    });
    Value::from(rows.collect::<Vec<_>>())
}

/// Renders a template that gives Markdown: plain strings are escaped so that they show as typed.
pub(crate) fn markdown(name: &str, source: &str, context: &Context) -> Result<String, ReportError> {
    render(engine(), [(name, source)], name, context)
}

/// The templates that give HTML; the chapter is part of the page and of the course.
const PAGES: [(&str, &str); 5] = [
    ("part.html.tera", include_str!("../../templates/part.html.tera")),
    ("chapter.html.tera", include_str!("../../templates/chapter.html.tera")),
    ("page.html.tera", include_str!("../../templates/page.html.tera")),
    ("course.html.tera", include_str!("../../templates/course.html.tera")),
    ("site.html.tera", include_str!("../../templates/site.html.tera")),
];

/// Renders one of the templates that give HTML: strings are escaped unless marked safe.
pub(crate) fn page(name: &str, context: &Context) -> Result<String, ReportError> {
    let mut tera = Tera::new();
    tera.autoescape_on([""]);
    render(tera, PAGES, name, context)
}

/// The filters of ours.
const FILTERS: [&str; 4] = ["pm", "num", "count", "text"];

/// Filters of the engine that are of use in a handout.
const TERA: [&str; 22] = [
    "safe",
    "default",
    "upper",
    "lower",
    "pluralize",
    "trim",
    "replace",
    "capitalize",
    "title",
    "str",
    "int",
    "float",
    "length",
    "reverse",
    "abs",
    "round",
    "first",
    "last",
    "nth",
    "join",
    "sort",
    "unique",
];

/// The engine for templates that give Markdown, with the filters.
fn engine() -> Tera {
    let mut tera = Tera::new();
    tera.set_escape_fn(|text, output| output.write_all(markdown_escape(text).as_bytes()));
    tera.autoescape_on([""]);
    tera.register_filter("pm", with_error);
    tera.register_filter("num", plain);
    tera.register_filter("count", count);
    tera.register_filter("text", text);
    tera
}

fn render<'a>(
    tera: Tera,
    templates: impl IntoIterator<Item = (&'a str, &'a str)>,
    name: &str,
    context: &Context,
) -> Result<String, ReportError> {
    rendered(tera, templates, name, context).map_err(|error| told(name, &error))
}

fn rendered<'a>(
    mut tera: Tera,
    templates: impl IntoIterator<Item = (&'a str, &'a str)>,
    name: &str,
    context: &Context,
) -> TeraResult<String> {
    tera.add_raw_templates(templates).and_then(|()| tera.render(name, context))
}

/// Refuses templates that do not parse or that name an unknown filter. Other mistakes are left to rendering, which knows
/// more of them.
pub(crate) fn parse<'a>(templates: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), ReportError> {
    match engine().add_raw_templates(templates).map_err(|error| told("", &error)) {
        Err(error @ ReportError::Template { line: Some(_), .. }) => Err(error),
        _ => Ok(()),
    }
}

/// The engine's error with the template and the line, which is that called `name` where it does not say.
fn told(name: &str, error: &tera::Error) -> ReportError {
    let message = error.to_string();
    match error.kind() {
        ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
            let line = Some(report.span().start_line);
            ReportError::Template { name: report.filename().to_owned(), line, message }
        }
        _ => unknown_filter(&message).unwrap_or(ReportError::Template {
            name: name.to_owned(),
            line: None,
            message,
        }),
    }
}

/// A kind's facts: their strings are Markdown that gibbs wrote. Text from a user goes through the filter `text`.
fn trusted(value: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::String(text) => Value::safe_string(text),
        Json::Array(items) => Value::from(items.iter().map(trusted).collect::<Vec<_>>()),
        Json::Object(map) => {
            let map: Map = map.iter().map(|(key, value)| (Key::from(key.clone()), trusted(value))).collect();
            Value::from(map)
        }
        scalar => Value::from_serializable(scalar),
    }
}

/// `{{ value | pm(error=e) }}`: a value with its standard error, `1.4531(5)`.
fn with_error(value: &Value, arguments: Kwargs, _: &State) -> TeraResult<Value> {
    let error = arguments.get::<Value>("error")?;
    if let Some(error) = &error {
        defined(error)?;
    }
    let error = error.and_then(|error| error.as_f64());
    show(value, |value| number::with_error(value, error))
}

/// `{{ value | num }}`: up to six significant digits, or up to `digits` of them; as many decimal `places` as asked for, zeros
/// included.
fn plain(value: &Value, arguments: Kwargs, _: &State) -> TeraResult<Value> {
    if let Some(places) = arguments.get::<usize>("places")? {
        return show(value, |value| number::fixed(value, places.min(17)));
    }
    let digits = arguments.get::<usize>("digits")?.unwrap_or(6).clamp(1, 17);
    show(value, |value| number::significant(value, digits))
}

/// `{{ n | count }}`: a whole number with thin spaces between the groups.
fn count(value: &Value, _: Kwargs, _: &State) -> TeraResult<Value> {
    show(
        value,
        |value| {
            if value < 0.0 { number::plain(value) } else { number::count(libm::round(value) as u64) }
        },
    )
}

/// `{{ name | text }}`: text shown as typed, whatever Markdown would make of it.
fn text(value: &str, _: Kwargs, _: &State) -> Value {
    Value::safe_string(&markdown_escape(value))
}

/// A number through `format`; a dash for anything that is none.
fn show(value: &Value, format: impl Fn(f64) -> String) -> TeraResult<Value> {
    defined(value)?;
    Ok(Value::safe_string(&value.as_f64().map_or_else(|| "–".to_owned(), format)))
}

/// Refuses a variable that does not exist, which would else show as a dash like one that is empty.
fn defined(value: &Value) -> TeraResult<()> {
    if value.is_undefined() {
        return Err(tera::Error::message(
            "there is no such variable; `gibbs explain template` lists all there are",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_round_and_strings_are_escaped() {
        let mut context = Context::new();
        context.insert("x", &1.453_06);
        context.insert("n", &20_000);
        context.insert("none", &None::<f64>);
        context.insert("title", "a_b*<i>");
        let source = "{{ x | pm(error=0.0005) }} {{ x | pm(error=none) }} {{ x | num }} {{ n | count }} \
                      {{ none | num }} ${{ x | num }}$ {{ title }} {{ 3 | num }} {{ 0.5 | num(places=3) }}";
        assert_eq!(
            markdown("t", source, &context).unwrap(),
            "1.4531(5) 1.45306 1.45306 20\u{202f}000 – $1.45306$ a\\_b\\*&lt;i&gt; 3 0.500"
        );
    }

    #[test]
    fn facts_are_markdown_and_lists_work() {
        let mut context = Context::new();
        context.insert_value("facts", trusted(&serde_json::json!({"rows": [{"w": "$x_1$"}], "ok": true})));
        let source = "{% for row in facts.rows %}{{ row.w }}{{ row.w | text }}{% endfor %}{% if facts.ok %}y{% endif %}";
        assert_eq!(markdown("t", source, &context).unwrap(), r"$x_1$\$x\_1\$y");
    }

    #[test]
    fn maps_keep_their_order() {
        let names: Vec<String> = (0..20).map(|index| format!("k{}", (index * 7) % 20)).collect();
        let map: serde_json::Map<_, _> = names.iter().map(|name| (name.clone(), 1.into())).collect();
        let mut context = Context::new();
        context.insert_value("facts", trusted(&map.into()));
        let text = markdown("t", "{% for name, one in facts %}{{ name }} {% endfor %}", &context).unwrap();
        assert_eq!(text.trim(), names.join(" "));
    }

    #[test]
    fn a_template_of_ones_own_replaces_one_block_and_keeps_the_others() {
        let base = "{% if facts.ok %}\n{% block a %}A{% endblock a %} {% block b %}{{ facts.x | num(digits=2) }}{% endblock b %}\
                    {% else %}none{% endif %}";
        let mine = "{% extends \"handout/base.md.tera\" %}{% block b %}{{ super() }}, mine: {{ title }}{% endblock b %}";
        let shown = |ok: bool| {
            let mut context = Context::new();
            context.insert("title", "<i>");
            context.insert_value("facts", trusted(&serde_json::json!({"ok": ok, "x": 1.234})));
            let templates = [("handout/base.md.tera", base), ("mine.md.tera", mine)];
            render(engine(), templates, "mine.md.tera", &context).unwrap()
        };
        assert_eq!(shown(true).trim(), "A 1.2, mine: &lt;i&gt;");
        assert_eq!(shown(false), "none");
    }

    #[test]
    fn errors_name_template_and_line() {
        let error = markdown("mine.md", "a\n{{ nosuch }}", &Context::new()).unwrap_err();
        let ReportError::Template { name, line, message } = &error else { panic!("{error}") };
        assert_eq!((name.as_str(), *line), ("mine.md", Some(2)));
        assert!(message.contains("nosuch"), "{message}");

        // A filter would take it for an empty number.
        let mut context = Context::new();
        context.insert_value("facts", trusted(&serde_json::json!({"x": 1.0, "empty": null})));
        assert_eq!(markdown("m", "{{ facts.empty | num }}{{ facts.x | num }}", &context).unwrap(), "–1");
        for wrong in
            ["facts.y | num", "facts.y | count", "facts.y | pm(error=facts.x)", "facts.x | pm(error=facts.y)"]
        {
            let error = markdown("mine.md", &format!("a\n{{{{ {wrong} }}}}"), &context).unwrap_err();
            let ReportError::Template { line, .. } = &error else { panic!("{error}") };
            assert_eq!(*line, Some(2), "{error}");
        }
    }
}
