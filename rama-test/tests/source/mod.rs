//! Rust files as `tidy.rs` looks at them: their text, and their code without comments, contents of literals
//! and tests.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

use std::{fs, path::Path};

/// One file.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// From the root of the workspace, with slashes.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with every comment and every content of a literal replaced by blanks, up to the tests.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let is_test = path.ends_with("tests.rs") || path.contains("/tests/");
        let bare = without_literals(text);
        let code = if is_test { "" } else { before_tests(&bare) };
        Self { path: path.to_owned(), text: text.to_owned(), code: code.to_owned() }
    }

    /// The number of a line, from 1.
    pub(crate) fn line_at(&self, offset: usize) -> usize {
        1 + self.code[..offset].matches('\n').count()
    }

    /// Where the code contains a word, as `path:line`.
    pub(crate) fn places(&self, word: &str) -> Vec<String> {
        let found = self.code.match_indices(word);
        found.map(|(offset, _)| format!("{}:{}", self.path, self.line_at(offset))).collect()
    }
}

/// All Rust files under folders of the workspace.
pub(crate) fn sources(root: &Path, folders: &[String]) -> Vec<Source> {
    let mut sources = Vec::new();
    for folder in folders {
        collect(root, &root.join(folder), &mut sources);
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap();
            sources.push(Source::new(name, &fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The code in front of an inline test module; a file ends with it.
fn before_tests(code: &str) -> &str {
    code.find("#[cfg(test)]\nmod tests {").map_or(code, |start| &code[..start])
}

/// Blanks comments and the contents of literals, byte by byte, so that offsets and lines stay.
fn without_literals(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut bare = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let inside = match rest {
            [b'/', b'/', ..] => 0..until(rest, b"\n"),
            [b'/', b'*', ..] => 0..2 + until(&rest[2..], b"*/"),
            [b'r', b'"' | b'#', ..] if !follows_a_word(bytes, at) => raw(rest),
            [b'"', ..] => 1..1 + quoted(&rest[1..], b'"'),
            [b'\'', b'\\', ..] => 1..1 + quoted(&rest[1..], b'\''),
            [b'\'', first, ..] if rest.get(char_bytes(*first) + 1) == Some(&b'\'') => {
                1..1 + char_bytes(*first)
            }
            _ => 0..0,
        };
        for byte in &mut bare[at + inside.start..at + inside.end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        // Behind the literal, its closing quote included.
        at += inside.end + 1;
    }
    String::from_utf8(bare).expect("whole characters are blanked")
}

/// Where a needle begins, or the end.
fn until(rest: &[u8], needle: &[u8]) -> usize {
    rest.windows(needle.len()).position(|window| window == needle).unwrap_or(rest.len())
}

/// Where the closing quote stands.
fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at.min(rest.len())
}

/// What is inside of `r"…"` or `r#"…"#`; nothing when this is a raw identifier.
fn raw(rest: &[u8]) -> std::ops::Range<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    let start = hashes + 2;
    if rest.get(hashes + 1) != Some(&b'"') {
        return 0..0;
    }
    let end = [&b"\""[..], &b"#".repeat(hashes)].concat();
    start..start + until(&rest[start..], &end)
}

fn follows_a_word(bytes: &[u8], at: usize) -> bool {
    at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_')
}

fn char_bytes(first: u8) -> usize {
    match first {
        0xF0.. => 4,
        0xE0.. => 3,
        0xC0.. => 2,
        _ => 1,
    }
}
