//! `#[derive(FixedKeys)]`: a struct whose fields are the keys of a row, each with its own schema.
//!
//! The struct is never a value. Beside it stands a struct with the same fields that hold the
//! keys, which is how paths name them; what a key is stored as and where is the runtime's.

use std::collections::BTreeSet;

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, FieldsNamed, Generics, Member, Type, parse_quote};

use super::options::{self, Helper, Known, Place};
use super::{Names, local, local_for, scope};
use crate::diagnostics::Diagnostics;

const HELPER: Helper = Helper {
    name: "fixed_keys",
    options: &[
        Known::new("crate", Place::Type, "#[fixed_keys(crate = path::to::rama_core)]"),
        Known::new("rename", Place::Inside, "#[fixed_keys(rename = \"stored_name\")]"),
    ],
};

/// A field.
struct Key<'a> {
    attrs: &'a [Attribute],
    ident: &'a Ident,
    schema: &'a Type,
    /// The name under which it is stored.
    stored: String,
}

/// The struct of keys, and the struct as a schema; absent for what cannot have one.
pub(super) fn implement(input: &DeriveInput, errors: &mut Diagnostics) -> Option<TokenStream> {
    let krate = options::krate(&HELPER, &input.attrs, errors);
    check_lifetimes(&input.generics, errors);
    let keys = named_fields(input, errors).map_or_else(Vec::new, |fields| keys(fields, errors));
    // Without its fields a type with parameters would be one that does not use them.
    let unusable = keys.is_empty() && !input.generics.params.is_empty();
    if unusable || input.generics.lifetimes().next().is_some() {
        return None;
    }
    let names = Names::new(input);
    let output = Output {
        name: &input.ident,
        generics: with_static(&input.generics),
        companion: companion(input, &names),
        names: &names,
        keys: &keys,
    };
    let (structure, implementation) = (output.structure(), output.implementation());
    Some(scope(krate.as_ref(), &names, &quote!(#structure #implementation)))
}

fn companion(input: &DeriveInput, names: &Names) -> Ident {
    names.item(&format!("{}Keys", input.ident.unraw()), input.ident.span())
}

/// What is stored lives as long as it likes. Whether it can be stored is for the user's bounds.
fn with_static(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!('static));
    }
    generics
}

fn check_lifetimes(generics: &Generics, errors: &mut Diagnostics) {
    for param in generics.lifetimes() {
        errors.error(
            param.lifetime.span(),
            "a schema cannot borrow",
            "what is stored owns its data: instead of `&str` use a `String`",
        );
    }
}

/// The fields, or a message that says which types have some that can be keys.
fn named_fields<'a>(input: &'a DeriveInput, errors: &mut Diagnostics) -> Option<&'a FieldsNamed> {
    let name = &input.ident;
    let (at, message) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => return Some(fields),
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => {
                let first = fields.unnamed.first().map_or_else(|| name.span(), Spanned::span);
                (first, format!("the fields of `{name}` have no names"))
            }
            Fields::Named(_) | Fields::Unnamed(_) | Fields::Unit => {
                (name.span(), format!("`{name}` has no fields"))
            }
        },
        Data::Enum(data) => (data.enum_token.span, "an enum cannot be fixed keys".to_owned()),
        Data::Union(data) => (data.union_token.span, "a union cannot be fixed keys".to_owned()),
    };
    let help =
        format!("write `struct {name} {{ name: String, … }}`: each field is a key by its name");
    errors.error(at, message, help);
    None
}

fn keys<'a>(fields: &'a FieldsNamed, errors: &mut Diagnostics) -> Vec<Key<'a>> {
    let mut taken = BTreeSet::new();
    let mut keys = Vec::new();
    for field in &fields.named {
        let renamed = options::rename(&HELPER, &field.attrs, errors);
        let Some(ident) = &field.ident else { continue };
        let (stored, at) = match &renamed {
            Some(text) => (text.value(), text.span()),
            None => (ident.unraw().to_string(), ident.span()),
        };
        if !taken.insert(stored.clone()) {
            let help = "give each key a stored name of its own";
            errors.error(at, format!("key `{stored}` is stored twice"), help);
        }
        keys.push(Key { attrs: &field.attrs, ident, schema: &field.ty, stored });
    }
    keys
}

/// What the output is made from.
struct Output<'a> {
    name: &'a Ident,
    generics: Generics,
    names: &'a Names,
    /// The struct that holds the keys.
    companion: Ident,
    keys: &'a [Key<'a>],
}

