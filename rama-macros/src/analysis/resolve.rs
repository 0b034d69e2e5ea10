//! Names and operators of one flow: the forward pass.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span};
use syn::Expr;

use super::anchor::Anchors;
use super::jumps::{Jump, jumps, tries};
use super::live::{self, Needs};
use super::op::OpFacts;
use super::pstate::PStateHome;
use super::scope::{Name, Scope};
use super::statement::{ends_in_rust, never_ends};
use super::tree::{Flow, Path, Value, VarId, Vars};
use super::uses::{Names, Use, names};
use crate::diagnostics::Diagnostics;
use crate::syntax::{self, Code, Pattern};

/// What surrounds a flow; nothing does outside of modules.
#[derive(Default)]
pub(super) struct Surroundings {
    /// The name of the topology.
    pub(super) topology: Option<String>,
    /// The PStates of the module, each with the topology that owns it.
    pub(super) pstates: BTreeMap<String, String>,
    /// Where each of them has its rows.
    pub(super) homes: BTreeMap<String, PStateHome>,
    /// Whether a declaration could not be read: unknown names may have been meant there.
    pub(super) incomplete: bool,
    pub(super) depots: BTreeSet<String>,
    /// The depots that the topology reads.
    pub(super) sourced: BTreeSet<String>,
    pub(super) ops: BTreeMap<String, OpFacts>,
    /// The operation in which the flow stands.
    pub(super) op: Option<Ident>,
    /// Whether that belongs to no module, so that it has no depots and PStates.
    pub(super) shared: bool,
    /// Names of the module's own functions and constants.
    pub(super) items: BTreeSet<String>,
}

/// What follows a statement in its block.
#[derive(Clone, Copy)]
pub(super) struct Following<'a> {
    pub(super) list: &'a [syntax::Statement],
    /// How many loops are around the block.
    pub(super) loops: usize,
}

/// The forward pass over one flow.
pub(super) struct Resolver<'a> {
    pub(super) around: &'a Surroundings,
    pub(super) scope: Scope,
    /// What follows the current statement, in each of the blocks around it.
    pub(super) following: Vec<Following<'a>>,
    /// Whether they emit: the loops around the code.
    pub(super) loops: Vec<bool>,
    /// The streams on which the operation emits; one that has a single stream does not name it.
    pub(super) emitted: BTreeSet<Option<String>>,
    /// How many variables each of them has.
    pub(super) rounds: Vec<usize>,
    /// Whether the code goes on from an anchor in a loop that is not around it.
    pub(super) apart: bool,
    pub(super) anchors: Anchors<'a>,
    /// Who called the operation in which the flow stands, when it may leave its task.
    pub(super) caller: Option<VarId>,
    /// Whether the code stands in statements, not in a path on its own.
    in_flow: bool,
    /// How many closures of paths are around the code.
    pub(super) paths_around: usize,
    /// The names under which recursive paths around the code go on with themselves.
    pub(super) recursions: Vec<Ident>,
    pub(super) errors: &'a mut Diagnostics,
}

/// Analyzes the body of a `dataflow!` block.
pub(crate) fn analyze_dataflow(body: &[syntax::Statement], errors: &mut Diagnostics) -> Flow {
    analyze_flow(&Surroundings::default(), None, body, errors)
}

/// Analyzes a path outside of dataflow, whose arguments are plain expressions.
pub(crate) fn analyze_path(path: &syntax::Path, errors: &mut Diagnostics) -> Path {
    let around = Surroundings::default();
    let mut resolver = Resolver::new(&around, errors);
    (resolver.in_flow, resolver.paths_around) = (false, 1);
    resolver.path(path, &mut Vars::new())
}

/// Analyzes the statements behind a source, whose pattern binds the first variables.
pub(super) fn analyze_flow(
    around: &Surroundings,
    pattern: Option<&Pattern>,
    body: &[syntax::Statement],
    errors: &mut Diagnostics,
) -> Flow {
    let mut resolver = Resolver::new(around, errors);
    let binds = pattern.map(|pattern| resolver.bind(pattern)).unwrap_or_default();
    let mut body = resolver.statements(body);
    resolver.idle_anchors();
    live::fill_in(&mut body, Vars::new(), &mut Needs::default());
    Flow { variables: resolver.scope.variables, binds, body }
}

/// Analyzes the body of an operation; gives the variable that says who called it, when `hops`.
pub(super) fn analyze_op_body(
    around: &Surroundings,
    op: &syntax::Op,
    hops: bool,
    errors: &mut Diagnostics,
) -> (Flow, Option<VarId>) {
    let before = errors.count();
    let mut resolver = Resolver::new(around, errors);
    let mut binds: Vec<VarId> =
        op.params.iter().map(|param| resolver.scope.bind(&param.name)).collect();
    if hops && !op.streams.is_empty() {
        let name = Ident::new("caller", Span::mixed_site());
        resolver.caller = Some(resolver.scope.own(name));
        binds.extend(resolver.caller);
    }
    let mut body = resolver.statements(&op.body);
    resolver.idle_anchors();
    let gives_up = ends_in_rust(&body) && never_ends(&body);
    if resolver.errors.count() == before && !op.broken && !gives_up {
        resolver.idle_streams(op);
    }
    let emit = resolver.caller.into_iter().collect();
    live::fill_in(&mut body, Vars::new(), &mut Needs::of_emit(emit));
    let caller = resolver.caller;
    (Flow { variables: resolver.scope.variables, binds, body }, caller)
}

