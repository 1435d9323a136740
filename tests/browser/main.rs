//! The reports of the shipped experiments as a browser shows them: quiet, offline, legible, navigable, printable.
//!
//! Needs `chromedriver` and Chromium (`apt-get install chromium chromium-driver`); `.ci/run` installs and runs them, or
//! `cargo test --test browser -- --ignored`. The checks themselves are in `checks/*.js`; each is shown a page with faults of its
//! kind, too, which it must find.

#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test reads and writes files of its own")]

mod appearance;
mod faults;
mod http;
mod navigation;
mod pages;
mod paper;
mod quiet;
mod saving;
mod scripts;
mod secrets;
mod sliders;
mod webdriver;

use pages::{Page, pages};
use std::cell::Cell;
use webdriver::Browser;

/// Shows every page to `check` and fails with all that it finds, each with the page's name.
fn on_every_page(check: impl Fn(&Browser, &Page) -> Vec<String>) {
    on_pages(pages().iter(), check);
}

/// Shows every page to `check` but those that repeat another.
fn on_each_page_once(check: impl Fn(&Browser, &Page) -> Vec<String>) {
    on_pages(pages().iter().filter(|page| !page.is_repeated()), check);
}

/// Shows those pages and the bound course, which is laid out by itself, to `check`.
fn on_each_page_and_the_course(check: impl Fn(&Browser, &Page) -> Vec<String>) {
    on_pages(pages().iter().filter(|page| !page.is_repeated() || page.is_course()), check);
}

fn on_pages<'a>(pages: impl Iterator<Item = &'a Page>, check: impl Fn(&Browser, &Page) -> Vec<String>) {
    let browser = Browser::start();
    let mut findings = Vec::new();
    for page in pages {
        browser.open(&page.path);
        findings.extend(check(&browser, page).into_iter().map(|finding| format!("{}: {finding}", page.name)));
    }
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn pages_ask_for_nothing_and_complain_of_nothing() {
    on_every_page(quiet::unrest);
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn nothing_is_wider_than_the_window() {
    on_every_page(|browser, _| appearance::overflow(browser));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn texts_stand_out_in_light_and_in_dark() {
    on_each_page_once(|browser, _| appearance::contrast(browser));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn formulas_are_set() {
    on_each_page_once(
        |browser, page| if page.has_formulas() { appearance::maths(browser) } else { Vec::new() },
    );
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn letters_in_figures_are_legible_and_apart() {
    on_each_page_and_the_course(|browser, page| appearance::letters(browser, page.has_thumbnails()));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn links_lead_somewhere() {
    on_every_page(|browser, _| navigation::links(browser));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn pages_have_an_outline_and_names() {
    on_every_page(|browser, _| navigation::structure(browser));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn the_keyboard_reaches_everything_in_order_and_in_sight() {
    on_each_page_once(|browser, _| navigation::focus(browser));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn figures_are_saved_with_a_click() {
    let saved = Cell::new(0);
    on_each_page_once(|browser, _| {
        let (count, found) = saving::faults(browser);
        saved.set(saved.get() + count);
        found
    });
    // A drawing, a picture and a table at least of each experiment.
    assert!(saved.get() >= 30, "{} files were saved", saved.get());
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn sliders_move_through_their_frames() {
    let sliders = Cell::new(0);
    on_each_page_once(|browser, page| {
        sliders.set(sliders.get() + sliders::count(browser));
        sliders::faults(browser, page)
    });
    assert!(sliders.get() > 0, "no page has a slider");
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn paper_holds_what_it_must_and_no_page_is_blank() {
    on_each_page_and_the_course(|browser, _| paper::faults(browser));
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn students_files_hold_no_trace_of_a_solution() {
    secrets::no_trace_of_a_solution();
}

#[test]
#[ignore = "needs chromedriver; .ci/run installs it and runs these"]
fn each_check_finds_the_faults_of_its_kind() {
    faults::are_all_found();
}
