//! Options of PStates: known, written once, without contradiction.

use proc_macro2::{TokenStream, TokenTree};

use super::tree::{PState, PStateOption};
use crate::diagnostics::Diagnostics;
use crate::ops::{self, PStateMeaning, Row};
use crate::syntax::{self, text};

/// Where the rows of a PState are, as far as its options say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum PStateHome {
    /// At the hash of their key, if the schema has keys.
    Hash,
    /// Where a rule of its own says.
    Own,
    /// On task 0.
    Global,
    /// Anywhere.
    Any,
    /// It is a plain value, which every task has.
    Value,
}

impl PStateHome {
    /// What the options say; options that contradict each other or are not known say nothing.
    pub(super) fn of(pstate: &syntax::PState) -> Self {
        let mut home = None;
        for option in &pstate.options {
            let found = match ops::PStateOption::find(&option.name.to_string(), "") {
                Ok(row) => row.meaning,
                Err(_) => return Self::Any,
            };
            home = match (home, found) {
                (home, PStateMeaning::Private) => home,
                (home, PStateMeaning::Initial) => home.or(Some(Self::Value)),
                (None | Some(Self::Value), PStateMeaning::Global) => Some(Self::Global),
                (None, PStateMeaning::KeyPartitioner) => Some(Self::Own),
                _ => Some(Self::Any),
            };
        }
        let value = is_value(&pstate.schema).then_some(Self::Value);
        home.or(value).unwrap_or(Self::Hash)
    }
}

/// Whether a schema can only be a plain value, as far as its name says.
fn is_value(schema: &TokenStream) -> bool {
    /// Types of Rust that are nothing else in a module.
    const VALUES: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "u8", "u16", "u32", "u64",
        "u128", "usize", "isize", "String", "Vec", "Option", "BTreeMap", "BTreeSet",
    ];
    match schema.clone().into_iter().next() {
        Some(TokenTree::Ident(first)) => VALUES.iter().any(|name| first == name),
        Some(TokenTree::Group(_)) => true,
        _ => false,
    }
}

/// Judges the options; those that are wrong are reported and left out.
pub(super) fn analyze_pstate(pstate: syntax::PState, errors: &mut Diagnostics) -> PState {
    let syntax::PState { attrs, keyword, name, schema, options } = pstate;
    let mut kept: Vec<PStateOption> = Vec::new();
    for option in options {
        if let Some(option) = analyze_option(option, errors)
            && begins(&option, &schema, errors)
            && fits(&option, &kept, errors)
        {
            kept.push(option);
        }
    }
    PState { attrs, keyword, name, schema, options: kept }
}

fn analyze_option(
    option: syntax::DeclarationOption,
    errors: &mut Diagnostics,
) -> Option<PStateOption> {
    let syntax::DeclarationOption { name, value } = option;
    let row = match ops::PStateOption::find(&name.to_string(), "") {
        Ok(row) => row,
        Err(help) => {
            errors.error(name.span(), format!("unknown option `{name}` of a pstate"), help);
            return None;
        }
    };
    let shape = format!("write `{}`: {}", row.shape, row.doc);
    if value.is_some() != row.meaning.takes_value() {
        let message = match value {
            Some(_) => format!("`{name}` takes no value"),
            None => format!("`{name}` needs a value"),
        };
        errors.error(name.span(), message, shape);
        return None;
    }
    let by_what = value.as_ref().filter(|_| row.meaning == PStateMeaning::PartitionedByAny);
    if let Some(what) = by_what.filter(|what| text(&what.tokens) != "any") {
        let help = "write `partitioned_by: any` when a key may be on any task, or `key_partitioner: |key, tasks| task` \
                    for a rule of your own";
        errors.error(what.span(), "a pstate is partitioned by its key, or by `any`", help);
        return None;
    }
    Some(PStateOption { name, meaning: row.meaning, value })
}

/// Whether the schema, as far as its name says, can begin with a value.
fn begins(option: &PStateOption, schema: &TokenStream, errors: &mut Diagnostics) -> bool {
    let collections = ["Map", "Set", "List", "Subindexed"];
    let Some(TokenTree::Ident(first)) = schema.clone().into_iter().next() else {
        return true;
    };
    let is_collection = collections.iter().any(|name| first == name);
    if option.meaning != PStateMeaning::Initial || !is_collection {
        return true;
    }
    let message = format!("a `{first}` is empty in the beginning");
    let help = "leave `initial` out; only a plain value, such as `u64`, can begin with another one";
    errors.error(option.name.span(), message, help);
    false
}

/// Whether an option can stand beside those before it.
fn fits(option: &PStateOption, before: &[PStateOption], errors: &mut Diagnostics) -> bool {
    let name = &option.name;
    if before.iter().any(|other| other.meaning == option.meaning) {
        errors.error(name.span(), format!("`{name}` is given twice"), "leave one of them out");
        return false;
    }
    let is_home = |one: &&PStateOption| one.meaning.is_home() && option.meaning.is_home();
    if let Some(other) = before.iter().find(is_home) {
        let message = format!("`{name}` contradicts `{}`", other.name);
        let help = "a pstate is on task 0, or where a rule puts its keys, or partitioned by any: keep one of them";
        errors.error(name.span(), message, help);
        return false;
    }
    true
}
