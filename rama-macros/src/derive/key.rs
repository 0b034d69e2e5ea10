//! `#[derive(Key)]`: bytes that sort as the derived `Ord` does.
//!
//! A struct is its fields one after the other; an enum is the number of the variant and then its
//! fields. The encoding of the fields is theirs.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{
    Data, DataEnum, DeriveInput, Expr, ExprLit, ExprUnary, Field, Fields, Generics, Lit, Member,
    UnOp, Variant, parse_quote,
};

use super::options::{self, Helper, Known, Place};
use super::{Names, local, local_for, scope};
use crate::diagnostics::Diagnostics;

const HELPER: Helper = Helper {
    name: "key",
    options: &[Known::new("crate", Place::Type, "#[key(crate = path::to::rama_core)]")],
};

/// How many variants there may be: one byte numbers them, and its last value stays free.
const VARIANTS_MAX: usize = 255;

/// `impl Key`; absent for what cannot have one.
pub(super) fn implement(input: &DeriveInput, errors: &mut Diagnostics) -> Option<TokenStream> {
    let krate = options::krate(&HELPER, &input.attrs, errors);
    let mistakes = errors.count();
    check_fields(&input.data, errors);
    check_lifetimes(&input.generics, errors);
    match &input.data {
        Data::Struct(_) => {}
        Data::Enum(data) => check_variants(data, errors),
        Data::Union(data) => errors.error(
            data.union_token.span,
            "a union cannot be a key",
            "write an enum: it says which of its variants a value is",
        ),
    }
    let borrows = input.generics.lifetimes().next().is_some();
    if borrows || matches!(input.data, Data::Union(_)) {
        return None;
    }
    let names = Names::new(input);
    let body = if errors.count() == mistakes { body(input, &names) } else { Body::broken() };
    Some(scope(krate.as_ref(), &names, &item(input, &names, &body)))
}

fn check_fields(data: &Data, errors: &mut Diagnostics) {
    let mut check = |fields: &Fields| {
        fields.iter().for_each(|field| options::none(&HELPER, &field.attrs, errors));
    };
    match data {
        Data::Struct(data) => check(&data.fields),
        Data::Enum(data) => {
            data.variants.iter().for_each(|variant| check(&variant.fields));
            data.variants.iter().for_each(|one| options::none(&HELPER, &one.attrs, errors));
        }
        Data::Union(_) => {}
    }
}

fn check_lifetimes(generics: &Generics, errors: &mut Diagnostics) {
    for param in generics.lifetimes() {
        errors.error(
            param.lifetime.span(),
            "a key cannot borrow",
            "keys are stored and travel: instead of `&str` use a `String`, instead of `&[u8]` a \
             `Vec<u8>`",
        );
    }
}

fn check_variants(data: &DataEnum, errors: &mut Diagnostics) {
    if let Some(variant) = data.variants.iter().nth(VARIANTS_MAX) {
        errors.error(
            variant.ident.span(),
            format!("a key has at most {VARIANTS_MAX} variants"),
            "put some of them into an enum of their own, as the field of one variant",
        );
    }
    check_discriminants(data, errors);
}

/// `Ord` sorts variants by their discriminants, the bytes by their places: both must agree.
fn check_discriminants(data: &DataEnum, errors: &mut Diagnostics) {
    let mut last: Option<i128> = None;
    for variant in &data.variants {
        let number = match &variant.discriminant {
            None => Some(last.map_or(0, |last| last.saturating_add(1))),
            Some((_, value)) => integer(value),
        };
        let Some(number) = number else {
            let at =
                variant.discriminant.as_ref().map_or(variant.span(), |(_, value)| value.span());
            let help = "write a number: keys must know the order of the variants";
            return errors.error(at, "the value of this discriminant is not known here", help);
        };
        if last.is_some_and(|last| number < last) {
            let message = format!("`{}` sorts before the variant above it", variant.ident);
            let help = "`Ord` compares discriminants: put the variants in their order";
            return errors.error(variant.ident.span(), message, help);
        }
        last = Some(number);
    }
}

/// The value of an integer literal.
fn integer(value: &Expr) -> Option<i128> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Byte(byte), .. }) => Some(byte.value().into()),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => integer(expr)?.checked_neg(),
        Expr::Group(group) => integer(&group.expr),
        Expr::Paren(paren) => integer(&paren.expr),
        _ => None,
    }
}

