//! Random ends of paths that write.

use super::{At, Presence, Store, Walker};
use crate::naive::{Call, Nav, Path, Value};
use rama_core::dynamic::Type;

impl Walker<'_, '_> {
    /// Ends a path that writes, sometimes by several branches that each have an end.
    pub(crate) fn terminal(&mut self, at: &At, path: &mut Path) {
        if self.depth == 0 || !self.choices.rarely(6) {
            let nav = self.end(at);
            _ = self.stay(at, path, nav);
            return;
        }
        self.depth -= 1;
        let mut ended = || {
            let mut end = at.clone();
            let mut inner = self.steps(&mut end, 2);
            self.terminal(&end, &mut inner);
            inner
        };
        let (one, other) = (ended(), ended());
        let nav = if self.choices.flip() {
            let mut end = at.clone();
            Nav::IfPath(self.reading(&mut end, 2), one, Some(other))
        } else {
            Nav::MultiPath(vec![one, other])
        };
        self.depth += 1;
        _ = self.stay(at, path, nav);
    }

    fn end(&mut self, at: &At) -> Nav {
        let knows_value = match at.presence {
            Presence::There => true,
            Presence::Maybe => at.ty == Type::Json,
            Presence::Void => false,
        };
        match self.choices.below(5) {
            0 | 1 if knows_value => {
                self.needs_value(at);
                Nav::Term(self.last_call(at))
            }
            2 if !at.is_top => Nav::Remove,
            _ => Nav::Termval(self.value_to_set(at)),
        }
    }

    /// A value to set at a place.
    pub(crate) fn value_to_set(&mut self, at: &At) -> Value {
        // Whole structures come as values, which only the type can tell from others.
        self.rows_may_refuse |= at.ty == Type::Json && at.store != Store::Value;
        self.literal(&at.ty)
    }

    /// A function of the value and of what was collected.
    fn last_call(&mut self, at: &At) -> Call {
        if at.collected == 0 || self.choices.rarely(8) {
            return self.function(at);
        }
        let name = match &at.sample {
            Some(Value::Int(_)) => *self.choices.pick(&["add", "sub", "or"]),
            Some(Value::Text(_) | Value::List(_)) => *self.choices.pick(&["concat", "or", "list"]),
            _ => *self.choices.pick(&["or", "list"]),
        };
        Call::of(name)
    }
}
