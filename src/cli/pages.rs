//! From analysed points to the pages and figures of one experiment.

use super::args::Format;
use super::editions::Editions;
use super::failure::Failure;
use super::machine::Machine;
use super::pipeline::{estimates_csv, spec_hash};
use super::session::{Loaded, Session};
use super::settle::STEMS;
use super::timing::Timing;
use crate::analyse::Analysed;
use crate::figure::{Figure, Frames};
use crate::kind::{Inputs, Story};
use crate::kinds;
use crate::plot::{self, PlotError, Width};
use crate::record::Analysis;
use crate::report::{
    self, Around, Colophon, Drawn, DrawnFrame, DrawnFrames, EstimateRow, Handout, Own, ReportError,
};
use crate::run::Failure as TaskFailure;
use crate::store::{self, Results};
use std::sync::Arc;

/// Named files.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// Everything that the pages of one experiment are made of, its figures drawn.
pub(super) struct Material {
    title: String,
    name: String,
    kind: &'static str,
    quick: bool,
    axes: Vec<String>,
    spec_text: String,
    story: Story,
    figures: Vec<Drawn>,
    templates: Vec<(String, String)>,
    template: String,
    template_folder: String,
    own: Own,
    reader: Arc<dyn Inputs + Send + Sync>,
    estimates: Vec<EstimateRow>,
    estimates_csv: String,
    failures: Vec<String>,
    colophon: Colophon,
}

impl Material {
    /// Draws the figures of the `story`. What the user puts at the page's head is still to be put there.
    ///
    /// # Errors
    ///
    /// When a figure cannot be drawn.
    pub(super) fn new(
        session: &Session,
        loaded: &Loaded,
        failures: &[TaskFailure],
        analysed: &Analysed<'_>,
        story: Story,
    ) -> Result<Self, Failure> {
        let checked = &loaded.checked;
        let failed = |source| Failure::Plot { experiment: checked.name.clone(), source };
        let figures = story.figures.iter().map(draw).collect::<Result<_, _>>().map_err(failed)?;
        let (template, template_folder) = match &checked.own.template {
            Some(own) => (own.place.clone(), own.folder.clone()),
            None => (handout_template(checked.kind.name()), String::new()),
        };
        Ok(Self {
            title: checked.header.title.clone(),
            name: checked.name.clone(),
            kind: checked.kind.name(),
            quick: checked.quick,
            axes: checked.axes.iter().map(|axis| axis.path.clone()).collect(),
            spec_text: checked.text.clone(),
            story,
            figures,
            templates: templates_of(loaded),
            template,
            template_folder,
            reader: Arc::clone(&loaded.reader),
            own: own_of(loaded),
            estimates: analysed
                .points
                .iter()
                .flat_map(|point| estimate_rows(point.index, point.coordinates, &point.analysis))
                .collect(),
            estimates_csv: String::from_utf8_lossy(&estimates_csv(loaded, analysed)).into_owned(),
            failures: failures.iter().map(|failure| failure_text(loaded, failure)).collect(),
            colophon: colophon(session, loaded),
        })
    }

    /// Puts the user's figure, question and answer at the page's head.
    ///
    /// # Errors
    ///
    /// When there is no such figure, or a text is at fault.
    pub(super) fn put_at_head(&mut self) -> Result<(), Failure> {
        let experiment = self.name.clone();
        self.head().map_err(|source| Failure::Report { experiment, source })
    }

    fn head(&mut self) -> Result<(), ReportError> {
        let first = report::first_figure(&self.handout(true, Around::default()))?;
        if first > 0 {
            self.figures[..=first].rotate_right(1);
            self.story.figures[..=first].rotate_right(1);
        }
        let (question, answer) = report::headline(&self.handout(true, Around::default()))?;
        (self.story.question, self.story.answer) = (question, answer);
        Ok(())
    }

