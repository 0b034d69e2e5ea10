//! Reading the parts of collections: keys, elements, positions, ranges.

use super::{ENOUGH, GO_ON, Node, Reader, Rest, Rows, Walk, with};
use crate::dynamic::data::{Data, from_bytes};
use crate::dynamic::error::DynamicError;
use crate::dynamic::function::Call;
use crate::dynamic::plan::{Nav, Range, Step};
use crate::dynamic::types::Shape;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::rc::Rc;

impl Reader<'_> {
    pub(super) fn collection(&mut self, step: &Step, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        match &step.nav {
            Nav::Key { key, must, .. } => self.key(step, key, *must, node, rest),
            Nav::MapKey(key) => self.map_key(step, key, node, rest),
            Nav::MapVals => {
                self.each_entry(step, node, false, &mut |reader, _, child| rest.go(reader, child))
            }
            Nav::MapKeys => self.each_entry(step, node, false, &mut |reader, key, _| {
                rest.go(reader, Node::Data(key))
            }),
            Nav::KeyedVals => self.each_entry(step, node, true, &mut |reader, key, child| {
                let vals = with(rest.vals, key.clone());
                rest.go_with(reader, child, &vals)
            }),
            Nav::All => self.each_element(step, node, &mut |reader, child| rest.go(reader, child)),
            Nav::SetElem(element) => match self.has_element(step, node, element)? {
                true => rest.go(self, Node::Data(element)),
                false => GO_ON,
            },
            Nav::First => {
                self.with_end(step, node, true, &mut |reader, child| rest.go(reader, child))
            }
            Nav::Last => {
                self.with_end(step, node, false, &mut |reader, child| rest.go(reader, child))
            }
            Nav::Submap(_) | Nav::Subset(_) | Nav::MapRange(_) | Nav::SetRange(_) => {
                self.some(step, node, rest)
            }
            Nav::Nth(index) => self.nth(step, *index, node, rest),
            Nav::Splice(_) => self.beside(step, node, rest),
            Nav::Srange(start, end) => self.srange(step, *start, *end, node, rest),
            _ => self.position(step, node, rest),
        }
    }

    fn key(
        &mut self,
        step: &Step,
        key: &Data,
        must: bool,
        node: &Node<'_>,
        rest: &mut Rest<'_>,
    ) -> Walk {
        if !must && let Some(rows) = rows_at(node, key) {
            return rest.go(self, Node::Rows(rows));
        }
        self.with_child(step, node, key, &mut |reader, child| match child {
            Some(child) => rest.go(reader, child),
            None if must => GO_ON,
            None => rest.go(reader, Node::Missing),
        })
    }

    fn map_key(&mut self, step: &Step, key: &Data, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        self.with_child(step, node, key, &mut |reader, child| match child {
            Some(_) => rest.go(reader, Node::Data(key)),
            None => GO_ON,
        })
    }

    /// A part of a map or set. A range of rows stays one of rows.
    fn some(&mut self, step: &Step, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        if let (Nav::MapRange(range) | Nav::SetRange(range), Node::Rows(rows)) = (&step.nav, node)
            && !rows.is_part()
        {
            return rest.go(self, Node::Rows(rows.ranged(range)));
        }
        let part = self.part(step, node)?;
        rest.go(self, Node::Data(&part))
    }

    fn nth(&mut self, step: &Step, index: usize, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        if let Node::Rows(rows) = node
            && !rows.is_part()
        {
            return self.with_row(
                step,
                rows,
                &Data::count(index),
                &mut |reader, child| match child {
                    Some(child) => rest.go(reader, child),
                    None => Err(no_element(step, index, reader.size(step, node)?)),
                },
            );
        }
        let list = self.list(step, node)?;
        let element = list.get(index).ok_or_else(|| no_element(step, index, list.len()))?;
        rest.go(self, Node::Data(element))
    }

    /// The empty list at one of the ends.
    fn beside(&mut self, step: &Step, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        if !matches!(node, Node::Rows(_)) {
            self.list(step, node)?;
        }
        rest.go(self, Node::Data(&Data::List(Vec::new())))
    }

    fn srange(
        &mut self,
        step: &Step,
        start: usize,
        end: usize,
        node: &Node<'_>,
        rest: &mut Rest<'_>,
    ) -> Walk {
        if let Node::Rows(rows) = node
            && !rows.is_part()
        {
            let stretch = self.stretch(step, rows, start, end)?;
            return rest.go(self, Node::Rows(stretch));
        }
        let list = self.list(step, node)?;
        if end > list.len() {
            return Err(no_range(step, start, end, list.len()));
        }
        let part = Data::List(list[start..end].to_vec());
        rest.go(self, Node::Data(&part))
    }

    /// The steps that look at a whole list.
    fn position(&mut self, step: &Step, node: &Node<'_>, rest: &mut Rest<'_>) -> Walk {
        let list = self.list(step, node)?;
        match &step.nav {
            Nav::Runs(call) => {
                for (start, end) in runs(&list, call) {
                    let run = Data::List(list[start..end].to_vec());
                    if rest.go(self, Node::Data(&run))?.is_break() {
                        return ENOUGH;
                    }
                }
                GO_ON
            }
            Nav::Index(index) if *index < list.len() => {
                rest.go(self, Node::Data(&Data::count(*index)))
            }
            Nav::Index(_) => GO_ON,
            Nav::Indexed(start) => {
                for (index, element) in list.iter().enumerate() {
                    let pair = Data::List(vec![Data::count(start + index), element.clone()]);
                    if rest.go(self, Node::Data(&pair))?.is_break() {
                        return ENOUGH;
                    }
                }
                GO_ON
            }
            Nav::UpsertBy { path, value } => {
                for element in list.iter() {
                    if self.finds(path, Node::Data(element), value)? {
                        return rest.go(self, Node::Data(element));
                    }
                }
                rest.go(self, Node::Missing)
            }
            _ => Err(step.error("leads to a place that holds nothing until something is written")),
        }
    }

    /// The elements of a stored list from one index to another.
    fn stretch<'n>(
        &mut self,
        step: &Step,
        rows: &Rc<Rows<'n>>,
        start: usize,
        end: usize,
    ) -> Result<Rc<Rows<'n>>, DynamicError> {
        let count = self.size(step, &Node::Rows(rows.clone()))?;
        if end > count {
            return Err(no_range(step, start, end, count));
        }
        Ok(rows.ranged(&Range {
            from: Bound::Included(Data::count(start)),
            to: Bound::Excluded(Data::count(end)),
            amount_max: None,
            counts_from_end: false,
        }))
    }

    /// What stands at a key of a map, or at an index.
    fn with_child(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        key: &Data,
        visit: &mut dyn FnMut(&mut Self, Option<Node<'_>>) -> Walk,
    ) -> Walk {
        match node {
            Node::Missing | Node::Data(Data::Null) => visit(self, None),
            Node::Data(Data::Map(map)) => {
                check_key(step, map, key)?;
                visit(self, map.get(key).map(Node::Data))
            }
            Node::Data(Data::Set(set)) => visit(self, set.get(key).map(Node::Data)),
            Node::Data(data @ (Data::List(_) | Data::Bytes(_))) => {
                let index = index(step, data, key)?;
                match data {
                    Data::List(list) => visit(self, list.get(index).map(Node::Data)),
                    other => {
                        let list = other.elements().unwrap_or_default();
                        visit(self, list.get(index).map(Node::Data))
                    }
                }
            }
            Node::Data(other) => Err(step.needs("a map or a list", other.kind())),
            Node::Rows(rows) if rows.is_part() => {
                let part = self.load(step, rows)?;
                self.with_child(step, &Node::Data(&part), key, visit)
            }
            Node::Rows(rows) => self.with_row(step, rows, key, visit),
        }
    }

    /// Every entry of a map; of a list too, where `lists` says so.
    pub(super) fn each_entry(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        lists: bool,
        visit: &mut dyn FnMut(&mut Self, &Data, Node<'_>) -> Walk,
    ) -> Walk {
        match node {
            Node::Missing | Node::Data(Data::Null) => GO_ON,
            Node::Data(Data::Map(map)) => {
                for (key, value) in map {
                    let flow = visit(self, key, Node::Data(value))?;
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
                GO_ON
            }
            Node::Data(data @ (Data::List(_) | Data::Bytes(_))) if lists => {
                for (index, value) in data.elements().unwrap_or_default().iter().enumerate() {
                    let flow = visit(self, &Data::count(index), Node::Data(value))?;
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
                GO_ON
            }
            Node::Rows(rows) => self.each_row(step, rows, visit),
            Node::Data(other) => Err(step.needs("a map", other.kind())),
        }
    }

    /// Every element; of a map every entry as `[key, value]`.
    pub(super) fn each_element(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        visit: &mut dyn FnMut(&mut Self, Node<'_>) -> Walk,
    ) -> Walk {
        match node {
            Node::Missing | Node::Data(Data::Null) => GO_ON,
            Node::Data(Data::List(list)) => walk_all(self, list, visit),
            Node::Data(Data::Set(set)) => walk_all(self, set, visit),
            Node::Data(Data::Bytes(bytes)) => walk_all(self, &from_bytes(bytes.clone()), visit),
            Node::Data(Data::Map(map)) => {
                for (key, value) in map {
                    let pair = Data::List(vec![key.clone(), value.clone()]);
                    let flow = visit(self, Node::Data(&pair))?;
                    if flow.is_break() {
                        return Ok(flow);
                    }
                }
                GO_ON
            }
            Node::Data(other) => Err(step.needs("a list, a set or a map", other.kind())),
            Node::Rows(rows) => match rows.ty.shape() {
                Shape::Set(_) => {
                    self.each_row(step, rows, &mut |reader, key, _| visit(reader, Node::Data(key)))
                }
                Shape::List(_) => {
                    self.each_row(step, rows, &mut |reader, _, child| visit(reader, child))
                }
                _ => self.each_row(step, rows, &mut |reader, key, child| {
                    let value = reader.value(step, &child)?.into_owned();
                    visit(reader, Node::Data(&Data::List(vec![key.clone(), value])))
                }),
            },
        }
    }

    /// The first or the last element, if there is one.
    fn with_end(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        first: bool,
        visit: &mut dyn FnMut(&mut Self, Node<'_>) -> Walk,
    ) -> Walk {
        match node {
            Node::Missing | Node::Data(Data::Null) => GO_ON,
            Node::Data(Data::List(list)) => {
                let found = if first { list.first() } else { list.last() };
                found.map_or(GO_ON, |element| visit(self, Node::Data(element)))
            }
            Node::Data(Data::Set(set)) => {
                let found = if first { set.first() } else { set.last() };
                found.map_or(GO_ON, |element| visit(self, Node::Data(element)))
            }
            Node::Data(data @ Data::Bytes(_)) => {
                let list = Data::List(data.elements().unwrap_or_default());
                self.with_end(step, &Node::Data(&list), first, visit)
            }
            Node::Data(other) => Err(step.needs("a list", other.kind())),
            Node::Rows(rows) if rows.is_part() => {
                let part = self.load(step, rows)?;
                self.with_end(step, &Node::Data(&part), first, visit)
            }
            Node::Rows(rows) => {
                let end = Range {
                    from: Bound::Unbounded,
                    to: Bound::Unbounded,
                    amount_max: Some(1),
                    counts_from_end: !first,
                };
                self.each_element(step, &Node::Rows(rows.ranged(&end)), visit)
            }
        }
    }

    /// The list that has to stand here. One that is stored by rows is loaded, which the steps that look at single
    /// elements avoid.
    fn list<'n>(&mut self, step: &Step, node: &Node<'n>) -> Result<Cow<'n, [Data]>, DynamicError> {
        match node {
            Node::Missing | Node::Data(Data::Null) => Ok(Cow::Borrowed(&[])),
            Node::Data(Data::List(list)) => Ok(Cow::Borrowed(list)),
            Node::Data(Data::Bytes(bytes)) => Ok(Cow::Owned(from_bytes(bytes.clone()))),
            Node::Rows(rows) => match self.load(step, rows)? {
                Data::List(list) => Ok(Cow::Owned(list)),
                other => Err(step.needs("a list", other.kind())),
            },
            Node::Data(other) => Err(step.needs("a list", other.kind())),
        }
    }

    pub(super) fn has_element(
        &mut self,
        step: &Step,
        node: &Node<'_>,
        element: &Data,
    ) -> Result<bool, DynamicError> {
        match node {
            Node::Missing | Node::Data(Data::Null) => Ok(false),
            Node::Data(Data::Set(set)) => Ok(set.contains(element)),
            Node::Data(Data::List(list)) => Ok(list.contains(element)),
            Node::Data(other) => Err(step.needs("a set", other.kind())),
            Node::Rows(_) => {
                let mut found = false;
                _ = self.with_child(step, node, element, &mut |_, child| {
                    found = child.is_some();
                    GO_ON
                })?;
                Ok(found)
            }
        }
    }

    /// The part of a collection that the step says, as such a collection.
    pub(in crate::dynamic) fn part(
        &mut self,
        step: &Step,
        node: &Node<'_>,
    ) -> Result<Data, DynamicError> {
        match &step.nav {
            Nav::Submap(keys) => {
                let mut part = BTreeMap::new();
                for key in keys {
                    _ = self.with_child(step, node, key, &mut |reader, child| {
                        if let Some(child) = child {
                            part.insert(key.clone(), reader.value(step, &child)?.into_owned());
                        }
                        GO_ON
                    })?;
                }
                Ok(Data::Map(part))
            }
            Nav::Subset(elements) => {
                let mut part = BTreeSet::new();
                for element in elements {
                    if self.has_element(step, node, element)? {
                        part.insert(element.clone());
                    }
                }
                Ok(Data::Set(part))
            }
            Nav::MapRange(range) | Nav::SetRange(range) => match node {
                Node::Rows(rows) if rows.is_part() => {
                    let data = self.load(step, rows)?;
                    part_of(step, range, &data)
                }
                Node::Rows(rows) => self.load(step, &rows.ranged(range)),
                Node::Missing => part_of(step, range, &Data::Null),
                Node::Data(data) => part_of(step, range, data),
            },
            _ => Err(step.error("has no part to take")),
        }
    }
}

fn part_of(step: &Step, range: &Range, data: &Data) -> Result<Data, DynamicError> {
    let wants_map = matches!(step.nav, Nav::MapRange(_));
    match data {
        Data::Null if wants_map => Ok(Data::Map(BTreeMap::new())),
        Data::Null => Ok(Data::Set(BTreeSet::new())),
        Data::Map(map) if wants_map => {
            let keys = range.pick(map.keys());
            Ok(Data::Map(keys.into_iter().map(|key| (key.clone(), map[key].clone())).collect()))
        }
        Data::Set(set) if !wants_map => {
            Ok(Data::Set(range.pick(set.iter()).into_iter().cloned().collect()))
        }
        // In JSON a set is a list.
        Data::List(list) if !wants_map => {
            let set: BTreeSet<Data> = list.iter().cloned().collect();
            Ok(Data::Set(range.pick(set.iter()).into_iter().cloned().collect()))
        }
        other => Err(step.needs(if wants_map { "a map" } else { "a set" }, other.kind())),
    }
}

fn walk_all<'d, 'r>(
    reader: &mut Reader<'r>,
    elements: impl IntoIterator<Item = &'d Data>,
    visit: &mut dyn FnMut(&mut Reader<'r>, Node<'_>) -> Walk,
) -> Walk {
    for element in elements {
        let flow = visit(reader, Node::Data(element))?;
        if flow.is_break() {
            return Ok(flow);
        }
    }
    GO_ON
}

/// The structure at a key, where one belongs. Whether it is there is not looked up.
fn rows_at<'n>(node: &Node<'n>, key: &Data) -> Option<Rc<Rows<'n>>> {
    let Node::Rows(rows) = node else { return None };
    let ty = rows.ty.structure_child(key).filter(|ty| ty.has_rows() && !rows.is_part())?;
    let bytes = rows.ty.structure_key(key)?;
    Some(Rows::new(rows.at.child(&bytes), ty, None))
}

/// The keys of JSON objects are text, so another key would never be found there, and would be lost in JSON.
pub(in crate::dynamic) fn check_key(
    step: &Step,
    map: &BTreeMap<Data, Data>,
    key: &Data,
) -> Result<(), DynamicError> {
    let others_are_text = matches!(map.first_key_value(), Some((Data::Text(_), _)));
    if others_are_text && !matches!(key, Data::Text(_)) {
        let text = key.plain_text();
        return Err(
            step.error(format!("the keys of this map are text: write \"{text}\" for {text}"))
        );
    }
    Ok(())
}

/// The index that a key of a list is.
pub(in crate::dynamic) fn index(
    step: &Step,
    data: &Data,
    key: &Data,
) -> Result<usize, DynamicError> {
    let index = match key {
        Data::Int(index) => usize::try_from(*index).ok(),
        _ => None,
    };
    index.ok_or_else(|| {
        step.error(format!(
            "{} stands here, whose elements are found by an index from 0, not by {}",
            data.kind(),
            key.plain_text()
        ))
    })
}

pub(in crate::dynamic) fn no_element(step: &Step, index: usize, count: usize) -> DynamicError {
    step.error(format!("there is no element {index} in a list of {count}"))
}

pub(in crate::dynamic) fn no_range(
    step: &Step,
    start: usize,
    end: usize,
    count: usize,
) -> DynamicError {
    step.error(format!("there are no elements {start} to {end} in a list of {count}"))
}

/// The longest stretches of elements that a function accepts, as their bounds.
pub(in crate::dynamic) fn runs(list: &[Data], call: &Call) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (index, element) in list.iter().enumerate() {
        if !call.accepts(element.clone()) {
            continue;
        }
        match runs.last_mut() {
            Some((_, end)) if *end == index => *end += 1,
            _ => runs.push((index, index + 1)),
        }
    }
    runs
}
