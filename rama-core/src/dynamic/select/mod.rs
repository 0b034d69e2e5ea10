//! Reading: what a plan finds, in continuation style. Every step calls the rest of the path once for each place
//! it leads to; a search that has enough breaks off.

mod collections;
mod control;
mod rows;

use super::data::Data;
use super::error::DynamicError;
use super::function::Call;
use super::navigator::Comparison;
use super::plan::{Nav, Plan, Step};
use super::structure::ReadStructure;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

pub(super) use collections::{check_key, index, no_element, no_range, runs};
pub(super) use rows::{Node, Rows};

/// Steps that can be under way inside of each other: those of a path, those that recursion adds, and the levels that
/// `walker` goes down. The costliest step takes 3.6 KiB of stack in a debug build, so all of them take less than one
/// mebibyte, half of what a thread has; a test runs them on that. Data of 80 levels can be gone through recursively.
pub(super) const UNDER_WAY_MAX: usize = 256;

/// How a search goes on.
pub(super) type Walk = Result<ControlFlow<()>, DynamicError>;

pub(super) const GO_ON: Walk = Ok(ControlFlow::Continue(()));
const ENOUGH: Walk = Ok(ControlFlow::Break(()));

/// What follows a step.
pub(super) type Next<'n> = dyn FnMut(&mut Reader<'_>, Node<'_>, &[Data]) -> Walk + 'n;

/// What follows a step, with what was collected in front of it.
pub(super) struct Rest<'a> {
    steps: &'a [Step],
    vals: &'a [Data],
    next: &'a mut Next<'a>,
}

impl Rest<'_> {
    /// The rest of the path, from here.
    fn go(&mut self, reader: &mut Reader<'_>, node: Node<'_>) -> Walk {
        reader.walk(self.steps, node, self.vals, self.next)
    }

    /// The same with other values collected.
    fn go_with(&mut self, reader: &mut Reader<'_>, node: Node<'_>, vals: &[Data]) -> Walk {
        reader.walk(self.steps, node, vals, self.next)
    }
}

/// A run of a plan that reads.
pub(super) struct Reader<'r> {
    pub(super) store: &'r dyn ReadStructure,
    pub(super) plan: &'r Plan,
    pub(super) under_way: usize,
    /// What the steps with a memory remember, by their number.
    pub(super) seen: BTreeMap<usize, Seen>,
    pub(super) page_rows: Option<usize>,
}

/// What `take` and `distinct` remember.
#[derive(Default)]
pub(super) struct Seen {
    count: usize,
    values: BTreeSet<Data>,
}

impl Seen {
    /// Whether one more is let through, of so many.
    pub(super) fn takes(&mut self, most: usize) -> bool {
        self.count += 1;
        self.count <= most
    }

    pub(super) fn is_full(&self, most: usize) -> bool {
        self.count >= most
    }

    /// Whether the value did not come here before.
    pub(super) fn is_new(&mut self, value: Data) -> bool {
        self.values.insert(value)
    }
}

impl<'r> Reader<'r> {
    pub(super) fn new(store: &'r dyn ReadStructure, plan: &'r Plan, under_way: usize) -> Self {
        Self { store, plan, under_way, seen: BTreeMap::new(), page_rows: None }
    }

    /// Goes from here along the steps, and then on with `next`.
    pub(super) fn walk(
        &mut self,
        steps: &[Step],
        node: Node<'_>,
        vals: &[Data],
        next: &mut Next<'_>,
    ) -> Walk {
        let Some((step, rest)) = steps.split_first() else { return next(self, node, vals) };
        if self.under_way == UNDER_WAY_MAX {
            return Err(step.error(TOO_DEEP));
        }
        self.under_way += 1;
        let walk = self.step(step, node, &mut Rest { steps: rest, vals, next });
        self.under_way -= 1;
        walk
    }

