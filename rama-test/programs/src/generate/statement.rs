//! Statements, by chance.

use super::super::program::{Cond, Expr, Function, Hop, How, Items, Stmt, Test, Type};
use super::Generator;

/// A kind of statement.
#[derive(Clone, Copy)]
enum Kind {
    Let,
    Bring,
    Assign,
    Call,
    Explode,
    Filter,
    LetElse,
    If,
    Match,
    Op,
    Hop,
    Yield,
    Here,
    Write,
    Count,
    Mark,
    Read,
    Keep,
    Recall,
    Aside,
    Anchor,
    Onward,
    Loop,
    Emit,
    Again,
    Recursion,
}

impl Generator {
    pub(super) fn short_list(&mut self) -> Vec<Stmt> {
        let length = 1 + self.random.below(3);
        self.list(length)
    }

    pub(super) fn list(&mut self, length: usize) -> Vec<Stmt> {
        let mut list = Vec::new();
        for _ in 0..length {
            if self.budget == 0 {
                break;
            }
            self.budget -= 1;
            let made = self.statement();
            list.extend(made);
        }
        list
    }

    fn statement(&mut self) -> Vec<Stmt> {
        let kind = self.kind();
        vec![match kind {
            Kind::Let => {
                let types = self.some_types();
                let (values, binds) = (self.values(&types), self.names(&types));
                self.bind(&binds);
                Stmt::Let(binds, values)
            }
            Kind::Bring => {
                let types = self.some_types();
                let (values, binds) = (self.args(&types), self.names(&types));
                self.bind(&binds);
                Stmt::Bring(values, binds)
            }
            Kind::Assign => self.assign(),
            Kind::Call => self.call(),
            Kind::Explode => self.explode(),
            Kind::Filter => Stmt::Filter(self.cond()),
            Kind::LetElse => self.let_else(),
            Kind::If => self.branches(),
            Kind::Match => self.matched(),
            Kind::Op => {
                let op = self.random.below(self.ops.len());
                if self.making == Some(op) {
                    return Vec::new();
                }
                let left = Expr::Int(self.random.within(0, 3));
                self.call_op(op, left)
            }
            Kind::Recursion => {
                let Some(op) = self.around.recursive else { return Vec::new() };
                return self.recursion(op);
            }
            Kind::Hop => self.hop(),
            Kind::Yield => Stmt::Yield,
            Kind::Here => {
                let bind = self.name(Type::Int);
                self.bind(std::slice::from_ref(&bind));
                Stmt::Here(bind)
            }
            Kind::Write => self.write(),
            Kind::Count => {
                let (key, value) = (self.int(), self.int());
                Stmt::Count(key, value)
            }
            Kind::Mark => {
                let (key, value) = (self.int(), self.int());
                Stmt::Mark(key, value)
            }
            Kind::Read => self.read(),
            Kind::Keep => Stmt::Keep(self.random.within(0, 2), self.int()),
            Kind::Recall => {
                let bind = self.name(Type::Int);
                self.bind(std::slice::from_ref(&bind));
                Stmt::Recall(self.random.within(0, 2), bind)
            }
            Kind::Aside => self.aside(),
            Kind::Anchor => self.anchor(),
            Kind::Onward => self.onward(),
            Kind::Loop => self.rounds(),
            Kind::Emit => self.emit(),
            Kind::Again => self.again(),
        }]
    }

    fn kind(&mut self) -> Kind {
        let nested = if self.blocks.len() < 4 { 6 } else { 0 };
        let moves = if self.local { 0 } else { 6 };
        let stays = if self.local { 6 } else { 0 };
        let some = |yes: bool, weight: usize| if yes { weight } else { 0 };
        let changes = self.scope.iter().any(|variable| variable.mutable);
        let here = !self.shuffles && !self.local;
        let kinds = [
            (8, Kind::Let),
            (4, Kind::Bring),
            (some(changes, 20), Kind::Assign),
            (5, Kind::Call),
            (5, Kind::Explode),
            (2, Kind::Filter),
            (nested, Kind::LetElse),
            (nested * 2, Kind::If),
            (nested, Kind::Match),
            (some(!self.ops.is_empty(), 9), Kind::Op),
            (moves * 2, Kind::Hop),
            (moves / 3, Kind::Yield),
            (some(here, 3), Kind::Here),
            (14, Kind::Write),
            (moves / 2, Kind::Count),
            (moves / 3, Kind::Mark),
            (moves / 2, Kind::Read),
            (stays / 2, Kind::Keep),
            (stays / 2, Kind::Recall),
            (nested * 5 / 6, Kind::Aside),
            (if self.around.emits.is_some() { 10 } else { 6 }, Kind::Anchor),
            (some(!self.pending.is_empty(), 9), Kind::Onward),
            (some(self.may_loop(), nested + 2), Kind::Loop),
            (some(self.around.emits.is_some(), 7), Kind::Emit),
            (some(self.around.round.is_some() && self.around.guarded, 5), Kind::Again),
            (some(self.around.recursive.is_some(), 6), Kind::Recursion),
        ];
        self.random.weighted(&kinds)
    }