    /// The handout, with the lecturer's `solutions` or without.
    pub(super) fn handout(&self, solutions: bool, around: Around) -> Handout<'_> {
        Handout {
            title: &self.title,
            name: &self.name,
            kind: self.kind,
            quick: self.quick,
            solutions,
            story: &self.story,
            templates: &self.templates,
            template: &self.template,
            template_folder: &self.template_folder,
            own: &self.own,
            inputs: self.reader.as_ref(),
            around,
            figures: &self.figures,
            estimates: &self.estimates,
            estimates_csv: &self.estimates_csv,
            axes: self.axes.clone(),
            spec_text: &self.spec_text,
            failures: &self.failures,
            colophon: &self.colophon,
        }
    }

    /// The experiment's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a first look.
    pub(super) fn is_quick(&self) -> bool {
        self.quick
    }

    /// The experiment's title.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// The hero figure in little, its ids beginning with `id`; empty when there is no figure.
    ///
    /// # Errors
    ///
    /// When it cannot be drawn.
    pub(super) fn thumbnail(&self, id: &str) -> Result<String, Failure> {
        let failed = |source| Failure::Plot { experiment: self.name.clone(), source };
        self.story.figures.first().map_or(Ok(String::new()), |hero| plot::thumbnail(hero, id).map_err(failed))
    }

    /// The figures as files: `<id>.svg` each.
    pub(super) fn drawings(&self) -> Files {
        self.figures.iter().map(|figure| (figure.id.clone(), figure.svg.clone().into_bytes())).collect()
    }

    /// The figures' numbers as files: `<id>.csv` each.
    pub(super) fn numbers(&self) -> Files {
        self.figures.iter().map(|figure| (figure.id.clone(), figure.csv.clone().into_bytes())).collect()
    }

    /// The figures as pictures: `<id>.png` each, at twice their size for screens with fine pixels.
    ///
    /// # Errors
    ///
    /// When one cannot be drawn.
    pub(super) fn pictures(&self) -> Result<Files, Failure> {
        let failed = |source| Failure::Plot { experiment: self.name.clone(), source };
        let picture = |figure: &Drawn| Ok((figure.id.clone(), plot::png(&figure.svg, 2.4)?));
        self.figures.iter().map(picture).collect::<Result<_, _>>().map_err(failed)
    }

    /// The pages of all `editions`, by file name.
    ///
    /// # Errors
    ///
    /// When a template or a text is at fault.
    pub(super) fn pages(&self, editions: &Editions) -> Result<Files, Failure> {
        let failed = |source| Failure::Report { experiment: self.name.clone(), source };
        let mut pages = Vec::new();
        for (stem, solutions) in STEMS.iter().zip(editions.solutions()) {
            let handout = self.handout(*solutions, Around::default());
            for format in editions.formats() {
                let Some(name) = format.page(stem) else { continue };
                let page = match format {
                    Format::Html => report::html(&handout).map_err(failed)?.into_bytes(),
                    Format::Md => report::markdown(&handout).map_err(failed)?.into_bytes(),
                    Format::Png => continue,
                    Format::Pdf => editions.print(&report::html(&handout).map_err(failed)?)?,
                    Format::Ipynb => report::notebook(&handout).map_err(failed)?.into_bytes(),
                };
                pages.push((name, page));
            }
            if editions.formats().iter().any(|format| matches!(format, Format::Md | Format::Ipynb)) {
                pages.extend(report::pictures(&handout).map_err(failed)?);
            }
        }
        pages.sort();
        pages.dedup();
        Ok(pages)
    }
}

/// Refuses texts of the user's that cannot be read, before anything is computed.
///
/// # Errors
///
/// When one cannot; whether it asks for what there is shows only with the results.
pub(super) fn proofread(loaded: &Loaded) -> Result<(), Failure> {
    let experiment = loaded.checked.name.clone();
    report::proofread(&templates_of(loaded), &own_of(loaded))
        .map_err(|source| Failure::Report { experiment, source })
}

/// The templates at hand: those of the kinds, and the user's own.
fn templates_of(loaded: &Loaded) -> Vec<(String, String)> {
    let kinds = kinds::all().iter().map(|kind| (handout_template(kind.name()), kind.template().to_owned()));
    let own = loaded.checked.own.template.iter().map(|own| (own.place.clone(), own.text.clone()));
    kinds.chain(own).collect()
}

/// What the user adds to the page.
fn own_of(loaded: &Loaded) -> Own {
    let (own, keys) = (loaded.checked.own.clone(), &loaded.checked.header.report);
    Own {
        authors: keys.authors.clone(),
        course: keys.course.clone(),
        question: own.question,
        answer: own.answer,
        figure: own.figure,
        intro: own.intro,
        notes: own.notes,
        bibliography: own.bibliography,
    }
}

/// The name under which a kind's template can be extended.
pub(super) fn handout_template(kind: &str) -> String {
    format!("handout/{kind}.md.tera")
}