/// The bodies of the two functions.
struct Body {
    encode: TokenStream,
    decode: TokenStream,
}

impl Body {
    /// For a type with a mistake. It never runs, because nothing with a mistake compiles.
    fn broken() -> Self {
        let unreachable = quote!(::core::unreachable!());
        Self { encode: unreachable.clone(), decode: unreachable }
    }
}

fn item(input: &DeriveInput, names: &Names, body: &Body) -> TokenStream {
    let (name, private) = (&input.ident, &names.private);
    let (out, bytes) = (local("out"), local("input"));
    let mut generics = input.generics.clone();
    for param in generics.type_params_mut() {
        param.bounds.push(parse_quote!(#private::Key));
    }
    let (params, args, bounds) = generics.split_for_impl();
    let Body { encode, decode } = body;
    quote! {
        #[automatically_derived]
        #[allow(deprecated, reason = "a key has all of its parts")]
        impl #params #private::Key for #name #args #bounds {
            fn encode_key(&self, #out: &mut ::std::vec::Vec<::core::primitive::u8>) { #encode }
            fn decode_key(
                #bytes: &mut &[::core::primitive::u8],
            ) -> ::core::result::Result<Self, #private::CodecError> { #decode }
        }
    }
}

fn body(input: &DeriveInput, names: &Names) -> Body {
    match &input.data {
        Data::Struct(data) => {
            let (pattern, encode) = (pattern(&data.fields), encode_fields(&data.fields, names));
            let decode = decode_fields(&data.fields, names);
            Body {
                encode: quote!(let Self #pattern = self; #encode),
                decode: quote!(::core::result::Result::Ok(Self #decode)),
            }
        }
        Data::Enum(data) => enum_body(&input.ident, data, names),
        Data::Union(_) => Body::broken(),
    }
}

fn enum_body(name: &Ident, data: &DataEnum, names: &Names) -> Body {
    let (private, out, bytes) = (&names.private, local("out"), local("input"));
    // A byte each, as `check_variants` saw to.
    let numbered = || (0_u8..=u8::MAX).map(Literal::u8_unsuffixed).zip(&data.variants);
    let encode = |(number, Variant { ident, fields, .. }): (Literal, &Variant)| {
        let (pattern, encode) = (pattern(fields), encode_fields(fields, names));
        quote!(Self::#ident #pattern => { #out.push(#number); #encode })
    };
    let decode = |(number, Variant { ident, fields, .. }): (Literal, &Variant)| {
        let decode = decode_fields(fields, names);
        quote!(#number => ::core::result::Result::Ok(Self::#ident #decode),)
    };
    let (encode, decode) = (numbered().map(encode), numbered().map(decode));
    let expected = format!("a variant of `{}`", name.unraw());
    // A reference to something without values still counts as a value.
    let value = if data.variants.is_empty() { quote!(*self) } else { quote!(self) };
    Body {
        encode: quote!(match #value { #(#encode)* }),
        decode: quote! {
            match #private::take_variant(#bytes, #expected)? {
                #(#decode)*
                _ => ::core::result::Result::Err(
                    #private::CodecError::Invalid { expected: #expected },
                ),
            }
        },
    }
}

/// `{ id: field_id }`, which for fields without names is `{ 0: field_0 }`.
fn pattern(fields: &Fields) -> TokenStream {
    let one = |member| {
        let variable = local_for("field_", &member);
        quote!(#member: #variable)
    };
    let all = fields.members().map(one);
    quote!({ #(#all),* })
}

/// Each call stands at the type of its field, so that messages about the type do.
fn encode_fields(fields: &Fields, names: &Names) -> TokenStream {
    let (private, out) = (&names.private, local("out"));
    let one = |(member, field): (Member, &Field)| {
        let (variable, ty) = (local_for("field_", &member), &field.ty);
        quote_spanned!(ty.span()=> <#ty as #private::Key>::encode_key(#variable, #out);)
    };
    fields.members().zip(fields).map(one).collect()
}

fn decode_fields(fields: &Fields, names: &Names) -> TokenStream {
    let (private, bytes) = (&names.private, local("input"));
    let one = |(member, field): (Member, &Field)| {
        let ty = &field.ty;
        quote_spanned!(ty.span()=> #member: <#ty as #private::Key>::decode_key(#bytes)?)
    };
    let all = fields.members().zip(fields).map(one);
    quote!({ #(#all),* })
}
