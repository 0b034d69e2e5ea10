//! Reading through steps that have paths of their own, that remember, or that collect.

use super::{ENOUGH, GO_ON, Next, Node, Reader, Rest, TOO_DEEP, UNDER_WAY_MAX, Walk, result, with};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::function::Call;
use crate::dynamic::plan::{Case, Nav, Step, Steps};

impl Reader<'_> {
    pub(super) fn cases(&mut self, cases: &[Case], node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        for case in cases {
            if self.found(&case.condition, node.clone(), rest.vals)? {
                return self.through(&case.path, node, rest);
            }
        }
        GO_ON
    }

    pub(super) fn multi(&mut self, paths: &[Steps], node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        for path in paths {
            if self.through(path, node.clone(), rest)?.is_break() {
                return ENOUGH;
            }
        }
        GO_ON
    }

    pub(super) fn around(
        &mut self,
        path: &[Step],
        here_first: bool,
        node: Node<'_>,
        rest: &mut Rest<'_>,
    ) -> Walk {
        if here_first && rest.go(self, node.clone())?.is_break() {
            return ENOUGH;
        }
        let flow = self.through(path, node.clone(), rest)?;
        if here_first || flow.is_break() { Ok(flow) } else { rest.go(self, node) }
    }

    pub(super) fn subselect(
        &mut self,
        step: &Step,
        path: &[Step],
        node: Node<'_>,
        rest: &mut Rest<'_>,
    ) -> Walk {
        let found = Data::List(self.gather(step, path, node, rest.vals)?);
        rest.go(self, Node::Data(&found))
    }

    pub(super) fn recursion(&mut self, body: usize, node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        let plan = self.plan;
        self.through(&plan.bodies[body], node, rest)
    }

    pub(super) fn with_pages(
        &mut self,
        size: usize,
        path: &[Step],
        node: Node<'_>,
        rest: &mut Rest<'_>,
    ) -> Walk {
        let outer = self.page_rows.replace(size);
        let walk = self.walk(path, node, rest.vals, &mut |reader, node, vals| {
            let inner = std::mem::replace(&mut reader.page_rows, outer);
            let walk = rest.go_with(reader, node, vals);
            reader.page_rows = inner;
            walk
        });
        self.page_rows = outer;
        walk
    }

    pub(super) fn take(
        &mut self,
        step: &Step,
        count: usize,
        ends: bool,
        node: Node<'_>,
        rest: &mut Rest<'_>,
    ) -> Walk {
        let done = if ends { ENOUGH } else { GO_ON };
        if !self.seen.entry(step.id).or_default().takes(count) {
            return done;
        }
        let flow = rest.go(self, node)?;
        let is_full = self.seen.entry(step.id).or_default().is_full(count);
        if flow.is_continue() && is_full { done } else { Ok(flow) }
    }

    pub(super) fn distinct(&mut self, step: &Step, node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        let value = self.value(step, &node)?.into_owned();
        if !self.seen.entry(step.id).or_default().is_new(value) {
            return GO_ON;
        }
        rest.go(self, node)
    }

    /// Along a path inside a step, and then along what follows the step.
    pub(super) fn through(&mut self, path: &[Step], node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        let vals = rest.vals;
        self.walk(path, node, vals, &mut |reader, node, vals| rest.go_with(reader, node, vals))
    }

    pub(super) fn fresh(&mut self, path: &[Step], node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        self.walk(path, node, &[], &mut |reader, node, _| rest.go(reader, node))
    }

    pub(super) fn collecting(&mut self, step: &Step, node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        let vals = self.collect(step, &node, rest.vals)?;
        rest.go_with(self, node, &vals)
    }

    /// What is collected behind the step.
    pub(in crate::dynamic) fn collect(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        vals: &[Data],
    ) -> Result<Vec<Data>, DynamicError> {
        let value = match &step.nav {
            Nav::Val => self.value(step, node)?.into_owned(),
            Nav::Putval(value) => value.clone(),
            Nav::Collect(path) => Data::List(self.select(step, path, node.clone())?),
            Nav::CollectOne(path) => {
                let mut found = self.select(step, path, node.clone())?;
                match (found.pop(), found.len()) {
                    (Some(one), 0) => one,
                    (one, others) => {
                        let count = others + usize::from(one.is_some());
                        return Err(step.error(format!(
                            "needs a path that finds exactly one value, and this one finds {count}: collect takes \
                             any number"
                        )));
                    }
                }
            }
            // DISPENSE.
            _ => return Ok(Vec::new()),
        };
        Ok(with(vals, value))
    }

    /// Whether a path finds something from here. It runs on its own: what its steps remember is forgotten.
    pub(in crate::dynamic) fn found(
        &mut self,
        path: &[Step],
        node: Node<'_>,
        vals: &[Data],
    ) -> Result<bool, DynamicError> {
        let mut found = false;
        self.aside(path, node, vals, &mut |_, _, _| {
            found = true;
            ENOUGH
        })?;
        Ok(found)
    }

    /// Whether a path finds this value from here.
    pub(in crate::dynamic) fn finds(
        &mut self,
        path: &[Step],
        node: Node<'_>,
        wanted: &Data,
    ) -> Result<bool, DynamicError> {
        let mut found = false;
        self.aside(path, node, &[], &mut |_, node, _| {
            found = matches!(node, Node::Data(data) if data == wanted);
            if found { ENOUGH } else { GO_ON }
        })?;
        Ok(found)
    }

    /// Everything a path finds from here, as [`select`](crate::dynamic::SelectPlan::select) gives it.
    fn select(
        &mut self,
        step: &Step,
        path: &[Step],
        node: Node<'_>,
    ) -> Result<Vec<Data>, DynamicError> {
        let mut found = Vec::new();
        self.aside(path, node, &[], &mut |reader, node, vals| {
            let value = reader.value(step, &node)?.into_owned();
            found.push(result(vals, value));
            GO_ON
        })?;
        Ok(found)
    }

    /// Everything a path finds from here, for `subselect`.
    pub(in crate::dynamic) fn gather(
        &mut self,
        step: &Step,
        path: &[Step],
        node: Node<'_>,
        outer: &[Data],
    ) -> Result<Vec<Data>, DynamicError> {
        let mut found = Vec::new();
        self.aside(path, node, outer, &mut |reader, node, vals| {
            if vals != outer {
                return Err(
                    step.error("its path collects, which it must not: collect in front or behind")
                );
            }
            found.push(reader.value(step, &node)?.into_owned());
            GO_ON
        })?;
        Ok(found)
    }

    fn aside(
        &mut self,
        path: &[Step],
        node: Node<'_>,
        vals: &[Data],
        next: &mut Next<'_>,
    ) -> Result<(), DynamicError> {
        let outer = std::mem::take(&mut self.seen);
        let walk = self.walk(path, node, vals, next);
        self.seen = outer;
        walk.map(drop)
    }

    /// The topmost values on each way down that the function accepts: keys and values, elements.
    pub(super) fn walker(
        &mut self,
        step: &Step,
        call: &Call,
        node: Node<'_>,
        visit: &mut dyn FnMut(&mut Self, Node<'_>) -> Walk,
    ) -> Walk {
        if self.under_way == UNDER_WAY_MAX {
            return Err(step.error(TOO_DEEP));
        }
        self.under_way += 1;
        let walk = self.walk_down(step, call, node, visit);
        self.under_way -= 1;
        walk
    }

    fn walk_down(
        &mut self,
        step: &Step,
        call: &Call,
        node: Node<'_>,
        visit: &mut dyn FnMut(&mut Self, Node<'_>) -> Walk,
    ) -> Walk {
        match &node {
            Node::Data(data) if call.accepts((*data).clone()) => visit(self, node),
            Node::Missing if call.accepts(Data::Null) => visit(self, node),
            Node::Data(Data::Map(_)) | Node::Rows(_) => {
                self.each_entry(step, &node, true, &mut |reader, key, child| {
                    let flow = reader.walker(step, call, Node::Data(key), visit)?;
                    if flow.is_break() {
                        return Ok(flow);
                    }
                    reader.walker(step, call, child, visit)
                })
            }
            Node::Data(Data::List(_) | Data::Set(_)) => {
                self.each_element(step, &node, &mut |reader, child| {
                    reader.walker(step, call, child, visit)
                })
            }
            Node::Data(_) | Node::Missing => GO_ON,
        }
    }
}
