//! Where a read stands: nowhere, on a value, or on a structure whose rows are not in memory.

use super::{GO_ON, Reader, Walk};
use crate::dynamic::data::Data;
use crate::dynamic::error::DynamicError;
use crate::dynamic::function::Call;
use crate::dynamic::plan::{Range, Step};
use crate::dynamic::structure::{Address, Row, Scan};
use crate::dynamic::types::{Shape, Type};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Bound, ControlFlow};
use std::rc::Rc;

/// A place that is read.
#[derive(Clone)]
pub(in crate::dynamic) enum Node<'n> {
    /// Nothing is there. Reads as null.
    Missing,
    Data(&'n Data),
    Rows(Rc<Rows<'n>>),
}

/// A structure that is stored row by row, or a range of one.
#[derive(Clone)]
pub(in crate::dynamic) struct Rows<'n> {
    pub(in crate::dynamic) at: Address,
    pub(in crate::dynamic) ty: &'n Type,
    /// Where that is known: finding out costs a read, which most steps do not need.
    exists: Option<bool>,
    /// The part that is meant, where it is not the whole.
    part: Option<Scan>,
}

/// What one row holds.
enum Held<'n> {
    Data(Data),
    Rows(Rc<Rows<'n>>),
}

impl Held<'_> {
    fn node(&self) -> Node<'_> {
        match self {
            Self::Data(data) => Node::Data(data),
            Self::Rows(rows) => Node::Rows(rows.clone()),
        }
    }
}

impl<'n> Rows<'n> {
    pub(in crate::dynamic) fn new(at: Address, ty: &'n Type, exists: Option<bool>) -> Rc<Self> {
        Rc::new(Self { at, ty, exists, part: None })
    }

    /// From now on it is known to be there, or not, or neither is known.
    pub(in crate::dynamic) fn set_exists(&mut self, exists: Option<bool>) {
        self.exists = exists;
    }

    pub(super) fn is_part(&self) -> bool {
        self.part.is_some()
    }

    /// The range of it.
    pub(super) fn ranged(&self, range: &Range) -> Rc<Self> {
        let key = |bound: &Bound<Data>| match bound {
            Bound::Unbounded => Bound::Unbounded,
            Bound::Included(key) => {
                self.ty.structure_key(key).map_or(Bound::Unbounded, Bound::Included)
            }
            Bound::Excluded(key) => {
                self.ty.structure_key(key).map_or(Bound::Unbounded, Bound::Excluded)
            }
        };
        let scan = Scan {
            from: key(&range.from),
            to: key(&range.to),
            // Without a limit both directions come to the same rows.
            backward: range.counts_from_end && range.amount_max.is_some(),
            rows_max: range.amount_max,
            page_rows: None,
        };
        // A part is a value of its own, empty where there is nothing to take it from.
        Rc::new(Self { part: Some(scan), exists: Some(true), ..self.clone() })
    }

    /// Why this is not handed out as a value (PS-27).
    pub(in crate::dynamic) fn is_no_value(&self) -> String {
        let into = match self.ty.shape() {
            Shape::Set(_) => "set_elem, ALL or a range",
            Shape::List(_) => "nthpath, FIRST, LAST or ALL",
            Shape::Record(_) => "keypath or MAP_VALS",
            _ => "keypath, MAP_VALS or a range",
        };
        format!(
            "a `{}` is stored row by row and cannot be taken whole: go into it with {into}",
            self.ty
        )
    }
}

