//! Calls of operations, and of what is waited for; what an operation emits.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::names::{local, local_at};
use super::segment::{Writer, nest, parameter};
use crate::plan::{Step, Wait};

impl Writer<'_> {
    pub(super) fn call(&self, step: &Step) -> TokenStream {
        let cx = local("cx");
        match step {
            Step::RunOp { op, args } => {
                let (op, args) = (self.names.handle("op_", op), self.tuple(args));
                quote!(#cx.run(#op, #args)?;)
            }
            Step::CallOp { op, args, pattern, body } => {
                let (op, args, pattern) =
                    (self.names.handle("op_", op), self.tuple(args), parameter(pattern));
                let body = self.steps(body);
                quote! {
                    #cx.call(#op, #args, &|#cx, #pattern| {
                        #body
                        ::core::result::Result::Ok(())
                    })?;
                }
            }
            Step::Yield { operator, port, frame } => {
                let port = self.port(*port);
                let frame: Vec<_> = frame.iter().map(|arg| self.carried(arg)).collect();
                let frame = nest(&frame);
                quote!(#cx.#operator(#port, #frame)?;)
            }
            Step::Wait { what, port, frame } => {
                let frame = frame.iter().map(|arg| match what {
                    Wait::Op { .. } => self.carried(arg),
                    Wait::Future { .. } | Wait::Append { .. } => self.kept(arg),
                });
                self.wait(what, &self.port(*port), &nest(&frame.collect::<Vec<_>>()))
            }
            Step::Give { keyword, stream, value, caller } => {
                let value = self.arg(value);
                let value = match stream {
                    Some(stream) => {
                        let (op, name) = (&stream.op, &stream.name);
                        quote!(#op::#name(#value))
                    }
                    None => value,
                };
                match caller {
                    Some(caller) => quote!(#cx.#keyword(&#caller, #value)?;),
                    None => {
                        let emit = local_at("emit", keyword.span());
                        quote!(#emit(#cx, #value)?;)
                    }
                }
            }
            _ => TokenStream::new(),
        }
    }

    fn wait(&self, what: &Wait, port: &Ident, frame: &TokenStream) -> TokenStream {
        let (cx, carried, private) = (local("cx"), local("frame"), &self.names.private);
        match what {
            Wait::Op { op, args } => {
                let (op, args) = (self.names.handle("op_", op), self.tuple(args));
                quote!(#cx.call_away(#op, #args, #port, #frame)?;)
            }
            Wait::Future { operator, future, timeout } => {
                let future = self.arg(future);
                let timeout = match timeout {
                    Some(timeout) => {
                        let timeout = self.arg(timeout);
                        let begin = timeout.clone().into_iter().next();
                        let span = begin.map_or_else(Span::mixed_site, |token| token.span());
                        let span = Span::mixed_site().located_at(span);
                        quote_spanned!(span=> ::core::option::Option::Some(#timeout))
                    }
                    None => quote!(::core::option::Option::None),
                };
                quote! {
                    let #carried = #frame;
                    #cx.#operator(#future, #timeout, #port, #carried)?;
                }
            }
            Wait::Append { operator, depot, event, level } => {
                let (depot, event) = (self.names.handle("depot_", depot), self.reference(event));
                let method = format_ident!("{operator}_acked", span = operator.span());
                let level = match level.to_string().as_str() {
                    "ack" => quote!(Ack),
                    _ => quote!(AppendAck),
                };
                quote!(#cx.#method(#depot, #event, #private::AckLevel::#level, #port, #frame)?;)
            }
        }
    }
}
