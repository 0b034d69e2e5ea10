//! Paths: each element becomes the calls of the runtime's path builder that it stands for.

use proc_macro2::{Ident, Span, TokenTree};

use super::fork::{Branch, Fork};
use super::resolve::Resolver;
use super::tree::{Argument, Inside, Path, Paths, Step, Vars};
use crate::ops::{Navigator, Params, Reach, Row, Yields, did_you_mean};
use crate::syntax::{self, Form, PathArg, first_span, is_punct};

/// What an element of a path can be.
const ELEMENTS: &str = "a path is a list of navigators such as `keypath(key)` or `ALL`, fields `.name`, keys as literals \
                        `\"ada\"`, filters `|value| ..`, and lists of these in brackets";

/// A navigator as the user wrote it.
pub(super) struct Called<'a> {
    pub(super) name: &'a Ident,
    pub(super) row: &'static Navigator,
    pub(super) args: &'a [PathArg],
}

impl Resolver<'_> {
    /// Looks up the elements of a path.
    pub(super) fn path(&mut self, path: &syntax::Path, used: &mut Vars) -> Path {
        self.elements(&path.steps, used)
    }

    fn elements<'e>(
        &mut self,
        elements: impl IntoIterator<Item = &'e syntax::Step>,
        used: &mut Vars,
    ) -> Path {
        let before = self.errors.count();
        let mut steps = Vec::new();
        for element in elements {
            self.element(element, &mut steps, used);
        }
        let (last, inner) = match steps.split_last() {
            Some((last, inner)) => (Some(last), inner),
            None => (None, &[][..]),
        };
        for terminal in inner.iter().filter_map(|step| step.terminal.as_ref()) {
            let message = format!("`{terminal}` ends a path, but the path goes on");
            self.errors.error(terminal.span(), message, "put it at the end of the path");
        }
        let terminal = last.and_then(|step| step.terminal.clone());
        let yields = steps.iter().map(|step| step.yields).max().unwrap_or(Yields::One);
        Path { steps, yields, terminal, broken: self.errors.count() > before }
    }

    /// Adds the calls that an element stands for.
    fn element(&mut self, element: &syntax::Step, steps: &mut Vec<Step>, used: &mut Vars) {
        let span = element.code.span();
        match &element.form {
            Form::Navigator(name, args) => self.navigator(name, args.as_deref(), steps, used),
            Form::Fields(names) => steps.extend(names.iter().map(field)),
            Form::Literal => {
                let key = Argument::Value(self.value(&element.code, used));
                steps.push(step("keypath", span, key, Yields::One));
            }
            Form::Closure => {
                let test = Argument::Value(self.value(&element.code, used));
                steps.push(step("pred", span, test, Yields::AtMostOne));
            }
            Form::Path(path) => {
                path.steps.iter().for_each(|inner| self.element(inner, steps, used));
            }
            Form::TooDeep => {
                let help = "give parts of it names: functions from path to path, used with `then_path(function)`";
                self.errors.error(span, "paths stand too deep inside of paths", help);
            }
            Form::Missing(comma) => self.missing(*comma),
            Form::Other => {
                let tokens: Vec<_> = element.code.tokens.clone().into_iter().collect();
                let dotted = is_punct(tokens.first(), '.');
                if dotted {
                    steps.extend(begun_fields(&tokens).unwrap_or_default());
                }
                let (message, help) = if dotted {
                    (
                        "this is not a field",
                        "write `.name`, and call methods in `view(|value| value.method())`",
                    )
                } else {
                    ("this is no element of a path", ELEMENTS)
                };
                self.errors.error(span, message, help);
            }
        }
    }

    fn navigator(
        &mut self,
        name: &Ident,
        args: Option<&[PathArg]>,
        steps: &mut Vec<Step>,
        used: &mut Vars,
    ) {
        if args.is_none() && self.recursions.contains(name) {
            return steps.push(step(
                "recur",
                name.span(),
                Argument::Again(name.clone()),
                Yields::Many,
            ));
        }
        let Some(row) = Navigator::ROWS.iter().find(|row| name == row.name) else {
            return self.unknown_navigator(name);
        };
        if !fits(row, args) {
            let help = format!("write {}: {}", row.params.describe(row.name), row.doc);
            let message = format!("`{name}` is called with the wrong number of arguments");
            return self.errors.error(name.span(), message, help);
        }
        let called = Called { name, row, args: args.unwrap_or_default() };
        if self.is_malformed(&called) {
            return;
        }
        match row.params {
            Params::Bare => steps.push(called.step(Vec::new())),
            Params::Values(_) => {
                let args = called.args.iter().map(|arg| self.argument(arg, used)).collect();
                steps.push(called.step(args));
            }
            Params::Keys => {
                for arg in called.args {
                    let key = self.argument(arg, used);
                    steps.push(called.step(vec![key]));
                }
            }
            Params::Range => self.range(&called, steps, used),
            Params::Before => {
                let (first, behind) = (&called.args[0], &called.args[1..]);
                let first = self.argument(first, used);
                steps.push(called.step(vec![first]));
                behind.iter().for_each(|arg| self.element(&arg.step, steps, used));
            }
            Params::Path | Params::WritePath => {
                let path = self.inside(called.args, used);
                let missing = row.params == Params::WritePath;
                self.check_end(&path, &called, missing);
                steps.push(called.around(path, None));
            }
            Params::Recursive => self.recursive(&called, steps, used),
            Params::If | Params::Cond | Params::Paths => self.branches(&called, steps, used),
        }
    }

    fn unknown_navigator(&mut self, name: &Ident) {
        let text = name.to_string();
        if self.scope.variable(&text).is_some() {
            let message = format!("`{name}` is a variable, not a navigator");
            let help = format!("write `keypath({name})` to go to the value of this key");
            return self.errors.error(name.span(), message, help);
        }
        let known = Navigator::ROWS.iter().map(Row::name);
        let help = did_you_mean(&text, "", known).unwrap_or_else(|| ELEMENTS.to_owned());
        self.errors.error(name.span(), format!("unknown navigator `{name}`"), help);
    }

    fn missing(&mut self, comma: Span) {
        self.errors.error(comma, "nothing stands in front of this comma", "leave the comma out");
    }

    /// Reports arguments that are not there, and names in front of them where there are none.
    fn is_malformed(&mut self, called: &Called<'_>) -> bool {
        for arg in called.args {
            if let Form::Missing(comma) = arg.step.form {
                self.missing(comma);
                return true;
            }
        }
        let named = called.args.iter().find_map(|arg| arg.option.as_ref());
        let Some(option) = named.filter(|_| called.row.params != Params::Range) else {
            return false;
        };
        let message = format!("`{}` has no option `{option}`", called.name);
        let help = format!("write {}", called.row.params.describe(called.row.name));
        self.errors.error(option.span(), message, help);
        true
    }

    pub(super) fn argument(&mut self, arg: &PathArg, used: &mut Vars) -> Argument {
        Argument::Value(self.value(&arg.step.code, used))
    }

    /// A path that goes on from where another one stands; the arguments are its elements.
    fn inside(&mut self, args: &[PathArg], used: &mut Vars) -> Path {
        self.paths_around += 1;
        let path = self.elements(args.iter().map(|arg| &arg.step), used);
        self.paths_around -= 1;
        path
    }

    /// Checks that a path inside of a navigator writes, or that it does not.
    fn check_end(&mut self, path: &Path, called: &Called<'_>, writes: bool) {
        let name = called.name;
        match &path.terminal {
            Some(terminal) if !writes => {
                let message = format!("`{terminal}` changes a value, but `{name}` only looks");
                self.errors.error(terminal.span(), message, "leave it out");
            }
            None if writes && !path.broken => {
                let message = format!("the path of `{name}` does not say what to do at its end");
                self.errors.error(name.span(), message, END_IT);
            }
            _ => {}
        }
    }

    /// A number, the path's own name, and the path.
    fn recursive(&mut self, called: &Called<'_>, steps: &mut Vec<Step>, used: &mut Vars) {
        let [depth, again, args @ ..] = called.args else {
            return;
        };
        let Form::Navigator(again, None) = &again.step.form else {
            let help = format!("write {}", called.row.params.describe(called.row.name));
            let message = "a recursive path needs a name for itself";
            return self.errors.error(again.step.code.span(), message, help);
        };
        let depth = self.argument(depth, used);
        self.recursions.push(again.clone());
        let path = self.inside(args, used);
        self.recursions.pop();
        self.check_end(&path, called, false);
        let mut whole = called.around(path, Some(again.clone()));
        whole.args.insert(0, depth);
        steps.push(whole);
    }

    /// Paths of which each is a branch, some with a condition in front.
    fn branches(&mut self, called: &Called<'_>, steps: &mut Vec<Step>, used: &mut Vars) {
        let branch = |arg: &PathArg| {
            let path = self.inside(std::slice::from_ref(arg), used);
            Branch { span: arg.step.code.span(), path }
        };
        let branches: Vec<Branch> = called.args.iter().map(branch).collect();
        let is_condition = |at: usize| match called.row.params {
            Params::If => at == 0,
            Params::Cond => at.is_multiple_of(2),
            _ => false,
        };
        let paths = branches.iter().enumerate().filter(|(at, _)| !is_condition(*at));
        let terminal = paths.filter_map(|(_, one)| one.path.terminal.clone()).next();
        for (at, Branch { span, path }) in branches.iter().enumerate() {
            if is_condition(at) {
                self.check_end(path, called, false);
            } else if terminal.is_some() && path.terminal.is_none() && !path.broken {
                let message =
                    "this branch does not say what to do at its end, and another one does";
                self.errors.error(*span, message, END_IT);
            }
        }
        let fork = Fork { name: called.name, terminal };
        steps.extend(fork.steps(called.row.params, branches));
    }
}

