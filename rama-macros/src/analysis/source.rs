//! Options of sources: known, written once, with values that mean something, without contradiction.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::{Expr, Lit};

use super::tree::{SourceOption, SourceValue};
use crate::diagnostics::Diagnostics;
use crate::ops::{self, Row, SourceWord, did_you_mean};
use crate::syntax::{self, Code, text};

/// What is the same among sources that go on together: the depot, and the id of the source if it has one.
type Together = (String, Option<String>);

/// The sources of one topology that were seen before.
#[derive(Default)]
pub(super) struct Seen(BTreeSet<Together>);

/// Judges the options of a source; those that are wrong are reported and left out.
pub(super) fn analyze_source_options(
    depot: &Ident,
    options: &[syntax::SourceOption],
    seen: &mut Seen,
    errors: &mut Diagnostics,
) -> Vec<SourceOption> {
    let mut kept: Vec<SourceOption> = Vec::new();
    for option in options {
        if let Some(option) = analyze_option(option, errors)
            && fits(&option, &kept, errors)
        {
            kept.push(option);
        }
    }
    go_together(depot, &kept, seen, errors);
    kept
}

fn analyze_option(option: &syntax::SourceOption, errors: &mut Diagnostics) -> Option<SourceOption> {
    let syntax::SourceOption { name, value } = option;
    let row = match ops::SourceOption::find(&name.to_string(), "") {
        Ok(row) => row,
        Err(help) => {
            errors.error(name.span(), format!("unknown option `{name}` of a source"), help);
            return None;
        }
    };
    let shape = format!("write `{}`: {}", row.shape, row.doc);
    let value = match row.takes {
        ops::SourceValue::Value => number(name, value, errors)?,
        ops::SourceValue::Retry => word(name, value, SourceWord::RETRY, &shape, errors)?,
        ops::SourceValue::StartFrom => word(name, value, SourceWord::START_FROM, &shape, errors)?,
        ops::SourceValue::Fold if text(&value.tokens) == "last" => return None,
        ops::SourceValue::Fold => fold(value, &shape, errors)?,
        ops::SourceValue::Name => named(value, &shape, errors)?,
    };
    Some(SourceOption { name: name.clone(), value })
}

/// Any expression, but for the numbers of attempts that are none.
fn number(name: &Ident, value: &Code, errors: &mut Diagnostics) -> Option<SourceValue> {
    if name == "attempts" && text(&value.tokens) == "0" {
        let help = "the first attempt counts too: write `attempts: 1`, or `retry: none`";
        errors.error(value.span(), "a record is tried once at least", help);
        return None;
    }
    Some(SourceValue::Code(value.clone()))
}

/// A word of the language, as `word` or `word(value)`.
fn word(
    option: &Ident,
    value: &Code,
    words: &'static [SourceWord],
    shape: &str,
    errors: &mut Diagnostics,
) -> Option<SourceValue> {
    let (name, argument) = match value.tree.as_deref() {
        Some(Expr::Path(path)) => (path.path.get_ident().cloned(), None),
        Some(Expr::Call(call)) => match (&*call.func, call.args.len()) {
            (Expr::Path(path), 1) => (path.path.get_ident().cloned(), value.argument()),
            _ => (None, None),
        },
        _ => (None, None),
    };
    let Some(name) = name else {
        errors.error(value.span(), format!("`{option}` is none of its words"), shape);
        return None;
    };
    let Some(found) = words.iter().find(|word| name == word.name) else {
        let help = did_you_mean(&name.to_string(), "", words.iter().map(|word| word.name));
        let help = help.unwrap_or_else(|| shape.to_owned());
        errors.error(name.span(), format!("`{option}` cannot be `{name}`"), help);
        return None;
    };
    if found.takes_value != argument.is_some() {
        let message = match found.takes_value {
            true => format!("`{name}` needs a value in parentheses"),
            false => format!("`{name}` takes no value"),
        };
        errors.error(name.span(), message, shape);
        return None;
    }
    let variant = format_ident!("{}", found.variant, span = name.span());
    Some(SourceValue::Word { variant, argument })
}

