//! Steps as statements.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::Lifetime;

use super::code;
use super::names::{Names, local};
use super::rounds::joined;
use crate::ops::Yields;
use crate::plan::{Access, Arg, Branch, JoinId, Port, PortId, Slot, Step, Test};
use crate::syntax::{Code, Let, Pattern, Rust};

/// Writes the steps of one segment.
pub(super) struct Writer<'a> {
    pub(super) names: &'a Names,
    ports: &'a [Port],
}

impl<'a> Writer<'a> {
    pub(super) fn new(names: &'a Names, ports: &'a [Port]) -> Self {
        Self { names, ports }
    }

    /// Outside of modules there are no ports.
    pub(super) fn outside(names: &'a Names) -> Self {
        Self { names, ports: &[] }
    }

    pub(super) fn steps(&self, steps: &[Step]) -> TokenStream {
        steps.iter().map(|step| self.step(step)).collect()
    }

    fn step(&self, step: &Step) -> TokenStream {
        let cx = local("cx");
        match step {
            Step::Let(binding) => self.binding(binding),
            Step::LetElse { binding, otherwise, end, body } => {
                self.let_else(binding, otherwise, *end, body)
            }
            Step::Rust(rust) => self.rust(rust),
            Step::Call { function, args, pattern } => {
                let (pattern, args) = (&pattern.tokens, self.args(args));
                quote!(let #pattern = #function(#(#args),*);)
            }
            Step::Emit { value, pattern } => {
                let (pattern, value) = (&pattern.tokens, self.arg(value));
                quote!(let #pattern = #value;)
            }
            Step::Each { pattern, items, body } => {
                let (pattern, items, body) = (&pattern.tokens, self.head(items), self.steps(body));
                quote!(for #pattern in #items { #body })
            }
            Step::When { condition, body } => self.when(condition, body),
            Step::Select { read, yields, pattern, body } => {
                self.select(read, *yields, &pattern.tokens, body)
            }
            Step::EnterPages { port, frame } => {
                let (port, private) = (self.port(*port), &self.names.private);
                let mut frame = self.args(frame);
                frame.push(quote!(<#private::Paging as ::core::default::Default>::default()));
                let frame = nest(&frame);
                quote!(#cx.enter(#port, #frame)?;)
            }
            Step::Page { read, port, paging, frame, pattern, body } => {
                self.page(read, *port, paging, frame, &pattern.tokens, body)
            }
            Step::Transform(_)
            | Step::Clear { .. }
            | Step::AckReturn { .. }
            | Step::Ask { .. }
            | Step::Append { .. } => self.operator(step),
            Step::Key { .. } | Step::AssumeHome { .. } => self.at_home(step),
            Step::Branch { branch, gives } => self.plain_branch(branch, gives),
            Step::Unify { join, from, patterns, frame, body } => {
                let arrival = arrival(patterns, frame);
                self.unify(*join, from, (arrival, allow_unused_mut(frame)), body)
            }
            Step::Rounds { .. } | Step::PushRound { .. } | Step::Defer { .. } => self.round(step),
            Step::Aside { settles, body } => self.aside(*settles, body),
            Step::Copy(slot) => copy(slot),
            Step::Alias { name, variable } => alias(name, variable),
            Step::RunOp { .. }
            | Step::CallOp { .. }
            | Step::Wait { .. }
            | Step::Yield { .. }
            | Step::Give { .. } => self.call(step),
            Step::Hop { hop, port, frame } => self.hop(hop, *port, frame),
            Step::Enter { port, frame } => {
                let (port, frame) = (self.port(*port), self.tuple(frame));
                quote!(#cx.enter(#port, #frame)?;)
            }
            Step::Join { join, frame } => {
                let (join, frame) = (joined(*join), self.tuple(frame));
                if self.names.in_module {
                    quote!(#join(#cx, #frame)?;)
                } else {
                    quote!(#join.push(#frame);)
                }
            }
            Step::Result(frame) => self.tuple(frame),
        }
    }

    /// A call on the task.
    fn operator(&self, step: &Step) -> TokenStream {
        let cx = local("cx");
        match step {
            Step::Transform(write) => {
                let call = self.access(write, &write.operator);
                quote!(#call?;)
            }
            Step::Clear { operator, pstate } => {
                let (at, pstate) = (self.line_of(operator), self.names.handle("pstate_", pstate));
                quote!(#cx.#operator(#at, #pstate)?;)
            }
            Step::AckReturn { operator, value } => {
                let value = self.reference(value);
                quote!(#cx.#operator(#value)?;)
            }
            Step::Ask { operator, pattern } => {
                let pattern = &pattern.tokens;
                quote!(let #pattern = #cx.#operator();)
            }
            Step::Append { operator, depot, event } => {
                let (depot, event) = (self.names.handle("depot_", depot), self.reference(event));
                quote!(#cx.#operator(#depot, #event)?;)
            }
            _ => TokenStream::new(),
        }
    }

    fn binding(&self, binding: &Let) -> TokenStream {
        let head = &binding.head;
        let value = binding.value.as_ref().map(|value| self.code(value));
        let diverge = binding.diverge.as_ref().map(|block| self.code(block));
        let diverge = diverge.map(|block| quote!(else #block));
        quote!(#head #value #diverge;)
    }

    /// The `let … else` of Rust, so that the value lives no longer than there. Each label has a number, since rustc
    /// warns of one that hides another.
    fn let_else(
        &self,
        binding: &Let,
        otherwise: &[Step],
        end: Option<JoinId>,
        body: &[Step],
    ) -> TokenStream {
        let (head, value) = (&binding.head, binding.value.as_ref());
        let value = value.map(|value| self.code(value));
        let (otherwise, body) = (self.steps(otherwise), self.steps(body));
        let Some(end) = end else {
            return quote! {
                #head #value else { #otherwise };
                #body
            };
        };
        let end = Lifetime::new(&format!("'end{}", end.0), Span::mixed_site());
        quote! {
            #end: {
                #head #value else {
                    #otherwise
                    break #end;
                };
                #body
            }
        }
    }

    fn when(&self, condition: &Code, body: &[Step]) -> TokenStream {
        let (condition, body) = (code::head(condition, self.names), self.steps(body));
        quote!(if #condition { #body })
    }

    fn rust(&self, rust: &Rust) -> TokenStream {
        let attrs = &rust.attrs;
        let code = if rust.semi {
            let code = self.code(&rust.code);
            quote!(#code;)
        } else {
            code::statement(&rust.code, self.names)
        };
        quote!(#attrs #code)
    }

    /// What follows runs as often as the path finds something.
    fn select(
        &self,
        read: &Access,
        yields: Yields,
        pattern: &TokenStream,
        body: &[Step],
    ) -> TokenStream {
        let operator = &read.operator;
        let named = |suffix: &str| format_ident!("{operator}{suffix}", span = operator.span());
        let body = self.steps(body);
        match yields {
            Yields::One => {
                let call = self.access(read, &named("_one"));
                quote!(let #pattern = #call?;)
            }
            Yields::AtMostOne => {
                let call = self.access(read, &named("_any"));
                quote!(if let ::core::option::Option::Some(#pattern) = #call? { #body })
            }
            Yields::Many => {
                let call = self.access(read, operator);
                quote!(for #pattern in #call? { #body })
            }
        }
    }

    fn page(
        &self,
        read: &Access,
        port: PortId,
        paging: &Ident,
        frame: &[Arg],
        pattern: &TokenStream,
        body: &[Step],
    ) -> TokenStream {
        let (cx, values, rest) = (local("cx"), local("values"), local("rest"));
        let call = self.access_with(read, &read.operator, Some(paging));
        let (port, body) = (self.port(port), self.steps(body));
        let mut again: Vec<_> = frame.iter().map(|arg| self.carried(arg)).collect();
        again.push(quote!(#rest));
        let again = nest(&again);
        quote! {
            let (#values, #rest) = #call?;
            if let ::core::option::Option::Some(#rest) = #rest {
                #cx.again(#port, #again);
            }
            for #pattern in #values { #body }
        }
    }

    /// A variable on its way to another task.
    pub(super) fn carried(&self, arg: &Arg) -> TokenStream {
        self.marked("carry", arg)
    }

    /// A variable that is needed behind a wait.
    pub(super) fn kept(&self, arg: &Arg) -> TokenStream {
        self.marked("keep", arg)
    }

    /// The whole call stands at the variable, so that a message about it does.
    fn marked(&self, mark: &str, arg: &Arg) -> TokenStream {
        let value = self.arg(arg);
        let span = match arg {
            Arg::Variable(name) | Arg::Clone(name) | Arg::Alias { name, .. } => name.span(),
            Arg::Tuple(_) | Arg::Code(_) | Arg::Typed(..) => Span::mixed_site(),
        };
        let (private, mark) = (self.names.private_at(span), Ident::new(mark, span));
        quote_spanned!(span=> #private::#mark(#value))
    }

    /// A branch that completes once; what it binds is its value.
    fn plain_branch(&self, branch: &Branch, gives: &[Slot]) -> TokenStream {
        let statement = self.branch(branch);
        if gives.is_empty() {
            return statement;
        }
        let (slots, allow) = (tuple_pattern(gives), allow_unused_mut(gives));
        quote!(#allow let #slots = #statement;)
    }

    fn branch(&self, branch: &Branch) -> TokenStream {
        let arms = branch.arms.iter().enumerate().map(|(at, arm)| {
            let body = self.steps(&arm.body);
            match &arm.test {
                Test::Condition(condition) => {
                    let word = if at == 0 { quote!(if) } else { quote!(else if) };
                    let condition = self.code(condition);
                    quote!(#word #condition { #body })
                }
                Test::Else => quote!(else { #body }),
                Test::Pattern { pattern, guard } => {
                    let pattern = &pattern.tokens;
                    let guard = guard.as_ref().map(|guard| self.code(guard));
                    let guard = guard.map(|guard| quote!(if #guard));
                    quote!(#pattern #guard => { #body })
                }
            }
        });
        let arms: TokenStream = arms.collect();
        match &branch.value {
            Some(value) => {
                let value = self.code(value);
                quote!(match #value { #arms })
            }
            None => arms,
        }
    }

    pub(super) fn port(&self, port: PortId) -> Ident {
        local(&self.ports[port.0].name)
    }

    fn code(&self, code: &Code) -> TokenStream {
        code::whole(code, self.names)
    }

    pub(super) fn args(&self, args: &[Arg]) -> Vec<TokenStream> {
        args.iter().map(|arg| self.arg(arg)).collect()
    }

    pub(super) fn arg(&self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Variable(name) => quote!(#name),
            Arg::Clone(name) => clone(name, &quote!(#name)),
            Arg::Alias { name, clone: true } => clone(name, &quote!(#name!())),
            Arg::Alias { name, clone: false } => quote!(#name!()),
            Arg::Tuple(elements) => {
                let elements = self.args(elements);
                quote_spanned!(beginning(&elements)=> (#(#elements),*))
            }
            Arg::Code(code) => self.code(code),
            Arg::Typed(ty, value) => {
                let value = self.arg(value);
                quote!(::core::convert::identity::<#ty>(#value))
            }
        }
    }

    fn head(&self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Code(code) => code::head(code, self.names),
            other => self.arg(other),
        }
    }

    pub(super) fn reference(&self, arg: &Arg) -> TokenStream {
        match arg {
            Arg::Variable(name) | Arg::Clone(name) => quote_spanned!(name.span()=> &#name),
            Arg::Code(code) => code::reference(code, self.names),
            other @ (Arg::Alias { .. } | Arg::Tuple(_) | Arg::Typed(..)) => {
                let value = self.arg(other);
                quote!(&#value)
            }
        }
    }

    pub(super) fn tuple(&self, frame: &[Arg]) -> TokenStream {
        nest(&self.args(frame))
    }
}

/// A copy that takes the variable's place.
fn copy(slot: &Slot) -> TokenStream {
    let (name, mutable) = (&slot.name, slot.mutable.then(|| quote!(mut)));
    let (allow, value) =
        (allow_unused_mut(std::slice::from_ref(slot)), clone(name, &quote!(#name)));
    quote!(#allow let #mutable #name = #value;)
}

/// A clone of a variable, to which messages about it point.
fn clone(name: &Ident, variable: &TokenStream) -> TokenStream {
    let at = Span::mixed_site().located_at(name.span());
    quote_spanned!(at=> ::core::clone::Clone::clone(&#variable))
}

/// A macro means the variable that its name stood for where the macro was written, and not one that hides it.
fn alias(name: &Ident, variable: &Ident) -> TokenStream {
    quote! {
        macro_rules! #name { () => { #variable }; }
    }
}

/// A pattern as the parameter of a closure, where `|` would end the parameters.
pub(super) fn parameter(pattern: &Pattern) -> TokenStream {
    let tokens = &pattern.tokens;
    let bar = |token: TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '|');
    if tokens.clone().into_iter().any(bar) { quote!((#tokens)) } else { tokens.clone() }
}

/// A frame as it arrives.
pub(super) fn tuple_pattern(frame: &[Slot]) -> TokenStream {
    arrival(&[], frame)
}

/// A frame as it arrives behind what is bound to patterns.
pub(super) fn arrival(patterns: &[Pattern], frame: &[Slot]) -> TokenStream {
    let slot = |slot: &Slot| {
        let (name, mutable) = (&slot.name, slot.mutable.then(|| quote!(mut)));
        quote!(#mutable #name)
    };
    let patterns = patterns.iter().map(|pattern| pattern.tokens.clone());
    nest(&patterns.chain(frame.iter().map(slot)).collect::<Vec<_>>())
}

/// A variable bound with `mut` may be changed only before or only after a cut.
pub(super) fn allow_unused_mut(frame: &[Slot]) -> Option<TokenStream> {
    let reason = Literal::string("bound with `mut`, perhaps changed only elsewhere");
    let mutable = frame.iter().any(|slot| slot.mutable);
    mutable.then(|| quote!(#[allow(unused_mut, reason = #reason)]))
}

/// A tuple; a long one becomes a tuple of tuples, because Rust implements the traits that a frame
/// needs for tuples of up to twelve elements.
pub(super) fn nest(elements: &[TokenStream]) -> TokenStream {
    const TUPLE_ELEMENTS_MAX: usize = 12;
    let at = beginning(elements);
    match elements {
        [one] => quote_spanned!(at=> (#one,)),
        few if few.len() <= TUPLE_ELEMENTS_MAX => quote_spanned!(at=> (#(#few),*)),
        many => nest(&many.chunks(TUPLE_ELEMENTS_MAX).map(nest).collect::<Vec<_>>()),
    }
}

/// Where messages about the type of a tuple point.
fn beginning(elements: &[TokenStream]) -> Span {
    let first = elements.first().and_then(|first| first.clone().into_iter().next());
    first.map_or_else(Span::mixed_site, |first| Span::mixed_site().located_at(first.span()))
}
