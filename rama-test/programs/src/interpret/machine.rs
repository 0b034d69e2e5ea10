//! Control: which statements run, in which flow, and what follows them.

use std::{cell::RefCell, collections::BTreeMap};

use super::super::program::{Bind, Expr, Op, Stmt, Subject};
use super::flow::{Flow, halve, items_of};
use super::{Flaw, Run, Value, World};

/// A program in a world.
pub(super) struct Machine<'m> {
    pub(super) ops: &'m [Op],
    pub(super) world: &'m World<'m>,
}

pub(super) type Then<'t> = &'t dyn Fn(&mut Run, Flow);
type Emit<'t> = &'t dyn Fn(&mut Run, Flow, Option<usize>, Vec<Value>);
type Again<'t> = &'t RefCell<Vec<(Flow, Vec<Value>)>>;
type Froms<'t> = BTreeMap<usize, Vec<(&'t [usize], &'t [Stmt])>>;

/// What surrounds a list of statements.
#[derive(Clone, Copy)]
pub(super) struct Around<'t> {
    pub(super) emit: Emit<'t>,
    pub(super) again: Option<Again<'t>>,
    pub(super) froms: &'t Froms<'t>,
}

/// What goes on from each anchor.
pub(super) fn froms(body: &[Stmt]) -> Froms<'_> {
    let mut all = Froms::new();
    for stmt in body {
        if let Stmt::From(labels, block) = stmt {
            labels.iter().for_each(|label| all.entry(*label).or_default().push((labels, block)));
        }
        for inner in stmt.blocks() {
            for (label, found) in froms(inner) {
                all.entry(label).or_default().extend(found);
            }
        }
    }
    all
}