/// What a path that writes needs at its end.
pub(super) const END_IT: &str = "end it with `termval(value)`, `term(function)` or `NONE`";

fn fits(row: &Navigator, args: Option<&[PathArg]>) -> bool {
    let Some(count) = args.map(<[PathArg]>::len) else {
        return row.params == Params::Bare;
    };
    match row.params {
        // What is written in small letters reads well with empty parentheses, too.
        Params::Bare => count == 0 && row.name.starts_with(char::is_lowercase),
        Params::Values(wanted) => count == wanted,
        Params::Keys | Params::Path | Params::WritePath | Params::Before | Params::Paths => {
            count > 0
        }
        Params::Range => (1..=3).contains(&count),
        Params::Recursive => count > 2,
        Params::If => count == 2 || count == 3,
        Params::Cond => count > 0 && count.is_multiple_of(2),
    }
}

fn field(name: &TokenTree) -> Step {
    step("field", name.span(), Argument::Field(name.clone()), Yields::One)
}

/// `.name.` behind which a name is missing that is being typed; the dot stands for it.
fn begun_fields(tokens: &[TokenTree]) -> Option<Vec<Step>> {
    let step = |pair: &[TokenTree]| match pair {
        [dot] if is_punct(Some(dot), '.') => Some(field(dot)),
        [dot, name @ TokenTree::Ident(_)] if is_punct(Some(dot), '.') => Some(field(name)),
        _ => None,
    };
    tokens.chunks(2).map(step).collect()
}

/// A call that the user wrote in another way.
fn step(method: &str, span: Span, arg: Argument, yields: Yields) -> Step {
    Step { name: Ident::new(method, span), args: vec![arg], yields, terminal: None }
}

impl Called<'_> {
    pub(super) fn step(&self, args: Vec<Argument>) -> Step {
        let yields = match self.row.reach {
            Reach::Always(yields) => yields,
            Reach::Inside => Yields::Many,
        };
        let terminal = self.row.terminal.then(|| self.name.clone());
        Step { name: self.name.clone(), args, yields, terminal }
    }

    /// The call with one path inside.
    fn around(&self, path: Path, again: Option<Ident>) -> Step {
        let span =
            self.args.last().map_or(self.name.span(), |arg| first_span(&arg.step.code.tokens));
        let yields = match self.row.reach {
            Reach::Always(yields) => yields,
            Reach::Inside => path.yields,
        };
        let inside = Inside { span, again, paths: Paths::One(path) };
        Step { yields, ..self.step(vec![Argument::Inside(inside)]) }
    }
}
