//! Statements: each operator's own rules.

use proc_macro2::Ident;

use super::path::END_IT;
use super::resolve::{Following, Resolver};
use super::tree::{Course, Kind, Path, Reading, Statement, Value, VarId, Vars};
use super::uses::diverges;
use crate::ops::{Emits, Operation, Operator, Param, Row, Yields, did_you_mean};
use crate::syntax::{self, Arg, Call, Code, Let, Pattern, first_span, text};

/// An operator's arguments after the check of their kinds.
#[derive(Default)]
struct Args {
    value: Option<Value>,
    code: Option<Code>,
    path: Option<Path>,
    pstate: Option<Ident>,
    depot: Option<Ident>,
    timeout: Option<Value>,
    level: Option<Ident>,
}

impl<'a> Resolver<'a> {
    /// Resolves a list of statements in the current block.
    pub(super) fn statements(&mut self, list: &'a [syntax::Statement]) -> Vec<Statement> {
        let mut resolved = Vec::new();
        for (at, statement) in list.iter().enumerate() {
            let behind = Following { list: &list[at + 1..], loops: self.loops.len() };
            self.following.push(behind);
            match statement {
                syntax::Statement::Match(found) => resolved.extend(self.resolve_match(found)),
                syntax::Statement::Anchor { keyword, label } => {
                    resolved.extend(self.anchor(keyword, label));
                }
                syntax::Statement::Loop(found) => {
                    let followed = list[at + 1..].iter().any(|next| !goes_on_elsewhere(next));
                    resolved.push(self.resolve_loop(found, followed));
                }
                other => {
                    let found = self.statement(other);
                    resolved.extend(found.into_iter().flat_map(|found| self.moved(found)));
                }
            }
            self.following.pop();
            let next = list.get(at + 1).filter(|_| never_ends(&resolved));
            if let Some(next) = next.filter(|next| !matches!(next, syntax::Statement::Onward(_))) {
                let help = "leave it out, or let the flow go on before it";
                self.errors.error(next.span(), "nothing comes to this statement", help);
                break;
            }
        }
        resolved
    }

    fn statement(&mut self, statement: &'a syntax::Statement) -> Option<Statement> {
        let mut uses = Vars::new();
        let (kind, pattern) = match statement {
            syntax::Statement::Source { keyword, .. } => {
                self.misplaced_source(keyword);
                return None;
            }
            syntax::Statement::Let(binding) => {
                if let Some(value) = &binding.value {
                    self.bound_value(value, &binding.pattern, &mut uses);
                }
                binding.diverge.iter().for_each(|code| self.code(code, &mut uses));
                (Kind::Let(binding.clone()), Some(&binding.pattern))
            }
            syntax::Statement::LetElse { binding, otherwise } => {
                (self.let_else(binding, otherwise, &mut uses), Some(&binding.pattern))
            }
            syntax::Statement::Rust(rust) => {
                self.code(&rust.code, &mut uses);
                (Kind::Rust(rust.clone()), None)
            }
            syntax::Statement::Emit { value, pattern } => {
                let value = self.value(value, &mut uses);
                (Kind::Emit { value, pattern: pattern.clone() }, Some(pattern))
            }
            syntax::Statement::Call(call) => (self.call(call, &mut uses)?, call.pattern.as_ref()),
            syntax::Statement::Hop { name, args } => (self.hop(name, args, &mut uses)?, None),
            syntax::Statement::If(branches) => return Some(self.resolve_if(branches)),
            syntax::Statement::Aside(aside) => {
                return Some(self.beside(&aside.body, aside.settles));
            }
            syntax::Statement::Onward(from) => return self.onward(from),
            syntax::Statement::Give { keyword, stream, values } => {
                (self.give(keyword, stream.as_ref(), values, &mut uses)?, None)
            }
            syntax::Statement::Again { keyword, values } => {
                (self.again(keyword, values, &mut uses)?, None)
            }
            syntax::Statement::Match(_)
            | syntax::Statement::Anchor { .. }
            | syntax::Statement::Loop(_) => return None,
        };
        let binds = pattern.map(|pattern| self.bind(pattern)).unwrap_or_default();
        Some(Statement::new(kind, binds, uses))
    }