    fn some_types(&mut self) -> Vec<Type> {
        let types = self.types();
        if types.is_empty() { vec![Type::Text] } else { types }
    }

    fn assign(&mut self) -> Stmt {
        let changing: Vec<_> = [Type::Int, Type::Text]
            .iter()
            .flat_map(|ty| self.visible(*ty))
            .filter(|variable| variable.mutable)
            .collect();
        if changing.is_empty() {
            return self.write();
        }
        let name = self.random.one(&changing).name.clone();
        if self.random.chance(60) {
            return Stmt::Add(name, self.random.within(1, 3));
        }
        let value = self.value(Type::of(&name));
        Stmt::Assign(name, value)
    }

    fn call(&mut self) -> Stmt {
        let function = *self.random.one(&[Function::Twice, Function::Shout, Function::Both]);
        let types: &[Type] = match function {
            Function::Twice => &[Type::Int],
            Function::Shout => &[Type::Text],
            Function::Both => &[Type::Int, Type::Text],
        };
        let (args, binds) = (self.args(types), self.names(types));
        self.bind(&binds);
        Stmt::Call(function, args, binds)
    }

    fn explode(&mut self) -> Stmt {
        let (items, types): (Items, &[Type]) = match self.random.below(4) {
            0 => (Items::Range(self.int(), 3), &[Type::Int]),
            1 => {
                let pair = |generator: &mut Self| (generator.int(), generator.value(Type::Text));
                let pairs = (0..1 + self.random.below(2)).map(|_| pair(self)).collect();
                (Items::Pairs(pairs), &[Type::Int, Type::Text])
            }
            _ => {
                let ty = self.a_type();
                let types = vec![ty; 1 + self.random.below(2)];
                let list = Items::List(self.values(&types));
                (list, if ty == Type::Int { &[Type::Int] } else { &[Type::Text] })
            }
        };
        let binds = self.names(types);
        self.bind(&binds);
        Stmt::Explode(items, binds)
    }

    fn call_op(&mut self, op: usize, left: Expr) -> Stmt {
        let signature = self.ops[op].clone();
        let left = signature.recursive.then_some(left);
        let params = self.args(&signature.params);
        let seq = Expr::Var("seq".to_owned());
        let args: Vec<Expr> = left.into_iter().chain(params).chain([seq]).collect();
        match signature.streams.as_slice() {
            [] => Stmt::CallOp(op, args, None),
            [types] => {
                let binds = self.names(types);
                self.bind(&binds);
                Stmt::CallOp(op, args, Some(binds))
            }
            _ => self.streams(op, args),
        }
    }

    /// An operation that calls itself, while its counter allows it.
    fn recursion(&mut self, op: usize) -> Vec<Stmt> {
        let left = Cond::Not(Box::new(Cond::Less(Expr::Var("left".to_owned()), 1)));
        let less = Expr::Step("left".to_owned(), -1);
        if self.random.chance(50) {
            return vec![Stmt::Filter(left), self.call_op(op, less)];
        }
        let test = Test { half: None, cond: Some(left) };
        let block = self.block(&[], |generator| {
            let mut list = vec![generator.call_op(op, less)];
            list.extend(generator.short_list());
            list
        });
        let stmt = Stmt::If(vec![(test, block)], None);
        vec![self.behind(stmt)]
    }

    pub(super) fn hop(&mut self) -> Stmt {
        let shuffle = if self.shuffles { 3 } else { 0 };
        let kinds = [(7, 0), (1, 1), (2, 2), (3, 3), (shuffle, 4)];
        let hop = match self.random.weighted(&kinds) {
            0 => {
                let ty = self.a_type();
                Hop::Hash(self.arg(ty))
            }
            1 => Hop::All,
            2 => Hop::Global,
            3 => Hop::Direct(self.int()),
            _ => Hop::Shuffle,
        };
        Stmt::Hop(hop)
    }

    fn read(&mut self) -> Stmt {
        let how = *self.random.one(&[How::One, How::One, How::Any, How::Many, How::Pages]);
        let (key, bind) = (self.int(), self.name(Type::Int));
        self.bind(std::slice::from_ref(&bind));
        Stmt::Read(how, key, bind)
    }

    pub(super) fn write(&mut self) -> Stmt {
        self.labels += 1;
        let inline = self.random.chance(35);
        let values = if inline {
            [self.int(), self.int(), self.value(Type::Text)]
        } else {
            [self.arg(Type::Int), self.arg(Type::Int), self.arg(Type::Text)]
        };
        Stmt::Write(self.labels, values, inline)
    }
}
