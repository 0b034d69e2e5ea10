//! Expansions of the derives as a file to read: `tests/data/derives.rs` in,
//! `derives.expanded.rs` out.

use std::path::Path;

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Item};

/// The item and what its derives make of it.
fn expanded(item: Item) -> Vec<Item> {
    let tokens = item.to_token_stream();
    let attrs = match &item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => return vec![item],
    };
    let made: TokenStream =
        attrs.iter().flat_map(derives).map(|derive| derive(tokens.clone())).collect();
    let file: syn::File = syn::parse2(quote!(#tokens #made)).expect("an expansion is Rust");
    file.items
}

fn derives(attr: &Attribute) -> Vec<fn(TokenStream) -> TokenStream> {
    let text = attr.to_token_stream().to_string();
    let mut found: Vec<fn(TokenStream) -> TokenStream> = Vec::new();
    if text.contains("FixedKeys") {
        found.push(super::fixed_keys);
    } else if text.contains("Key") {
        found.push(super::key);
    }
    found
}

#[test]
fn derives_expand_to_code_that_reads_well() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let source = std::fs::read_to_string(folder.join("derives.rs")).expect("the case exists");
    let mut file: syn::File = syn::parse_str(&source).expect("the case is Rust");
    file.items = file.items.into_iter().flat_map(expanded).collect();
    expect_file![folder.join("derives.expanded.rs")].assert_eq(&prettyplease::unparse(&file));
}