    /// The branch of what does not match sees nothing of the pattern, and never goes on.
    fn let_else(
        &mut self,
        binding: &Let,
        otherwise: &'a [syntax::Statement],
        uses: &mut Vars,
    ) -> Kind {
        if let Some(value) = &binding.value {
            self.bound_value(value, &binding.pattern, uses);
        }
        self.scope.open();
        let body = self.statements(otherwise);
        self.scope.close();
        // Of Rust rustc knows.
        if !ends_in_rust(&body) && !never_ends(&body) {
            let last = otherwise.last().map(syntax::Statement::span);
            let span = last.unwrap_or_else(|| first_span(&binding.pattern.tokens));
            let message = "this `else` goes on without what the pattern binds";
            let help = "end it with `filter(false);`, or with `return Err(error.into());` to fail the record";
            self.errors.error(span, message, help);
        }
        Kind::LetElse { binding: binding.clone(), otherwise: body }
    }

    /// The flow was cut at its sources before, so one that is left is inside of something.
    fn misplaced_source(&mut self, keyword: &Ident) {
        let (message, help) = match self.around.topology {
            Some(_) => ("`source` inside a branch", "put it at the top of `sources!`"),
            None => ("`source` needs a depot, and there is none here", IN_A_MODULE),
        };
        self.errors.error(keyword.span(), message, help);
    }

    fn call(&mut self, call: &Call, uses: &mut Vars) -> Option<Kind> {
        match Operator::find(&call.name.to_string(), "") {
            Ok(operator) => self.operator(operator, call, uses),
            Err(_) => match self.around.ops.get(&call.name.to_string()).cloned() {
                Some(facts) => self.op_call(&facts, call, uses),
                None => self.function(call, uses),
            },
        }
    }

    /// A call of the user's own function.
    fn function(&mut self, call: &Call, uses: &mut Vars) -> Option<Kind> {
        let foreign = call.args.iter().any(|arg| matches!(arg, Arg::PState(_) | Arg::Named(..)));
        if foreign {
            let operators = Operator::ROWS.iter().map(|row| row.name.to_owned());
            let known: Vec<_> = operators.chain(self.around.ops.keys().cloned()).collect();
            let help = did_you_mean(&call.name.to_string(), "", known).unwrap_or_else(|| {
                "only operators such as `local_select` take pstates and options".to_owned()
            });
            self.errors.error(call.name.span(), format!("unknown operator `{}`", call.name), help);
            return None;
        }
        if self.of_the_original(call) {
            return None;
        }
        let Some(pattern) = call.pattern.clone() else {
            if self.lacks_bar(call) {
                return None;
            }
            self.code(&call.code, uses);
            let attrs = proc_macro2::TokenStream::new();
            let code = call.code.clone();
            return Some(Kind::Rust(syntax::Rust { attrs, code, semi: true }));
        };
        let plain = |arg: &Arg| match arg {
            Arg::Depot(_, code) | Arg::Path(_, code) | Arg::Code(code) => Some(code.clone()),
            Arg::PState(_) | Arg::Named(..) => None,
        };
        let args: Vec<Code> = call.args.iter().filter_map(plain).collect();
        if let Some(function) = self.scope.variable(&call.name.to_string()) {
            uses.insert(function);
        }
        let args = args.iter().map(|code| self.value(code, uses)).collect();
        Some(Kind::Call { function: call.name.clone(), args, pattern })
    }

    /// Reports operations of the original that are plain Rust here.
    fn of_the_original(&mut self, call: &Call) -> bool {
        let name = call.name.to_string();
        let own = self.scope.find(&name).is_some() || self.around.items.contains(&name);
        let meant = ORIGINAL.iter().find(|(original, _)| *original == name && !own);
        if let Some((_, here)) = meant {
            let help = format!("write `{here}`");
            self.errors.error(call.name.span(), format!("there is no operator `{name}`"), help);
        }
        meant.is_some()
    }