impl Machine<'_> {
    /// Runs a list of statements, and `then` as often as its end is reached.
    pub(super) fn list(
        &self,
        run: &mut Run,
        list: &[Stmt],
        flow: Flow,
        around: Around<'_>,
        then: Then<'_>,
    ) {
        let Some((stmt, rest)) = list.split_first() else {
            return then(run, flow);
        };
        run.steps += 1;
        run.exhausted |= run.steps > self.world.steps_max;
        if run.exhausted {
            return;
        }
        let go_on = |run: &mut Run, flow: Flow| self.list(run, rest, flow, around, then);
        match stmt {
            Stmt::Explode(items, binds) => {
                for values in items_of(items, &flow) {
                    go_on(run, flow.clone().bind(binds, values));
                }
            }
            Stmt::Filter(cond) => {
                if flow.holds(cond) {
                    go_on(run, flow);
                }
            }
            Stmt::LetElse(bind, value, block) => match flow.half(bind, value) {
                Some(flow) => go_on(run, flow),
                None => self.list(run, block, flow, around, &|_, _| {}),
            },
            Stmt::If(..) | Stmt::Match(..) => self.branch(run, stmt, &flow, around, &go_on),
            Stmt::CallOp(..) | Stmt::MatchOp(..) => self.call(run, stmt, flow, around, &go_on),
            Stmt::Hop(hop) => self.tasks(hop, &flow).into_iter().for_each(|task| {
                go_on(run, self.moved(flow.clone(), task));
            }),
            Stmt::Branch(block) | Stmt::Atomic(block) => {
                self.list(run, block, flow.clone(), around, &|_, _| {});
                go_on(run, flow);
            }
            Stmt::Anchor(label) => {
                self.anchor(run, *label, &flow, around);
                go_on(run, flow);
            }
            Stmt::From(..) | Stmt::Yield => go_on(run, flow),
            Stmt::Loop(vars, body, binds) => {
                let first = vars.iter().map(|var| flow.value(&var.first)).collect();
                let names: Vec<Bind> = vars.iter().map(|var| var.bind.clone()).collect();
                self.rounds(run, (&names, body, binds), (flow, first), around, &go_on);
            }
            Stmt::Emit(stream, values, _) => {
                let values = flow.values(values);
                (around.emit)(run, flow.clone(), *stream, values);
                go_on(run, flow);
            }
            Stmt::Continue(values) => {
                let again = around.again.expect("`continue_with` stands in a loop");
                let values = flow.values(values);
                again.borrow_mut().push((flow.clone(), values));
                go_on(run, flow);
            }
            _ => self.effect(run, stmt, flow, &go_on),
        }
    }

    /// A call of an operation: behind it once, where it emits nothing, or for each emit.
    fn call(&self, run: &mut Run, stmt: &Stmt, flow: Flow, around: Around<'_>, then: Then<'_>) {
        match stmt {
            Stmt::CallOp(op, args, None) => {
                self.call_op(run, *op, &flow, args, &|_, _, _, _| {});
                then(run, flow);
            }
            Stmt::CallOp(op, args, Some(binds)) => {
                self.call_op(run, *op, &flow, args, &|run, called, _, values| {
                    then(run, self.back(&flow, &called).bind(binds, values));
                });
            }
            Stmt::MatchOp(op, args, _) => {
                self.call_op(run, *op, &flow, args, &|run, called, stream, values| {
                    let back = self.back(&flow, &called);
                    self.stream(run, stmt, (back, stream, values), around, then);
                });
            }
            other => panic!("{other:?} is no call"),
        }
    }

    /// `if` and `match`: the first branch that fits.
    fn branch(&self, run: &mut Run, stmt: &Stmt, flow: &Flow, around: Around<'_>, then: Then<'_>) {
        let mut fitting: Vec<(Flow, &[Stmt])> = match stmt {
            Stmt::If(arms, otherwise) => {
                let fits = arms
                    .iter()
                    .filter_map(|(test, block)| Some((flow.test(test)?, block.as_slice())));
                let otherwise = otherwise.iter().map(|block| (flow.clone(), block.as_slice()));
                fits.chain(otherwise).collect()
            }
            Stmt::Match(subject, arms) => {
                let value = match subject {
                    Subject::Int(value) => Some(flow.number(value)),
                    Subject::Half(value) => halve(flow.number(value)),
                };
                let fits = arms.iter().filter_map(|arm| {
                    let inside = flow.matches(&arm.pattern, value, arm.guard.as_ref())?;
                    Some((inside, arm.block.as_slice()))
                });
                fits.collect()
            }
            other => unreachable!("{other:?} has no branches"),
        };
        if self.world.flaw == Flaw::LastBranch {
            fitting.reverse();
        }
        match fitting.into_iter().next() {
            Some((inside, block)) => {
                self.block(run, stmt, block, (inside, flow.env.len()), around, then);
            }
            None => then(run, flow.clone()),
        }
    }

    /// What an operation emits on a stream leads to the arm for it.
    fn stream(
        &self,
        run: &mut Run,
        stmt: &Stmt,
        (flow, stream, values): (Flow, Option<usize>, Vec<Value>),
        around: Around<'_>,
        then: Then<'_>,
    ) {
        let Stmt::MatchOp(_, _, arms) = stmt else { unreachable!("{stmt:?} has no streams") };
        let depth = flow.env.len();
        for arm in arms.iter().filter(|arm| Some(arm.stream) == stream) {
            let inside = flow.clone().bind(&arm.binds, values.clone());
            if arm.guard.as_ref().is_none_or(|guard| inside.holds(guard)) {
                return self.block(run, stmt, &arm.block, (inside, depth), around, then);
            }
        }
    }

    /// One block of a statement, and what follows the statement.
    fn block(
        &self,
        run: &mut Run,
        stmt: &Stmt,
        block: &[Stmt],
        (inside, depth): (Flow, usize),
        around: Around<'_>,
        then: Then<'_>,
    ) {
        let kept = stmt.binds();
        self.list(run, block, inside, around, &|run, flow| {
            then(run, self.leave(flow, depth, &kept));
        });
    }

    fn leave(&self, flow: Flow, depth: usize, kept: &[Bind]) -> Flow {
        if self.world.flaw == Flaw::NamesStay { flow } else { flow.leave(depth, kept) }
    }

    /// A loop: what one iteration goes on with comes behind it, before what was waiting.
    fn rounds(
        &self,
        run: &mut Run,
        found: (&[Bind], &[Stmt], &[Bind]),
        first: (Flow, Vec<Value>),
        around: Around<'_>,
        then: Then<'_>,
    ) {
        let late = RefCell::new(Vec::new());
        let (depth, waits) = (first.0.env.len(), self.world.flaw == Flaw::EmitsWait);
        let emit = |run: &mut Run, flow: Flow, _: Option<usize>, values: Vec<Value>| {
            let flow = self.leave(flow, depth, &[]).bind(found.2, values);
            if waits {
                late.borrow_mut().push(flow);
            } else {
                then(run, flow);
            }
        };
        self.round(run, found, first, (depth, around, &emit));
        for flow in late.take() {
            then(run, flow);
        }
    }

    fn round(
        &self,
        run: &mut Run,
        found: (&[Bind], &[Stmt], &[Bind]),
        (flow, values): (Flow, Vec<Value>),
        (depth, around, emit): (usize, Around<'_>, Emit<'_>),
    ) {
        let (names, body, _) = found;
        let pushed = RefCell::new(Vec::new());
        let flow = flow.leave(depth, &[]).bind(names, values);
        let inside = Around { emit, again: Some(&pushed), froms: around.froms };
        self.list(run, body, flow, inside, &|_, _| {});
        let most = if self.world.flaw == Flaw::OneRound { 1 } else { usize::MAX };
        for next in pushed.take().into_iter().take(most) {
            self.round(run, found, next, (depth, around, emit));
        }
    }

    fn call_op(&self, run: &mut Run, op: usize, flow: &Flow, args: &[Expr], emit: Emit<'_>) {
        let op = &self.ops[op];
        let called = Flow { env: Vec::new(), task: flow.task }.bind(&op.params, flow.values(args));
        let around = Around { emit, again: None, froms: &froms(&op.body) };
        self.list(run, &op.body, called, around, &|_, _| {});
    }

    /// The caller, where the operation emits.
    fn back(&self, caller: &Flow, called: &Flow) -> Flow {
        let stays = self.world.flaw == Flaw::CallersStay;
        let task = if stays { caller.task } else { called.task };
        Flow { env: caller.env.clone(), task }
    }

    fn anchor(&self, run: &mut Run, label: usize, flow: &Flow, around: Around<'_>) {
        if self.world.flaw == Flaw::AnchorsIdle {
            return;
        }
        for (_, block) in around.froms.get(&label).into_iter().flatten() {
            self.list(run, block, flow.clone(), around, &|_, _| {});
        }
    }
}
