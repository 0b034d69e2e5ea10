//! Which values are surely the same, surely different variables, or perhaps the same: what the check of homes knows
//! about variables. It looks at forms only, never at types, and what it cannot follow may be anything.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Expr, Member, Pat, UnOp};

/// A value of a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct ValueId(usize);

/// A value that may be any other one.
pub(super) const ANY: ValueId = ValueId(0);

enum Origin {
    Any,
    /// From outside, such as a record.
    Given,
    /// A part of a value.
    Part(ValueId),
    Tuple(Vec<ValueId>),
    /// What Rust made of other values.
    Made,
}

struct Entry {
    origin: Origin,
    /// The given values and parts of them in which it originates.
    reads: BTreeSet<ValueId>,
}

/// All values of a flow.
pub(super) struct Values {
    list: Vec<Entry>,
    /// Parts that have a number already.
    parts: BTreeMap<(ValueId, String), ValueId>,
    tuples: BTreeMap<Vec<ValueId>, ValueId>,
}

impl Values {
    pub(super) fn new() -> Self {
        let any = Entry { origin: Origin::Any, reads: BTreeSet::from([ANY]) };
        Self { list: vec![any], parts: BTreeMap::new(), tuples: BTreeMap::new() }
    }

    /// A value that is no part of another one.
    pub(super) fn given(&mut self) -> ValueId {
        let id = ValueId(self.list.len());
        self.push(Origin::Given, BTreeSet::from([id]))
    }

    /// A part of a value; asked twice it is the same one.
    pub(super) fn part(&mut self, of: ValueId, name: &str) -> ValueId {
        if of == ANY {
            return ANY;
        }
        if let Origin::Tuple(elements) = &self.list[of.0].origin
            && let Some(element) = name.parse().ok().and_then(|at: usize| elements.get(at))
        {
            return *element;
        }
        let key = (of, name.to_owned());
        if let Some(known) = self.parts.get(&key) {
            return *known;
        }
        let is_given = matches!(self.list[self.root(of).0].origin, Origin::Given);
        let own = BTreeSet::from([ValueId(self.list.len())]);
        let reads = if is_given { own } else { self.list[of.0].reads.clone() };
        let id = self.push(Origin::Part(of), reads);
        self.parts.insert(key, id);
        id
    }

    /// An element of a value, another one each time.
    pub(super) fn element(&mut self, of: ValueId) -> ValueId {
        let unique = format!("[{}]", self.list.len());
        self.part(of, &unique)
    }

    pub(super) fn tuple(&mut self, elements: Vec<ValueId>) -> ValueId {
        if let Some(known) = self.tuples.get(&elements) {
            return *known;
        }
        let reads = self.reads(&elements);
        let id = self.push(Origin::Tuple(elements.clone()), reads);
        self.tuples.insert(elements, id);
        id
    }

    /// What Rust makes of values; of none it makes a constant, which may be anything.
    pub(super) fn made(&mut self, from: &[ValueId]) -> ValueId {
        let reads = self.reads(from);
        if reads.is_empty() || reads.contains(&ANY) { ANY } else { self.push(Origin::Made, reads) }
    }

    /// Whether two values could be the same one under different names. Two parts of one value are not, and neither
    /// are values that have nothing to do with each other.
    pub(super) fn may_be_same(&self, one: ValueId, other: ValueId) -> bool {
        if self.root(one) == self.root(other) {
            return self.contains(one, other) || self.contains(other, one);
        }
        let (ones, others) = (&self.list[one.0].reads, &self.list[other.0].reads);
        let overlaps = |a: &ValueId| {
            *a == ANY || others.iter().any(|b| self.contains(*a, *b) || self.contains(*b, *a))
        };
        others.contains(&ANY) || ones.iter().any(overlaps)
    }

