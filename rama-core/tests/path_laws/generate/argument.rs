//! Arguments of steps, taken from the data where there is some.

use super::{At, Walker, bare, value};
use crate::naive::{Call, Comparison, Span, Value};
use rama_core::dynamic::Type;

impl Walker<'_, '_> {
    /// A value of a type; one of these in two of three cases, so that paths hit.
    pub(super) fn near(&mut self, ty: &Type, there: &[Value]) -> Value {
        // Where no type is known, JSON says the same in another form.
        if there.is_empty() || ty.to_string().contains("json") || self.choices.rarely(5) {
            return value(self.choices, ty);
        }
        self.choices.pick(there).clone()
    }

    /// Some values of a type, mostly of these.
    pub(super) fn several(&mut self, ty: &Type, there: &[Value]) -> Vec<Value> {
        (0..self.choices.below(4)).map(|_| self.near(ty, there)).collect()
    }

    /// An index into the list that stands here, mostly of an element.
    pub(super) fn index(&mut self, at: &At) -> usize {
        let count = elements(at).len();
        if count == 0 || self.choices.rarely(6) {
            self.choices.below(4)
        } else {
            self.choices.below(count)
        }
    }

    pub(super) fn span(&mut self, ty: &Type, there: &[Value]) -> Span {
        let most = if self.choices.flip() { Some(self.choices.below(4)) } else { None };
        match self.choices.below(5) {
            0 => {
                let (one, other) = (self.near(ty, there), self.near(ty, there));
                let (start, end) = if one <= other { (one, other) } else { (other, one) };
                let inclusive_end = self.choices.flip();
                Span::Between { start, end, inclusive_start: !self.choices.flip(), inclusive_end }
            }
            1 => Span::From { start: self.near(ty, there), inclusive: !self.choices.flip(), most },
            2 => Span::FromStart(self.choices.below(4)),
            3 => Span::To { end: self.near(ty, there), inclusive: self.choices.flip(), most },
            _ => Span::ToEnd(self.choices.below(4)),
        }
    }

    /// A question about the value here, mostly one that is answered with yes.
    pub(super) fn question(&mut self, at: &At) -> Call {
        let question = self.any_question(at);
        let passes = at.sample.as_ref().is_none_or(|sample| question.accepts(sample));
        if passes || self.choices.rarely(3) { question } else { Call::of("is_some") }
    }

    fn any_question(&mut self, at: &At) -> Call {
        let kind = match at.sample {
            Some(Value::Int(_)) => 1,
            Some(Value::List(_) | Value::Set(_) | Value::Map(_) | Value::Text(_)) => 2,
            _ => 0,
        };
        let name = match (kind, self.choices.below(4)) {
            (1, 0 | 1) => "is_even",
            (1, 2) => "is_positive",
            (2, 0 | 1) => "is_empty",
            (_, 3) => "is_null",
            _ => "is_some",
        };
        if kind == 2 && self.choices.rarely(4) {
            let there = elements(at);
            let part = match bare(&at.ty) {
                Type::Map(key, _) | Type::BTreeMap(key, _) => self.near(key, &keys(at)),
                Type::Set(inner) | Type::BTreeSet(inner) | Type::List(inner) | Type::Vec(inner) => {
                    self.near(inner, &there)
                }
                _ => Value::text("a"),
            };
            // Values of no type in particular are what JSON has: no sets, and of maps only objects.
            if matches!(part, Value::Int(_) | Value::Text(_) | Value::Bool(_)) {
                return Call { name: "contains", arguments: vec![part] };
            }
        }
        Call::of(name)
    }

    /// A comparison with a constant, mostly one that holds.
    pub(super) fn comparison(&mut self, at: &At) -> (Comparison, Value) {
        let (comparison, value) = self.any_comparison(at);
        let same = at.sample.as_ref().unwrap_or(&Value::Nil);
        match same {
            same if comparison.holds(same, &value) || self.choices.rarely(3) => (comparison, value),
            same if *same == value => (Comparison::Eq, value),
            _ => (Comparison::Ne, value),
        }
    }

    fn any_comparison(&mut self, at: &At) -> (Comparison, Value) {
        use Comparison::{Eq, Ge, Gt, Le, Lt, Ne};
        let there: Vec<Value> = at.sample.iter().cloned().collect();
        let value = match &at.ty {
            Type::Json => self.scalar(&there),
            Type::Option(_) if self.choices.rarely(4) => Value::Nil,
            ty => self.near(bare(ty), &there),
        };
        (*self.choices.pick(&[Eq, Ne, Lt, Le, Gt, Ge]), value)
    }

    /// A value where no type is known: what JSON can say as it is.
    pub(super) fn scalar(&mut self, there: &[Value]) -> Value {
        let there = there.iter().filter(|value| matches!(value, Value::Int(_) | Value::Text(_)));
        let there: Vec<_> = there.cloned().collect();
        if !there.is_empty() && self.choices.flip() {
            return self.choices.pick(&there).clone();
        }
        Value::count(self.choices.below(4))
    }

    /// A value to put or to compare at a place of this type.
    pub(super) fn literal(&mut self, ty: &Type) -> Value {
        match ty {
            Type::Json => self.scalar(&[]),
            ty => value(self.choices, ty),
        }
    }

    /// A function that works on the value here, mostly.
    pub(super) fn function(&mut self, at: &At) -> Call {
        let names: &[&'static str] = match &at.sample {
            Some(Value::Int(_)) => &["inc", "negate", "dec", "identity", "is_odd", "list"],
            Some(Value::Text(_)) => &["upper", "identity", "size", "list"],
            Some(Value::List(_)) => {
                &["reverse", "identity", "size", "rest", "first", "is_empty", "to_list"]
            }
            Some(Value::Set(_)) => &["identity", "size", "to_list", "last", "is_empty", "rest"],
            Some(Value::Map(_)) => &["identity", "size", "is_empty", "list"],
            Some(Value::Bool(_)) => &["not", "identity", "list"],
            Some(Value::Nil) | None => &["identity", "is_some", "inc", "size"],
        };
        let name = self.choices.pick(names);
        if self.choices.rarely(6) {
            let argument = self.scalar(&[]);
            let name = match &at.sample {
                Some(Value::Int(_)) => self.choices.pick(&["add", "sub"]),
                Some(Value::List(_)) => "append",
                _ => "or",
            };
            return Call { name, arguments: vec![argument] };
        }
        Call::of(name)
    }
}

/// The elements of the collection that stands here, or the values of the map.
pub(super) fn elements(at: &At) -> Vec<Value> {
    match &at.sample {
        Some(Value::Map(map)) => map.values().cloned().collect(),
        Some(other) => other.elements().unwrap_or_default(),
        None => vec![],
    }
}

/// The keys of the map that stands here.
pub(super) fn keys(at: &At) -> Vec<Value> {
    match &at.sample {
        Some(Value::Map(map)) => map.keys().cloned().collect(),
        _ => vec![],
    }
}
