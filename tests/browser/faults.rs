//! A page with faults, to see that the checks find them.

use crate::pages::Page;
use crate::webdriver::Browser;
use crate::{appearance, navigation, paper, quiet};
use std::path::Path;

/// Shows `faulty.html` to each check; what it must say of it is listed here.
pub(crate) fn are_all_found() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser/faulty.html");
    let page = Page { name: "faulty.html".to_owned(), path };
    let browser = Browser::start();
    browser.open(&page.path);
    let found = [
        ("quiet", quiet::unrest(&browser, &page)),
        ("overflow", appearance::overflow(&browser)),
        ("contrast", appearance::contrast(&browser)),
        ("maths", appearance::maths(&browser)),
        ("letters", appearance::letters(&browser, false)),
        ("links", navigation::links(&browser)),
        ("structure", navigation::structure(&browser)),
        ("focus", navigation::focus(&browser)),
        ("paper", paper::faults(&browser)),
    ];
    let wanted = [
        ("quiet", "something went wrong"),
        ("quiet", "it asks for file://"),
        ("overflow", "360 px: the page is 2"),
        ("overflow", "1200 px: <main> “One"),
        ("contrast", "<span.pale> “pale”: contrast 2.85 below 4.5"),
        ("contrast", "“dark on dark”: contrast"),
        ("maths", "shows the source of a formula: $x^2$"),
        ("maths", "is an error"),
        ("maths", "holds a command as text"),
        ("maths", "is empty"),
        ("maths", "no letter is set in Inter"),
        ("letters", "“tiny” is 4 px high"),
        ("letters", "1200 px: <text.g-f-mute> “0.25” is 11.86 px high, not 17 to 20, and so are 1 more"),
        ("letters", "“dark on dark” lies on “on top”"),
        ("letters", "“leaves the figure” leaves its figure"),
        ("links", "leads to #nowhere"),
        ("links", "missing.html, which is nowhere"),
        ("links", "says nothing"),
        ("links", "two elements are called #twin"),
        ("links", "uses #nothing"),
        ("structure", "does not say its language"),
        ("structure", "has no title"),
        ("structure", "does not say how wide it is"),
        ("structure", "there are 2 <h1>"),
        ("structure", "“Three” follows a heading of level 1"),
        ("structure", "lies in no landmark"),
        ("structure", "hides nothing"),
        ("structure", "has no head"),
        ("structure", "has no words instead"),
        ("structure", "<input type=\"range\" min=\"0\" max=\"1\" tabindex=\"2\"> … has no name"),
        ("structure", "<svg viewBox=\"0 0 100 50\""),
        ("focus", "does not show that it has the focus"),
        ("focus", "is reached after"),
        ("paper", "on paper: the page is"),
        ("paper", "“Too high for a sheet.” shall stay whole"),
        ("paper", "is blank: drawn with"),
    ];
    let missed: Vec<_> = wanted
        .iter()
        .filter(|(check, words)| {
            !found.iter().any(|(name, found)| name == check && found.iter().any(|one| one.contains(words)))
        })
        .collect();
    assert!(missed.is_empty(), "not found: {missed:#?}\nfound: {found:#?}");
}
