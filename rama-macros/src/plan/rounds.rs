//! Loops: plain iterations when they stay on their task, a port when they may leave it; and what stands in them.

use proc_macro2::{Ident, TokenStream};

use super::args::lower_args;
use super::lower::{After, Again, Ending, Here, Lowering, Target};
use super::{Arg, PortKind, Step};
use crate::analysis::{Course, Loop, Stream, Value, VarId, Vars};
use crate::syntax::Pattern;

impl Lowering<'_> {
    pub(super) fn rounds(&mut self, found: &Loop, here: &Here<'_>) -> Ending {
        let first = self.first_round(found, here.owned);
        if here.statement.course == Course::Hops {
            self.rounds_at_port(found, first, here)
        } else {
            self.rounds_in_place(found, first, here)
        }
    }

    /// Lowers what stands in a loop, where `emit` and `continue_with` are the loop's.
    fn inside<T>(&mut self, emits: Target, again: Again, lower: impl FnOnce(&mut Self) -> T) -> T {
        let emits = std::mem::replace(&mut self.emits, emits);
        let again = std::mem::replace(&mut self.again, again);
        let lowered = lower(self);
        (self.emits, self.again) = (emits, again);
        lowered
    }

    /// What the variables of a loop begin with.
    fn first_round(&self, found: &Loop, owned: &Vars) -> Vec<Arg> {
        let live: Vars = found.round.union(&found.after).copied().collect();
        let values: Vec<&Value> = found.variables.iter().map(|one| &one.value).collect();
        let args = lower_args(&values, &live, owned);
        let typed = |(arg, ty): (Arg, &TokenStream)| {
            if ty.is_empty() { arg } else { Arg::Typed(ty.clone(), Box::new(arg)) }
        };
        let types = found.variables.iter().map(|one| &one.ty);
        args.into_iter().zip(types).map(typed).collect()
    }

    /// Iterations of a loop that stays on its task.
    fn rounds_in_place(&mut self, found: &Loop, first: Vec<Arg>, here: &Here<'_>) -> Ending {
        let rounds = self.out.join();
        // What follows sees the variables around the loop where it stands; only those that may have changed
        // meanwhile have to come along.
        let frame = self.mutable(found.after.iter().copied());
        let round = self.mutable(found.round.iter().copied());
        let first = first.into_iter().chain(self.frame(round.iter().copied(), &Vars::new()));
        let first = first.collect();
        let goes_on = !here.is_last();
        let emits = if goes_on { Target::Join(rounds, frame.clone()) } else { Target::Nowhere };
        let again = Again::Push(rounds, round.clone());
        let hidden = self.hidden(&found.round, &found.binds);
        let mut steps = self.aliases(&hidden);
        let (slots, body) = self.inside(emits, again, |lowering| {
            let own = found.binds.iter().chain(&round).copied().collect();
            lowering.hiding(&hidden, |lowering| {
                (lowering.arrive(&round), lowering.list(&found.body, &After::End, own))
            })
        });
        let variables = found.variables.iter().map(|one| one.pattern.clone()).collect();
        let from = Step::Rounds { rounds, variables, frame: slots, first, body };
        if !goes_on {
            steps.push(from);
            return Ending::Last(steps);
        }
        let own = here.statement.binds.iter().chain(&frame).copied().collect();
        let (slots, body) = self.behind(here, |lowering| {
            (lowering.arrive(&frame), lowering.list(here.rest, here.after, own))
        });
        let (from, patterns) = (Box::new(from), vec![result(found)]);
        steps.push(Step::Unify { join: rounds, from, patterns, frame: slots, body });
        Ending::Last(steps)
    }

    /// A loop that may leave its task: each iteration enters it anew.
    fn rounds_at_port(&mut self, found: &Loop, first: Vec<Arg>, here: &Here<'_>) -> Ending {
        let names: Vec<String> =
            found.binds.iter().map(|id| self.variables[id.0].name.to_string()).collect();
        let label = format!("loop ({})", names.join(", "));
        let port = self.out.port(PortKind::Join, "next_round", &label);
        let round: Vec<VarId> = found.round.iter().copied().collect();
        let frame = self.frame(round.iter().copied(), here.owned);
        let emits = if here.is_last() {
            Target::Nowhere
        } else {
            let label = format!("after {label}");
            let port = self.out.port(PortKind::Join, "after_loop", &label);
            Target::Enter(port, found.after.iter().copied().collect())
        };
        let patterns = found.variables.iter().map(|one| one.pattern.clone()).collect();
        self.inside(emits.clone(), Again::Defer(port, round), |lowering| {
            let body = (&*found.body, &After::End);
            lowering.port_segment(port, patterns, &found.round, &found.binds, body);
        });
        if let Target::Enter(port, _) = emits {
            let (patterns, binds) = (vec![result(found)], &here.statement.binds);
            self.port_segment(port, patterns, &found.after, binds, (here.rest, here.after));
        }
        let frame = first.into_iter().chain(frame).collect();
        Ending::last(Step::Enter { port, frame })
    }

    /// `emit(values)`
    pub(super) fn give(
        &mut self,
        (keyword, stream): (&Ident, Option<&Stream>),
        values: &[Value],
        here: &Here<'_>,
    ) -> Vec<Step> {
        let ids = match &self.emits {
            Target::Enter(_, ids) | Target::Join(_, ids) => ids.clone(),
            Target::Nowhere | Target::Here | Target::Away => Vec::new(),
        };
        let (value, frame) = self.with_frame(values, &ids, here);
        let value = one(value);
        match self.emits.clone() {
            Target::Nowhere => vec![Step::Emit { value, pattern: Pattern::nothing() }],
            Target::Enter(port, _) => {
                vec![Step::Enter { port, frame: [vec![value], frame].concat() }]
            }
            Target::Join(join, _) => {
                vec![Step::Join { join, frame: [vec![value], frame].concat() }]
            }
            Target::Here | Target::Away => {
                let stream =
                    stream.map(|one| Stream { op: one.op.clone(), name: one.name.clone() });
                vec![Step::Give {
                    keyword: keyword.clone(),
                    stream,
                    value,
                    caller: self.caller.clone(),
                }]
            }
        }
    }

    /// `continue_with(values)`
    pub(super) fn again(&mut self, values: &[Value], here: &Here<'_>) -> Vec<Step> {
        match self.again.clone() {
            Again::Nowhere => Vec::new(),
            Again::Push(rounds, ids) => {
                let (values, frame) = self.with_frame(values, &ids, here);
                vec![Step::PushRound { rounds, frame: [values, frame].concat() }]
            }
            Again::Defer(port, ids) => {
                let (values, frame) = self.with_frame(values, &ids, here);
                vec![Step::Defer { port, frame: [values, frame].concat() }]
            }
        }
    }

    /// Values and variables that travel together, while the flow behind them goes on too.
    fn with_frame(&self, values: &[Value], ids: &[VarId], here: &Here<'_>) -> (Vec<Arg>, Vec<Arg>) {
        let live: Vars = here.statement.live.iter().chain(ids).copied().collect();
        let values: Vec<&Value> = values.iter().collect();
        let args = lower_args(&values, &live, here.owned);
        let own = here.owned.difference(&here.statement.live).copied().collect();
        (args, self.frame(ids.iter().copied(), &own))
    }
}

/// What a loop emits.
fn result(found: &Loop) -> Pattern {
    found.pattern.clone().unwrap_or_else(Pattern::nothing)
}

/// Several values are one tuple.
fn one(values: Vec<Arg>) -> Arg {
    match <[Arg; 1]>::try_from(values) {
        Ok([only]) => only,
        Err(values) => Arg::Tuple(values),
    }
}
