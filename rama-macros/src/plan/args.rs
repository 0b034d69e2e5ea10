//! Arguments: which variables are moved and which are cloned.

use super::Arg;
use crate::analysis::{Value, Vars};

/// Decides what happens to the variables of one statement; asked from the last argument to the first.
///
/// A variable is moved where nothing needs it any more. It is cloned when it is used again, also
/// by a later argument, or when it belongs to a block around the loop that the statement is in.
/// An expression beside it may hold a borrow of it until the call, so it is cloned then as well.
pub(super) struct Moves<'a> {
    /// What is used again.
    needed: Vars,
    /// What arguments beside this one may hold on to.
    pinned: Vars,
    owned: &'a Vars,
}

impl<'a> Moves<'a> {
    /// `live` is what is needed behind the statement, `owned` what belongs to the innermost loop.
    pub(super) fn new(live: &Vars, owned: &'a Vars) -> Self {
        Self { needed: live.clone(), pinned: Vars::new(), owned }
    }

    /// Keeps what the expressions in a value use.
    pub(super) fn keep_uses(&mut self, value: &Value) {
        match value {
            Value::Variable(..) => {}
            Value::Tuple(elements) => elements.iter().for_each(|element| self.keep_uses(element)),
            Value::Code(_, uses) => self.needed.extend(uses),
        }
    }

    /// Nothing of these is moved until they are unpinned again; gives what was pinned before.
    pub(super) fn pin(&mut self, variables: &Vars) -> Vars {
        let before = self.pinned.clone();
        self.pinned.extend(variables);
        before
    }

    /// Goes back to what was pinned before.
    pub(super) fn unpin(&mut self, before: Vars) {
        self.pinned = before;
    }

    pub(super) fn lower(&mut self, value: &Value) -> Arg {
        match value {
            Value::Variable(id, name) => {
                let again = !self.needed.insert(*id) || self.pinned.contains(id);
                let name = name.clone();
                if again || !self.owned.contains(id) {
                    Arg::Clone(name)
                } else {
                    Arg::Variable(name)
                }
            }
            Value::Tuple(elements) => {
                let mut args: Vec<Arg> =
                    elements.iter().rev().map(|element| self.lower(element)).collect();
                args.reverse();
                Arg::Tuple(args)
            }
            Value::Code(code, _) => Arg::Code(code.clone()),
        }
    }
}

/// Lowers the arguments of one statement, in the order in which Rust evaluates them.
pub(super) fn lower_args(values: &[&Value], live: &Vars, owned: &Vars) -> Vec<Arg> {
    let mut moves = Moves::new(live, owned);
    values.iter().for_each(|value| moves.keep_uses(value));
    let mut args: Vec<Arg> = values.iter().rev().map(|value| moves.lower(value)).collect();
    args.reverse();
    args
}

/// Lowers an argument that is only looked at, so that a variable alone stays where it is.
pub(super) fn lower_borrowed(value: &Value, live: &Vars, owned: &Vars) -> Arg {
    match value {
        Value::Variable(_, name) => Arg::Variable(name.clone()),
        other => lower_args(&[other], live, owned).remove(0),
    }
}
