//! Links in Markdown, as paths. Only those to other files: addresses and places in the same file are left out.

use std::path::{Component, Path, PathBuf};

/// The files to which a text links that stands in `file`, each once, in their order.
///
/// ```
/// let text = "See [the guide](docs/GUIDE.md#begin), [home](https://example.org) and ![a picture](../a.png).";
/// assert_eq!(links::links("book/README.md", text), ["book/docs/GUIDE.md", "a.png"]);
/// ```
#[must_use]
pub fn links(file: &str, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_code = false;
    for line in text.lines() {
        is_code ^= line.trim_start().starts_with("```");
        for part in line.split("](").skip(1).filter(|_| !is_code) {
            let target = part.split([')', ' ', '#']).next().unwrap_or_default();
            let is_address = target.contains("://") || target.starts_with("mailto:");
            if target.is_empty() || is_address {
                continue;
            }
            let target = beside(file, target);
            if !found.contains(&target) {
                found.push(target);
            }
        }
    }
    found
}

/// A path as it is written in a file, without `.` and `..` where that can be.
fn beside(file: &str, target: &str) -> String {
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if path.file_name().is_some() => {
                path.pop();
            }
            other => path.push(other),
        }
    }
    path.to_string_lossy().into_owned()
}