impl<'a> Resolver<'a> {
    fn new(around: &'a Surroundings, errors: &'a mut Diagnostics) -> Self {
        Self {
            around,
            scope: Scope::new(),
            following: Vec::new(),
            loops: Vec::new(),
            emitted: BTreeSet::new(),
            rounds: Vec::new(),
            apart: false,
            anchors: Anchors::default(),
            caller: None,
            in_flow: true,
            paths_around: 0,
            recursions: Vec::new(),
            errors,
        }
    }

    pub(super) fn bind(&mut self, pattern: &Pattern) -> Vec<VarId> {
        pattern.binds.iter().map(|bind| self.scope.bind(bind)).collect()
    }

    /// The variables a piece of Rust uses; reports those that are not there yet.
    pub(super) fn code(&mut self, code: &Code, used: &mut Vars) {
        self.misplaced_pstate(code, None);
        self.names(code, used);
    }

    /// What a `let` binds to its pattern.
    pub(super) fn bound_value(&mut self, code: &Code, pattern: &Pattern, used: &mut Vars) {
        self.misplaced_pstate(code, Some(pattern));
        self.names(code, used);
    }

    fn names(&mut self, code: &Code, used: &mut Vars) {
        jumps(code).iter().for_each(|jump| self.jump(jump));
        if self.paths_around > 0 {
            tries(code).into_iter().for_each(|at| self.raised_in_path(at));
        }
        let Names { used: uses, called } = names(code);
        called.iter().for_each(|name| self.called_as_value(name));
        for one in uses {
            match self.scope.find(&one.name.to_string()).cloned() {
                Some(Name::Variable(variable)) => {
                    used.insert(variable);
                }
                Some(Name::Partial { .. }) if self.around.items.contains(&one.name.to_string()) => {
                }
                Some(Name::Partial { lacking }) if one.certain => {
                    let message = format!("`{}` is bound only in some branches", one.name);
                    let help =
                        format!("{lacking}; bind `{}` in every branch or before them", one.name);
                    self.errors.error(one.name.span(), message, help);
                }
                Some(Name::Partial { .. }) => {}
                None => self.check_order(&one),
            }
        }
    }

    /// What follows in a flow stands in loops and blocks of the macro, which a jump would leave. A
    /// `return` outside of modules belongs to the user's function.
    fn jump(&mut self, jump: &Jump) {
        let word = jump.word;
        let outside = self.around.topology.is_none();
        if !self.in_flow || (outside && matches!(word, "return" | "await")) {
            return;
        }
        if word == "await" {
            let help = "write `await_future(future) :> value;`: other events run meanwhile";
            return self.errors.error(jump.span, "`.await` would stop the whole task", help);
        }
        if word != "return" && !self.loops.is_empty() {
            let help = match word {
                "break" => {
                    "write `emit(value);` to go on behind the loop; without `continue_with(…);` it ends"
                }
                _ => {
                    "write `continue_with(…);` for one more iteration, or `filter(false);` to end this one"
                }
            };
            let message = format!("`{word}` in a loop of dataflow");
            return self.errors.error(jump.span, message, help);
        }
        let message = if word == "return" {
            "`return` would end more than this emit".to_owned()
        } else {
            format!("`{word}` outside of a loop: dataflow is none, also behind `explode`")
        };
        let fail = if outside { "" } else { ", or `return Err(error.into());` to fail the record" };
        let help = format!(
            "write `filter(condition);`, or `else {{ filter(false); }}`, to end only this emit{fail}"
        );
        self.errors.error(jump.span, message, help);
    }

    /// A path in a closure gives back a path, so it cannot raise errors.
    fn raised_in_path(&mut self, at: Span) {
        let help = "bind the value before, `let value = …?;`, and use it in the path";
        self.errors.error(at, "`?` cannot leave a path", help);
    }

    /// A name that is bound further down is a variable used too early; any other unknown name is
    /// Rust's business.
    fn check_order(&mut self, one: &Use) {
        let name = one.name.to_string();
        if !one.certain || self.around.items.contains(&name) {
            return;
        }
        let binds_it = |statement: &syntax::Statement| {
            statement.binds().iter().any(|bind| bind.name == one.name)
        };
        let bound = self.following.iter().rposition(|behind| behind.list.iter().any(binds_it));
        let Some(bound) = bound else { return };
        let message = format!("`{name}` is used before it is bound");
        let help = match &self.anchors.from {
            Some((anchor, around)) if bound < *around => format!(
                "bind it before `anchor '{anchor};`, from which this goes on, or move the anchor behind it"
            ),
            _ => "move this statement behind the one that binds it".to_owned(),
        };
        self.errors.error(one.name.span(), message, help);
    }

    /// An argument: a variable alone can be moved or cloned, anything else is emitted as written.
    pub(super) fn value(&mut self, code: &Code, used: &mut Vars) -> Value {
        if let Some(elements) = code.tuple() {
            return Value::Tuple(elements.iter().map(|one| self.value(one, used)).collect());
        }
        let mut own = Vars::new();
        self.code(code, &mut own);
        used.extend(&own);
        match code.tree.as_deref().and_then(lone_name) {
            Some(name) => match self.scope.variable(&name.to_string()) {
                Some(variable) => Value::Variable(variable, name.clone()),
                None => Value::Code(code.clone(), own),
            },
            None => Value::Code(code.clone(), own),
        }
    }
}

/// The name when the expression is nothing else.
fn lone_name(tree: &Expr) -> Option<&Ident> {
    match tree {
        Expr::Path(path) if path.attrs.is_empty() && path.qself.is_none() => path.path.get_ident(),
        _ => None,
    }
}
