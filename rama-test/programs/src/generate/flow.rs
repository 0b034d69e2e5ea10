//! Whole flows, operations, loops, and what stands beside the flow.

use std::collections::BTreeSet;

use super::super::program::{Bind, Cond, Expr, LoopVar, Op, Stmt, Test, Type};
use super::Generator;
use super::scope::Variable;

/// What is around a statement.
#[derive(Clone, Debug, Default)]
pub(super) struct Around {
    /// What `emit` leads to.
    pub(super) emits: Option<Vec<Vec<Type>>>,
    /// The loop around it.
    pub(super) round: Option<Round>,
    /// How many loops are around it, and the number of the innermost.
    pub(super) loops: usize,
    pub(super) round_number: usize,
    /// The operation around it, if it may call itself.
    pub(super) recursive: Option<usize>,
    /// Whether the counter of the loop, or of the operation, is known to be within its bound.
    pub(super) guarded: bool,
    /// The streams on which something was emitted.
    pub(super) emitted: BTreeSet<usize>,
}

/// A loop.
#[derive(Clone, Debug)]
pub(super) struct Round {
    pub(super) counter: String,
    pub(super) bound: i64,
    /// The types of its other variables.
    pub(super) types: Vec<Type>,
}

/// An anchor, and what is in scope there.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    label: usize,
    scope: Vec<Variable>,
    /// The blocks around it.
    blocks: Vec<usize>,
    /// The loop around it.
    round: usize,
}

/// What callers know of an operation.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) recursive: bool,
    /// Types of the arguments, without `left` and `seq`.
    pub(super) params: Vec<Type>,
    pub(super) streams: Vec<Vec<Type>>,
}

impl Generator {
    /// A flow with its last words, and all that goes on from its anchors.
    pub(super) fn whole_flow(&mut self, length: usize) -> Vec<Stmt> {
        let mut list = self.list(length);
        while !self.pending.is_empty() {
            self.budget += 3;
            list.push(self.onward());
        }
        let Some(streams) = self.around.emits.as_ref().map(Vec::len) else {
            list.push(self.write());
            return list;
        };
        for stream in 0..streams {
            if !self.around.emitted.contains(&stream) {
                list.push(self.emit_on(stream));
            }
        }
        list
    }

    pub(super) fn op(&mut self, index: usize) -> Op {
        let recursive = self.random.chance(35);
        let count = self.random.below(3);
        let types: Vec<Type> = (0..count).map(|_| self.a_type()).collect();
        let streams = (0..self.random.weighted(&[(2, 0), (5, 1), (3, 2), (1, 3)]))
            .map(|_| match self.types() {
                types if types.is_empty() => vec![Type::Int],
                types => types,
            })
            .collect::<Vec<_>>();
        let fixed = |name: &str| Bind { name: name.to_owned(), mutable: false };
        let left = recursive.then(|| fixed("left"));
        let params: Vec<Bind> =
            left.into_iter().chain(self.names(&types)).chain([fixed("seq")]).collect();
        self.ops.push(Signature { recursive, params: types, streams: streams.clone() });
        self.scope = Vec::new();
        self.bind(&params);
        self.around = Around {
            emits: (!streams.is_empty()).then(|| streams.clone()),
            recursive: recursive.then_some(index),
            ..Around::default()
        };
        self.budget = 4 + self.random.below(8);
        self.making = Some(index);
        let body = self.whole_flow(5);
        self.making = None;
        Op { params, streams, body }
    }

    pub(super) fn rounds(&mut self) -> Stmt {
        let counter = ["i", "j", "k"][self.around.loops].to_owned();
        let fixed = Bind { name: counter.clone(), mutable: false };
        let mut vars =
            vec![LoopVar { bind: fixed, typed: self.random.chance(30), first: Expr::Int(0) }];
        let count = self.random.below(3);
        let types: Vec<Type> = (0..count).map(|_| self.a_type()).collect();
        for bind in self.names(&types) {
            let first = self.arg(Type::of(&bind.name));
            vars.push(LoopVar { bind, typed: self.random.chance(25), first });
        }
        let bound = self.random.within(1, 3);
        self.numbered += 1;
        let emits = self.types();
        let around = Around {
            emits: Some(vec![emits.clone()]),
            round: Some(Round { counter, bound, types }),
            loops: self.around.loops + 1,
            round_number: self.numbered,
            guarded: false,
            emitted: BTreeSet::new(),
            recursive: self.around.recursive,
        };
        let around = std::mem::replace(&mut self.around, around);
        let names: Vec<Bind> = vars.iter().map(|var| var.bind.clone()).collect();
        let hops = !self.local && self.random.chance(50);
        let body = self.block(&names, |generator| generator.round_body(hops));
        self.around = around;
        let binds = self.names(&emits);
        self.bind(&binds);
        Stmt::Loop(vars, body, binds)
    }

