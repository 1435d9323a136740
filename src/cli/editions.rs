//! Which editions of the pages are wanted: the flags of `gibbs report` and `gibbs run`, checked before anything runs.

use super::args::{Format, PageArguments, Paper};
use super::chromium::{Chromium, ChromiumError};
use super::failure::Failure;
use super::session::{Loaded, folder_of};
use super::settle::STEMS;
use crate::input::Text;
use crate::spec::nearest;
use crate::store;
use std::path::Path;

/// What shall be written besides the results.
#[derive(Debug, Default)]
pub(super) struct Editions {
    formats: Vec<Format>,
    solutions: bool,
    template: Option<Template>,
    /// Who prints the PDFs, and on what.
    printer: Option<(Chromium, Paper)>,
}

/// A template in place of the one that an experiment's file names.
#[derive(Debug)]
enum Template {
    /// The kind's own.
    Handout,
    /// The user's, with the hash of its file.
    Own(Text, String),
}

impl Editions {
    /// No pages at all.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// The editions that the flags ask for.
    ///
    /// # Errors
    ///
    /// When flags contradict each other, the template cannot be read, or there is no browser to print a PDF.
    pub(super) fn new(arguments: &PageArguments) -> Result<Self, Failure> {
        let mut formats: Vec<Format> = Vec::new();
        for format in &arguments.format {
            if !formats.contains(format) {
                formats.push(*format);
            }
        }
        let pdf = formats.contains(&Format::Pdf);
        if arguments.paper.is_some() && !pdf {
            let text = "--paper chooses the paper of a PDF, and none is wanted: add --format html,md,pdf";
            return Err(Failure::Message(text.to_owned()));
        }
        if arguments.solutions && formats.iter().all(|format| format.page(STEMS[1]).is_none()) {
            let text = "--solutions needs a format that holds text: add html, md, pdf or ipynb to --format";
            return Err(Failure::Message(text.to_owned()));
        }
        // A browser that is missing is told before a long run, not after it.
        let printer = if pdf { Some((Chromium::find()?, arguments.paper.unwrap_or_default())) } else { None };
        let template = arguments.template.as_deref().map(read_template).transpose()?;
        Ok(Self { formats, solutions: arguments.solutions, template, printer })
    }

    /// Whether nothing is wanted.
    pub(super) fn is_empty(&self) -> bool {
        self.formats.is_empty()
    }

    /// The formats, each once.
    pub(super) fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// A page as PDF.
    ///
    /// # Errors
    ///
    /// When it cannot be printed.
    pub(super) fn print(&self, html: &str) -> Result<Vec<u8>, ChromiumError> {
        let (chromium, paper) = self.printer.as_ref().ok_or(ChromiumError::Missing)?;
        chromium.print(html, *paper)
    }

    /// For each edition, whether it holds the solutions: the student's, and the lecturer's if it is wanted.
    pub(super) fn solutions(&self) -> &'static [bool] {
        if self.solutions { &[false, true] } else { &[false] }
    }

    /// The names of the pages, one edition after the other, and of the folder of pictures.
    pub(super) fn outputs(&self) -> Vec<String> {
        let stems = &STEMS[..self.solutions().len()];
        let pages = stems.iter().flat_map(|stem| self.formats.iter().filter_map(|format| format.page(stem)));
        let pictures = self.formats.contains(&Format::Png).then(|| "figures".to_owned());
        pages.chain(pictures).collect()
    }

    /// The experiment with the wanted template in place of its own.
    pub(super) fn dress(&self, mut loaded: Loaded) -> Loaded {
        match &self.template {
            None => {}
            Some(Template::Handout) => loaded.checked.own.template = None,
            Some(Template::Own(text, hash)) => {
                loaded.checked.own.template = Some(text.clone());
                loaded.template = Some((text.place.clone(), hash.clone()));
            }
        }
        loaded
    }
}

/// Reads the template that `--template` names, relative to the current folder.
fn read_template(path: &Path) -> Result<Template, Failure> {
    let shown = path.display().to_string();
    if shown == "handout" {
        return Ok(Template::Handout);
    }
    if path.extension().is_none_or(|ending| ending != "tera") {
        let hint = match nearest(&shown, ["handout"]) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "`gibbs explain template` shows how to write one of your own".to_owned(),
        };
        let text = format!(
            "unknown template \"{shown}\": --template takes `handout` or the path of a file that ends in .tera; {hint}"
        );
        return Err(Failure::Message(text));
    }
    let bytes = store::read_optional(path)?.ok_or_else(|| {
        Failure::Message(format!("no such file: {shown} (--template is read relative to the current folder)"))
    })?;
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let text = String::from_utf8(bytes).map_err(|error| {
        let byte = error.utf8_error().valid_up_to();
        Failure::Message(format!("{shown} is not UTF-8 (byte {byte}); save it as UTF-8"))
    })?;
    // Pictures are read by the experiment's reader, which takes other paths relative to the experiment's file.
    let folder = std::path::absolute(folder_of(path)).unwrap_or_else(|_| folder_of(path).to_owned());
    let text = Text { place: shown, folder: folder.display().to_string(), text, within: None };
    Ok(Template::Own(text, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(format: &[Format], solutions: bool) -> PageArguments {
        PageArguments { format: format.to_vec(), solutions, template: None, paper: None }
    }

    #[test]
    fn pages_are_named_once_and_by_edition() {
        let editions = Editions::new(&flags(&[Format::Html, Format::Md, Format::Html], true)).unwrap();
        assert_eq!(editions.outputs(), ["report.html", "report.md", "solutions.html", "solutions.md"]);
        let editions = Editions::new(&flags(&[Format::Md, Format::Png], false)).unwrap();
        assert_eq!(editions.outputs(), ["report.md", "figures"]);
        assert!(Editions::none().is_empty());
    }

    #[test]
    fn flags_that_contradict_each_other_are_mistakes() {
        let error = Editions::new(&flags(&[Format::Png], true)).unwrap_err().to_string();
        assert!(error.contains("--solutions needs a format that holds text"), "{error}");
        let arguments = PageArguments { paper: Some(Paper::Letter), ..flags(&[Format::Html], false) };
        assert!(Editions::new(&arguments).unwrap_err().to_string().contains("--format html,md,pdf"));
    }

    #[test]
    fn a_template_that_cannot_be_read_is_told_with_the_way_out() {
        let read = |path: &str| read_template(Path::new(path)).unwrap_err().to_string();
        assert!(read("handuot").contains("did you mean `handout`?"), "{}", read("handuot"));
        assert!(read("elsewhere").contains("`handout` or the path"), "{}", read("elsewhere"));
        assert!(read("nowhere/mine.md.tera").contains("relative to the current folder"));
        assert!(matches!(read_template(Path::new("handout")), Ok(Template::Handout)));
    }
}
