//! Arguments: which variables are moved and which are cloned.

use super::Arg;
use crate::analysis::{Value, VarId, Variable, Vars};

/// Lowers the arguments of one statement, in the order in which Rust evaluates them.
///
/// A variable is moved where nothing needs it any more. It is cloned when it is used again, also
/// by a later argument, or when it belongs to a block around the loop that the statement is in.
/// An expression beside it may hold a borrow of it until the call, so it is cloned then as well.
pub(super) fn lower_args(values: &[&Value], live: &Vars, owned: &Vars) -> Vec<Arg> {
    let mut needed = live.clone();
    values.iter().for_each(|value| code_uses(value, &mut needed));
    let mut args: Vec<Arg> =
        values.iter().rev().map(|value| lower_arg(value, &mut needed, owned)).collect();
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

/// Lowers the variables of a frame: each is there once, behind everything else.
pub(super) fn lower_frame(
    frame: impl IntoIterator<Item = VarId>,
    variables: &[Variable],
    owned: &Vars,
) -> Vec<Arg> {
    let slot = |id: VarId| {
        let name = variables[id.0].name.clone();
        if owned.contains(&id) { Arg::Variable(name) } else { Arg::Clone(name) }
    };
    frame.into_iter().map(slot).collect()
}

fn lower_arg(value: &Value, needed: &mut Vars, owned: &Vars) -> Arg {
    match value {
        Value::Variable(id, name) => {
            let again = !needed.insert(*id);
            let name = name.clone();
            if again || !owned.contains(id) { Arg::Clone(name) } else { Arg::Variable(name) }
        }
        Value::Tuple(elements) => {
            let mut args: Vec<Arg> =
                elements.iter().rev().map(|element| lower_arg(element, needed, owned)).collect();
            args.reverse();
            Arg::Tuple(args)
        }
        Value::Code(code, _) => Arg::Code(code.clone()),
    }
}

fn code_uses(value: &Value, needed: &mut Vars) {
    match value {
        Value::Variable(..) => {}
        Value::Tuple(elements) => elements.iter().for_each(|element| code_uses(element, needed)),
        Value::Code(_, uses) => needed.extend(uses),
    }
}
