//! Pairs of files changed together in one commit. Counting them is the work of the module and of
//! [`crate::baseline`].

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::event::FileChange;

/// A commit that touches more files than this counts for no pair. Pairs grow with the square of the
/// files: 50 files make 1225 pairs, the 20000 files of an import 200 million. A commit of that size
/// (import, reformatting, licence headers) also says nothing about which files belong together.
pub const MAX_FILES: usize = 50;

/// Two different files in canonical order: the first sorts before the second, so a pair has one
/// key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FilePair {
    /// The path that sorts first.
    pub a: String,
    /// The path that sorts second.
    pub b: String,
}

/// What a commit contributes to the pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Together {
    /// Each pair once, in order; none for a commit of less than two files.
    Pairs(Vec<FilePair>),
    /// More than [`MAX_FILES`] files: it counts for no pair.
    TooLarge,
}

impl FilePair {
    /// The pair of two paths given in any order; `None` if they are the same.
    pub fn new(one: &str, other: &str) -> Option<Self> {
        let (a, b) = if one < other { (one, other) } else { (other, one) };
        (a != b).then(|| Self { a: a.to_owned(), b: b.to_owned() })
    }

    /// The other file of the pair; `None` if `path` is neither.
    pub fn other(&self, path: &str) -> Option<&str> {
        if self.a == path {
            return Some(&self.b);
        }
        (self.b == path).then_some(self.a.as_str())
    }
}

/// The pairs of files changed together in a commit that changed these files.
pub fn together(files: &[FileChange]) -> Together {
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    if paths.len() > MAX_FILES {
        return Together::TooLarge;
    }
    let mut pairs = Vec::with_capacity(paths.len() * paths.len().saturating_sub(1) / 2);
    for (index, a) in paths.iter().enumerate() {
        for b in paths.iter().skip(index + 1) {
            pairs.push(FilePair { a: (*a).to_owned(), b: (*b).to_owned() });
        }
    }
    Together::Pairs(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files<'a>(paths: impl IntoIterator<Item = &'a str>) -> Vec<FileChange> {
        let change =
            |path: &str| FileChange { path: path.into(), added: 1, removed: 0, binary: false };
        paths.into_iter().map(change).collect()
    }

    fn pair(a: &str, b: &str) -> FilePair {
        FilePair { a: a.into(), b: b.into() }
    }

    #[test]
    fn each_pair_comes_once_in_canonical_order() {
        let pairs = together(&files(["c", "a", "b", "a"]));
        assert_eq!(pairs, Together::Pairs(vec![pair("a", "b"), pair("a", "c"), pair("b", "c")]));
    }

    #[test]
    fn fewer_than_two_files_make_no_pair() {
        assert_eq!(together(&[]), Together::Pairs(Vec::new()));
        assert_eq!(together(&files(["a"])), Together::Pairs(Vec::new()));
    }

    #[test]
    fn the_bound_itself_still_counts_and_one_more_file_does_not() {
        let names: Vec<String> = (0..=MAX_FILES).map(|n| format!("f{n:03}")).collect();
        let at_bound = files(names.iter().take(MAX_FILES).map(String::as_str));
        match together(&at_bound) {
            Together::Pairs(pairs) => assert_eq!(pairs.len(), 1225),
            Together::TooLarge => panic!("the bound is inclusive"),
        }
        assert_eq!(together(&files(names.iter().map(String::as_str))), Together::TooLarge);
    }

    #[test]
    fn a_pair_has_one_key_whatever_the_order() {
        assert_eq!(FilePair::new("b", "a"), Some(pair("a", "b")));
        assert_eq!(FilePair::new("a", "b"), FilePair::new("b", "a"));
        assert_eq!(FilePair::new("a", "a"), None);
        assert_eq!(pair("a", "b").other("b"), Some("a"));
        assert_eq!(pair("a", "b").other("c"), None);
    }
}