    fn round_body(&mut self, hops: bool) -> Vec<Stmt> {
        let mut list = Vec::new();
        if hops {
            list.push(self.hop());
        }
        list.extend(self.short_list());
        if self.around.emitted.is_empty() || self.random.chance(30) {
            list.push(self.emit());
        }
        if self.random.chance(85) {
            list.extend(self.guarded());
        }
        list.extend(self.short_list());
        if self.anchors_before().len() > 1 && self.random.chance(70) {
            self.budget += 3;
            list.push(self.onward());
        }
        list
    }

    /// Goes on with the loop, while the counter allows it.
    fn guarded(&mut self) -> Vec<Stmt> {
        if self.around.guarded {
            return vec![self.again()];
        }
        let Some(round) = self.around.round.clone() else { return Vec::new() };
        let within = Cond::Less(Expr::Var(round.counter), round.bound);
        if self.random.chance(40) {
            self.around.guarded = true;
            return vec![Stmt::Filter(within), self.again()];
        }
        let test = Test { half: None, cond: Some(within) };
        let block = self.block(&[], |generator| {
            generator.around.guarded = true;
            let mut list = generator.short_list();
            list.push(generator.again());
            if generator.random.chance(25) {
                list.push(generator.again());
            }
            list
        });
        let otherwise =
            self.random.chance(30).then(|| self.block(&[], |generator| vec![generator.emit()]));
        let stmt = Stmt::If(vec![(test, block)], otherwise);
        vec![self.behind(stmt)]
    }

    pub(super) fn again(&mut self) -> Stmt {
        let Some(round) = self.around.round.clone() else { return self.write() };
        let counter = Expr::Step(round.counter, 1);
        let rest = self.args(&round.types);
        Stmt::Continue([counter].into_iter().chain(rest).collect())
    }

    pub(super) fn emit(&mut self) -> Stmt {
        let Some(streams) = self.around.emits.as_ref().map(Vec::len) else { return self.write() };
        let stream = self.random.below(streams);
        self.emit_on(stream)
    }

    fn emit_on(&mut self, stream: usize) -> Stmt {
        self.around.emitted.insert(stream);
        let streams = self.around.emits.clone().unwrap_or_default();
        let values = self.args(&streams[stream]);
        let tupled = values.len() > 1 && self.random.chance(50);
        let named = streams.len() > 1;
        Stmt::Emit(named.then_some(stream), values, tupled)
    }

    pub(super) fn aside(&mut self) -> Stmt {
        let block = self.block(&[], Self::short_list);
        if self.random.chance(50) { Stmt::Branch(block) } else { Stmt::Atomic(block) }
    }

    pub(super) fn anchor(&mut self) -> Stmt {
        self.anchors += 1;
        let (scope, blocks) = (self.scope.clone(), self.blocks.clone());
        let round = self.around.round_number;
        self.pending.push(Pending { label: self.anchors, scope, blocks, round });
        Stmt::Anchor(self.anchors)
    }

    /// Goes on from one or several of the anchors.
    pub(super) fn onward(&mut self) -> Stmt {
        let Some(first) = self.anchor_before() else { return self.write() };
        let mut all = vec![first];
        while !self.local && self.random.chance(75) && !self.pending.is_empty() {
            all.extend(self.anchor_before());
        }
        let labels: Vec<usize> = all.iter().map(|one| one.label).collect();
        let mut scope = all[0].scope.clone();
        for other in &all[1..] {
            let seen = |name: &str| other.scope.iter().rev().find(|one| one.name == name);
            scope.retain(|variable| seen(&variable.name).is_some());
            // What is `mut` at one of the anchors may change.
            let mutable = |name: &str| seen(name).is_some_and(|one| one.mutable);
            scope.iter_mut().for_each(|variable| variable.mutable |= mutable(&variable.name));
        }
        let outside = (std::mem::replace(&mut self.scope, scope), self.around.clone());
        let here = all.iter().all(|one| one.round == self.around.round_number);
        if !here {
            // Its anchors stand elsewhere, so nothing that goes on from them may emit either.
            let (loops, round_number) = (self.around.loops, usize::MAX);
            self.around = Around { loops, round_number, ..Around::default() };
        }
        self.around.guarded = false;
        let block = self.block(&[], |generator| {
            let mut list = generator.short_list();
            if generator.random.chance(40) {
                list.extend(generator.guarded());
            }
            list.push(generator.write());
            list
        });
        let emitted = std::mem::take(&mut self.around.emitted);
        (self.scope, self.around) = outside;
        if here {
            self.around.emitted.extend(emitted);
        }
        Stmt::From(labels, block)
    }

    /// The anchors in this block, or inside of it.
    fn anchors_before(&self) -> Vec<usize> {
        let inside = |at: &usize| self.pending[*at].blocks.starts_with(&self.blocks);
        (0..self.pending.len()).filter(inside).collect()
    }

    /// One of them.
    fn anchor_before(&mut self) -> Option<Pending> {
        let found = self.anchors_before();
        (!found.is_empty()).then(|| self.pending.swap_remove(*self.random.one(&found)))
    }

    /// The loop counters that are taken.
    pub(super) fn may_loop(&self) -> bool {
        self.around.loops < 3
    }
}
