//! The tree that analysis makes: syntax with every name resolved.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

use super::hop::Hop;
use crate::ops::{PStateMeaning, Yields};
use crate::syntax::{Code, Item, Let, Pattern, Rust};
pub(crate) use crate::syntax::{Import, Param};

/// A module without mistakes, apart from the topologies marked as broken.
pub(crate) struct Module {
    pub(crate) attrs: TokenStream,
    pub(crate) vis: TokenStream,
    pub(crate) name: Ident,
    pub(crate) krate: Option<TokenStream>,
    pub(crate) items: Vec<Item>,
    pub(crate) depots: Vec<Depot>,
    pub(crate) imports: Vec<Import>,
    pub(crate) ops: Vec<Op>,
    pub(crate) topologies: Vec<Topology>,
}

pub(crate) struct Depot {
    pub(crate) attrs: TokenStream,
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) event: TokenStream,
    pub(crate) by: DepotBy,
    /// Each once.
    pub(crate) options: Vec<DepotOption>,
}

/// An option of a depot.
pub(crate) struct DepotOption {
    pub(crate) name: Ident,
    pub(crate) value: Code,
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

/// An operation.
pub(crate) struct Op {
    pub(crate) attrs: TokenStream,
    pub(crate) vis: TokenStream,
    pub(crate) name: Ident,
    pub(crate) params: Vec<Param>,
    /// What it emits; with several streams it is an enum of them.
    pub(crate) streams: Vec<Param>,
    /// Whether it may leave the task on which it is called.
    pub(crate) hops: bool,
    /// The variable that says who called, when it hops and emits.
    pub(crate) caller: Option<VarId>,
    pub(crate) flow: Flow,
    /// Whether a mistake was reported in it.
    pub(crate) broken: bool,
}

/// An option of a source.
#[derive(Clone)]
pub(crate) struct SourceOption {
    pub(crate) name: Ident,
    pub(crate) value: SourceValue,
}

/// What an option of a source is set to.
#[derive(Clone)]
pub(crate) enum SourceValue {
    /// A variant of the runtime's enum for the option.
    Word {
        variant: Ident,
        argument: Option<Code>,
    },
    Code(Code),
    /// The name, and the literal.
    Name(String, Code),
}

/// A `source` with everything up to the next one.
pub(crate) struct Source {
    pub(crate) keyword: Ident,
    pub(crate) depot: Ident,
    /// Without contradictions.
    pub(crate) options: Vec<SourceOption>,
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
    /// Of the macro: no name of the user meets it.
    pub(crate) own: bool,
}

pub(crate) struct Statement {
    pub(crate) kind: Kind,
    pub(crate) binds: Vec<VarId>,
    pub(crate) uses: Vars,
    /// What is needed behind the statement.
    pub(crate) live: Vars,
    pub(crate) course: Course,
}

/// Where and how a select reads.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    Here,
    /// In further events when there is much.
    InPages,
    /// At the home of its key, before the move is a statement of its own.
    AtHome,
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
    /// What follows runs where the pattern matches, and the branch where it does not.
    LetElse {
        binding: Let,
        otherwise: Vec<Statement>,
    },
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
        reading: Reading,
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
    /// A question to the task: what it is called, and what it is bound to.
    Ask {
        operator: Ident,
        pattern: Pattern,
    },
    Await {
        operator: Ident,
        future: Value,
        timeout: Option<Value>,
        pattern: Pattern,
    },
    Append {
        operator: Ident,
        depot: Ident,
        event: Value,
        /// What the flow waits for.
        level: Option<Ident>,
    },
    Yield {
        operator: Ident,
    },
    CallOp {
        op: Ident,
        args: Vec<Value>,
        /// Nothing is emitted without one.
        pattern: Option<Pattern>,
        /// Whether it may come back on another task.
        away: bool,
    },
    /// To the loop or the operation around it.
    Give {
        keyword: Ident,
        stream: Option<Stream>,
        values: Vec<Value>,
    },
    /// One more iteration of the loop around it.
    Again {
        values: Vec<Value>,
    },
    Loop(Loop),
    /// Beside the flow; `settles` when all of it that happens here has to happen before the flow goes on.
    Aside {
        settles: bool,
        body: Vec<Statement>,
    },
    Anchor(Anchor),
    Meeting(Meeting),
    /// The key of a select that moves, as the PState has it: under the name of its variable, or one of its own.
    Key {
        name: Ident,
        pstate: Ident,
        value: Value,
    },
    AssumeHome {
        operator: Ident,
        key: Value,
    },
    Hop(Hop),
    Branch(Branch),
}

/// One of several output streams of an operation.
pub(crate) struct Stream {
    pub(crate) op: Ident,
    pub(crate) name: Ident,
}

/// A loop whose iterations are dataflow.
pub(crate) struct Loop {
    pub(crate) variables: Vec<LoopVariable>,
    /// What the variables bind.
    pub(crate) binds: Vec<VarId>,
    pub(crate) body: Vec<Statement>,
    pub(crate) pattern: Option<Pattern>,
    /// What an iteration needs from outside of the loop.
    pub(crate) round: Vars,
    /// What is needed behind the loop, besides what it emits.
    pub(crate) after: Vars,
}

pub(crate) struct LoopVariable {
    pub(crate) pattern: Pattern,
    pub(crate) ty: TokenStream,
    pub(crate) value: Value,
}

/// A point at which several meet.
pub(crate) struct Anchor {
    /// The meeting's number in its flow.
    pub(crate) meeting: usize,
    /// Which of the meeting's anchors it is.
    pub(crate) place: usize,
    /// What the meeting needs, in its order.
    pub(crate) frame: Vec<VarId>,
    pub(crate) label: String,
}

/// What goes on from several anchors.
pub(crate) struct Meeting {
    pub(crate) number: usize,
    pub(crate) anchors: usize,
    /// The variables that are there at all of its anchors.
    pub(crate) phis: Vec<Phi>,
    /// Those that it needs.
    pub(crate) frame: Vec<VarId>,
    pub(crate) body: Vec<Statement>,
    pub(crate) label: String,
}

/// An argument.
#[derive(Clone)]
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
    /// What is needed in front of the body.
    pub(crate) live: Vars,
    pub(crate) body: Vec<Statement>,
    /// Whether the branch never comes to its end, such as after `return`.
    pub(crate) diverges: bool,
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

/// The variables that statements use, those that they bind themselves included.
pub(crate) fn used(list: &[Statement]) -> Vars {
    let mut all = Vars::new();
    for statement in list {
        all.extend(&statement.uses);
        match &statement.kind {
            Kind::Branch(branch) => {
                for arm in &branch.arms {
                    all.extend(&arm.uses);
                    all.extend(used(&arm.body));
                }
            }
            Kind::Loop(found) => all.extend(used(&found.body)),
            Kind::LetElse { otherwise: body, .. } | Kind::Aside { body, .. } => {
                all.extend(used(body));
            }
            Kind::Meeting(meeting) => all.extend(used(&meeting.body)),
            _ => {}
        }
    }
    all
}
