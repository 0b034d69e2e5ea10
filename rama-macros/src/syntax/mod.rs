//! Tokens to syntax: shapes only. Nothing here knows what an operator means.
//!
//! [`Module`] contains [`Depot`]s and [`Stream`]s; a stream contains [`PState`]s and
//! [`Statement`]s; a statement contains [`Code`], [`Pattern`]s, [`Path`]s and blocks.

mod aside;
mod code;
mod control;
mod cursor;
mod keyword;
mod module;
mod op;
mod option;
mod path;
mod pstate;
mod rounds;
mod statement;
mod text;

use proc_macro2::{Ident, Span, TokenStream};

pub(crate) use code::{Bind, Code, Pattern, binds, first_span};
pub(crate) use cursor::{Cursor, is_pair, is_punct};
pub(crate) use module::parse_module;
pub(crate) use op::parse_shared_op;
pub(crate) use path::{Form, Path, PathArg, Step, parse_path};
pub(crate) use statement::parse_statements;
pub(crate) use text::{label, text};

/// A `defmodule!` body.
pub(crate) struct Module {
    pub(crate) attrs: TokenStream,
    pub(crate) vis: TokenStream,
    pub(crate) name: Ident,
    /// `crate = path;`: where the runtime is, when it is not `::rama_core`.
    pub(crate) krate: Option<TokenStream>,
    /// Ordinary Rust items, as written.
    pub(crate) items: Vec<Item>,
    pub(crate) depots: Vec<Depot>,
    pub(crate) ops: Vec<Op>,
    /// Operations of others.
    pub(crate) imports: Vec<Import>,
    pub(crate) streams: Vec<Stream>,
    /// Whether a declaration could not be read: then unknown names prove nothing.
    pub(crate) incomplete: bool,
}

/// An ordinary Rust item.
pub(crate) struct Item {
    pub(crate) tokens: TokenStream,
    /// Whether `syn` can read it.
    pub(crate) known: bool,
}

/// `depot *name: Event, partitioner;`, or with options in braces.
pub(crate) struct Depot {
    pub(crate) attrs: TokenStream,
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) event: TokenStream,
    /// Absent when it was reported.
    pub(crate) partitioner: Option<DepotPartitioner>,
    pub(crate) options: Vec<DeclarationOption>,
}

/// `hash_by(field)`, `random` and their kind.
pub(crate) struct DepotPartitioner {
    pub(crate) name: Ident,
    pub(crate) args: Vec<Code>,
}

/// `op name(param: T) :> out: U { … }`
pub(crate) struct Op {
    pub(crate) attrs: TokenStream,
    pub(crate) vis: TokenStream,
    pub(crate) name: Ident,
    pub(crate) params: Vec<Param>,
    /// What it emits, one entry for each output stream.
    pub(crate) streams: Vec<Param>,
    pub(crate) body: Vec<Statement>,
    /// Whether a mistake was reported inside.
    pub(crate) broken: bool,
}

/// A `defop!` body.
pub(crate) struct SharedOp {
    /// `crate = path;`: where the runtime is, when it is not `::rama_core`.
    pub(crate) krate: Option<TokenStream>,
    pub(crate) imports: Vec<Import>,
    pub(crate) op: Op,
}

/// `name: Type`
#[derive(Clone)]
pub(crate) struct Param {
    pub(crate) name: Bind,
    pub(crate) ty: TokenStream,
}

/// `use op path::name as other;`
pub(crate) struct Import {
    pub(crate) path: TokenStream,
    /// What the module calls it.
    pub(crate) name: Ident,
}

/// `stream name { … }`; its comments are for the reader of the source.
pub(crate) struct Stream {
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) pstates: Vec<PState>,
    pub(crate) body: Vec<Statement>,
    /// Whether a mistake was reported inside.
    pub(crate) broken: bool,
    /// Whether a declaration inside could not be read.
    pub(crate) incomplete: bool,
}