impl Reader<'_> {
    /// The place at which every path begins.
    pub(in crate::dynamic) fn with_root(
        &mut self,
        visit: &mut dyn FnMut(&mut Self, Node<'_>) -> Walk,
    ) -> Walk {
        let ty = &self.plan.ty;
        let at = Address::default();
        if ty.is_stored_by_rows() {
            return visit(self, Node::Rows(Rows::new(at, ty, Some(true))));
        }
        match self.store.get(&at, &[])? {
            Some(Row::Value(bytes)) => {
                let data = ty.decode_row(&bytes)?;
                visit(self, Node::Data(&data))
            }
            Some(Row::Structure) | None => visit(self, Node::Missing),
        }
    }

    /// Whether nothing is here: null, and everything that is not there, is an empty collection of any kind (PA-05).
    pub(in crate::dynamic) fn is_nil(&self, node: &Node<'_>) -> Result<bool, DynamicError> {
        match node {
            Node::Missing => Ok(true),
            Node::Data(data) => Ok(**data == Data::Null),
            Node::Rows(rows) => Ok(!self.exists(rows)?),
        }
    }

    pub(in crate::dynamic) fn exists(&self, rows: &Rows<'_>) -> Result<bool, DynamicError> {
        match (rows.exists, rows.at.around()) {
            (Some(exists), _) => Ok(exists),
            (None, None) => Ok(true),
            (None, Some((around, key))) => Ok(self.store.get(&around, key)?.is_some()),
        }
    }

    /// What stands at a key of a structure.
    pub(super) fn with_row(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        key: &Data,
        visit: &mut dyn FnMut(&mut Self, Option<Node<'_>>) -> Walk,
    ) -> Walk {
        let (Some(bytes), Some(ty)) = (rows.ty.structure_key(key), rows.ty.structure_child(key))
        else {
            return Err(step.error(format!("{} is no key of a `{}`", key.plain_text(), rows.ty)));
        };
        match self.store.get(&rows.at, &bytes)? {
            Some(row) => {
                let held = hold(&rows.at, ty, &bytes, row)?;
                visit(self, Some(held.node()))
            }
            None => visit(self, None),
        }
    }

    /// Every row of a structure or of its range, in the order of the keys.
    pub(super) fn each_row(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
        visit: &mut dyn FnMut(&mut Self, &Data, Node<'_>) -> Walk,
    ) -> Walk {
        let mut scan = rows.part.clone().unwrap_or_default();
        if scan.is_empty() {
            return GO_ON;
        }
        scan.page_rows = self.page_rows;
        let store = self.store;
        let mut flow = ControlFlow::Continue(());
        let mut one = |reader: &mut Self, bytes: &[u8], row| {
            let key = rows.ty.structure_key_of(bytes)?;
            let Some(ty) = rows.ty.structure_child(&key) else {
                let text = key.plain_text();
                return Err(
                    step.error(format!("a row of {text} is there, which a `{}` has not", rows.ty))
                );
            };
            let held = hold(&rows.at, ty, bytes, row)?;
            visit(reader, &key, held.node())
        };
        if scan.backward {
            let mut found = Vec::new();
            store.scan(&rows.at, &scan, &mut |bytes, row| {
                found.push((bytes.to_owned(), row));
                GO_ON
            })?;
            for (bytes, row) in found.into_iter().rev() {
                flow = one(self, &bytes, row)?;
                if flow.is_break() {
                    break;
                }
            }
        } else {
            store.scan(&rows.at, &scan, &mut |bytes, row| {
                flow = one(self, bytes, row)?;
                Ok(flow)
            })?;
        }
        Ok(flow)
    }

    /// The range of a structure as one value.
    pub(in crate::dynamic) fn load(
        &mut self,
        step: &Step,
        rows: &Rows<'_>,
    ) -> Result<Data, DynamicError> {
        let (mut map, mut set, mut list) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
        let shape = rows.ty.shape();
        let flow = self.each_row(step, rows, &mut |reader, key, node| {
            match shape {
                Shape::Set(_) => _ = set.insert(key.clone()),
                Shape::List(_) => list.push(reader.value(step, &node)?.into_owned()),
                _ => _ = map.insert(key.clone(), reader.value(step, &node)?.into_owned()),
            }
            GO_ON
        })?;
        debug_assert!(flow.is_continue(), "nothing above breaks off");
        Ok(match shape {
            Shape::Set(_) => Data::Set(set),
            Shape::List(_) => Data::List(list),
            _ => Data::Map(map),
        })
    }

    /// How many elements or entries there are.
    pub(in crate::dynamic) fn size(
        &mut self,
        step: &Step,
        node: &Node<'_>,
    ) -> Result<usize, DynamicError> {
        let rows = match node {
            Node::Missing => return Ok(0),
            Node::Data(data) => {
                let size = data.size();
                return size.ok_or_else(|| step.needs("a list, a set or a map", data.kind()));
            }
            Node::Rows(rows) => rows,
        };
        match &rows.part {
            None => self.store.size(&rows.at),
            Some(_) => {
                let mut count = 0;
                _ = self.each_row(step, rows, &mut |_, _, _| {
                    count += 1;
                    GO_ON
                })?;
                Ok(count)
            }
        }
    }

    /// The functions that need no more of a structure than that it is there, and its size.
    pub(super) fn ask_rows(
        &mut self,
        call: &Call,
        rows: &Rows<'_>,
    ) -> Result<Option<Data>, DynamicError> {
        if rows.is_part() {
            return Ok(None);
        }
        Ok(match call.function.name {
            "is_some" => Some(Data::Bool(self.exists(rows)?)),
            "is_null" => Some(Data::Bool(!self.exists(rows)?)),
            "size" => Some(Data::count(self.store.size(&rows.at)?)),
            "is_empty" => Some(Data::Bool(self.store.size(&rows.at)? == 0)),
            _ => None,
        })
    }
}

fn hold<'n>(
    around: &Address,
    ty: &'n Type,
    key: &[u8],
    row: Row,
) -> Result<Held<'n>, DynamicError> {
    Ok(match row {
        Row::Structure => Held::Rows(Rows::new(around.child(key), ty, Some(true))),
        // The row of a set says by its key alone what is in it.
        Row::Value(bytes) if bytes.is_empty() => {
            let mut key = key;
            Held::Data(ty.decode_key(&mut key)?)
        }
        Row::Value(bytes) => Held::Data(ty.decode_row(&bytes)?),
    })
}
