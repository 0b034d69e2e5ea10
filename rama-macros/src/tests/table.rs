//! The table of navigators against the runtime, which it describes.

use std::collections::BTreeSet;
use std::path::Path;

use syn::{Item, Type, Visibility};

use crate::ops::{Navigator, Row};

/// Methods of the runtime's path that are written in another way: branches by their number and their terminals,
/// a recursive path by its own name.
const OTHERWISE: &[&str] = &["if_else_path", "if_else_term", "if_term", "multi_term", "recur"];

/// Methods that begin a path.
const BEGINNINGS: &[&str] = &["start"];

/// All public methods of the runtime's `Path`.
fn methods() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../rama-core/src/path");
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder).expect("the runtime stands beside the macros") {
        let path = entry.expect("a folder can be read").path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(&path).expect("a file can be read");
            let file = syn::parse_file(&source).expect("the runtime is Rust");
            names.extend(file.items.iter().flat_map(path_methods));
        }
    }
    names
}

fn path_methods(item: &Item) -> Vec<String> {
    let Item::Impl(block) = item else { return Vec::new() };
    let Type::Path(of) = &*block.self_ty else { return Vec::new() };
    let is_path = of.path.segments.last().is_some_and(|last| last.ident == "Path");
    let methods = block.items.iter().filter_map(|item| match item {
        syn::ImplItem::Fn(method) if matches!(method.vis, Visibility::Public(_)) => {
            Some(method.sig.ident.to_string())
        }
        _ => None,
    });
    if is_path && block.trait_.is_none() { methods.collect() } else { Vec::new() }
}

#[test]
fn every_navigator_of_the_runtime_has_a_row_and_every_row_a_navigator() {
    let written: BTreeSet<String> = Navigator::ROWS.iter().map(|row| row.name.to_owned()).collect();
    assert_eq!(written.len(), Navigator::ROWS.len(), "a name stands in the table twice");
    let mut runtime = methods();
    for name in OTHERWISE.iter().chain(BEGINNINGS) {
        assert!(runtime.remove(*name), "the runtime has no `{name}`");
    }
    assert_eq!(written, runtime);
}

/// The words of the test that runs navigators as they are written.
#[test]
fn every_navigator_is_run_as_it_is_written() {
    let program = include_str!("../../../rama-test/tests/path_language.rs");
    let words: BTreeSet<&str> =
        program.split(|letter: char| !letter.is_alphanumeric() && letter != '_').collect();
    let missing: Vec<_> =
        Navigator::ROWS.iter().map(|row| row.name).filter(|name| !words.contains(name)).collect();
    assert_eq!(missing, [""; 0]);
}