/// `pstate $$name: Schema { options };`
pub(crate) struct PState {
    pub(crate) attrs: TokenStream,
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) schema: TokenStream,
    pub(crate) options: Vec<DeclarationOption>,
}

/// `name` or `name: value`
pub(crate) struct DeclarationOption {
    pub(crate) name: Ident,
    pub(crate) value: Option<Code>,
}

/// `name: value` of a source.
#[derive(Clone)]
pub(crate) struct SourceOption {
    pub(crate) name: Ident,
    pub(crate) value: Code,
}

/// One statement of dataflow.
#[derive(Clone)]
pub(crate) enum Statement {
    /// `source(*depot, name: value) :> pattern;`
    Source { keyword: Ident, depot: Ident, options: Vec<SourceOption>, pattern: Pattern },
    /// `let pattern: ty = value else { diverge };`
    Let(Let),
    /// `let pattern = value else { … };` with dataflow behind `else`.
    LetElse { binding: Let, otherwise: Vec<Statement> },
    /// Any other Rust statement, with its own terminator.
    Rust(Rust),
    /// `name(args) :> pattern;`, with or without the emit.
    Call(Call),
    /// `value :> pattern;` where the value is no plain call.
    Emit { value: Code, pattern: Pattern },
    /// `|name(args);`
    Hop { name: Ident, args: Vec<Arg> },
    /// `if`, `else if`, `else`
    If(If),
    /// `match value { … }`
    Match(Match),
    /// `loop (i = 0) { … } :> pattern;`
    Loop(Loop),
    /// `emit(value);`, `emit(stream: value);`
    Give { keyword: Ident, stream: Option<Ident>, values: Vec<Code> },
    /// `continue_with(values);`
    Again { keyword: Ident, values: Vec<Code> },
    /// `branch { … }`, `atomic { … }`
    Aside(Aside),
    /// `anchor 'name;`
    Anchor { keyword: Ident, label: Ident },
    /// `from 'name, 'other { … }`
    Onward(Onward),
}

/// A loop whose iterations are dataflow.
#[derive(Clone)]
pub(crate) struct Loop {
    pub(crate) keyword: Ident,
    pub(crate) variables: Vec<LoopVariable>,
    pub(crate) body: Vec<Statement>,
    pub(crate) pattern: Option<Pattern>,
}

/// `pattern: Type = value`
#[derive(Clone)]
pub(crate) struct LoopVariable {
    pub(crate) pattern: Pattern,
    pub(crate) ty: TokenStream,
    pub(crate) value: Code,
}

/// Statements beside the flow, which goes on behind them.
#[derive(Clone)]
pub(crate) struct Aside {
    pub(crate) keyword: Ident,
    /// `atomic`: what happens here, happens before the flow goes on.
    pub(crate) settles: bool,
    pub(crate) body: Vec<Statement>,
}

/// Statements that go on from where anchors stand.
#[derive(Clone)]
pub(crate) struct Onward {
    pub(crate) keyword: Ident,
    pub(crate) labels: Vec<Ident>,
    pub(crate) body: Vec<Statement>,
}

/// A `let`.
#[derive(Clone)]
pub(crate) struct Let {
    /// Attributes, `let` and everything up to the value, as written.
    pub(crate) head: TokenStream,
    pub(crate) pattern: Pattern,
    pub(crate) value: Option<Code>,
    /// The block behind `else`.
    pub(crate) diverge: Option<Code>,
}

/// A Rust statement that the language does not look into.
#[derive(Clone)]
pub(crate) struct Rust {
    pub(crate) attrs: TokenStream,
    pub(crate) code: Code,
    /// Whether it ends with `;`; a loop or a block does not have to.
    pub(crate) semi: bool,
}

/// A call by a single name: an operator, or a function of the user.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) name: Ident,
    pub(crate) args: Vec<Arg>,
    /// The call as an expression, for a function of the user.
    pub(crate) code: Code,
    pub(crate) pattern: Option<Pattern>,
}

