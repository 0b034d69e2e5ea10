//! A flow: what it knows, and what values and conditions are for it.

use super::super::program::{Bind, Cond, Expr, Function, Items, Pattern, Test};
use super::Value;

/// Where the flow is and what it knows.
#[derive(Clone)]
pub(super) struct Flow {
    pub(super) env: Vec<(String, Value)>,
    pub(super) task: Option<u32>,
}

impl Flow {
    pub(super) fn get(&self, name: &str) -> Value {
        let found = self.env.iter().rev().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("`{name}` is in scope")).1.clone()
    }

    pub(super) fn int(&self, name: &str) -> i64 {
        match self.get(name) {
            Value::Int(value) => value,
            Value::Text(_) => panic!("`{name}` is a number"),
        }
    }

    pub(super) fn text(&self, name: &str) -> String {
        match self.get(name) {
            Value::Text(value) => value,
            Value::Int(_) => panic!("`{name}` is a text"),
        }
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        let found = self.env.iter_mut().rev().find(|(known, _)| known == name);
        found.unwrap_or_else(|| panic!("`{name}` is in scope")).1 = value;
    }

    pub(super) fn bind(mut self, binds: &[Bind], values: Vec<Value>) -> Self {
        let names = binds.iter().map(|bind| bind.name.clone());
        self.env.extend(names.zip(values));
        self
    }

    /// Leaves a block; some of what it bound is bound behind it too.
    pub(super) fn leave(mut self, depth: usize, kept: &[Bind]) -> Self {
        let values = kept.iter().map(|bind| self.get(&bind.name)).collect();
        self.env.truncate(depth);
        self.bind(kept, values)
    }

    pub(super) fn values(&self, all: &[Expr]) -> Vec<Value> {
        all.iter().map(|one| self.value(one)).collect()
    }

    pub(super) fn number(&self, expr: &Expr) -> i64 {
        match self.value(expr) {
            Value::Int(value) => value,
            Value::Text(_) => panic!("{expr:?} is a number"),
        }
    }

    pub(super) fn value(&self, expr: &Expr) -> Value {
        match expr {
            Expr::Int(value) => Value::Int(*value),
            Expr::Var(name) | Expr::Copy(name) => self.get(name),
            Expr::Calc(operator, left, right, modulus) => {
                let (left, right) = (self.number(left), self.number(right));
                let value = match operator {
                    '+' => left + right,
                    '-' => left - right,
                    _ => left * right,
                };
                Value::Int(value % modulus)
            }
            Expr::Step(name, step) => Value::Int(self.int(name) + step),
            Expr::Length(name) => {
                Value::Int(i64::try_from(self.text(name).len()).expect("a short text"))
            }
            Expr::Literal(text) => Value::Text(text.clone()),
            Expr::Format(names) => {
                let parts = names.iter().map(|name| match self.get(name) {
                    Value::Int(value) => value.to_string(),
                    Value::Text(text) => text,
                });
                Value::Text(parts.collect::<Vec<_>>().join("-"))
            }
        }
    }

    pub(super) fn holds(&self, cond: &Cond) -> bool {
        match cond {
            Cond::Less(value, bound) => self.number(value) < *bound,
            Cond::Even(value) => self.number(value) % 2 == 0,
            Cond::Longer(name, bound) => self.text(name).len() > *bound,
            Cond::And(left, right) => self.holds(left) && self.holds(right),
            Cond::Not(inner) => !self.holds(inner),
        }
    }

    /// The flow behind `Some(bind) = halve(value)`, if that matches.
    pub(super) fn half(&self, bind: &Bind, value: &Expr) -> Option<Self> {
        let half = halve(self.number(value))?;
        Some(self.clone().bind(std::slice::from_ref(bind), vec![Value::Int(half)]))
    }

    /// The flow in the branch, if the test lets it in.
    pub(super) fn test(&self, test: &Test) -> Option<Self> {
        let mut inside = self.clone();
        if let Some((bind, value)) = &test.half {
            inside = self.half(bind, value)?;
        }
        let holds = test.cond.as_ref().is_none_or(|cond| inside.holds(cond));
        holds.then_some(inside)
    }

    /// The same for an arm.
    pub(super) fn matches(
        &self,
        pattern: &Pattern,
        value: Option<i64>,
        guard: Option<&Cond>,
    ) -> Option<Self> {
        let bound = |bind: &Bind, value: i64| {
            Some(self.clone().bind(std::slice::from_ref(bind), vec![Value::Int(value)]))
        };
        let inside = match pattern {
            Pattern::Ints(all) => all.contains(&value?).then(|| self.clone()),
            Pattern::Name(bind) | Pattern::Some(bind) => bound(bind, value?),
            Pattern::None => value.is_none().then(|| self.clone()),
            Pattern::Any => Some(self.clone()),
        }?;
        guard.is_none_or(|guard| inside.holds(guard)).then_some(inside)
    }
}

/// The function of that name in the programs.
pub(super) fn halve(value: i64) -> Option<i64> {
    (value % 2 == 0).then_some(value / 2)
}

pub(super) fn call(function: Function, args: &[Value]) -> Vec<Value> {
    match (function, args) {
        (Function::Twice, [Value::Int(value)]) => vec![Value::Int(value * 2 % 1_000)],
        (Function::Shout, [Value::Text(text)]) => vec![Value::Text(text.to_uppercase())],
        (Function::Both, [Value::Int(value), Value::Text(text)]) => {
            vec![Value::Int(value + 1), Value::Text(format!("{text}!"))]
        }
        (function, args) => panic!("{function:?} does not take {args:?}"),
    }
}

pub(super) fn items_of(items: &Items, flow: &Flow) -> Vec<Vec<Value>> {
    match items {
        Items::List(all) => flow.values(all).into_iter().map(|one| vec![one]).collect(),
        Items::Range(value, bound) => {
            let end = flow.number(value).rem_euclid(*bound);
            (0..end).map(|one| vec![Value::Int(one)]).collect()
        }
        Items::Pairs(all) => {
            all.iter().map(|(one, two)| vec![flow.value(one), flow.value(two)]).collect()
        }
    }
}
