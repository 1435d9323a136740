//! Pictures of the user's own, `![words](plot.png)`: embedded in the page, and files beside the Markdown edition.

use super::error::ReportError;
use super::maths::{Piece, split};
use crate::input::Inputs;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use std::collections::BTreeMap;

/// The largest picture that a page takes in.
const LARGEST: usize = 5_000_000;

/// The pictures of a page, by the address under which its Markdown edition shows them.
#[derive(Debug)]
pub(crate) struct Pictures {
    /// The folder beside the Markdown edition in which they lie.
    beside: &'static str,
    held: BTreeMap<String, Picture>,
}

/// One picture.
#[derive(Debug)]
struct Picture {
    /// Where it was read, relative to the experiment's file.
    path: String,
    format: Format,
    bytes: Vec<u8>,
}

impl Pictures {
    /// No pictures yet, of the edition with the solutions or of the student's: each has a folder of its own, so that the
    /// student's can be handed out.
    pub(crate) fn of_edition(solutions: bool) -> Self {
        let beside = if solutions { "pictures-solutions" } else { "pictures" };
        Self { beside, held: BTreeMap::new() }
    }

    /// Markdown (without code blocks) whose pictures are shown under the addresses of their files beside it; they are read
    /// by `inputs`, relative to `folder`.
    ///
    /// # Errors
    ///
    /// [`ReportError::Picture`], with its line in `text`, for one that is not at hand, too large or no picture.
    pub(crate) fn take(
        &mut self,
        text: &str,
        folder: &str,
        inputs: &dyn Inputs,
    ) -> Result<String, ReportError> {
        let mut output = String::with_capacity(text.len());
        for piece in split(text) {
            let Piece::Text(words) = piece else {
                output.push_str(&piece.source());
                continue;
            };
            let mut rest = words;
            while let Some((start, end)) = target(rest) {
                let line = text[..offset(text, rest) + start].matches('\n').count() + 1;
                let address =
                    self.read(&rest[start..end], folder, inputs).map_err(|error| error.on_line(line))?;
                output.push_str(&rest[..start]);
                output.push_str(&address);
                rest = &rest[end..];
            }
            output.push_str(rest);
        }
        Ok(output)
    }

    /// Reads one picture and gives its address.
    fn read(&mut self, target: &str, folder: &str, inputs: &dyn Inputs) -> Result<String, ReportError> {
        let wrong = |message: String| ReportError::Picture { path: target.to_owned(), message };
        let path =
            decoded(target.strip_prefix('<').and_then(|path| path.strip_suffix('>')).unwrap_or(target));
        let scheme = path.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| {
            scheme.len() > 1
                && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        });
        if scheme.is_some() || path.starts_with("//") {
            let message = "lies elsewhere, and a page loads nothing from elsewhere: save it beside your text, and name that file";
            return Err(wrong(message.to_owned()));
        }
        let path = if folder.is_empty() { path } else { format!("{folder}/{path}") };
        let bytes = inputs.read(&path).map_err(|reason| wrong(format!("cannot be shown: {reason}")))?;
        if bytes.len() > LARGEST {
            let (size, most) = (bytes.len() as f64 / 1e6, LARGEST / 1_000_000);
            return Err(wrong(format!(
                "is too large for a page: {size:.1} MB, at most {most} MB; save it smaller, or as JPEG or WebP"
            )));
        }
        let format = Format::of(&bytes).ok_or_else(|| {
            wrong("is no picture that browsers show: save it as PNG, JPEG, WebP, GIF or SVG".to_owned())
        })?;
        let stem = path.rsplit('/').next().unwrap_or_default();
        let stem: String = stem
            .rsplit_once('.')
            .map_or(stem, |(stem, _)| stem)
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' })
            .collect();
        // Two files of one name are told apart by what they hold.
        let hash = &blake3::hash(&bytes).to_hex()[..8];
        let address = format!("{}/{stem}-{hash}.{}", self.beside, format.ending());
        self.held.insert(address.clone(), Picture { path, format, bytes });
        Ok(address)
    }

    /// The picture under `address` as an address that holds it; a script within it does not run there.
    pub(crate) fn embedded(&self, address: &str) -> Option<String> {
        let picture = self.held.get(address)?;
        Some(format!("data:{};base64,{}", picture.format.name(), BASE64.encode(&picture.bytes)))
    }

    /// The files that were read, each with its hash.
    pub(crate) fn inputs(&self) -> Vec<(String, String)> {
        let hash = |picture: &Picture| blake3::hash(&picture.bytes).to_hex().to_string();
        self.held.values().map(|picture| (picture.path.clone(), hash(picture))).collect()
    }

    /// The pictures as files beside the Markdown edition.
    pub(crate) fn into_files(self) -> Vec<(String, Vec<u8>)> {
        self.held.into_iter().map(|(address, picture)| (address, picture.bytes)).collect()
    }
}

