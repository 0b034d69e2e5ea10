//! `if` and `match`, whose branches often bind the same names.

use super::super::program::{Arm, Bind, Expr, Pattern, Stmt, StreamArm, Subject, Type};
use super::Generator;

impl Generator {
    pub(super) fn branches(&mut self) -> Stmt {
        let common = self.common();
        let arms = (0..1 + self.random.below(2)).map(|_| {
            let test = self.test();
            let binds: Vec<Bind> = test.half.iter().map(|(bind, _)| bind.clone()).collect();
            let block = self.branch(&binds, &common);
            (test, block)
        });
        let arms = arms.collect();
        let otherwise = self.random.chance(65).then(|| self.branch(&[], &common));
        self.behind(Stmt::If(arms, otherwise))
    }

    pub(super) fn let_else(&mut self) -> Stmt {
        let value = self.int();
        let bind = self.names(&[Type::Int]).remove(0);
        let block = self.block(&[], Self::short_list);
        self.bind(std::slice::from_ref(&bind));
        Stmt::LetElse(bind, value, block)
    }

    pub(super) fn matched(&mut self) -> Stmt {
        let common = self.common();
        let stmt = if self.random.chance(35) {
            let subject = Subject::Half(self.int());
            let bind = self.names(&[Type::Int]).remove(0);
            let some = self.arm(Pattern::Some(bind), 0, &common);
            let none = self.arm(Pattern::None, 0, &common);
            Stmt::Match(
                subject,
                if self.random.chance(50) { vec![some, none] } else { vec![none, some] },
            )
        } else {
            let subject = Subject::Int(self.int());
            let mut arms = Vec::new();
            for _ in 0..1 + self.random.below(2) {
                let pattern = if self.random.chance(60) {
                    let first = self.random.within(-1, 3);
                    Pattern::Ints((first..=first + self.random.within(0, 2)).collect())
                } else {
                    Pattern::Name(self.names(&[Type::Int]).remove(0))
                };
                let guarded = if matches!(pattern, Pattern::Name(_)) { 100 } else { 30 };
                arms.push(self.arm(pattern, guarded, &common));
            }
            let last = if self.random.chance(50) {
                Pattern::Any
            } else {
                Pattern::Name(self.names(&[Type::Int]).remove(0))
            };
            arms.push(self.arm(last, 0, &common));
            Stmt::Match(subject, arms)
        };
        self.behind(stmt)
    }

    pub(super) fn streams(&mut self, op: usize, args: Vec<Expr>) -> Stmt {
        let common = self.common();
        let streams = self.ops[op].streams.clone();
        let mut arms = Vec::new();
        for (stream, types) in streams.iter().enumerate() {
            if self.random.chance(25) {
                arms.push(self.stream_arm(stream, types, true, &common));
            }
            arms.push(self.stream_arm(stream, types, false, &common));
        }
        let stmt = Stmt::MatchOp(op, args, arms);
        self.behind(stmt)
    }

    fn stream_arm(
        &mut self,
        stream: usize,
        types: &[Type],
        guarded: bool,
        common: &[Bind],
    ) -> StreamArm {
        let binds = self.names(types);
        let before = self.scope.len();
        self.bind(&binds);
        let guard = guarded.then(|| self.cond());
        self.scope.truncate(before);
        let block = self.branch(&binds, common);
        StreamArm { stream, binds, guard, block }
    }

    fn arm(&mut self, pattern: Pattern, guarded: usize, common: &[Bind]) -> Arm {
        let binds = pattern.binds();
        let before = self.scope.len();
        self.bind(&binds);
        let guard = self.maybe_cond(guarded);
        self.scope.truncate(before);
        let block = self.branch(&binds, common);
        Arm { pattern, guard, block }
    }

    /// Names that every branch shall bind.
    fn common(&mut self) -> Vec<Bind> {
        let types: Vec<Type> = (0..self.random.below(3)).map(|_| self.a_type()).collect();
        let mut names = self.names(&types);
        names.iter_mut().for_each(|bind| bind.mutable = false);
        names
    }

    /// A branch, which binds what all of them shall somewhere.
    fn branch(&mut self, binds: &[Bind], common: &[Bind]) -> Vec<Stmt> {
        self.block(binds, |generator| {
            let mut list = generator.short_list();
            for bind in common {
                let bound = list.iter().flat_map(Stmt::binds).chain(binds.iter().cloned());
                if bound.into_iter().any(|other| other.name == bind.name) {
                    continue;
                }
                let mutable = generator.random.chance(25);
                let bind = Bind { mutable, ..bind.clone() };
                let value = generator.value(Type::of(&bind.name));
                generator.bind(std::slice::from_ref(&bind));
                list.push(Stmt::Let(vec![bind], vec![value]));
            }
            list
        })
    }

    /// Brings what all branches bound into scope.
    pub(super) fn behind(&mut self, stmt: Stmt) -> Stmt {
        let binds = stmt.binds();
        self.bind(&binds);
        stmt
    }
}