    /// Reports a partitioner without its `|`, unless a function of that name is known.
    fn lacks_bar(&mut self, call: &Call) -> bool {
        let name = call.name.to_string();
        let own = self.scope.find(&name).is_some() || self.around.items.contains(&name);
        let meant = NO_FUNCTIONS.contains(&name.as_str()) && !own;
        if !meant || self.around.topology.is_none() {
            return false;
        }
        let help =
            format!("write `|{};`, or give your function another name", text(&call.code.tokens));
        self.errors.error(call.name.span(), format!("`{name}` is a partitioner"), help);
        true
    }

    fn operator(
        &mut self,
        operator: &'static Operator,
        call: &Call,
        uses: &mut Vars,
    ) -> Option<Kind> {
        let shape = || format!("write `{}`: {}", operator.shape, operator.doc);
        let span = call.name.span();
        if !operator.anywhere && self.around.topology.is_none() {
            let message = format!("`{}` needs a task, and there is none here", operator.name);
            self.errors.error(span, message, IN_A_MODULE);
            return None;
        }
        let args = self.args(operator, call, uses)?;
        match (operator.emits, &call.pattern) {
            (Emits::Values, None) => {
                self.errors.error(span, format!("`{}` without `:>`", operator.name), shape());
                return None;
            }
            (Emits::Nothing, Some(_)) => {
                self.errors.error(span, format!("`{}` emits nothing", operator.name), shape());
                return None;
            }
            _ => {}
        }
        self.operation(operator, &call.name, args, call.pattern.clone())
    }

    /// Sorts the arguments by what the operator expects.
    fn args(&mut self, operator: &'static Operator, call: &Call, uses: &mut Vars) -> Option<Args> {
        let shape = || format!("write `{}`: {}", operator.shape, operator.doc);
        let counts = operator.params.len()..=operator.params.len() + operator.options.len();
        if !counts.contains(&call.args.len()) {
            let message = format!("`{}` is called with the wrong number of arguments", call.name);
            self.errors.error(call.name.span(), message, shape());
            return None;
        }
        let mut args = Args::default();
        let params = operator.params.iter().chain(operator.options);
        for (param, arg) in params.zip(&call.args) {
            match (param, arg) {
                (Param::Path, Arg::Path(path, _)) => args.path = Some(self.path(path, uses)),
                (Param::PState, Arg::PState(name)) => args.pstate = Some(self.pstate(name)?),
                (Param::Value, Arg::Code(code) | Arg::Depot(_, code) | Arg::Path(_, code)) => {
                    args.value = Some(self.value(code, uses));
                    args.code = Some(code.clone());
                }
                (Param::Depot, Arg::Depot(name, _)) => args.depot = Some(self.depot(name)?),
                (Param::Timeout, Arg::Named(name, code)) if name == "timeout" => {
                    args.timeout = Some(self.value(code, uses));
                }
                (Param::Level, Arg::Code(code)) if level(code).is_some() => {
                    args.level = level(code);
                }
                (expected, _) => {
                    let message = match expected {
                        Param::Depot => "expected a depot, `*name`",
                        Param::Timeout => "expected `timeout: duration`",
                        Param::Level => "expected what to wait for: `append_ack` or `ack`",
                        Param::Path => "expected a path in brackets",
                        Param::PState => "expected a pstate, `$$name`",
                        Param::Value => "expected an expression",
                    };
                    self.errors.error(arg.span(), message, shape());
                    return None;
                }
            }
        }
        Some(args)
    }

