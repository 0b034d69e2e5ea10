//! The plan: a module as segments, frames and hops. A value that can be printed.
//!
//! Making a plan cannot fail: what could be wrong was reported before.

mod anchor;
mod args;
mod branch;
mod call;
mod hop;
mod lower;
mod mermaid;
mod names;
mod path;
mod rounds;
mod show;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};

pub(crate) use crate::analysis::{
    Depot, DepotBy, DepotOption, Import, PState, PStateOption, Param, Route, SourceOption,
    SourceValue, Stream,
};
use crate::ops::Yields;
use crate::syntax::{Code, Item, Let, Pattern, Rust};

pub(crate) use lower::{lower, lower_dataflow, lower_op};
pub(crate) use mermaid::mermaid;
pub(crate) use path::lower_path;
pub(crate) use show::show;

/// A module, ready to be written down as Rust.
pub(crate) struct Plan {
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

/// An operation: its own segment first, then those that it leads to.
pub(crate) struct Op {
    pub(crate) attrs: TokenStream,
    pub(crate) vis: TokenStream,
    pub(crate) name: Ident,
    pub(crate) params: Vec<Param>,
    pub(crate) streams: Vec<Param>,
    /// Whether it may leave the task on which it is called.
    pub(crate) hops: bool,
    pub(crate) ports: Vec<Port>,
    pub(crate) segments: Vec<Segment>,
    /// Whether a mistake was reported: then only editors see the segments.
    pub(crate) broken: bool,
}

/// A topology: its ports first, then its segments in the order of the source.
pub(crate) struct Topology {
    pub(crate) keyword: Ident,
    pub(crate) name: Ident,
    pub(crate) pstates: Vec<PState>,
    pub(crate) ports: Vec<Port>,
    pub(crate) segments: Vec<Segment>,
    /// Whether a mistake was reported: then only editors see the segments.
    pub(crate) broken: bool,
}

/// Which port of a topology.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct PortId(pub(crate) usize);

/// Where a segment is entered with a frame.
pub(crate) struct Port {
    /// The name of the Rust variable.
    pub(crate) name: String,
    /// The name in errors and metrics; also what identifies the port between builds.
    pub(crate) label: String,
    pub(crate) kind: PortKind,
}

/// How frames come to a port.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PortKind {
    /// From other tasks.
    Hop,
    /// On the same task: they need not be able to leave it.
    Join,
    /// With a value for which the flow waited elsewhere.
    Back,
}

/// Code that runs on one task without leaving it.
pub(crate) struct Segment {
    pub(crate) entry: Entry,
    pub(crate) body: Vec<Step>,
    /// Whether its last statement leaves it, such as `return Err(…)`.
    pub(crate) returns: bool,
}

/// How a segment begins.
pub(crate) enum Entry {
    Source {
        keyword: Ident,
        depot: Ident,
        options: Vec<SourceOption>,
        pattern: Pattern,
    },
    /// The patterns stand in front of the frame.
    Port {
        port: PortId,
        patterns: Vec<Pattern>,
        frame: Vec<Slot>,
    },
    /// The operation's arguments arrive in its parameters.
    Op {
        name: Ident,
        params: Vec<Slot>,
        caller: Option<Slot>,
        hops: bool,
    },
}

/// A variable that arrives in a frame.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) name: Ident,
    pub(crate) mutable: bool,
}

/// Where emits of branches or iterations have in common what follows them. The number is the loop's too, if it is one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct JoinId(pub(crate) usize);

