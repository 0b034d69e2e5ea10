//! Calls that come back: of operations, futures, appends that are waited for; and pauses.

use proc_macro2::Ident;

use super::args::{lower_args, lower_borrowed};
use super::lower::{Ending, Here, Lowering};
use super::{Arg, PortKind, Step, Wait};
use crate::analysis::{Kind, Value, Vars};
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
                self.wait(what, name, &format!("after {op}"), pattern.clone(), &live, here)
            }
            Kind::Await { operator, future, timeout, pattern } => {
                let timeout =
                    timeout.as_ref().map(|timeout| values(std::slice::from_ref(timeout)).remove(0));
                // The frame is made before the future, which may take what it needs of it.
                let future = lower_args(&[future], &Vars::new(), owned).remove(0);
                let what = Wait::Future { operator: operator.clone(), future, timeout };
                self.wait(what, operator, "after await_future", pattern.clone(), &live, here)
            }
            Kind::Append { operator, depot, event, level: Some(level) } => {
                let (event, level) = (borrowed(event), level.clone());
                let label = format!("after {level} of *{depot}");
                let (operator, depot) = (operator.clone(), depot.clone());
                let what = Wait::Append { operator: operator.clone(), depot, event, level };
                self.wait(what, &operator, &label, Pattern::nothing(), &live, here)
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
    ) -> Ending {
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
        Ending::last(Step::Wait { what, port, frame })
    }
}
