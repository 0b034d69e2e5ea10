//! The words of the language as documented items, for the runtime's crate: what an editor shows over a word, and offers
//! while it is typed.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::mention::Vocabulary;
use crate::ops::{
    Arity, DepotOption, DepotPartitioner, Emits, Navigator, Operator, PStateOption, Param, Params,
    Partitioner, Place, Row, Word,
};

/// A module of items for each vocabulary, made of the tables that the macros themselves use.
pub(crate) fn vocabulary() -> TokenStream {
    let statements = Word::ROWS.iter().filter(|row| row.place != Place::Declaration).map(word);
    let modules = [
        module(Vocabulary::Declarations, &Word::declarations().map(word).collect()),
        module(
            Vocabulary::Statements,
            &Operator::ROWS.iter().map(operator).chain(statements).collect(),
        ),
        module(Vocabulary::Partitioners, &Partitioner::ROWS.iter().map(partitioner).collect()),
        module(
            Vocabulary::DepotPartitioners,
            &DepotPartitioner::ROWS.iter().map(depot_partitioner).collect(),
        ),
        module(Vocabulary::DepotOptions, &DepotOption::ROWS.iter().map(depot_option).collect()),
        module(Vocabulary::PStateOptions, &PStateOption::ROWS.iter().map(pstate_option).collect()),
        module(Vocabulary::Navigators, &Navigator::ROWS.iter().map(navigator).collect()),
    ];
    quote!(#(#modules)*)
}

fn module(vocabulary: Vocabulary, items: &TokenStream) -> TokenStream {
    let name = format_ident!("{}", vocabulary.module());
    quote! {
        #[allow(missing_docs, non_upper_case_globals, unused_imports, unused_variables, reason = "they are only words")]
        pub mod #name {
            use super::{Depot, Element, Emits, PState, Path, Value, Word};
            #items
        }
    }
}

fn operator(row: &Operator) -> TokenStream {
    let params: Vec<_> = row.params.iter().map(|param| param_of(*param)).collect();
    call(row.name, &documented(row.shape, row.doc), &params, emits(row.emits))
}

fn word(row: &Word) -> TokenStream {
    let doc = documented(row.shape, row.doc);
    match (row.place, row.name) {
        (Place::Call, "source") => {
            call(row.name, &doc, &[("depot", "Depot")], emits(Emits::Values))
        }
        (Place::Call, _) => call(row.name, &doc, &[("value", "Value")], None),
        (Place::Declaration, _) => constant(row.name, "Declaration", &doc),
        (Place::Statement, _) => constant(row.name, "Statement", &doc),
    }
}

fn partitioner(row: &Partitioner) -> TokenStream {
    let plain = row.shape.replace("($$pstate)", "()").replace("($$pstate, ", "(");
    let mut doc = vec![shape(&plain), format!(" Moves the flow {}.", row.doc)];
    if plain != row.shape {
        doc.push(format!(" `{}`: the same, said with whose partitions are meant.", row.shape));
    }
    let params: &[_] = if row.arity == Arity::Exactly(0) { &[] } else { &[("value", "Value")] };
    call(row.name, &doc, params, None)
}

fn depot_partitioner(row: &DepotPartitioner) -> TokenStream {
    let doc = [format!(" Where an appended record goes: {}.", row.doc)];
    constant(row.name, "Partitioner", &doc)
}

fn depot_option(row: &DepotOption) -> TokenStream {
    constant(row.name, "Option", &documented(row.shape, row.doc))
}

fn pstate_option(row: &PStateOption) -> TokenStream {
    constant(row.name, "Option", &documented(row.shape, row.doc))
}

fn navigator(row: &Navigator) -> TokenStream {
    let written = row.params.describe(row.name);
    let doc = [sentence(row.doc), format!(" Written {written}.")];
    match row.params {
        Params::Bare => constant(row.name, "Navigator", &doc),
        _ => call(row.name, &doc, &[("value", "Value")], Some("Element")),
    }
}

/// How it is written, and what it does.
fn documented(written: &str, doc: &str) -> [String; 2] {
    [shape(written), sentence(doc)]
}

fn sentence(doc: &str) -> String {
    let mut letters = doc.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let sentence: String = first.chain(letters).collect();
    format!(" {sentence}.")
}

fn shape(written: &str) -> String {
    format!(" `{written}`")
}

fn emits(emits: Emits) -> Option<&'static str> {
    (emits == Emits::Values).then_some("Emits")
}

fn param_of(param: Param) -> (&'static str, &'static str) {
    match param {
        Param::Value => ("value", "Value"),
        Param::Path => ("path", "Path"),
        Param::PState => ("pstate", "PState"),
        Param::Depot => ("depot", "Depot"),
        Param::Timeout => ("timeout", "Value"),
        Param::Level => ("level", "Value"),
    }
}

/// A function: editors write the parentheses, and a `;` behind one that emits nothing.
fn call(name: &str, doc: &[String], params: &[(&str, &str)], gives: Option<&str>) -> TokenStream {
    let name = item(name);
    let params = params.iter().map(|(name, ty)| {
        let (name, ty) = (item(name), item(ty));
        quote!(#name: #ty)
    });
    let gives = gives.map(item);
    let out = gives.as_ref().map(|gives| quote!(-> #gives));
    let doc = paragraphs(doc);
    quote! {
        #doc
        pub fn #name(#(#params),*) #out { #gives }
    }
}

/// A constant: editors write nothing behind it.
fn constant(name: &str, kind: &str, doc: &[String]) -> TokenStream {
    let (name, kind, doc) = (item(name), item(kind), paragraphs(doc));
    quote! {
        #doc
        pub const #name: Word = Word::#kind;
    }
}

fn paragraphs(doc: &[String]) -> TokenStream {
    let between = doc.iter().skip(1).map(|paragraph| quote!(#[doc = ""] #[doc = #paragraph]));
    let first = doc.first();
    quote!(#[doc = #first] #(#between)*)
}

/// A name, also when it is a word of Rust.
fn item(name: &str) -> Ident {
    let plain = syn::parse_str::<Ident>(name);
    plain.unwrap_or_else(|_| Ident::new_raw(name, Span::call_site()))
}
