//! Helper attributes of the derives: `#[key(crate = path)]` and their kind.

use proc_macro2::{Ident, Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Attribute, LitStr, Meta, Path, Token};

use crate::diagnostics::Diagnostics;
use crate::ops::did_you_mean;

/// The attribute that belongs to a derive, and what may stand in it.
pub(super) struct Helper {
    pub(super) name: &'static str,
    pub(super) options: &'static [Known],
}

/// An option of a helper attribute.
pub(super) struct Known {
    name: &'static str,
    place: Place,
    /// The attribute as the user writes it.
    example: &'static str,
}

/// Where an attribute stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On the type itself.
    Type,
    /// On one of its fields or variants.
    Inside,
}

impl Known {
    pub(super) const fn new(name: &'static str, place: Place, example: &'static str) -> Self {
        Self { name, place, example }
    }
}

/// An option that is known and stands where it belongs.
struct Given {
    known: &'static Known,
    value: TokenStream,
    span: Span,
}

/// Reads the attributes of a type: where the runtime is, when it is not `::rama_core`.
pub(super) fn krate(
    helper: &'static Helper,
    attrs: &[Attribute],
    errors: &mut Diagnostics,
) -> Option<Path> {
    let given = read(helper, Place::Type, attrs, errors).pop()?;
    let path = Path::parse_mod_style.parse2(given.value);
    report(path, given.span, "a path", given.known, errors)
}

/// Reads the attributes of a field: the name to use instead of its own.
pub(super) fn rename(
    helper: &'static Helper,
    attrs: &[Attribute],
    errors: &mut Diagnostics,
) -> Option<LitStr> {
    let given = read(helper, Place::Inside, attrs, errors).pop()?;
    let text = syn::parse2::<LitStr>(given.value);
    let text = text.and_then(|text| if text.value().is_empty() { empty(&text) } else { Ok(text) });
    report(text, given.span, "a text that is not empty", given.known, errors)
}

/// Reports the attributes of a field or variant that has no options.
pub(super) fn none(helper: &'static Helper, attrs: &[Attribute], errors: &mut Diagnostics) {
    read(helper, Place::Inside, attrs, errors);
}

fn empty<T>(text: &LitStr) -> syn::Result<T> {
    Err(syn::Error::new(text.span(), "empty"))
}

/// The parsed value, or a message that says what the value should be.
fn report<T>(
    value: syn::Result<T>,
    at: Span,
    expected: &str,
    known: &Known,
    errors: &mut Diagnostics,
) -> Option<T> {
    let Known { name, example, .. } = known;
    if value.is_err() {
        errors.error(at, format!("`{name}` needs {expected}"), format!("write `{example}`"));
    }
    value.ok()
}

/// All usable options of one helper attribute, each at most once. No place has two kinds of them.
fn read(
    helper: &'static Helper,
    place: Place,
    attrs: &[Attribute],
    errors: &mut Diagnostics,
) -> Vec<Given> {
    let mut found: Vec<Given> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(helper.name)) {
        for raw in raw_options(helper, attr, errors) {
            let Some(known) = find(helper, place, &raw.name, errors) else { continue };
            if found.iter().any(|given| given.known.name == known.name) {
                let message = format!("`{}` is given twice", known.name);
                errors.error(raw.name.span(), message, "leave one of them out");
                continue;
            }
            let span = if raw.value.is_empty() { raw.name.span() } else { raw.value.span() };
            found.push(Given { known, value: raw.value, span });
        }
    }
    found
}

fn raw_options(helper: &Helper, attr: &Attribute, errors: &mut Diagnostics) -> Vec<Raw> {
    let tokens = match &attr.meta {
        Meta::List(list) => list.tokens.clone(),
        Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
    };
    let parsed = Punctuated::<Raw, Token![,]>::parse_terminated.parse2(tokens);
    let (at, raw) = match parsed {
        Ok(raw) if raw.is_empty() => (attr.path().span(), raw),
        Ok(raw) => return raw.into_iter().collect(),
        Err(error) => (error.span(), Punctuated::new()),
    };
    let message = format!("`#[{}(…)]` needs an option with its value", helper.name);
    errors.error(at, message, examples(helper));
    raw.into_iter().collect()
}

/// An option as written.
struct Raw {
    name: Ident,
    /// Empty when there is none.
    value: TokenStream,
}

impl Parse for Raw {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = Ident::parse_any(input)?;
        let mut value = TokenStream::new();
        if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            while !input.is_empty() && !input.peek(Token![,]) {
                value.extend([input.parse::<proc_macro2::TokenTree>()?]);
            }
        } else if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error("expected `=`"));
        }
        Ok(Self { name, value })
    }
}

fn find(
    helper: &'static Helper,
    place: Place,
    name: &Ident,
    errors: &mut Diagnostics,
) -> Option<&'static Known> {
    let text = name.to_string();
    let Some(known) = helper.options.iter().find(|known| known.name == text) else {
        let names = helper.options.iter().map(|known| known.name);
        let help = did_you_mean(&text, "", names).unwrap_or_else(|| examples(helper));
        errors.error(name.span(), format!("unknown option `{text}`"), help);
        return None;
    };
    if known.place == place {
        return Some(known);
    }
    let belongs = match known.place {
        Place::Type => "on the type",
        Place::Inside => "on a field",
    };
    let help = format!("write `{}` {belongs}", known.example);
    errors.error(name.span(), format!("`{text}` does not belong here"), help);
    None
}

fn examples(helper: &Helper) -> String {
    let line = |known: &Known| match known.place {
        Place::Type => format!("`{}` on the type", known.example),
        Place::Inside => format!("`{}` on a field", known.example),
    };
    let lines: Vec<_> = helper.options.iter().map(line).collect();
    format!("write {}", lines.join(" or "))
}
