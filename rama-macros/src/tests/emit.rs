//! Expansions as files to read: `tests/data/<case>.rs` in, `<case>.expanded.rs` out.

use std::path::Path;

use expect_test::expect_file;
use quote::quote;
use syn::{Item, parse_quote};

use crate::editor::Reader;
use crate::expand;

/// Compares a file with its macros expanded. The expansion must be valid Rust.
fn check_expansion(case: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let source =
        std::fs::read_to_string(folder.join(format!("{case}.rs"))).expect("the case exists");
    let mut file: syn::File = syn::parse_str(&source).expect("the case is Rust");
    file.items = file.items.into_iter().flat_map(expanded).collect();
    expect_file![folder.join(format!("{case}.expanded.rs"))]
        .assert_eq(&prettyplease::unparse(&file));
}

fn expanded(item: Item) -> Vec<Item> {
    let Item::Macro(call) = item else {
        return vec![item];
    };
    let tokens = call.mac.tokens.clone();
    let name = call.mac.path.get_ident().map(ToString::to_string).unwrap_or_default();
    let tokens = match name.as_str() {
        "defmodule" => expand::defmodule(tokens, Reader::Compiler),
        "dataflow" => {
            let block = expand::dataflow(tokens, Reader::Compiler);
            quote!(fn run() #block)
        }
        "path" => {
            let path = expand::path(tokens, Reader::Compiler);
            quote!(const PATH: Closure = #path;)
        }
        _ => return vec![parse_quote!(#call)],
    };
    let file: syn::File = syn::parse2(tokens).expect("an expansion is Rust");
    file.items
}

#[test]
fn the_program_of_the_readme() {
    let program = include_str!("../../tests/data/readme.rs");
    let readme = include_str!("../../../README.md");
    assert!(readme.contains(program), "tests/data/readme.rs is the program that the README shows");
    check_expansion("readme");
}

#[test]
fn branches_of_every_kind() {
    check_expansion("branches");
}

#[test]
fn loops_and_hops() {
    check_expansion("fan_out");
}

#[test]
fn moves_to_where_keys_are() {
    check_expansion("moves");
}

#[test]
fn waits() {
    check_expansion("waits");
}

#[test]
fn dataflow_outside_of_modules() {
    check_expansion("dataflow");
}

#[test]
fn elements_of_paths_and_options_of_depots_and_pstates() {
    check_expansion("paths");
}

#[test]
fn a_mistake_leaves_the_module_and_the_other_topologies() {
    check_expansion("mistake");
}
