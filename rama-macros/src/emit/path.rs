//! Paths as calls of the runtime's path builder.

use proc_macro2::{Ident, Literal, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

use super::code;
use super::names::{Names, local, local_at};
use super::segment::Writer;
use crate::plan::{Access, Arg, Argument, Inside, Navigation, Paths};

impl Writer<'_> {
    /// `cx.operator(at, path)`, with the line of the user's operator.
    pub(super) fn access(&self, access: &Access, method: &Ident) -> TokenStream {
        self.access_with(access, method, None)
    }

    /// The same with one more argument.
    pub(super) fn access_with(
        &self,
        access: &Access,
        method: &Ident,
        last: Option<&Ident>,
    ) -> TokenStream {
        let (cx, line) = (local("cx"), self.line_of(method));
        let pstate = self.names.handle("pstate_", &access.pstate);
        let path = self.navigations(&access.path);
        // A message about the first navigator is a message about what stands in front of it. The braces
        // are the user's as far as rustc can see, so it points there and not at the whole module.
        let first = access.path.first().map_or(access.pstate.span(), |one| one.name.span());
        let at = self.names.unseen(access.pstate.span());
        let start = quote_spanned!(at=> #pstate.path());
        let start = quote_spanned!(first=> { #start });
        let last = last.map(|last| quote!(, #last));
        quote!(#cx.#method(#line, #start #path #last))
    }

    /// Where an operator stands.
    pub(super) fn line_of(&self, operator: &Ident) -> TokenStream {
        let private = &self.names.private;
        let line = Literal::usize_unsuffixed(operator.span().start().line);
        quote!(#private::at(::core::file!(), #line))
    }

    /// The navigators as method calls.
    pub(super) fn navigations(&self, path: &[Navigation]) -> TokenStream {
        let call = |one: &Navigation| {
            let args = one.args.iter().map(|arg| self.argument(arg, &one.name));
            let (mut name, mut span) = (one.name.clone(), one.name.span());
            if let [Argument::Field(_)] = one.args.as_slice() {
                span = self.names.unseen(span);
                name.set_span(span);
            }
            quote_spanned!(span=> .#name(#(#args),*))
        };
        path.iter().map(call).collect()
    }

    fn argument(&self, argument: &Argument, method: &Ident) -> TokenStream {
        match argument {
            // A function of several values gets them as one.
            Argument::Value(Arg::Code(function)) => code::whole(&function.tupled(), self.names),
            Argument::Value(value) => self.arg(value),
            Argument::Inside(inside) => self.inside(inside),
            Argument::Field(name) => lend_field(name, self.names),
            Argument::Again(name) => quote_spanned!(name.span()=> &#name),
            Argument::Range(options) if options.is_empty() => quote!(()),
            Argument::Range(options) => {
                let private = self.names.private_at(method.span());
                let options = options.iter().map(|(name, value)| {
                    let value = self.arg(value);
                    quote_spanned!(name.span()=> .#name(#value))
                });
                quote_spanned!(method.span()=> #private::RangeOptions::new()#(#options)*)
            }
        }
    }

    /// A closure that gets where the path stands, as if it were written where its path is.
    fn inside(&self, inside: &Inside) -> TokenStream {
        let path = local_at("path", inside.span);
        let body = self.paths(&inside.paths, &path);
        match &inside.again {
            Some(again) => quote_spanned!(inside.span=> |#path, #again| #body),
            None => quote_spanned!(inside.span=> |#path| #body),
        }
    }

    fn paths(&self, paths: &Paths, start: &Ident) -> TokenStream {
        match paths {
            Paths::One(path) => {
                let path = self.navigations(path);
                quote!(#start #path)
            }
            Paths::Tuple(several) => {
                let several = several.iter().map(|one| self.paths(one, start));
                quote!((#(#several),*))
            }
        }
    }
}

/// One function that lends a field, and one that lends it to be changed. Both see the same type, so that rustc
/// says only once that it has no such field.
fn lend_field(name: &TokenTree, names: &Names) -> TokenStream {
    let it = local("it");
    // The name is missing: as Rust that would be lost.
    if let TokenTree::Punct(dot) = name {
        let private = &names.private;
        return quote!(|#it| #private::rust!(&(*#it)#dot), |#it| #private::rust!(&mut (*#it)#dot));
    }
    quote!(|#it| &(*#it).#name, |#it| &mut (*#it).#name)
}
