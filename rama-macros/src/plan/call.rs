//! Calls that come back: of operations, futures, appends that are waited for; and pauses.

use proc_macro2::{Ident, TokenStream, TokenTree};

use super::args::{lower_args, lower_borrowed};
use super::lower::{Ending, Here, Lowering};
use super::{Arg, PortKind, Step, Wait};
use crate::analysis::{Kind, Value, VarId, Vars};
use crate::syntax::Pattern;

impl Lowering<'_> {
    pub(super) fn call(&mut self, here: &Here<'_>) -> Ending {
        let Here { statement, rest, after, owned, .. } = *here;
        // What comes back is bound on the way back.
        let mut live = statement.live.clone();
        for bound in &statement.binds {
            live.remove(bound);
        }
        let values = |args: &[Value]| lower_args(&args.iter().collect::<Vec<_>>(), &live, owned);
        let borrowed = |value: &Value| lower_borrowed(value, &live, owned);
        match &statement.kind {
            Kind::CallOp { op, args, pattern: Some(pattern), away: false } => {
                let (op, args, pattern) = (op.clone(), values(args), pattern.clone());
                let body = self.each_emit(here);
                Ending::last(Step::CallOp { op, args, pattern, body })
            }
            Kind::CallOp { op, args, pattern: Some(pattern), away: true } => {
                let (what, name) = (Wait::Op { op: op.clone(), args: values(args) }, op);
                let label = format!("after {op}");
                Ending::last(self.wait(what, name, &label, pattern.clone(), &live, here))
            }
            Kind::Await { operator, future, timeout, pattern } => {
                let timeout =
                    timeout.as_ref().map(|timeout| values(std::slice::from_ref(timeout)).remove(0));
                let moves = future_moves(future);
                // The frame is made before the future, which may take what it needs of it.
                let future = lower_args(&[future], &Vars::new(), owned).remove(0);
                let what = Wait::Future { operator: operator.clone(), future, timeout };
                let label = "after await_future";
                let wait = self.wait(what, operator, label, pattern.clone(), &live, here);
                // A block that takes its variables takes copies where they are needed once more.
                let taken = statement.uses.difference(owned).copied();
                let taken: Vec<VarId> = taken.filter(|_| moves).collect();
                let mut steps = self.copies(&taken);
                steps.push(wait);
                Ending::Last(steps)
            }
            Kind::Append { operator, depot, event, level: Some(level) } => {
                let (event, level) = (borrowed(event), level.clone());
                let label = format!("after {level} of *{depot}");
                let (operator, depot) = (operator.clone(), depot.clone());
                let what = Wait::Append { operator: operator.clone(), depot, event, level };
                Ending::last(self.wait(what, &operator, &label, Pattern::nothing(), &live, here))
            }
            Kind::Yield { operator } => {
                let label = format!("after {operator}");
                let port = self.out.port(PortKind::Hop, &format!("after_{operator}"), &label);
                let frame = self.frame(live.iter().copied(), owned);
                self.port_segment(port, Vec::new(), &live, &[], (rest, after));
                Ending::last(Step::Yield { operator: operator.clone(), port, frame })
            }
            _ => Ending::GoesOn(Vec::new()),
        }
    }

    fn wait(
        &mut self,
        what: Wait,
        name: &Ident,
        label: &str,
        pattern: Pattern,
        live: &Vars,
        here: &Here<'_>,
    ) -> Step {
        let port = self.out.port(PortKind::Back, &format!("after_{name}"), label);
        // A future may take variables for itself, a record is lent: what the frame has of them are copies.
        let own: Vars = match what {
            Wait::Future { .. } | Wait::Append { .. } => {
                here.owned.difference(&here.statement.uses).copied().collect()
            }
            Wait::Op { .. } => here.owned.clone(),
        };
        let frame: Vec<Arg> = self.frame(live.iter().copied(), &own);
        let binds = &here.statement.binds;
        self.port_segment(port, vec![pattern], live, binds, (here.rest, here.after));
        Step::Wait { what, port, frame }
    }
}

/// Whether the future is a block that takes its variables: `async move { … }`.
fn future_moves(future: &Value) -> bool {
    matches!(future, Value::Code(code, _) if has_word(&code.tokens, "move"))
}

fn has_word(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Ident(name) => name == word,
        TokenTree::Group(group) => has_word(&group.stream(), word),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
