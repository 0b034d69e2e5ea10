//! The tree that analysis makes: syntax with every name resolved.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use crate::ops::{PStateMeaning, Partitioner, Yields};
use crate::syntax::{Code, Item, Let, Pattern, Rust};

/// A module without mistakes, apart from the topologies marked as broken.
pub(crate) struct Module {
    pub(crate) attrs: TokenStream,
    pub(crate) vis: TokenStream,
    pub(crate) name: Ident,
    pub(crate) krate: Option<TokenStream>,
    pub(crate) items: Vec<Item>,
    pub(crate) depots: Vec<Depot>,
    pub(crate) topologies: Vec<Topology>,
}

pub(crate) struct Depot {
    pub(crate) attrs: TokenStream,
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) event: TokenStream,
    pub(crate) by: DepotBy,
}

/// Where a record of a depot goes.
pub(crate) enum DepotBy {
    /// To the home of a field, or of a field of a field.
    Field { operator: Ident, field: TokenStream },
    /// To the home of what a closure makes of the record.
    Closure { operator: Ident, param: TokenStream, key: Code },
    /// `random`, `global`, `disallow`.
    Plain(Ident),
}

pub(crate) struct Topology {
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) pstates: Vec<PState>,
    pub(crate) sources: Vec<Source>,
    /// Whether a mistake was reported in the topology: then only editors see its code.
    pub(crate) broken: bool,
}

pub(crate) struct PState {
    pub(crate) attrs: TokenStream,
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) schema: TokenStream,
    /// Without contradictions.
    pub(crate) options: Vec<PStateOption>,
}

/// An option of a PState.
pub(crate) struct PStateOption {
    pub(crate) name: Ident,
    pub(crate) meaning: PStateMeaning,
    pub(crate) value: Option<Code>,
}

impl PState {
    /// Whether an option says this.
    pub(crate) fn is(&self, meaning: PStateMeaning) -> bool {
        self.options.iter().any(|option| option.meaning == meaning)
    }
}

/// A `source` with everything up to the next one.
pub(crate) struct Source {
    pub(crate) keyword: Ident,
    pub(crate) depot: Ident,
    pub(crate) pattern: Pattern,
    pub(crate) flow: Flow,
}

/// Statements with the variables they bind.
pub(crate) struct Flow {
    pub(crate) variables: Vec<Variable>,
    /// Bound in front of the first statement.
    pub(crate) binds: Vec<VarId>,
    pub(crate) body: Vec<Statement>,
}

/// A variable of one flow, numbered in the order of first binding.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct VarId(pub(crate) usize);

pub(crate) type Vars = BTreeSet<VarId>;

pub(crate) struct Variable {
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
}

pub(crate) struct Statement {
    pub(crate) kind: Kind,
    pub(crate) binds: Vec<VarId>,
    pub(crate) uses: Vars,
    /// What is needed behind the statement.
    pub(crate) live: Vars,
    pub(crate) course: Course,
}

/// How the flow comes out of a statement.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Course {
    /// Once, on the same task, in the same Rust block.
    Once,
    /// Any number of times, on the same task.
    Many,
    /// Perhaps on another task.
    Hops,
}

pub(crate) enum Kind {
    Let(Let),
    Rust(Rust),
    /// A plain function that emits once: its name, its arguments, what it binds.
    Call {
        function: Ident,
        args: Vec<Value>,
        pattern: Pattern,
    },
    /// Any other expression that emits once.
    Emit {
        value: Value,
        pattern: Pattern,
    },
    Explode {
        iter: Value,
        pattern: Pattern,
    },
    Filter {
        condition: Code,
    },
    Select {
        operator: Ident,
        pstate: Ident,
        path: Path,
        pattern: Pattern,
        /// Whether it goes on in further events when there is much.
        yielding: bool,
    },
    Transform {
        operator: Ident,
        pstate: Ident,
        path: Path,
    },
    Clear {
        operator: Ident,
        pstate: Ident,
    },
    AckReturn {
        operator: Ident,
        value: Value,
    },
    Hop {
        name: Ident,
        partitioner: &'static Partitioner,
        args: Vec<Value>,
        label: String,
    },
    Branch(Branch),
}

/// An argument.
pub(crate) enum Value {
    /// A variable alone: moved at its last use, cloned before it.
    Variable(VarId, Ident),
    /// Variables in parentheses, treated like variables alone.
    Tuple(Vec<Value>),
    /// Any other expression, emitted as written, with the variables it uses.
    Code(Code, Vars),
}

/// A path as calls of the runtime's path builder.
pub(crate) struct Path {
    pub(crate) steps: Vec<Step>,
    /// How many places the whole path leads to.
    pub(crate) yields: Yields,
    /// The terminal at its end.
    pub(crate) terminal: Option<Ident>,
    /// Whether a mistake in it was reported.
    pub(crate) broken: bool,
}

/// One call.
pub(crate) struct Step {
    /// The method, where the user wrote what it stands for.
    pub(crate) name: Ident,
    pub(crate) args: Vec<Argument>,
    pub(crate) yields: Yields,
    /// What writes: itself, or the end of one of its branches.
    pub(crate) terminal: Option<Ident>,
}

/// What a navigator gets.
pub(crate) enum Argument {
    Value(Value),
    /// Where the path stands goes in, a path from there comes out.
    Inside(Inside),
    /// The name or number of a field.
    Field(TokenTree),
    /// How far a range goes.
    Range(Vec<(Ident, Value)>),
    /// The name of a recursive path that goes on with itself.
    Again(Ident),
}

/// Paths that go on from where another one stands.
pub(crate) struct Inside {
    pub(crate) span: Span,
    /// The name under which the paths lead back to where they begin.
    pub(crate) again: Option<Ident>,
    pub(crate) paths: Paths,
}

/// A path, or several in a tuple.
pub(crate) enum Paths {
    One(Path),
    Tuple(Vec<Paths>),
}

/// `if` or `match`.
pub(crate) struct Branch {
    pub(crate) head: Head,
    pub(crate) arms: Vec<Arm>,
    /// Variables that every branch binds, with the variable of each branch.
    pub(crate) phis: Vec<Phi>,
    /// The statement's head as text.
    pub(crate) label: String,
}

pub(crate) enum Head {
    /// `else` is missing when not complete.
    If {
        complete: bool,
    },
    Match {
        value: Code,
    },
}

pub(crate) struct Arm {
    pub(crate) test: Test,
    pub(crate) binds: Vec<VarId>,
    pub(crate) uses: Vars,
    pub(crate) body: Vec<Statement>,
    /// Whether the branch never comes to its end, such as after `return`.
    pub(crate) diverges: bool,
    /// Outer variables that the branch hides, and where.
    pub(crate) hides: Vec<(VarId, Ident)>,
    /// Variables that the branch assigns to or borrows by `&mut`, and where.
    pub(crate) changes: Vec<(VarId, Ident)>,
}

/// What leads into a branch.
#[derive(Clone)]
pub(crate) enum Test {
    Condition(Code),
    Else,
    Pattern { pattern: Pattern, guard: Option<Code> },
}

/// A variable after the branches.
pub(crate) struct Phi {
    pub(crate) variable: VarId,
    /// One for each branch; a diverging branch needs none.
    pub(crate) from: Vec<Option<VarId>>,
}
