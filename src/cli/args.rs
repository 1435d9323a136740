//! The grammar of the command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Runs declarative experiments in statistical mechanics and energy-based learning, and writes literate reports.
#[derive(Debug, Parser)]
#[command(name = "gibbs", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) common: Common,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// What `gibbs report` is used for.
const REPORT_EXAMPLES: &str = "\
Examples:
  gibbs report                                       every experiment of experiments/, as HTML and Markdown
  gibbs report ising.toml --format pdf --paper letter
  gibbs report ising.toml --solutions                the lecturer's edition beside the student's
  gibbs report ising.toml --template mine.md.tera    see: gibbs explain template

Nothing is computed: what is missing is named, with the command that computes it. The paths of the pages are printed.
Without a browser of the Chromium family there is no PDF; GIBBS_CHROMIUM names one that is not found by itself.";

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(super) struct Common {
    /// Replace a value of the file: --set model.ising.size=64 (repeatable; the last one wins)
    #[arg(long = "set", value_name = "KEY.PATH=VALUE", global = true)]
    pub(super) overrides: Vec<String>,
    /// Replace the seed of the file
    #[arg(long, value_name = "N", global = true)]
    pub(super) seed: Option<u64>,
    /// Worker threads (results never depend on it) [default: all cores]
    #[arg(long, value_name = "N", global = true, env = "GIBBS_THREADS",
          value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
    /// Folder of the results
    #[arg(long, value_name = "DIR", global = true, default_value = "results", env = "GIBBS_RESULTS")]
    pub(super) results: PathBuf,
    /// Say nothing but errors and the data asked for
    #[arg(long, short, global = true)]
    pub(super) quiet: bool,
    /// Colours in messages
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    pub(super) color: Colour,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run experiments, then write their reports (the main job)
    Run(RunArguments),
    /// Write the reports again from stored results, and the site of a folder
    #[command(after_help = REPORT_EXAMPLES)]
    Report(ReportArguments),
    /// Show the pages in the browser and make them anew whenever a file or a result changes
    Serve(ServeArguments),
    /// Run what is missing and judge the results: [[expect]] and the blessed baseline
    Check(CheckArguments),
    /// Store the current estimates as the baseline
    Bless(BlessArguments),
    /// Compare two results, quantity by quantity
    Diff(DiffArguments),
    /// Show what would run, how long it would take and how much memory it would need
    Plan(PathArguments),
    /// Write a commented, runnable experiment file to start from
    New(NewArguments),
    /// List what there is
    List(ListArguments),
    /// Show the documentation of a kind, model, quantity, sampler, schedule, dataset or TOML key
    Explain(ExplainArguments),
    /// Print the JSON Schema of experiment files, for editors
    Schema,
    /// Print a completion script for a shell
    Completions(CompletionsArguments),
}

/// Which experiments.
#[derive(Debug, Args)]
pub(super) struct PathArguments {
    /// Experiment files, or folders of them [default: experiments]
    #[arg(value_name = "FILE|DIR")]
    pub(super) paths: Vec<PathBuf>,
}

/// Which pages, and how they look.
#[derive(Debug, Args)]
pub(super) struct PageArguments {
    /// What to write
    #[arg(long, value_name = "FORMATS", value_delimiter = ',', default_value = "html,md")]
    pub(super) format: Vec<Format>,
    /// Write the lecturer's edition too: solutions.* beside report.*, with the solutions of the exercises
    #[arg(long)]
    pub(super) solutions: bool,
    /// Render with this template in place of the one that the file names: `handout`, or a path ending in .tera
    #[arg(long, value_name = "PATH")]
    pub(super) template: Option<PathBuf>,
    /// The paper of a PDF [default: a4]
    #[arg(long, value_name = "SIZE")]
    pub(super) paper: Option<Paper>,
}

/// What a report can be written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One self-contained page: report.html
    Html,
    /// Markdown for GitHub, mdBook, MyST and Jupyter, with figures/<id>.svg: report.md
    Md,
    /// The page on paper, printed by a Chromium on this machine: report.pdf
    Pdf,
    /// Every figure as a picture at twice its size: figures/<id>.png
    Png,
    /// A Jupyter notebook that draws the figures again from their numbers: report.ipynb
    Ipynb,
}