/// Where `part`, a slice of `text`, begins in it.
fn offset(text: &str, part: &str) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Where the address of the first picture in `text` begins and ends.
fn target(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find("![").map(|at| from + at) {
        from = at + 2;
        if text[..at].ends_with('\\') {
            continue;
        }
        let Some(words) = closing(&text[from..], '[', ']') else { continue };
        let behind = from + words + 1;
        let Some(inside) = text[behind..].strip_prefix('(') else { continue };
        let start = behind + 1 + (inside.len() - inside.trim_start().len());
        let length = match text[start..].strip_prefix('<') {
            Some(path) => path.find('>').map(|length| length + 2),
            None => closing(&text[start..], '(', ')')
                .map(|length| text[start..start + length].find(char::is_whitespace).unwrap_or(length)),
        };
        if let Some(length) = length.filter(|length| *length > 0) {
            return Some((start, start + length));
        }
    }
    None
}

/// Where the bracket closes that was opened ahead of `text`.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 0_usize;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == open => depth += 1,
            c if c == close && depth == 0 => return Some(at),
            c if c == close => depth -= 1,
            _ => {}
        }
    }
    None
}

/// `path` with its `%20`s read.
fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [first, after @ ..] = rest {
        let digits =
            after.get(..2).filter(|_| *first == b'%').and_then(|pair| std::str::from_utf8(pair).ok());
        match digits.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| path.to_owned())
}

/// What a picture is saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Png,
    Jpeg,
    Gif,
    WebP,
    Svg,
}

impl Format {
    /// The format of a file, by what it begins with.
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            _ => {
                let text = std::str::from_utf8(bytes).ok()?.trim_start_matches('\u{feff}').trim_start();
                let declared = ["<?xml", "<!--", "<!DOCTYPE svg"].iter().any(|mark| text.starts_with(mark));
                (text.starts_with("<svg") || declared && text.contains("<svg")).then_some(Self::Svg)
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::WebP => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::WebP => "webp",
            Self::Svg => "svg",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

    struct Folder;

    impl Inputs for Folder {
        fn read(&self, path: &str) -> Result<Vec<u8>, String> {
            match path {
                "a b.png" | "text/a b.png" | "text/a(1).png" => Ok(PNG.to_vec()),
                "x.svg" => Ok(b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"></svg>".to_vec()),
                "words.png" => Ok(b"words".to_vec()),
                "huge.png" => Ok([PNG, &vec![0; LARGEST]].concat()),
                path => Err(format!("no such file: {path}")),
            }
        }
    }

    fn take(text: &str, folder: &str) -> Result<(String, Vec<String>), ReportError> {
        let mut pictures = Pictures::of_edition(false);
        let text = pictures.take(text, folder, &Folder)?;
        Ok((text, pictures.into_files().into_iter().map(|(name, _)| name).collect()))
    }

    #[test]
    fn pictures_get_addresses_of_files_beside_the_markdown() {
        let (text, files) = take(
            "see ![a [b]](<a b.png> \"title\"), ![](x.svg) and `![](no.png)` $![](no.png)$ \\![](no.png) ![not]",
            "",
        )
        .unwrap();
        assert_eq!(files.len(), 2);
        assert_eq!(
            text,
            format!(
                "see ![a [b]]({} \"title\"), ![]({}) and `![](no.png)` $![](no.png)$ \\![](no.png) ![not]",
                files[0], files[1]
            )
        );
        assert!(files[0].starts_with("pictures/a-b-") && files[1].ends_with(".svg"), "{files:?}");
        // Relative to the text that names it; a file of the same bytes and name is one file.
        let (_, files) = take("![](a%20b.png)\n![](a(1).png)\n![](<a b.png>)", "text").unwrap();
        assert_eq!(files.len(), 2);
    }

    #[test]
    fn a_picture_travels_with_its_type() {
        let mut pictures = Pictures::of_edition(false);
        let text = pictures.take("![](x.svg)", "", &Folder).unwrap();
        let address = text.trim_start_matches("![](").trim_end_matches(')');
        let embedded = pictures.embedded(address).unwrap();
        assert!(embedded.starts_with("data:image/svg+xml;base64,PD94bWw"), "{embedded}");
        assert_eq!(pictures.embedded("x.svg"), None);
    }

    #[test]
    fn what_cannot_be_shown_is_told_with_its_line() {
        let told = |text: &str| take(text, "").unwrap_err().to_string();
        assert!(
            told("a\n\nb ![](no.png)")
                .starts_with("line 3 of the rendered text: picture `no.png` cannot be shown")
        );
        assert!(told("![](words.png)").contains("is no picture that browsers show: save it as PNG"));
        assert!(told("![](huge.png)").contains("5.0 MB, at most 5 MB"));
        for far in [
            "https://a.org/x.png",
            "HTTP://a.org/x.png",
            "//a.org/x.png",
            "data:image/png;base64,AA",
            "file:///x",
        ] {
            assert!(told(&format!("![]({far})")).contains("lies elsewhere"), "{far}");
        }
    }

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        assert_eq!(Format::of(b"\xff\xd8\xff\xe0"), Some(Format::Jpeg));
        assert_eq!(Format::of(b"GIF89a..."), Some(Format::Gif));
        assert_eq!(Format::of(b"RIFF0000WEBPVP8 "), Some(Format::WebP));
        assert_eq!(Format::of(b"  <svg>"), Some(Format::Svg));
        assert_eq!(Format::of(b"<html><svg>"), None);
        assert_eq!(Format::of(b""), None);
    }
}
