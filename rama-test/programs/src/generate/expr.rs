//! Values and conditions from what is in scope.

use super::super::program::{Cond, Expr, Test, Type};
use super::Generator;

impl Generator {
    /// A value in larger code, where a text is not moved.
    pub(super) fn value(&mut self, ty: Type) -> Expr {
        match ty {
            Type::Int => self.int(),
            Type::Text => self.text(),
        }
    }

    /// An argument, where a variable alone is moved or cloned.
    pub(super) fn arg(&mut self, ty: Type) -> Expr {
        let visible = self.visible(ty);
        if !visible.is_empty() && self.random.chance(60) {
            return Expr::Var(self.random.one(&visible).name.clone());
        }
        self.value(ty)
    }

    pub(super) fn args(&mut self, types: &[Type]) -> Vec<Expr> {
        types.iter().map(|ty| self.arg(*ty)).collect()
    }

    pub(super) fn values(&mut self, types: &[Type]) -> Vec<Expr> {
        types.iter().map(|ty| self.value(*ty)).collect()
    }

    pub(super) fn int(&mut self) -> Expr {
        if self.random.chance(50) {
            return self.atom();
        }
        let operator = *self.random.one(&['+', '-', '*']);
        let left = if self.random.chance(20) { self.int() } else { self.atom() };
        let modulus = *self.random.one(&[3, 7, 10, 100]);
        Expr::Calc(operator, Box::new(left), Box::new(self.atom()), modulus)
    }

    fn atom(&mut self) -> Expr {
        let texts = self.visible(Type::Text);
        if !texts.is_empty() && self.random.chance(12) {
            return Expr::Length(self.random.one(&texts).name.clone());
        }
        let ints = self.visible(Type::Int);
        if !ints.is_empty() && self.random.chance(75) {
            return Expr::Var(self.random.one(&ints).name.clone());
        }
        Expr::Int(self.random.within(-1, 9))
    }

    fn text(&mut self) -> Expr {
        let texts = self.visible(Type::Text);
        let ints = self.visible(Type::Int);
        if !texts.is_empty() && self.random.chance(45) {
            return Expr::Copy(self.random.one(&texts).name.clone());
        }
        if !ints.is_empty() && self.random.chance(70) {
            // At most one text, so that texts grow slowly.
            let mut names = vec![self.random.one(&ints).name.clone()];
            if !texts.is_empty() && self.random.chance(60) {
                names.push(self.random.one(&texts).name.clone());
            }
            return Expr::Format(names);
        }
        Expr::Literal((*self.random.one(&["l", "m", "no"])).to_owned())
    }

    pub(super) fn cond(&mut self) -> Cond {
        let simple = match self.random.below(5) {
            0 | 1 => Cond::Less(self.int(), self.random.within(-1, 8)),
            2 | 3 => Cond::Even(self.int()),
            _ => match self.visible(Type::Text).first() {
                Some(text) => Cond::Longer(text.name.clone(), self.random.below(5)),
                None => Cond::Even(self.int()),
            },
        };
        match self.random.below(8) {
            0 => Cond::Not(Box::new(simple)),
            1 => Cond::And(Box::new(simple), Box::new(Cond::Even(self.int()))),
            _ => simple,
        }
    }

    pub(super) fn maybe_cond(&mut self, percent: usize) -> Option<Cond> {
        self.random.chance(percent).then(|| self.cond())
    }

    /// What stands behind `if`; what it binds is in scope of its condition.
    pub(super) fn test(&mut self) -> Test {
        if !self.random.chance(25) {
            return Test { half: None, cond: Some(self.cond()) };
        }
        let value = self.int();
        let bind = self.names(&[Type::Int]).remove(0);
        let before = self.scope.len();
        self.bind(std::slice::from_ref(&bind));
        let cond = self.maybe_cond(40);
        self.scope.truncate(before);
        Test { half: Some((bind, value)), cond }
    }
}