/// A step of a segment.
pub(crate) enum Step {
    Let(Let),
    /// The body runs when the pattern matches. The number is that of the end of the emit; there is none when the
    /// branch of what does not match is left by Rust.
    LetElse {
        binding: Let,
        otherwise: Vec<Step>,
        end: Option<JoinId>,
        body: Vec<Step>,
    },
    Rust(Rust),
    Call {
        function: Ident,
        args: Vec<Arg>,
        pattern: Pattern,
    },
    Emit {
        value: Arg,
        pattern: Pattern,
    },
    /// The body runs for each element.
    Each {
        pattern: Pattern,
        items: Arg,
        body: Vec<Step>,
    },
    /// The body runs when the condition holds.
    When {
        condition: Code,
        body: Vec<Step>,
    },
    /// The body is empty when the path leads to exactly one value.
    Select {
        read: Access,
        yields: Yields,
        pattern: Pattern,
        body: Vec<Step>,
    },
    /// Begins a select in pages: goes on at the port with the first one.
    EnterPages {
        port: PortId,
        frame: Vec<Arg>,
    },
    /// Reads a page; the body runs for each value of it. The rest is for another event, which begins at the port.
    Page {
        read: Access,
        port: PortId,
        /// The variable that says where the page begins.
        paging: Ident,
        frame: Vec<Arg>,
        pattern: Pattern,
        body: Vec<Step>,
    },
    Transform(Access),
    Clear {
        operator: Ident,
        pstate: Ident,
    },
    AckReturn {
        operator: Ident,
        value: Arg,
    },
    /// A question that the task answers.
    Ask {
        operator: Ident,
        pattern: Pattern,
    },
    Append {
        operator: Ident,
        depot: Ident,
        event: Arg,
    },
    /// Runs an operation that emits nothing.
    RunOp {
        op: Ident,
        args: Vec<Arg>,
    },
    /// Runs an operation on this task; the body runs for each value that it emits.
    CallOp {
        op: Ident,
        args: Vec<Arg>,
        pattern: Pattern,
        body: Vec<Step>,
    },
    /// What has to be waited for; the flow goes on at the port.
    Wait {
        what: Wait,
        port: PortId,
        frame: Vec<Arg>,
    },
    /// Lets others run, when this event has taken long.
    Yield {
        operator: Ident,
        port: PortId,
        frame: Vec<Arg>,
    },
    /// Iterations on this task.
    Rounds {
        rounds: JoinId,
        variables: Vec<Pattern>,
        /// Variables from outside that may change: each iteration has its own.
        frame: Vec<Slot>,
        first: Vec<Arg>,
        body: Vec<Step>,
    },
    PushRound {
        rounds: JoinId,
        frame: Vec<Arg>,
    },
    /// One more iteration of a loop that may leave its task, behind what runs now.
    Defer {
        port: PortId,
        frame: Vec<Arg>,
    },
    /// What an operation emits.
    Give {
        keyword: Ident,
        stream: Option<Stream>,
        value: Arg,
        /// Who called, when that may be on another task.
        caller: Option<Ident>,
    },
    /// Beside the flow; `settles` when all of it that happens here happens first.
    Aside {
        settles: bool,
        body: Vec<Step>,
    },
    /// A variable becomes a copy of itself, to be changed apart.
    Copy(Slot),
    /// Another name for a variable that is about to be hidden.
    Alias {
        name: Ident,
        variable: Ident,
    },
    /// A key as its PState has it, for a move and what follows it.
    Key {
        name: Ident,
        pstate: Ident,
        value: Arg,
    },
    AssumeHome {
        operator: Ident,
        key: Arg,
    },
    /// Each branch gives the slots as its value.
    Branch {
        branch: Branch,
        gives: Vec<Slot>,
    },
    /// Branches or iterations emit to a join; the body runs for each of them, at once.
    Unify {
        join: JoinId,
        from: Box<Step>,
        patterns: Vec<Pattern>,
        frame: Vec<Slot>,
        body: Vec<Step>,
    },
    /// Moves to another task.
    Hop {
        hop: Hop,
        port: PortId,
        frame: Vec<Arg>,
    },
    /// Goes on in another segment on the same task.
    Enter {
        port: PortId,
        frame: Vec<Arg>,
    },
    /// An emit that goes on at a join.
    Join {
        join: JoinId,
        frame: Vec<Arg>,
    },
    /// The value of a branch.
    Result(Vec<Arg>),
}

impl Step {
    /// The lists of steps inside of this one.
    pub(crate) fn inside(&self) -> Vec<&[Self]> {
        match self {
            Self::Each { body, .. }
            | Self::When { body, .. }
            | Self::Select { body, .. }
            | Self::Page { body, .. }
            | Self::CallOp { body, .. }
            | Self::Rounds { body, .. }
            | Self::Aside { body, .. } => vec![body],
            Self::LetElse { otherwise, body, .. } => vec![otherwise, body],
            Self::Unify { from, body, .. } => vec![std::slice::from_ref(&**from), body],
            Self::Branch { branch, .. } => branch.arms.iter().map(|arm| &*arm.body).collect(),
            _ => Vec::new(),
        }
    }
}

/// What a flow waits for.
pub(crate) enum Wait {
    /// An operation that may leave its task.
    Op {
        op: Ident,
        args: Vec<Arg>,
    },
    Future {
        operator: Ident,
        future: Arg,
        timeout: Option<Arg>,
    },
    Append {
        operator: Ident,
        depot: Ident,
        event: Arg,
        level: Ident,
    },
}

/// A path on a PState.
pub(crate) struct Access {
    pub(crate) operator: Ident,
    pub(crate) pstate: Ident,
    pub(crate) path: Vec<Navigation>,
}

/// One call on the path builder.
pub(crate) struct Navigation {
    pub(crate) name: Ident,
    pub(crate) args: Vec<Argument>,
}

/// What a navigator gets.
pub(crate) enum Argument {
    Value(Arg),
    /// A closure from where the path stands to paths.
    Inside(Inside),
    /// Functions that lend the field of this name or number.
    Field(TokenTree),
    /// How far a range goes.
    Range(Vec<(Ident, Arg)>),
    /// A reference to what a closure around got with its path.
    Again(Ident),
}

/// Paths that go on from where another one stands.
pub(crate) struct Inside {
    pub(crate) span: Span,
    /// What the closure gets beside the beginning of its path.
    pub(crate) again: Option<Ident>,
    pub(crate) paths: Paths,
}

/// A path, or several in a tuple.
pub(crate) enum Paths {
    One(Vec<Navigation>),
    Tuple(Vec<Paths>),
}

/// A move to another task.
pub(crate) struct Hop {
    pub(crate) name: Ident,
    pub(crate) route: Route<Arg>,
}

/// `if` or `match` with lowered branches.
pub(crate) struct Branch {
    /// The value of a `match`.
    pub(crate) value: Option<Code>,
    pub(crate) arms: Vec<Arm>,
}

pub(crate) struct Arm {
    pub(crate) test: Test,
    pub(crate) body: Vec<Step>,
}

pub(crate) use crate::analysis::Test;

/// An argument, with what happens to a variable.
#[derive(Clone)]
pub(crate) enum Arg {
    /// Given away, or only borrowed.
    Variable(Ident),
    Clone(Ident),
    /// A variable under its other name.
    Alias {
        name: Ident,
        clone: bool,
    },
    Tuple(Vec<Arg>),
    Code(Code),
    /// With the type that the user wrote.
    Typed(TokenStream, Box<Arg>),
}
