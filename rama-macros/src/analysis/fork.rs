//! `if_path`, `cond_path`, `multi_path`: the branches as arguments of the runtime's methods.
//!
//! The methods take tuples of a bounded length; more branches are nested. Branches with terminals have methods
//! of their own, which end the path.

use proc_macro2::{Ident, Span};

use super::tree::{Argument, Inside, Path, Paths, Step};
use crate::ops::{Params, Yields};

/// How many paths `multi_path` and `multi_term` take at once.
const PATHS_MAX: usize = 8;

/// How many pairs `cond_path` takes at once.
const PAIRS_MAX: usize = 6;

/// Branches of one navigator.
pub(super) struct Fork<'a> {
    /// The navigator as the user wrote it.
    pub(super) name: &'a Ident,
    /// What stands at the end of a branch, when branches write.
    pub(super) terminal: Option<Ident>,
}

/// A path, and where it begins in the source.
pub(super) struct Branch {
    pub(super) span: Span,
    pub(super) path: Path,
}

/// A branch with its condition.
struct Pair {
    condition: Branch,
    then: Branch,
}

impl Fork<'_> {
    /// The calls for all branches, of which there is at least one.
    pub(super) fn steps(&self, params: Params, branches: Vec<Branch>) -> Vec<Step> {
        if params != Params::Paths {
            let (pairs, otherwise) = in_pairs(branches);
            let mut pairs = pairs.into_iter();
            let first = pairs.next();
            return Vec::from_iter(
                first.map(|first| self.first_of(first, pairs.collect(), otherwise)),
            );
        }
        match <[Branch; 1]>::try_from(branches) {
            // One path of several is a path that goes on.
            Ok([only]) => only.path.steps,
            Err(branches) => vec![self.all_of(branches)],
        }
    }

    /// All paths, one after the other.
    fn all_of(&self, branches: Vec<Branch>) -> Step {
        let mut branches = branches;
        let span = branches[0].span;
        if branches.len() > PATHS_MAX {
            let rest = branches.split_off(PATHS_MAX - 1);
            branches.push(nested(rest[0].span, self.all_of(rest)));
        }
        let paths = branches.into_iter().map(|branch| Paths::One(branch.path)).collect();
        let method = if self.terminal.is_some() { "multi_term" } else { "multi_path" };
        self.call(method, vec![inside(span, Paths::Tuple(paths))], Yields::Many)
    }

    /// The first path whose condition finds something.
    fn first_of(&self, first: Pair, rest: Vec<Pair>, otherwise: Option<Branch>) -> Step {
        let last = otherwise.as_ref().map_or(Yields::AtMostOne, |one| one.path.yields);
        let thens = rest.iter().map(|pair| pair.then.path.yields);
        let yields = thens.fold(last.max(first.then.path.yields), Ord::max);
        if !rest.is_empty() && self.terminal.is_none() && otherwise.is_none() {
            return self.cond(first, rest, yields);
        }
        let mut rest = rest.into_iter();
        let otherwise = match rest.next() {
            Some(next) => {
                let span = next.condition.span;
                Some(nested(span, self.first_of(next, rest.collect(), otherwise)))
            }
            None => otherwise,
        };
        let method = match (otherwise.is_some(), self.terminal.is_some()) {
            (false, false) => "if_path",
            (true, false) => "if_else_path",
            (false, true) => "if_term",
            (true, true) => "if_else_term",
        };
        let args = [first.condition, first.then].into_iter().chain(otherwise);
        let args = args.map(|one| inside(one.span, Paths::One(one.path))).collect();
        self.call(method, args, yields)
    }

    fn cond(&self, first: Pair, rest: Vec<Pair>, yields: Yields) -> Step {
        let span = first.condition.span;
        let mut rest = rest.into_iter();
        let mut pairs = vec![first];
        pairs.extend(rest.by_ref().take(PAIRS_MAX - 2));
        match (rest.next(), rest.collect::<Vec<_>>()) {
            (Some(last), behind) if behind.is_empty() => pairs.push(last),
            (Some(next), behind) => {
                let span = next.condition.span;
                // The empty path always finds something.
                let condition = Branch { span, path: path(Vec::new(), Yields::One) };
                let then = nested(span, self.first_of(next, behind, None));
                pairs.push(Pair { condition, then });
            }
            (None, _) => {}
        }
        let pair = |pair: Pair| {
            Paths::Tuple(vec![Paths::One(pair.condition.path), Paths::One(pair.then.path)])
        };
        let pairs = pairs.into_iter().map(pair).collect();
        self.call("cond_path", vec![inside(span, Paths::Tuple(pairs))], yields)
    }

    fn call(&self, method: &str, args: Vec<Argument>, yields: Yields) -> Step {
        let name = Ident::new(method, self.name.span());
        Step { name, args, yields, terminal: self.terminal.clone() }
    }
}

fn in_pairs(branches: Vec<Branch>) -> (Vec<Pair>, Option<Branch>) {
    let mut branches = branches.into_iter();
    let mut pairs = Vec::new();
    while let Some(condition) = branches.next() {
        match branches.next() {
            Some(then) => pairs.push(Pair { condition, then }),
            None => return (pairs, Some(condition)),
        }
    }
    (pairs, None)
}

/// A call as the only step of a branch.
fn nested(span: Span, step: Step) -> Branch {
    let yields = step.yields;
    Branch { span, path: path(vec![step], yields) }
}

fn inside(span: Span, paths: Paths) -> Argument {
    Argument::Inside(Inside { span, again: None, paths })
}

fn path(steps: Vec<Step>, yields: Yields) -> Path {
    Path { steps, yields, terminal: None, broken: false }
}
