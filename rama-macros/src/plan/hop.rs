//! Moves: the flow is cut, and what is needed behind the cut travels.

use proc_macro2::Ident;

use super::args::{lower_args, lower_borrowed};
use super::lower::{Ending, Here, Lowering};
use super::{Arg, Hop, PortKind, Route, Step};
use crate::analysis::{self, Statement, Value, Vars};

impl Lowering<'_> {
    pub(super) fn hop(&mut self, hop: &analysis::Hop, here: &Here<'_>) -> Ending {
        let analysis::Hop { name, route, label } = hop;
        let live = &here.statement.live;
        let route = lower_route(route, live, here.owned);
        let (port, label) = (format!("after_{name}"), format!("after {label}"));
        let port = self.out.port(PortKind::Hop, &port, &label);
        let frame = self.frame(live.iter().copied(), here.owned);
        self.port_segment(port, Vec::new(), live, &[], (here.rest, here.after));
        Ending::last(Step::Hop { hop: Hop { name: name.clone(), route }, port, frame })
    }
}

/// What is bound anew is not needed any more as it was.
pub(super) fn lower_key(
    (name, pstate): (&Ident, &Ident),
    value: &Value,
    statement: &Statement,
    owned: &Vars,
) -> Step {
    let mut behind = statement.live.clone();
    behind.retain(|id| !statement.binds.contains(id));
    let value = lower_args(&[value], &behind, owned).remove(0);
    Step::Key { name: name.clone(), pstate: pstate.clone(), value }
}

/// A key is only looked at; all else is given away.
fn lower_route(route: &Route<Value>, live: &Vars, owned: &Vars) -> Route<Arg> {
    let borrowed = |key: &Value| lower_borrowed(key, live, owned);
    let given = |value: &Value| lower_args(&[value], live, owned).remove(0);
    match route {
        Route::Plain => Route::Plain,
        Route::Zero => Route::Zero,
        Route::Key(key) => Route::Key(borrowed(key)),
        Route::KeyIn(pstate, key) => Route::KeyIn(pstate.clone(), borrowed(key)),
        Route::GlobalIn(pstate) => Route::GlobalIn(pstate.clone()),
        Route::Task(task) => Route::Task(given(task)),
        Route::Function(function) => Route::Function(given(function)),
    }
}