    fn operation(
        &mut self,
        operator: &'static Operator,
        name: &Ident,
        args: Args,
        pattern: Option<Pattern>,
    ) -> Option<Kind> {
        let operator_name = name.clone();
        Some(match operator.operation {
            Operation::Explode => Kind::Explode { iter: args.value?, pattern: pattern? },
            Operation::Filter => Kind::Filter { condition: args.code? },
            Operation::AckReturn => Kind::AckReturn { operator: operator_name, value: args.value? },
            Operation::AssumeHome => Kind::AssumeHome { operator: operator_name, key: args.value? },
            Operation::Select | Operation::YieldingSelect | Operation::MovingSelect => {
                let (path, pstate) = (args.path?, args.pstate?);
                if let Some(terminal) = &path.terminal {
                    let message = format!("`{terminal}` changes a value, but `{name}` reads");
                    self.errors.error(
                        terminal.span(),
                        message,
                        "leave it out, or use `local_transform`",
                    );
                }
                let (operator_name, pattern) = (operator_name, pattern?);
                let reading = match operator.operation {
                    Operation::YieldingSelect => Reading::InPages,
                    Operation::MovingSelect => Reading::AtHome,
                    _ => Reading::Here,
                };
                Kind::Select { operator: operator_name, pstate, path, pattern, reading }
            }
            Operation::Ask => Kind::Ask { operator: operator_name, pattern: pattern? },
            Operation::Yield => Kind::Yield { operator: operator_name },
            Operation::Await => Kind::Await {
                operator: operator_name,
                future: args.value?,
                timeout: args.timeout,
                pattern: pattern?,
            },
            Operation::Append => {
                let (depot, event, level) = (args.depot?, args.value?, args.level);
                let waits = level.as_ref().is_some_and(|level| level == "ack");
                if waits && self.around.sourced.contains(&depot.to_string()) {
                    self.waits_for_itself(level.as_ref()?.span(), &depot.to_string());
                }
                Kind::Append { operator: operator_name, depot, event, level }
            }
            Operation::Clear => {
                let pstate = args.pstate?;
                self.check_owner(&pstate);
                Kind::Clear { operator: operator_name, pstate }
            }
            Operation::Transform => {
                let (path, pstate) = (args.path?, args.pstate?);
                self.check_owner(&pstate);
                if path.terminal.is_none() && !path.broken {
                    let message =
                        format!("the path of `{name}` does not say what to do at its end");
                    self.errors.error(name.span(), message, END_IT);
                }
                Kind::Transform { operator: operator_name, pstate, path }
            }
        })
    }

    /// Checks that a depot exists.
    pub(super) fn depot(&mut self, name: &Ident) -> Option<Ident> {
        let known = &self.around.depots;
        if known.contains(&name.to_string()) {
            return Some(name.clone());
        }
        if self.around.shared {
            let message = format!("`*{name}` in an operation that modules share");
            self.errors.error(name.span(), message, IN_ITS_MODULE);
        } else if !self.around.incomplete {
            let help = did_you_mean(&name.to_string(), "*", known)
                .unwrap_or_else(|| format!("declare it: `depot *{name}: Event, hash_by(field);`"));
            self.errors.error(name.span(), format!("unknown depot `*{name}`"), help);
        }
        None
    }

    /// Checks that a PState exists.
    pub(super) fn pstate(&mut self, name: &Ident) -> Option<Ident> {
        let known = &self.around.pstates;
        match known.get(&name.to_string()) {
            Some(_) => Some(name.clone()),
            None if self.around.incomplete => None,
            None if self.around.shared => {
                let message = format!("`$${name}` in an operation that modules share");
                self.errors.error(name.span(), message, IN_ITS_MODULE);
                None
            }
            None => {
                let help = did_you_mean(&name.to_string(), "$$", known.keys())
                    .unwrap_or_else(|| format!("declare it: `pstate $${name}: Schema;`"));
                self.errors.error(name.span(), format!("unknown pstate `$${name}`"), help);
                None
            }
        }
    }