impl Output<'_> {
    fn structure(&self) -> TokenStream {
        let Self { name, generics, names, companion, keys } = self;
        let (params, args, bounds) = generics.split_for_impl();
        let private = &names.private;
        let this = quote!(#name #args);
        let doc = format!(" The keys of [`{name}`].");
        let fields = keys.iter().map(|Key { attrs, ident, schema, stored }| {
            let schema = without_self(schema.to_token_stream(), &this);
            let own: Vec<_> = attrs.iter().filter(|attr| attr.path().is_ident("doc")).collect();
            let doc = format!(" Key `{stored}`.");
            let doc = own.is_empty().then(|| quote!(#[doc = #doc]));
            quote!(#(#own)* #doc pub #ident: #private::FixedKey<#schema>,)
        });
        quote! {
            #[doc = #doc]
            #[allow(deprecated, non_snake_case, reason = "names and types are the user's")]
            pub struct #companion #params #bounds { #(#fields)* }
        }
    }

    fn implementation(&self) -> TokenStream {
        let Self { name, generics, names, companion, keys } = self;
        let (params, args, bounds) = generics.split_for_impl();
        let private = &names.private;
        let values = keys.iter().map(|Key { ident, stored, .. }| {
            let stored = text_at(stored, ident.span());
            quote!(#ident: #private::FixedKey::new(#stored),)
        });
        // Each call stands at the type of its field, so that messages about the type do.
        let schemas = keys.iter().map(|Key { schema, ident, stored, .. }| {
            let stored = text_at(stored, ident.span());
            quote_spanned!(schema.span()=> #private::FieldSchema::of::<#schema>(#stored),)
        });
        let depth = quote!(#private::fixed_keys::levels::<Self>());
        let used = self.used();
        let texts = quote! {
            fn describe() -> #private::Text {
                #used
                #private::fixed_keys::describe::<Self>()
            }
            fn layout() -> #private::Text { #private::fixed_keys::layout::<Self>() }
        };
        quote! {
            #[automatically_derived]
            #[allow(deprecated, reason = "a row has all of its keys")]
            impl #params #private::FieldNames for #name #args #bounds {
                type Keys = #companion #args;
                const KEYS: &'static Self::Keys = &#companion { #(#values)* };
            }

            #[automatically_derived]
            #[allow(deprecated, reason = "a row has all of its keys")]
            impl #params #private::FixedKeys for #name #args #bounds {
                const FIELDS: &'static [#private::FieldSchema] = &[#(#schemas)*];
            }

            #[automatically_derived]
            #[allow(deprecated, reason = "a row has all of its keys")]
            impl #params #private::Nested for #name #args #bounds {
                type Kind = #private::Indexed;
                type Value = ();
                type There = #private::Fields<Self>;
                const DEPTH: u8 = 1 + #depth;
                #texts
            }

            #[automatically_derived]
            #[allow(deprecated, reason = "a row has all of its keys")]
            impl #params #private::Schema for #name #args #bounds {
                type Root = #private::Fields<Self>;
                const DEPTH: u8 = #depth;
                #texts
            }
        }
    }

    /// Reads each field, for the lint that looks for fields nobody reads. Nobody calls it.
    fn used(&self) -> TokenStream {
        let value = local("value");
        let read = self.keys.iter().map(|Key { ident, .. }| {
            let variable = local_for("_", &Member::Named((*ident).clone()));
            quote!(#ident: #variable)
        });
        if self.keys.is_empty() {
            return TokenStream::new();
        }
        quote!(let _ = |#value: &Self| { let Self { #(#read),* } = #value; };)
    }
}

fn text_at(text: &str, at: Span) -> Literal {
    let mut literal = Literal::string(text);
    literal.set_span(at);
    literal
}

/// A type that says `Self`, for use in another struct.
fn without_self(tokens: TokenStream, this: &TokenStream) -> TokenStream {
    let one = |token| match token {
        TokenTree::Ident(name) if name == "Self" => this.clone(),
        TokenTree::Group(group) => {
            let inside = without_self(group.stream(), this);
            let mut whole = Group::new(group.delimiter(), inside);
            whole.set_span(group.span());
            TokenTree::Group(whole).into()
        }
        other => other.into(),
    };
    tokens.into_iter().flat_map(one).collect()
}
