//! What statements do to variables, tasks and what is stored.

use super::super::program::{Expr, Hop, How, Stmt};
use super::flow::{Flow, call};
use super::machine::{Machine, Then};
use super::{Effects, Flaw, KEPT, KEYS, Run, Value};

impl Machine<'_> {
    /// Statements that go on once, and reads.
    pub(super) fn effect(&self, run: &mut Run, stmt: &Stmt, mut flow: Flow, go_on: Then<'_>) {
        match stmt {
            Stmt::Let(binds, values) | Stmt::Bring(values, binds) => {
                let values = flow.values(values);
                flow = flow.bind(binds, values);
            }
            Stmt::Call(function, args, binds) => {
                let values = call(*function, &flow.values(args));
                flow = flow.bind(binds, values);
            }
            Stmt::Assign(name, value) => {
                let value = flow.value(value);
                run.exhausted |=
                    matches!(&value, Value::Text(text) if text.len() > self.world.text_max);
                flow.set(name, value);
            }
            Stmt::Add(name, step) => {
                let value = match flow.get(name) {
                    Value::Int(value) => Value::Int(value + step),
                    Value::Text(text) => Value::Text(format!("{text}{step}")),
                };
                flow.set(name, value);
            }
            Stmt::Here(bind) => {
                let task = Value::Int(i64::from(flow.task.expect("no program that asks shuffles")));
                flow = flow.bind(std::slice::from_ref(bind), vec![task]);
            }
            Stmt::Read(how, key, bind) => {
                let (slot, moved) = self.at_home(&flow, key);
                for value in found(&run.effects, *how, (slot, flow.int("seq") - 1)) {
                    let bind = std::slice::from_ref(bind);
                    go_on(run, moved.clone().bind(bind, vec![Value::Int(value)]));
                }
                return;
            }
            Stmt::Recall(slot, bind) => {
                let kept = run.effects.kept.get(&(flow.task, *slot)).copied().unwrap_or_default();
                flow = flow.bind(std::slice::from_ref(bind), vec![Value::Int(kept)]);
            }
            other => flow = self.store(run, other, flow),
        }
        go_on(run, flow);
    }

    /// Statements that write.
    fn store(&self, run: &mut Run, stmt: &Stmt, flow: Flow) -> Flow {
        match stmt {
            Stmt::Write(label, [first, second, text], _) => {
                let (first, second) = (flow.number(first), flow.number(second));
                let Value::Text(text) = flow.value(text) else { panic!("a text is written") };
                run.exhausted |= text.len() > self.world.text_max;
                let place = (flow.task, flow.int("seq"));
                run.effects.seen.entry(place).or_default().push((*label, first, second, text));
            }
            Stmt::Count(key, value) => {
                let (slot, moved) = self.at_home(&flow, key);
                let value = flow.number(value) % 100;
                *run.effects.counts.entry((slot, flow.int("seq"))).or_default() += value;
                return moved;
            }
            Stmt::Mark(key, value) => {
                let (slot, moved) = self.at_home(&flow, key);
                let value = flow.number(value);
                run.effects.marks.entry((slot, flow.int("seq"))).or_default().insert(value);
                return moved;
            }
            Stmt::Keep(slot, value) => {
                let value = flow.number(value);
                let kept = run.effects.kept.entry((flow.task, *slot)).or_default();
                *kept = (*kept + value) % KEPT;
            }
            other => unreachable!("{other:?} is run elsewhere"),
        }
        flow
    }

    /// The key that a value stands for, and the flow at its home.
    fn at_home(&self, flow: &Flow, key: &Expr) -> (i64, Flow) {
        let slot = flow.number(key).rem_euclid(KEYS);
        (slot, self.moved(flow.clone(), Some((self.world.home)(&Value::Int(slot)))))
    }

    /// Where a partitioner leads.
    pub(super) fn tasks(&self, hop: &Hop, flow: &Flow) -> Vec<Option<u32>> {
        match hop {
            Hop::Hash(value) => vec![Some((self.world.home)(&flow.value(value)))],
            Hop::All => (0..self.world.tasks).map(Some).collect(),
            Hop::Global => vec![Some(0)],
            Hop::Direct(value) => {
                let task = flow.number(value).rem_euclid(i64::from(self.world.tasks));
                vec![Some(u32::try_from(task).expect("less than the number of tasks"))]
            }
            Hop::Shuffle => vec![None],
        }
    }

    pub(super) fn moved(&self, flow: Flow, task: Option<u32>) -> Flow {
        if self.world.flaw == Flaw::HopsStay { flow } else { Flow { task, ..flow } }
    }
}

/// What a read finds.
fn found(effects: &Effects, how: How, at: (i64, i64)) -> Vec<i64> {
    match how {
        How::One => vec![effects.counts.get(&at).copied().unwrap_or_default()],
        How::Any => effects.counts.get(&at).copied().into_iter().collect(),
        How::Many | How::Pages => effects.marks.get(&at).into_iter().flatten().copied().collect(),
    }
}
