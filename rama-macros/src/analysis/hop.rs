//! Partitioners, and selects that move by themselves: where they lead, and what they need to know it.

use proc_macro2::{Ident, Span};
use syn::Expr;

use super::pstate::PStateHome;
use super::resolve::Resolver;
use super::tree::{Argument, Kind, Path, Paths, Reading, Statement, Step, Value, VarId, Vars};
use crate::ops::{OfPState, Partitioner, Partitioning, Row};
use crate::syntax::{Arg, Code, label};

/// A move to another task.
pub(crate) struct Hop {
    /// The partitioner, or the operator that moves.
    pub(crate) name: Ident,
    pub(crate) route: Route<Value>,
    pub(crate) label: String,
}

/// Where a move leads.
pub(crate) enum Route<V> {
    /// The partitioner says it by itself.
    Plain,
    /// To task 0.
    Zero,
    /// To the hash of a key.
    Key(V),
    /// To where a key of a PState is at home.
    KeyIn(Ident, V),
    /// To the task that has all of a PState.
    GlobalIn(Ident),
    /// To the task with this number.
    Task(V),
    /// To the task that a function chooses.
    Function(V),
}

impl Resolver<'_> {
    pub(super) fn hop(&mut self, name: &Ident, args: &[Arg], uses: &mut Vars) -> Option<Kind> {
        if self.around.topology.is_none() {
            let message = format!("`|{name}` needs tasks, and there are none here");
            let help = "it belongs in `sources!` of a `defmodule!`";
            self.errors.error(name.span(), message, help);
            return None;
        }
        let partitioner = match Partitioner::find(&name.to_string(), "|") {
            Ok(partitioner) => partitioner,
            Err(help) => {
                self.errors.error(name.span(), format!("unknown partitioner `|{name}`"), help);
                return None;
            }
        };
        let label = format!("|{name}({})", texts(args));
        let (pstate, args) = self.split(partitioner, name, args)?;
        let pstate = match pstate {
            Some(pstate) => Some(self.pstate(pstate)?),
            None => None,
        };
        let route = self.route(partitioner, name, pstate, args, uses)?;
        Some(Kind::Hop(Hop { name: name.clone(), route, label }))
    }

    /// Separates the PState from the other arguments, whose number is right then.
    fn split<'s>(
        &mut self,
        partitioner: &Partitioner,
        name: &Ident,
        args: &'s [Arg],
    ) -> Option<(Option<&'s Ident>, &'s [Arg])> {
        let found = args.iter().find_map(|arg| match arg {
            Arg::PState(pstate) => Some(pstate),
            _ => None,
        });
        let help = partitioner.describe(found.is_some());
        let (pstate, rest) = match (partitioner.of_pstate, args) {
            (OfPState::First, [Arg::PState(pstate), rest @ ..])
            | (OfPState::Last, [rest @ .., Arg::PState(pstate)]) => (Some(pstate), rest),
            _ => (None, args),
        };
        let misplaced = rest.iter().find_map(|arg| match arg {
            Arg::PState(pstate) => Some(pstate),
            _ => None,
        });
        if let Some(misplaced) = misplaced {
            let message = match partitioner.of_pstate {
                OfPState::Never => format!("`|{name}` is the same for all pstates"),
                OfPState::First if pstate.is_some() => format!("`|{name}` takes one pstate"),
                OfPState::First => "the pstate stands in front of the other arguments".to_owned(),
                OfPState::Last => "the pstate stands behind the path".to_owned(),
            };
            self.errors.error(misplaced.span(), message, help);
            return None;
        }
        let complete = pstate.is_some() || partitioner.of_pstate != OfPState::Last;
        if !complete || !partitioner.arity.fits(Some(rest.len())) {
            let message = format!("`|{name}` is called with the wrong number of arguments");
            self.errors.error(name.span(), message, help);
            return None;
        }
        Some((pstate, rest))
    }

    fn route(
        &mut self,
        partitioner: &Partitioner,
        name: &Ident,
        pstate: Option<Ident>,
        args: &[Arg],
        uses: &mut Vars,
    ) -> Option<Route<Value>> {
        if partitioner.partitioning == Partitioning::ByPath {
            let [Arg::Path(path, _)] = args else {
                let span = args.first().map_or_else(|| name.span(), Arg::span);
                let help = partitioner.describe(true);
                self.errors.error(span, "expected a path in brackets", help);
                return None;
            };
            let before = self.errors.count();
            // Of the path only the leading key is needed, and so only the variables in it.
            let path = self.path(path, &mut Vars::new());
            if self.errors.count() > before {
                return None;
            }
            let route = self.home_of_path((name, "|"), &pstate?, &path)?;
            if let Route::KeyIn(_, key) = &route {
                variables_of(key, uses);
            }
            return Some(route);
        }
        let argument = match args.first() {
            Some(Arg::Code(code) | Arg::Depot(_, code) | Arg::Path(_, code)) => {
                Some(self.value(code, uses))
            }
            _ => None,
        };
        Some(match (partitioner.partitioning, argument, pstate) {
            (Partitioning::ByKey, Some(key), None) => Route::Key(key),
            (Partitioning::ByKey, Some(key), Some(pstate)) => {
                self.has_homes(name, &pstate)?;
                Route::KeyIn(pstate, key)
            }
            (Partitioning::ByTask, Some(task), _) => Route::Task(task),
            (Partitioning::ByFunction, Some(function), _) => Route::Function(function),
            (Partitioning::ToZero, _, None) => Route::Zero,
            (Partitioning::ToZero, _, Some(pstate)) => {
                if matches!(self.home(&pstate), PStateHome::Hash | PStateHome::Own) {
                    let message =
                        format!("`$${pstate}` is not `global`: every task has a part of it");
                    let help =
                        format!("write `|global();` for task 0, or `|hash($${pstate}, key);`");
                    self.errors.error(pstate.span(), message, help);
                    return None;
                }
                Route::GlobalIn(pstate)
            }
            _ => Route::Plain,
        })
    }

    /// Where the leading key of a path is at home.
    fn home_of_path(
        &mut self,
        (name, bar): (&Ident, &str),
        pstate: &Ident,
        path: &Path,
    ) -> Option<Route<Value>> {
        if self.home(pstate) == PStateHome::Global {
            return Some(Route::GlobalIn(pstate.clone()));
        }
        self.has_homes(name, pstate)?;
        if let Some(key) = path.leading_key() {
            return Some(Route::KeyIn(pstate.clone(), key.clone()));
        }
        let (span, message) = match path.steps.first() {
            Some(Step { name: first, .. }) => (
                first.span(),
                format!("`{bar}{name}` goes to the home of a key, and `{first}` is none"),
            ),
            None => {
                (name.span(), format!("`{bar}{name}` goes to the home of a key, and here is none"))
            }
        };
        let help = "begin the path with `keypath(key)`; where no key leads write `|all();` or `|direct(task);`, and \
                    `local_select` behind it";
        self.errors.error(span, message, help);
        None
    }

    /// Whether a key says where the rows of a PState are.
    fn has_homes(&mut self, name: &Ident, pstate: &Ident) -> Option<()> {
        let message = match self.home(pstate) {
            PStateHome::Hash | PStateHome::Own | PStateHome::Global => return Some(()),
            PStateHome::Any => {
                format!("`$${pstate}` is `partitioned_by: any`, so its keys do not say where to go")
            }
            PStateHome::Value => {
                format!("`$${pstate}` is a plain value, of which every task has one")
            }
        };
        let read = if name == "select" { ", and use `local_select` there" } else { "" };
        let help =
            format!("say where to go, such as `|direct(task);` or `|hash(another_key);`{read}");
        self.errors.error(pstate.span(), message, help);
        None
    }

    fn home(&self, pstate: &Ident) -> PStateHome {
        self.around.homes.get(&pstate.to_string()).copied().unwrap_or(PStateHome::Any)
    }

    /// A `select` becomes a move and a select there (PT-10); any other statement stays what it is.
    pub(super) fn moved(&mut self, statement: Statement) -> Vec<Statement> {
        let mut statement = statement;
        let Kind::Select { operator, pstate, path, reading: reading @ Reading::AtHome, .. } =
            &mut statement.kind
        else {
            return vec![statement];
        };
        *reading = Reading::Here;
        let name = operator.clone();
        *operator = Ident::new("local_select", name.span());
        let route = if path.broken { None } else { self.home_of_path((&name, ""), pstate, path) };
        let Some(mut route) = route else {
            return vec![statement];
        };
        let mut statements = Vec::new();
        let mut uses = Vars::new();
        if let Route::KeyIn(_, key) = &mut route {
            statements.extend(self.key_once(pstate, key, path));
            variables_of(key, &mut uses);
        }
        let label = format!("{name} from $${pstate}");
        statement.uses = variables_of_steps(&path.steps);
        statements.push(Statement::new(Kind::Hop(Hop { name, route, label }), Vec::new(), uses));
        statements.push(statement);
        statements
    }

    /// The key as the PState has it. One that is more than a variable becomes one, so it is evaluated once; and what
    /// is only lent cannot travel.
    fn key_once(&mut self, pstate: &Ident, key: &mut Value, path: &mut Path) -> Option<Statement> {
        let (variable, name) = match &*key {
            Value::Code(code, _) if is_literal(code) => return None,
            Value::Variable(variable, name) => (*variable, name.clone()),
            Value::Code(..) | Value::Tuple(_) => self.hidden_key(path),
        };
        let visible = Value::Variable(variable, name.clone());
        if let Some(in_path) = path.leading_key_mut() {
            *in_path = visible.clone();
        }
        let value = std::mem::replace(key, visible);
        let mut uses = Vars::new();
        variables_of(&value, &mut uses);
        Some(Statement::new(
            Kind::Key { name, pstate: pstate.clone(), value },
            vec![variable],
            uses,
        ))
    }

    fn hidden_key(&mut self, path: &Path) -> (VarId, Ident) {
        let span = match path.leading_key() {
            Some(Value::Code(code, _)) => code.span(),
            _ => path.steps.first().map_or_else(Span::call_site, |step| step.name.span()),
        };
        let name = Ident::new("key", Span::mixed_site().located_at(span));
        (self.scope.own(name.clone()), name)
    }
}