/// An argument of a call.
#[derive(Clone)]
pub(crate) enum Arg {
    /// `$$name`
    PState(Ident),
    /// `*name` may also be a dereference: the code says so, the operator decides.
    Depot(Ident, Code),
    /// `[…]` may also be an array.
    Path(Path, Code),
    /// `name: value`
    Named(Ident, Code),
    /// An expression.
    Code(Code),
}

/// `if` with all its branches.
#[derive(Clone)]
pub(crate) struct If {
    pub(crate) branches: Vec<(Code, Block)>,
    pub(crate) otherwise: Option<Block>,
}

/// `match` with its arms.
#[derive(Clone)]
pub(crate) struct Match {
    pub(crate) value: Code,
    pub(crate) arms: Vec<Arm>,
}

/// `pattern if guard => …`
#[derive(Clone)]
pub(crate) struct Arm {
    pub(crate) pattern: Pattern,
    pub(crate) guard: Option<Code>,
    pub(crate) block: Block,
}

/// The statements of a branch.
#[derive(Clone)]
pub(crate) struct Block {
    pub(crate) statements: Vec<Statement>,
    /// How a message names the branch: its keyword, or its pattern.
    pub(crate) name: String,
}

impl Statement {
    /// The variables bound for the statements that follow; those of branches do not count.
    pub(crate) fn binds(&self) -> &[Bind] {
        match self {
            Self::Source { pattern, .. } | Self::Emit { pattern, .. } => &pattern.binds,
            Self::Let(binding) | Self::LetElse { binding, .. } => &binding.pattern.binds,
            Self::Call(call) => call.pattern.as_ref().map_or(&[], |pattern| &pattern.binds),
            Self::Loop(found) => found.pattern.as_ref().map_or(&[], |pattern| &pattern.binds),
            Self::Rust(_)
            | Self::Hop { .. }
            | Self::If(_)
            | Self::Match(_)
            | Self::Give { .. }
            | Self::Again { .. }
            | Self::Aside(_)
            | Self::Anchor { .. }
            | Self::Onward(_) => &[],
        }
    }

    /// The lists of statements inside of this one.
    pub(crate) fn inside(&self) -> Vec<&[Self]> {
        match self {
            Self::If(found) => {
                let blocks = found.branches.iter().map(|(_, block)| block);
                blocks.chain(&found.otherwise).map(|block| &*block.statements).collect()
            }
            Self::Match(found) => found.arms.iter().map(|arm| &*arm.block.statements).collect(),
            Self::LetElse { otherwise: body, .. }
            | Self::Loop(Loop { body, .. })
            | Self::Aside(Aside { body, .. })
            | Self::Onward(Onward { body, .. }) => vec![body],
            _ => Vec::new(),
        }
    }

    /// Where to point at the statement.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Source { keyword: name, .. }
            | Self::Hop { name, .. }
            | Self::Give { keyword: name, .. }
            | Self::Again { keyword: name, .. }
            | Self::Anchor { keyword: name, .. }
            | Self::Loop(Loop { keyword: name, .. })
            | Self::Aside(Aside { keyword: name, .. })
            | Self::Onward(Onward { keyword: name, .. }) => name.span(),
            Self::Call(call) => call.name.span(),
            Self::Let(binding) | Self::LetElse { binding, .. } => first_span(&binding.head),
            Self::Rust(rust) => rust.code.span(),
            Self::Emit { value, .. } | Self::Match(Match { value, .. }) => value.span(),
            Self::If(found) => {
                found.branches.first().map_or_else(Span::call_site, |one| one.0.span())
            }
        }
    }
}

impl Arg {
    /// Where to point at this argument.
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::PState(name) | Self::Depot(name, _) | Self::Named(name, _) => name.span(),
            Self::Path(_, code) | Self::Code(code) => code.span(),
        }
    }
}