    /// Gives each variable of a pattern its part of the value.
    pub(super) fn bind(
        &mut self,
        pat: &Pat,
        value: ValueId,
        found: &mut BTreeMap<String, ValueId>,
    ) {
        match pat {
            Pat::Ident(ident) => {
                found.insert(ident.ident.to_string(), value);
                ident.subpat.iter().for_each(|(_, inner)| self.bind(inner, value, found));
            }
            Pat::Reference(inner) => self.bind(&inner.pat, value, found),
            Pat::Paren(inner) => self.bind(&inner.pat, value, found),
            Pat::Type(inner) => self.bind(&inner.pat, value, found),
            Pat::Tuple(tuple) => self.bind_list(tuple.elems.iter(), value, found),
            Pat::TupleStruct(tuple) => self.bind_list(tuple.elems.iter(), value, found),
            Pat::Slice(slice) => {
                let whole = self.element(value);
                self.bind_list(slice.elems.iter(), whole, found);
            }
            Pat::Struct(fields) => {
                for field in &fields.fields {
                    let part = self.part(value, &member(&field.member));
                    self.bind(&field.pat, part, found);
                }
            }
            Pat::Or(cases) => {
                // Which of them matched is not known, so each variable is something of the value.
                let (mut inside, part) = (BTreeMap::new(), self.made(&[value]));
                cases.cases.iter().for_each(|case| self.bind(case, value, &mut inside));
                found.extend(inside.into_keys().map(|name| (name, part)));
            }
            _ => {}
        }
    }

    /// Behind `..` the number of an element is not known.
    fn bind_list<'p>(
        &mut self,
        elements: impl Iterator<Item = &'p Pat>,
        value: ValueId,
        found: &mut BTreeMap<String, ValueId>,
    ) {
        let mut behind_rest = false;
        for (at, element) in elements.enumerate() {
            behind_rest |= matches!(element, Pat::Rest(_));
            let part =
                if behind_rest { self.made(&[value]) } else { self.part(value, &at.to_string()) };
            self.bind(element, part, found);
        }
    }

    /// The value of an expression; `all` are the values that it uses, of which it makes what cannot be followed.
    pub(super) fn of_expression(
        &mut self,
        expression: &Expr,
        variable: &dyn Fn(&str) -> ValueId,
        all: &[ValueId],
    ) -> ValueId {
        if let Some(same) = same_value(expression) {
            return self.of_expression(same, variable, all);
        }
        match expression {
            Expr::Path(path) => match path.path.get_ident() {
                Some(name) => variable(&name.to_string()),
                None => ANY,
            },
            Expr::Field(field) => {
                let base = self.of_expression(&field.base, variable, all);
                self.part(base, &member(&field.member))
            }
            Expr::Tuple(tuple) => {
                let elements = tuple.elems.iter();
                let elements = elements.map(|one| self.of_expression(one, variable, all)).collect();
                self.tuple(elements)
            }
            _ => self.made(all),
        }
    }

    fn push(&mut self, origin: Origin, reads: BTreeSet<ValueId>) -> ValueId {
        self.list.push(Entry { origin, reads });
        ValueId(self.list.len() - 1)
    }

    /// Whether nobody knows the value, or a part of it.
    pub(super) fn may_be_any(&self, value: ValueId) -> bool {
        value == ANY || self.reads(&[value]).contains(&ANY)
    }

    fn reads(&self, of: &[ValueId]) -> BTreeSet<ValueId> {
        of.iter().flat_map(|one| self.list[one.0].reads.iter().copied()).collect()
    }

    fn whole(&self, part: ValueId) -> Option<ValueId> {
        match self.list[part.0].origin {
            Origin::Part(of) => Some(of),
            _ => None,
        }
    }

    /// The value of which this is a part of a part.
    fn root(&self, value: ValueId) -> ValueId {
        std::iter::successors(Some(value), |part| self.whole(*part)).last().unwrap_or(value)
    }

    fn contains(&self, whole: ValueId, part: ValueId) -> bool {
        std::iter::successors(Some(part), |part| self.whole(*part)).any(|one| one == whole)
    }
}

/// The expression inside that has the same value: behind a reference, in front of `.clone()`.
pub(super) fn same_value(expression: &Expr) -> Option<&Expr> {
    /// Methods that give the same key, owned or lent.
    const SAME: &[&str] = &["clone", "to_owned", "as_str", "borrow"];
    match expression {
        Expr::Paren(inner) => Some(&inner.expr),
        Expr::Group(inner) => Some(&inner.expr),
        Expr::Reference(inner) if inner.mutability.is_none() => Some(&inner.expr),
        Expr::Unary(inner) if matches!(inner.op, UnOp::Deref(_)) => Some(&inner.expr),
        Expr::MethodCall(call) if call.args.is_empty() => {
            SAME.iter().any(|name| call.method == name).then_some(&*call.receiver)
        }
        _ => None,
    }
}

fn member(member: &Member) -> String {
    match member {
        Member::Named(name) => name.to_string(),
        Member::Unnamed(index) => index.index.to_string(),
    }
}