impl Path {
    /// The key with which the path begins.
    pub(super) fn leading_key(&self) -> Option<&Value> {
        match self.steps.first()? {
            Step { name, args, .. } if begins_with_key(name) => match args.as_slice() {
                [Argument::Value(key)] => Some(key),
                _ => None,
            },
            _ => None,
        }
    }

    fn leading_key_mut(&mut self) -> Option<&mut Value> {
        match self.steps.first_mut()? {
            Step { name, args, .. } if begins_with_key(name) => match args.as_mut_slice() {
                [Argument::Value(key)] => Some(key),
                _ => None,
            },
            _ => None,
        }
    }
}

fn begins_with_key(navigator: &Ident) -> bool {
    navigator == "keypath" || navigator == "must"
}

/// `7`, `-7`, `"ada"`: evaluated as often as one likes.
fn is_literal(code: &Code) -> bool {
    match code.tree.as_deref() {
        Some(Expr::Lit(_)) => true,
        Some(Expr::Unary(negative)) => matches!(*negative.expr, Expr::Lit(_)),
        _ => false,
    }
}

/// A statement without anything that is found out later.
/// The variables that steps of a path use.
pub(super) fn variables_of_steps(steps: &[Step]) -> Vars {
    let mut found = Vars::new();
    steps.iter().flat_map(|step| &step.args).for_each(|arg| variables_of_argument(arg, &mut found));
    found
}