    // This and all that it calls are on the stack once for each step under way: they hand on at once, and leave
    // their variables to functions of their own.
    fn step(&mut self, step: &Step, node: Node<'_>, rest: &mut Rest<'_>) -> Walk {
        match &step.nav {
            Nav::Pred(_) | Nav::Compare(..) | Nav::Selected(..) | Nav::IsCollected(_) => {
                if self.passes(step, &node, rest.vals)? { rest.go(self, node) } else { GO_ON }
            }
            Nav::Stop => GO_ON,
            Nav::Cases(cases) => self.cases(cases, node, rest),
            Nav::Multi(paths) => self.multi(paths, &node, rest),
            Nav::Around { path, here_first } => self.around(path, *here_first, node, rest),
            Nav::Subselect(path) => self.subselect(step, path, node, rest),
            Nav::Walker(call) => {
                self.walker(step, call, node, &mut |reader, node| rest.go(reader, node))
            }
            Nav::Compact(path) => self.through(path, node, rest),
            Nav::Recursion(body) => self.recursion(*body, node, rest),
            Nav::Page(size, path) => self.with_pages(*size, path, node, rest),
            Nav::Take { count, ends } => self.take(step, *count, *ends, node, rest),
            Nav::Distinct => self.distinct(step, node, rest),
            Nav::Val | Nav::Collect(_) | Nav::CollectOne(_) | Nav::Putval(_) | Nav::Dispense => {
                self.collecting(step, node, rest)
            }
            Nav::Fresh(path) => self.fresh(path, node, rest),
            Nav::View { .. } | Nav::Size { .. } | Nav::Transformed { .. } => {
                self.viewing(step, &node, rest)
            }
            Nav::NilTo(default) => match self.is_nil(&node)? {
                true => rest.go(self, Node::Data(default)),
                false => rest.go(self, node),
            },
            // A place that holds nothing cannot be come to by reading.
            Nav::NoneTo(_) => rest.go(self, node),
            Nav::Term { .. } | Nav::Termval(_) | Nav::Remove => {
                Err(step.error("writes, and this path only reads"))
            }
            _ => self.collection(step, &node, rest),
        }
    }

    /// The whole value that stands here.
    pub(super) fn value<'n>(
        &mut self,
        step: &Step,
        node: &Node<'n>,
    ) -> Result<Cow<'n, Data>, DynamicError> {
        match node {
            Node::Missing => Ok(Cow::Owned(Data::Null)),
            Node::Data(data) => Ok(Cow::Borrowed(data)),
            Node::Rows(rows) if rows.is_part() => self.load(step, rows).map(Cow::Owned),
            Node::Rows(rows) => Err(step.error(rows.is_no_value())),
        }
    }

    /// What a function makes of the value that stands here.
    pub(super) fn ask(
        &mut self,
        step: &Step,
        call: &Call,
        node: &Node<'_>,
    ) -> Result<Data, DynamicError> {
        if let Node::Rows(rows) = node
            && let Some(answer) = self.ask_rows(call, rows)?
        {
            return Ok(answer);
        }
        let value = self.value(step, node)?.into_owned();
        call.run(&[], value).map_err(|reason| step.error(reason))
    }

    /// Whether the path goes on behind a filter.
    pub(super) fn passes(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        vals: &[Data],
    ) -> Result<bool, DynamicError> {
        match &step.nav {
            Nav::Pred(call) => Ok(self.ask(step, call, node)?.is_true()),
            Nav::Compare(comparison, value) => {
                Ok(compares(*comparison, &*self.value(step, node)?, value))
            }
            Nav::Selected(path, wanted) => Ok(self.found(path, node.clone(), vals)? == *wanted),
            Nav::IsCollected(path) => {
                let collected = Data::List(vals.to_vec());
                self.found(path, Node::Data(&collected), &[])
            }
            _ => Ok(true),
        }
    }

    /// What the path sees in place of what stands here.
    pub(super) fn view(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        vals: &[Data],
    ) -> Result<Data, DynamicError> {
        match &step.nav {
            Nav::View { call, .. } => self.ask(step, call, node),
            Nav::Transformed { path, .. } => {
                let mut data = self.value(step, node)?.into_owned();
                super::transform::edit_copy(self.plan, path, &mut data, vals, self.under_way)
                    .and_then(|edit| super::transform::stays(edit, &data))?;
                Ok(data)
            }
            _ => self.size(step, node).map(Data::count),
        }
    }

    fn viewing(&mut self, step: &Step, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        let seen = self.view(step, node, rest.vals)?;
        rest.go(self, Node::Data(&seen))
    }
}

/// Where recursion does not end.
pub(super) const TOO_DEEP: &str = "the path goes too deep: a recursive path stops where it does not name itself, \
                                   such as in the else of an if_path";

pub(super) fn compares(comparison: Comparison, one: &Data, other: &Data) -> bool {
    let order = one.compare(other);
    match comparison {
        Comparison::Eq => order.is_eq(),
        Comparison::Ne => order.is_ne(),
        _ if !one.is_comparable(other) => false,
        Comparison::Lt => order.is_lt(),
        Comparison::Le => order.is_le(),
        Comparison::Gt => order.is_gt(),
        Comparison::Ge => order.is_ge(),
    }
}

/// A result: the value, behind what was collected on the way to it, where something was (PA-10).
pub(super) fn result(vals: &[Data], value: Data) -> Data {
    if vals.is_empty() {
        return value;
    }
    Data::List(vals.iter().cloned().chain([value]).collect())
}

/// What was collected and one value more.
pub(super) fn with(vals: &[Data], value: Data) -> Vec<Data> {
    let mut vals = vals.to_vec();
    vals.push(value);
    vals
}
