//! Joins and iterations: what several emits have in common is a closure that they call.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::names::local;
use super::segment::{Writer, allow_unused_mut, arrival};
use crate::plan::{JoinId, Step};

impl Writer<'_> {
    /// What the first part emits, the body gets, at once. Outside of modules, where the code may borrow and change
    /// whatever is around it, two closures could be in each other's way: there a list is in between.
    pub(super) fn unify(
        &self,
        join: JoinId,
        from: &Step,
        (arrival, allow): (TokenStream, Option<TokenStream>),
        body: &[Step],
    ) -> TokenStream {
        let (join, cx, private) = (joined(join), local("cx"), &self.names.private);
        let (from, body) = (self.steps(std::slice::from_ref(from)), self.steps(body));
        if !self.names.in_module {
            return quote! {
                let mut #join = ::std::vec::Vec::new();
                #from
                #allow
                for #arrival in #join { #body }
            };
        }
        let done = quote!(::core::result::Result::Ok(()));
        quote! {
            #allow
            #private::unify(
                #cx,
                |#cx, #join| { #from #done },
                |#cx, #arrival| { #body #done },
            )?;
        }
    }

    /// Iterations, and what adds to them.
    pub(super) fn round(&self, step: &Step) -> TokenStream {
        let (cx, private) = (local("cx"), &self.names.private);
        match step {
            Step::Rounds { rounds, variables, frame, first, body } => {
                let (rounds, round) = (waiting(*rounds), local("round"));
                let (variables, first) = (arrival(variables, frame), self.tuple(first));
                let allow = allow_unused_mut(frame);
                let body = self.steps(body);
                // A `let`, so that rustc insists on patterns that fit every value.
                quote! {
                    let #rounds = #private::Rounds::new(#first);
                    while let ::core::option::Option::Some(#round) = #rounds.next() {
                        #allow
                        let #variables = #round;
                        #body
                    }
                }
            }
            Step::PushRound { rounds, frame } => {
                let (rounds, frame) = (waiting(*rounds), self.tuple(frame));
                quote!(#rounds.push(#frame);)
            }
            Step::Defer { port, frame } => {
                let (port, frame) = (self.port(*port), self.tuple(frame));
                quote!(#cx.defer(#port, #frame);)
            }
            _ => TokenStream::new(),
        }
    }

    pub(super) fn aside(&self, settles: bool, body: &[Step]) -> TokenStream {
        let (cx, mark, body) = (local("cx"), local("mark"), self.steps(body));
        if settles && self.names.in_module {
            return quote!({ let #mark = #cx.mark(); { #body } #cx.settle(#mark)?; });
        }
        quote!({ #body })
    }
}

/// Where emits go that the flow has in common behind them.
pub(super) fn joined(join: JoinId) -> Ident {
    numbered("joined", join)
}

/// The iterations that wait.
fn waiting(rounds: JoinId) -> Ident {
    numbered("rounds", rounds)
}

fn numbered(name: &str, JoinId(number): JoinId) -> Ident {
    match number {
        0 => local(name),
        other => local(&format!("{name}_{}", other + 1)),
    }
}
