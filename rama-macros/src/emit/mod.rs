//! The plan as Rust: only wording, no decisions.
//!
//! The output follows the source: same order, the user's names, one closure for each segment.
//! What the user wrote keeps its place, so that rustc and editors point there.

mod call;
mod code;
mod editor;
mod hop;
mod module;
mod names;
mod op;
mod path;
mod rounds;
mod segment;
mod topology;

use proc_macro2::TokenStream;
use quote::quote;

pub(crate) use module::emit_module;
use names::{Names, local};
pub(crate) use op::emit_shared_op;

use crate::editor::Reader;
use crate::plan::{Navigation, Step};

/// A `dataflow!` block: plain Rust in place.
pub(crate) fn emit_dataflow(steps: &[Step], reader: Reader) -> TokenStream {
    let names = Names::outside(reader == Reader::Editor);
    let steps = segment::Writer::outside(&names).steps(steps);
    quote!({ #steps })
}

/// A path outside of dataflow: the caller's type of path comes in, the navigated one goes out.
pub(crate) fn emit_path(path: &[Navigation], reader: Reader) -> TokenStream {
    let names = Names::outside(reader == Reader::Editor);
    let calls = segment::Writer::outside(&names).navigations(path);
    let path = local("path");
    quote!(|#path| #path #calls)
}

/// Messages where an expression is expected: a block whose type rustc takes for any.
pub(crate) fn emit_failed(errors: &TokenStream) -> TokenStream {
    quote!({ #errors })
}
