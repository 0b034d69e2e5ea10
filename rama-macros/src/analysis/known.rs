//! What is known about the variables of one flow: the value of each, and how the user wrote it.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};
use quote::ToTokens;
use syn::parse::Parser;
use syn::{BinOp, Expr, Pat};

use super::tree::{Flow, Value, VarId, Vars};
use super::values::{ANY, ValueId, Values, same_value};
use crate::syntax::{Code, Pattern, text};

/// The variables bound so far.
pub(super) struct Known<'a> {
    flow: &'a Flow,
    pub(super) values: Values,
    of: BTreeMap<VarId, ValueId>,
    /// What the user wrote for variables of the macro.
    hidden: BTreeMap<VarId, String>,
}

impl<'a> Known<'a> {
    pub(super) fn new(flow: &'a Flow) -> Self {
        Self { flow, values: Values::new(), of: BTreeMap::new(), hidden: BTreeMap::new() }
    }

    /// Binds a variable of the macro to what the user wrote.
    pub(super) fn hide(&mut self, id: VarId, written_as: &Value) {
        let value = self.value(written_as);
        self.know(id, value);
        self.hidden.insert(id, written(written_as));
    }

    /// Binds the variables of a pattern to their parts of a value.
    pub(super) fn bind(&mut self, pattern: &Pattern, binds: &[VarId], value: ValueId) {
        let mut found = BTreeMap::new();
        if let Ok(pat) = Pat::parse_multi_with_leading_vert.parse2(pattern.tokens.clone()) {
            self.values.bind(&pat, value, &mut found);
        }
        self.know_all(binds, &found);
    }

    /// What `if let` binds, from left to right.
    pub(super) fn bind_condition(&mut self, condition: &Code, uses: &Vars, binds: &[VarId]) {
        let mut found = BTreeMap::new();
        let mut rest: Vec<&Expr> = condition.tree.as_deref().into_iter().collect();
        while let Some(one) = rest.pop() {
            match one {
                Expr::Binary(both) if matches!(both.op, BinOp::And(_)) => {
                    rest.extend([&*both.right, &*both.left]);
                }
                Expr::Let(binding) => {
                    let all = self.all(uses);
                    let variable = |name: &str| {
                        found
                            .get(name)
                            .copied()
                            .unwrap_or_else(|| named(self.flow, &self.of, name, uses))
                    };
                    let value = self.values.of_expression(&binding.expr, &variable, &all);
                    self.values.bind(&binding.pat, value, &mut found);
                }
                _ => {}
            }
        }
        self.know_all(binds, &found);
    }

    /// What the names in a condition or guard mean: what it binds itself hides what was there before.
    pub(super) fn bound_or_used(&self, binds: &[VarId], uses: &Vars) -> Vars {
        let hidden = |id: &VarId| binds.iter().any(|bind| self.name(*bind) == self.name(*id));
        uses.iter().filter(|id| !hidden(id)).chain(binds).copied().collect()
    }

    fn know_all(&mut self, binds: &[VarId], found: &BTreeMap<String, ValueId>) {
        for id in binds {
            let value = found.get(&self.name(*id)).copied();
            self.know(*id, value.unwrap_or(ANY));
        }
    }

    /// What changes may be anything.
    pub(super) fn know(&mut self, id: VarId, value: ValueId) {
        let value = if self.flow.variables[id.0].mutable { ANY } else { value };
        self.of.insert(id, value);
    }

    pub(super) fn value(&mut self, value: &Value) -> ValueId {
        match value {
            Value::Variable(id, _) => self.value_of(*id),
            Value::Tuple(elements) => {
                let elements = elements.iter().map(|one| self.value(one)).collect();
                self.values.tuple(elements)
            }
            Value::Code(code, uses) => self.code(code, uses),
        }
    }

    pub(super) fn code(&mut self, code: &Code, uses: &Vars) -> ValueId {
        match code.tree.as_deref() {
            Some(tree) => self.expression(tree, uses),
            None => ANY,
        }
    }

    pub(super) fn expression(&mut self, expression: &Expr, uses: &Vars) -> ValueId {
        let all = self.all(uses);
        let variable = |name: &str| named(self.flow, &self.of, name, uses);
        self.values.of_expression(expression, &variable, &all)
    }

    pub(super) fn made(&mut self, uses: &Vars) -> ValueId {
        let all = self.all(uses);
        self.values.made(&all)
    }

    fn all(&self, uses: &Vars) -> Vec<ValueId> {
        uses.iter().map(|id| self.value_of(*id)).collect()
    }

    pub(super) fn value_of(&self, id: VarId) -> ValueId {
        self.of.get(&id).copied().unwrap_or(ANY)
    }

    pub(super) fn name(&self, id: VarId) -> String {
        self.flow.variables[id.0].name.to_string()
    }

    /// A key as the user wrote it, without what only lends or clones it.
    pub(super) fn text(&self, value: &Value) -> String {
        match value {
            Value::Variable(id, name) => {
                self.hidden.get(id).cloned().unwrap_or_else(|| name.to_string())
            }
            other => written(other),
        }
    }
}

fn named(flow: &Flow, known: &BTreeMap<VarId, ValueId>, name: &str, uses: &Vars) -> ValueId {
    let id = uses.iter().find(|id| flow.variables[id.0].name == name);
    id.and_then(|id| known.get(id)).copied().unwrap_or(ANY)
}

fn written(value: &Value) -> String {
    match value {
        Value::Variable(_, name) => name.to_string(),
        Value::Tuple(elements) => {
            let elements: Vec<_> = elements.iter().map(written).collect();
            format!("({})", elements.join(", "))
        }
        Value::Code(code, _) => match code.tree.as_deref() {
            Some(tree) => {
                let mut inner = tree;
                while let Some(same) = same_value(inner) {
                    inner = same;
                }
                text(&inner.to_token_stream())
            }
            None => text(&code.tokens),
        },
    }
}

/// Where to point at a key that is a variable or a part of one.
pub(super) fn plain_span(key: &Value) -> Option<Span> {
    match key {
        Value::Variable(_, name) => Some(name.span()),
        Value::Tuple(_) => None,
        Value::Code(code, _) => plain_name(code.tree.as_deref()?).map(|name| name.span()),
    }
}

/// The last name of `a`, `&a`, `a.clone()`, `a.b`.
fn plain_name(expression: &Expr) -> Option<Ident> {
    if let Some(same) = same_value(expression) {
        return plain_name(same);
    }
    match expression {
        Expr::Path(path) => path.path.get_ident().cloned(),
        Expr::Field(field) => {
            plain_name(&field.base)?;
            match &field.member {
                syn::Member::Named(name) => Some(name.clone()),
                syn::Member::Unnamed(index) => Some(Ident::new("index", index.span)),
            }
        }
        _ => None,
    }
}