/// A function of two values, or a closure with two parameters.
fn fold(value: &Code, shape: &str, errors: &mut Diagnostics) -> Option<SourceValue> {
    match value.tree.as_deref() {
        Some(Expr::Closure(closure)) if closure.inputs.len() != 2 => {
            let message = "the closure of `ack_return` takes two values";
            errors.error(value.span(), message, shape);
            None
        }
        Some(Expr::Closure(_) | Expr::Path(_)) | None => Some(SourceValue::Code(value.clone())),
        Some(_) => {
            let message = "`ack_return` is a closure, the name of a function, or `last`";
            errors.error(value.span(), message, shape);
            None
        }
    }
}

/// A text that can be part of a name on disk.
fn named(value: &Code, shape: &str, errors: &mut Diagnostics) -> Option<SourceValue> {
    let Some(Expr::Lit(syn::ExprLit { lit: Lit::Str(name), .. })) = value.tree.as_deref() else {
        let message = "the id of a source is a text in quotes";
        errors.error(value.span(), message, shape);
        return None;
    };
    let name = name.value();
    let letter = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    if name.is_empty() || !name.chars().all(letter) {
        let message = "the id of a source has letters, digits, `-` and `_` only";
        errors.error(value.span(), message, "progress is kept under it: write `id: \"totals\"`");
        return None;
    }
    Some(SourceValue::Name(name, value.clone()))
}

/// Whether an option can stand beside those before it.
fn fits(option: &SourceOption, before: &[SourceOption], errors: &mut Diagnostics) -> bool {
    let name = &option.name;
    if before.iter().any(|other| other.name == *name) {
        errors.error(name.span(), format!("`{name}` is given twice"), "leave one of them out");
        return false;
    }
    let both: Vec<_> = before.iter().chain([option]).collect();
    let never = both.iter().any(|one| one.is_word("None"));
    let attempts = both.iter().find(|one| one.name == "attempts");
    if let Some(attempts) = attempts.filter(|_| never) {
        let help = "a record that fails is not run again: leave one of them out";
        errors.error(attempts.name.span(), "`attempts` contradicts `retry: none`", help);
        return false;
    }
    true
}

/// Sources on one depot without an id go on together, so only the first one says how; an id is given once.
fn go_together(depot: &Ident, options: &[SourceOption], seen: &mut Seen, errors: &mut Diagnostics) {
    let id = options.iter().find_map(|option| match &option.value {
        SourceValue::Name(name, code) => Some((name.clone(), code.span())),
        _ => None,
    });
    let (name, span): (_, Option<Span>) = id.unzip();
    let first = seen.0.insert((depot.to_string(), name));
    match (first, span, options.first()) {
        (false, Some(span), _) => {
            let message = format!("another source on `*{depot}` has this id");
            errors.error(span, message, "give each of them an id of its own");
        }
        (false, None, Some(option)) => {
            let message = format!("this is not the first source on `*{depot}`");
            let help = "sources on one depot go on together: write the options at the first one, or give this one \
                        an `id: \"name\"` to go on by itself";
            errors.error(option.name.span(), message, help);
        }
        _ => {}
    }
}

impl SourceOption {
    fn is_word(&self, wanted: &str) -> bool {
        matches!(&self.value, SourceValue::Word { variant, .. } if variant == wanted)
    }
}

/// The options as they were written, for a plan to show.
pub(crate) fn shown(options: &[SourceOption]) -> String {
    let value = |option: &SourceOption| match &option.value {
        SourceValue::Code(code) | SourceValue::Name(_, code) => text(&code.tokens),
        SourceValue::Word { variant, argument: None } => variant.to_string(),
        SourceValue::Word { variant, argument: Some(argument) } => {
            format!("{variant}({})", text(&argument.tokens))
        }
    };
    options.iter().map(|option| format!(", {}: {}", option.name, value(option))).collect()
}