fn variables_of_argument(argument: &Argument, found: &mut Vars) {
    match argument {
        Argument::Value(value) => variables_of(value, found),
        Argument::Range(options) => {
            options.iter().for_each(|(_, value)| variables_of(value, found))
        }
        Argument::Inside(inside) => variables_of_paths(&inside.paths, found),
        Argument::Field(_) | Argument::Again(_) => {}
    }
}

fn variables_of_paths(paths: &Paths, found: &mut Vars) {
    match paths {
        Paths::One(path) => found.extend(variables_of_steps(&path.steps)),
        Paths::Tuple(paths) => paths.iter().for_each(|one| variables_of_paths(one, found)),
    }
}

/// The variables in a value.
pub(super) fn variables_of(value: &Value, found: &mut Vars) {
    match value {
        Value::Variable(id, _) => drop(found.insert(*id)),
        Value::Tuple(elements) => elements.iter().for_each(|one| variables_of(one, found)),
        Value::Code(_, uses) => found.extend(uses),
    }
}

fn texts(args: &[Arg]) -> String {
    let text = |arg: &Arg| match arg {
        Arg::PState(name) => format!("$${name}"),
        Arg::Depot(_, code) | Arg::Path(_, code) | Arg::Code(code) | Arg::Named(_, code) => {
            label(&code.tokens)
        }
    };
    args.iter().map(text).collect::<Vec<_>>().join(", ")
}
