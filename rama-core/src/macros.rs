//! The macros, with the documentation that their users read.

/// Describes a module: its depots, and its topologies with their PStates and dataflow.
#[doc(inline)]
pub use rama_macros::defmodule;

/// Runs dataflow outside any module (DF-L10).
#[doc(inline)]
pub use rama_macros::dataflow;

/// A path, for a client's select.
#[doc(inline)]
pub use rama_macros::path;

/// The dataflow of a topology; stands inside [`defmodule!`](crate::defmodule) only.
#[doc(inline)]
pub use rama_macros::sources;

/// The modules of a deployable binary: `node::main(modules![UsersModule, OrdersModule])`.
#[macro_export]
macro_rules! modules {
    ($($module:expr),* $(,)?) => {
        $crate::node::Modules::new()$(.with($module))*
    };
}
