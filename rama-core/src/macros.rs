//! The macros, with the documentation that their users read.

/// Describes a module: its depots, and its topologies with their PStates and dataflow.
///
/// Makes a type of the given name that implements [`Module`](crate::module::Module), and `<Name>Client`, whose
/// `depot` and `pstate` have a typed handle per declaration. `docs/LANGUAGE.md` is the reference of what may
/// stand inside. The environment variable `RAMA_MACRO_DUMP=<Name>` (or `*`) prints the plan while compiling, as text and as a Mermaid graph:
/// segments, frames, hops.
///
/// ```
/// use rama_core::{cluster::{Cluster, LaunchConfig}, prelude::*};
///
/// defmodule! {
///     /// How often each word was said.
///     pub WordsModule {
///         depot *sentences: String, random;
///
///         stream words {
///             pstate $$counts: Map<String, u64>;
///
///             sources! {
///                 source(*sentences) :> sentence;
///                 explode(sentence.split(' ').map(str::to_owned)) :> word;
///                 |hash(word);
///                 local_transform([keypath(word), nil_to_val(0), term(|n| n + 1)], $$counts);
///             }
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let cluster = Cluster::in_memory();
/// let words = cluster.launch(WordsModule, LaunchConfig::new()).await?;
/// words.depot.sentences.append("to be or not to be".to_owned()).await?;
/// assert_eq!(words.pstate.counts.select_one(path![keypath("be")]).await?, Some(2));
/// # Ok(())
/// # }
/// ```
#[doc(inline)]
pub use rama_macros::defmodule;

/// Runs dataflow outside any module, as plain Rust where it stands (DF-L10).
///
/// ```
/// use rama_core::prelude::*;
///
/// let mut even = Vec::new();
/// dataflow! {
///     explode(1..=4) :> number;
///     filter(number % 2 == 0);
///     even.push(number);
/// }
/// assert_eq!(even, [2, 4]);
/// ```
#[doc(inline)]
pub use rama_macros::dataflow;

/// An operation that modules share: dataflow with a name, which emits as often as it likes (OP-25, OP-26).
///
/// A module imports it with `use op path;` and calls it like an operation of its own. It uses no PStates or depots.
/// With several output streams it is an enum of them.
///
/// ```
/// use rama_core::{cluster::{Cluster, LaunchConfig}, prelude::*};
///
/// defop! {
///     /// The words of a text, in lower case.
///     pub words(text: String) :> word: String {
///         explode(text.split(' ').map(str::to_lowercase).collect::<Vec<_>>()) :> word;
///         emit(word);
///     }
/// }
///
/// defmodule! {
///     WordsModule {
///         use op words;
///         depot *texts: String, random;
///
///         stream words {
///             pstate $$counts: Map<String, u64>;
///
///             sources! {
///                 source(*texts) :> text;
///                 words(text) :> word;
///                 |hash(word);
///                 local_transform([keypath(word), nil_to_val(0), term(|n| n + 1)], $$counts);
///             }
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<()> {
/// let cluster = Cluster::in_memory();
/// let module = cluster.launch(WordsModule, LaunchConfig::new()).await?;
/// module.depot.texts.append("To be or not to be".to_owned()).await?;
/// assert_eq!(module.pstate.counts.select_one(path![keypath("to")]).await?, Some(2));
/// # Ok(())
/// # }
/// ```
#[doc(inline)]
pub use rama_macros::defop;

/// A path, right where a select takes it: the select gives it its types.
///
/// ```
/// use rama_core::{path::select_one, prelude::*};
///
/// let ages = std::collections::BTreeMap::from([("ada".to_owned(), 36)]);
/// assert_eq!(select_one(&ages, path![keypath("ada")])?, Some(36));
/// assert_eq!(select_one(&ages, path![keypath("bob"), nil_to_val(0)])?, 0);
/// # Ok::<(), rama_core::path::PathError>(())
/// ```
#[doc(inline)]
pub use rama_macros::path;

/// The dataflow of a topology; stands inside [`defmodule!`](crate::defmodule) only.
#[doc(inline)]
pub use rama_macros::sources;

/// The modules of a deployable binary.
///
/// ```no_run
/// use rama_core::prelude::*;
///
/// defmodule! {
///     LogModule {
///         depot *lines: String, random;
///     }
/// }
///
/// fn main() -> ExitCode {
///     rama_core::node::main(modules![LogModule])
/// }
/// ```
#[macro_export]
macro_rules! modules {
    ($($module:expr),* $(,)?) => {
        $crate::node::Modules::new()$(.with($module))*
    };
}