    /// Only the topology that declares a PState writes to it (C-12).
    fn check_owner(&mut self, name: &Ident) {
        let owner = self.around.pstates.get(&name.to_string());
        let (Some(owner), Some(here)) = (owner, &self.around.topology) else {
            return;
        };
        // What an operation writes is checked where it is called.
        if owner != here && self.around.op.is_none() {
            let message = format!(
                "`$${name}` belongs to the topology `{owner}`, so `{here}` can only read it"
            );
            let help = format!("write to it in `{owner}`, or declare a pstate in `{here}`");
            self.errors.error(name.span(), message, help);
        }
    }
}

/// Partitioners whose names nobody gives to a function called for its effect alone; `all`, `global` and
/// `direct` may well be functions that are imported, which the macro cannot see.
const NO_FUNCTIONS: &[&str] = &["hash", "shuffle"];

/// Operations of the original that nobody gives to a function of his own, and what says the same here.
const ORIGINAL: &[(&str, &str)] = &[
    ("explode_map", "explode(map) :> (key, value);"),
    ("explode_indexed", "explode(list.into_iter().enumerate()) :> (index, element);"),
    ("completable_future", "await_future(future) :> pattern;"),
    ("depot_partition_append", "depot_append(*depot, record);"),
    ("each_async", "await_future(future) :> pattern;"),
];

const IN_ITS_MODULE: &str =
    "pass and emit values, or write `op` in the module that has the pstates and depots";

const IN_A_MODULE: &str = "it belongs in `sources!` of a `defmodule!`";

/// What an append may wait for.
fn level(code: &Code) -> Option<Ident> {
    let name = syn::parse2::<Ident>(code.tokens.clone()).ok()?;
    ["append_ack", "ack"].iter().any(|level| name == level).then_some(name)
}

impl Statement {
    /// A statement whose kind says how the flow comes out of it; liveness is filled in later.
    pub(super) fn new(kind: Kind, binds: Vec<VarId>, uses: Vars) -> Self {
        let course = course(&kind);
        Self { kind, binds, uses, live: Vars::new(), course }
    }
}

fn course(kind: &Kind) -> Course {
    match kind {
        Kind::Hop(_)
        | Kind::Select { reading: Reading::InPages, .. }
        | Kind::Await { .. }
        | Kind::Append { level: Some(_), .. }
        | Kind::CallOp { away: true, pattern: Some(_), .. }
        | Kind::Yield { .. } => Course::Hops,
        Kind::CallOp { pattern: Some(_), .. } => Course::Many,
        Kind::LetElse { .. } | Kind::Explode { .. } | Kind::Filter { .. } => Course::Many,
        Kind::Select { path, .. } if path.yields != Yields::One => Course::Many,
        _ => Course::Once,
    }
}

/// Whether what a statement does is done at an anchor, and not where it stands.
fn goes_on_elsewhere(statement: &syntax::Statement) -> bool {
    matches!(statement, syntax::Statement::Onward(from) if from.labels.len() == 1)
}

/// Whether a condition is `false` as written.
pub(crate) fn is_never(condition: &Code) -> bool {
    condition.tokens.to_string() == "false"
}

/// Whether a list of statements is one block of Rust at whose end Rust stands, so that it may leave the block there.
pub(crate) fn ends_in_rust(list: &[Statement]) -> bool {
    let is_rust = list.last().is_some_and(|last| matches!(last.kind, Kind::Rust(_)));
    is_rust && list.iter().all(|statement| statement.course == Course::Once)
}

/// Whether a list of statements never comes to its end.
pub(crate) fn never_ends(list: &[Statement]) -> bool {
    // What goes on from anchors stands elsewhere.
    let mut flow = list.iter().rev().filter(|one| !matches!(one.kind, Kind::Meeting(_)));
    match flow.next().map(|last| &last.kind) {
        Some(Kind::Rust(rust)) => diverges(&rust.code),
        Some(Kind::Filter { condition }) => is_never(condition),
        Some(Kind::Branch(branch)) => {
            let closed = !matches!(branch.head, super::tree::Head::If { complete: false });
            closed && branch.arms.iter().all(|arm| arm.diverges)
        }
        _ => false,
    }
}
