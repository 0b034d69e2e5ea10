//! What is in scope while a program is made.

use super::super::program::{Bind, Stmt, Type};
use super::Generator;

/// A variable in scope.
#[derive(Clone, Debug)]
pub(super) struct Variable {
    pub(super) name: String,
    /// Whether it is `mut`.
    pub(super) mutable: bool,
}

/// The names that are bound over and over again, so that they hide each other.
const INTS: [&str; 4] = ["a", "b", "c", "d"];
const TEXTS: [&str; 3] = ["s", "t", "u"];

/// The variables of a source.
pub(super) fn of_record() -> Vec<Variable> {
    let variable = |name: &str| Variable { name: name.to_owned(), mutable: false };
    ["key", "seq", "a", "b", "s"].map(variable).into()
}

impl Generator {
    pub(super) fn bind(&mut self, binds: &[Bind]) {
        for Bind { name, mutable } in binds {
            self.scope.push(Variable { name: name.clone(), mutable: *mutable });
        }
    }

    /// The variables of a type that are not hidden.
    pub(super) fn visible(&self, ty: Type) -> Vec<Variable> {
        let mut seen: Vec<Variable> = Vec::new();
        for variable in self.scope.iter().rev().filter(|one| Type::of(&one.name) == ty) {
            if !seen.iter().any(|other| other.name == variable.name) {
                seen.push(variable.clone());
            }
        }
        seen
    }

    /// Makes a block, whose names are gone behind it.
    pub(super) fn block(
        &mut self,
        binds: &[Bind],
        make: impl FnOnce(&mut Self) -> Vec<Stmt>,
    ) -> Vec<Stmt> {
        let before = (self.scope.clone(), self.around.guarded);
        self.bind(binds);
        self.numbered += 1;
        self.blocks.push(self.numbered);
        let made = make(self);
        self.blocks.pop();
        (self.scope, self.around.guarded) = before;
        made
    }

    /// A name to bind.
    pub(super) fn name(&mut self, ty: Type) -> Bind {
        let names: &[&str] = if ty == Type::Int { &INTS } else { &TEXTS };
        Bind { name: (*self.random.one(names)).to_owned(), mutable: self.random.chance(35) }
    }

    /// Names for several values, which differ.
    pub(super) fn names(&mut self, types: &[Type]) -> Vec<Bind> {
        let mut binds: Vec<Bind> = Vec::new();
        for ty in types {
            let mut bind = self.name(*ty);
            while binds.iter().any(|other| other.name == bind.name) {
                bind = self.name(*ty);
            }
            binds.push(bind);
        }
        binds
    }

    pub(super) fn a_type(&mut self) -> Type {
        if self.random.chance(65) { Type::Int } else { Type::Text }
    }

    /// One or two types, rarely none.
    pub(super) fn types(&mut self) -> Vec<Type> {
        let count = self.random.weighted(&[(1, 0), (6, 1), (4, 2)]);
        (0..count).map(|_| self.a_type()).collect()
    }
}