impl Format {
    /// The name of the page in this format; `None` for a format that is no page.
    pub(super) fn page(self, stem: &str) -> Option<String> {
        match self {
            Self::Html => Some(format!("{stem}.html")),
            Self::Md => Some(format!("{stem}.md")),
            Self::Pdf => Some(format!("{stem}.pdf")),
            Self::Png => None,
            Self::Ipynb => Some(format!("{stem}.ipynb")),
        }
    }
}

/// The size of a printed page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Paper {
    /// 210 mm × 297 mm
    #[default]
    A4,
    /// 8.5 in × 11 in
    Letter,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) paths: PathArguments,
    /// Do not write reports and figures
    #[arg(long, conflicts_with_all = ["format", "solutions", "template", "paper"])]
    pub(super) no_report: bool,
    /// Cut the budgets for a first look: marked, kept in `quick` beside the full results, and never passed by a check
    #[arg(long)]
    pub(super) quick: bool,
    /// Compute every task anew, even those already stored
    #[arg(long)]
    pub(super) fresh: bool,
    #[command(flatten)]
    pub(super) pages: PageArguments,
}

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    #[command(flatten)]
    pub(super) paths: PathArguments,
    /// Report the stored results of a run with --quick
    #[arg(long)]
    pub(super) quick: bool,
    #[command(flatten)]
    pub(super) pages: PageArguments,
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    pub(super) paths: PathArguments,
    /// The port on 127.0.0.1; 0 takes any that is free
    #[arg(long, value_name = "N", default_value_t = 4242)]
    pub(super) port: u16,
    /// Open the browser
    #[arg(long)]
    pub(super) open: bool,
    /// Show the stored results of runs with --quick
    #[arg(long)]
    pub(super) quick: bool,
    /// Show the lecturer's edition, with the solutions of the exercises
    #[arg(long)]
    pub(super) solutions: bool,
    /// Render with this template in place of the one that the file names: `handout`, or a path ending in .tera
    #[arg(long, value_name = "PATH")]
    pub(super) template: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) paths: PathArguments,
    /// Cut the budgets: shows the verdicts, but never passes
    #[arg(long)]
    pub(super) quick: bool,
    /// Compute every task anew, even those already stored
    #[arg(long)]
    pub(super) fresh: bool,
    /// Show every verdict, not only the worst ones
    #[arg(long)]
    pub(super) all: bool,
    /// Fail when an estimate has no baseline: a file that has gone, a row that is missing, a point that is new
    #[arg(long)]
    pub(super) require_baseline: bool,
}

#[derive(Debug, Args)]
pub(super) struct BlessArguments {
    #[command(flatten)]
    pub(super) paths: PathArguments,
    /// Bless results even though they fail the file's own [[expect]]
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// An experiment's name or file, its results folder, or an estimates.csv or baseline.csv
    #[arg(value_name = "A")]
    pub(super) a: PathBuf,
    /// What to compare it with
    #[arg(value_name = "B")]
    pub(super) b: PathBuf,
    /// Show every row, not only the most different ones
    #[arg(long)]
    pub(super) all: bool,
}

#[derive(Debug, Args)]
pub(super) struct NewArguments {
    /// The experiment's name, or the path of its file
    #[arg(value_name = "NAME")]
    pub(super) name: PathBuf,
    /// The kind of experiment: ensemble, sweep, anneal, rbm or clustering
    #[arg(long, value_name = "KIND")]
    pub(super) kind: String,
}

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    /// What to list; everything if left out
    pub(super) what: Option<Listing>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listing {
    Experiments,
    Kinds,
    Models,
    Quantities,
    Samplers,
    Schedules,
    Templates,
    Datasets,
}

#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// A name from `gibbs list`, or a TOML key such as `budget.sweeps`
    #[arg(value_name = "WORD")]
    pub(super) word: String,
}

#[derive(Debug, Args)]
pub(super) struct CompletionsArguments {
    /// The shell
    pub(super) shell: clap_complete::Shell,
}