/// Up to how many bytes a drawing has a twin for phones; a larger one scrolls there, and the page stays light.
const TWIN: usize = 120_000;

fn draw(figure: &Figure) -> Result<Drawn, PlotError> {
    let data = figure.data();
    let svg = plot::svg(figure, Width::Column)?;
    let twin = svg.len() <= TWIN;
    let narrow = if twin { plot::svg(figure, Width::Phone)? } else { String::new() };
    Ok(Drawn {
        id: figure.id.clone(),
        svg,
        narrow,
        alt: plot::describe(figure),
        caption: figure.caption.clone(),
        title: figure.title.clone(),
        frames: figure.frames.as_ref().map(|frames| draw_frames(figure, frames)).transpose()?,
        csv: store::data_csv(&data),
        data,
    })
}

fn draw_frames(figure: &Figure, frames: &Frames) -> Result<DrawnFrames, PlotError> {
    Ok(DrawnFrames {
        control: plot::plain(&frames.control),
        start: frames.start,
        frames: plot::frames(figure, Width::Column)?
            .into_iter()
            .zip(plot::frames(figure, Width::Phone)?)
            .map(|((value, svg), (_, narrow))| DrawnFrame { value, svg, narrow })
            .collect(),
    })
}

fn estimate_rows(
    point: usize,
    coordinates: &[crate::axis::Coordinate],
    analysis: &Analysis,
) -> Vec<EstimateRow> {
    analysis
        .estimates
        .iter()
        .map(|estimate| EstimateRow {
            point,
            coordinates: coordinates.iter().map(ToString::to_string).collect(),
            quantity: estimate.quantity,
            called: estimate.called,
            value: estimate.value,
            std_error: estimate.std_error,
            ess: estimate.ess,
            tau: estimate.tau,
            tau_error: estimate.tau_error,
            r_hat: estimate.r_hat,
            reference: estimate.reference.map(|(value, _)| value),
            reference_kind: estimate.reference.map(|(_, kind)| kind.name()),
            z: estimate.z(),
            note: estimate.note.clone(),
        })
        .collect()
}

fn failure_text(loaded: &Loaded, failure: &TaskFailure) -> String {
    let place = loaded.place(failure.point);
    let at = if place.is_empty() { String::new() } else { format!(" at {place}") };
    format!("Replica {}{at} failed: {}.", failure.replica, failure.reason.trim_end_matches('.'))
}

fn colophon(session: &Session, loaded: &Loaded) -> Colophon {
    let version = env!("CARGO_PKG_VERSION");
    let results = Results::peek(&session.results, &loaded.checked.name, loaded.depth());
    let timing = Timing::read(&results);
    let ids = loaded.task_ids();
    Colophon {
        command: session.command(loaded),
        spec_hash: spec_hash(loaded),
        seed: loaded.checked.header.seed,
        version: version.to_owned(),
        git_revision: loaded.git.as_ref().map(|git| git.revision.clone()),
        git_dirty: loaded.git.as_ref().map(|git| git.dirty),
        machine: timing.machines(&ids).or_else(|| machine_of(&results)),
        wall_time: timing.wall_time(&ids),
        tasks: loaded.plan.tasks.len(),
        inputs: loaded.inputs.iter().chain(&loaded.template).cloned().collect(),
        citation_bibtex: citations(loaded),
    }
}

/// How to cite gibbs, and the page where it names its authors.
fn citations(loaded: &Loaded) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut entries = format!(
        "@software{{gibbs,\n  author  = {{{{The gibbs developers}}}},\n  \
         title   = {{gibbs: declarative experiments in statistical mechanics and energy-based learning}},\n  \
         version = {{{version}}},\n  year    = {{2026}}\n}}"
    );
    let header = &loaded.checked.header;
    if !header.report.authors.is_empty() {
        let (name, title) = (&loaded.checked.name, &header.title);
        let authors = header.report.authors.join(" and ");
        entries.push_str(&format!(
            "\n\n@misc{{{},\n  author = {{{authors}}},\n  title  = {{{title}}},\n  note   = {{Computed with gibbs {version}}}\n}}",
            name.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', "-")
        ));
    }
    entries
}

/// What the manifest of an earlier version's run knows of its machine.
fn machine_of(results: &Results) -> Option<String> {
    let host = results.manifest().ok().flatten()?.host;
    Machine::of(&host.os, &host.arch).words()
}
