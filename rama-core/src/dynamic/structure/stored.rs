//! Structures of a real PState: the same rows that typed paths go through.

use super::{Address, ReadStructure, Row, Scan, VisitRow, WriteStructure};
use crate::codec::encode_value;
use crate::dynamic::error::DynamicError;
use crate::dynamic::types::{Tracking, Type};
use crate::path::rows::{
    self as rows, Element, Head, RawRow, ReadRows, RowKind, Structure, WriteRows,
};
use crate::path::{Halt, PathError};
use std::ops::{Bound, ControlFlow};
use std::sync::Arc;

/// The rows of a PState, to be read.
#[derive(Clone, Copy)]
pub(crate) struct Stored<'r, 't> {
    rows: &'r dyn ReadRows,
    schema: &'t Type,
}

/// The rows of a PState, to be written. Whoever keeps the rows takes back what a failing transform wrote.
pub(crate) struct StoredMut<'r, 't> {
    rows: &'r mut dyn WriteRows,
    schema: &'t Type,
}

impl<'r, 't> Stored<'r, 't> {
    pub(crate) fn new(rows: &'r dyn ReadRows, schema: &'t Type) -> Self {
        Self { rows, schema }
    }
}

impl<'r, 't> StoredMut<'r, 't> {
    pub(crate) fn new(rows: &'r mut dyn WriteRows, schema: &'t Type) -> Self {
        Self { rows, schema }
    }

    fn reader(&self) -> Stored<'_, 't> {
        Stored { rows: self.rows, schema: self.schema }
    }
}

/// A structure that an address leads to: how to get to it from the one around it, and what it is.
struct Level<'t> {
    /// The address of the element that it is, and its id in a list.
    element: Vec<u8>,
    id: Option<u64>,
    counted: bool,
    ty: &'t Type,
}

/// The address of an element and, where it is a structure in a list, its id.
type Located = (Vec<u8>, Option<u64>);

/// What stands at a key of a structure.
enum Child<'t> {
    Value,
    Structure(&'t Type),
}

/// The structure itself, behind `Subindexed`.
fn bare(ty: &Type) -> (&Type, bool) {
    match ty {
        Type::Subindexed(inner, tracking) => {
            (inner, *tracking == Tracking::Counted || matches!(**inner, Type::List(_)))
        }
        Type::List(_) => (ty, true),
        other => (other, false),
    }
}

fn child<'t>(ty: &'t Type, key: &[u8]) -> Result<Child<'t>, DynamicError> {
    let (ty, _) = bare(ty);
    let inside = match ty {
        Type::Map(_, value) => &**value,
        Type::List(element) => &**element,
        Type::Record(fields) => {
            let name = ty.structure_key_of(key)?;
            let field = fields.iter().find(|(field, _)| name == super::Data::Text(field.clone()));
            field.map_or(&Type::Unit, |(_, ty)| ty)
        }
        _ => return Ok(Child::Value),
    };
    Ok(if inside.has_rows() { Child::Structure(inside) } else { Child::Value })
}

impl<'t> Stored<'_, 't> {
    /// The structures from the top down to an address; `None` when one of them is not there.
    fn levels(&self, at: &Address) -> Result<Option<Vec<Level<'t>>>, DynamicError> {
        let mut levels: Vec<Level<'t>> = Vec::new();
        let mut ty = self.schema;
        for key in at.keys() {
            let Child::Structure(inside) = child(ty, key)? else { return Ok(None) };
            let located = within(&levels, &mut |structure| self.locate(structure, ty, key));
            let Some((element, id)) = located? else { return Ok(None) };
            levels.push(Level { element, id, counted: bare(inside).1, ty: inside });
            ty = inside;
        }
        Ok(Some(levels))
    }

    /// The address of an element, and what leads into it in a list; `None` behind the end of a list.
    fn locate(
        &self,
        structure: &Structure<'_>,
        ty: &Type,
        key: &[u8],
    ) -> Result<Option<Located>, DynamicError> {
        let (Type::List(element), _) = bare(ty) else {
            return Ok(Some((structure.address_of(key).to_vec(), None)));
        };
        let head = structure.read_head(self.rows).map_err(failed)?.unwrap_or_default();
        let index = index(key)?;
        if index >= head.len {
            return Ok(None);
        }
        let address = position(structure, head, index);
        if !element.has_rows() {
            return Ok(Some((address, None)));
        }
        let row = self.rows.get(&address, RowKind::of::<Head>()).map_err(failed)?;
        let id = row.as_ref().map(|row| rows::seen_row::<Head>(row).id);
        Ok(id.map(|id| (address, Some(id))))
    }

    fn ty(&self, levels: &[Level<'t>]) -> &'t Type {
        levels.last().map_or(self.schema, |level| level.ty)
    }
}

impl ReadStructure for Stored<'_, '_> {
    fn get(&self, at: &Address, key: &[u8]) -> Result<Option<Row>, DynamicError> {
        let Some(levels) = self.levels(at)? else { return Ok(None) };
        let ty = self.ty(&levels);
        let located = within(&levels, &mut |structure| self.locate(structure, ty, key))?;
        let Some((address, _)) = located else { return Ok(None) };
        if let Child::Structure(_) = child(ty, key)? {
            return Ok(self.rows.has(&address).map_err(failed)?.then_some(Row::Structure));
        }
        let Some(row) = self.rows.get(&address, RowKind::RAW).map_err(failed)? else {
            return Ok(None);
        };
        Ok(Some(Row::Value(if matches!(bare(ty).0, Type::Set(_)) { vec![] } else { row.bytes()? })))
    }

    fn scan(
        &self,
        at: &Address,
        scan: &Scan,
        visit: &mut VisitRow<'_>,
    ) -> Result<(), DynamicError> {
        let Some(levels) = self.levels(at)? else { return Ok(()) };
        let ty = self.ty(&levels);
        let is_list = matches!(bare(ty).0, Type::List(_));
        let is_set = matches!(bare(ty).0, Type::Set(_));
        within(&levels, &mut |structure| {
            let first = structure.read_head(self.rows).map_err(failed)?.unwrap_or_default().first;
            let bound = |bound: &Bound<Vec<u8>>| -> Result<Bound<Vec<u8>>, DynamicError> {
                let place = |key: &Vec<u8>| {
                    if is_list {
                        index(key).map(|index| place(first, index))
                    } else {
                        Ok(key.clone())
                    }
                };
                Ok(match bound {
                    Bound::Included(key) => Bound::Included(place(key)?),
                    Bound::Excluded(key) => Bound::Excluded(place(key)?),
                    Bound::Unbounded => Bound::Unbounded,
                })
            };
            let (from, to) = (bound(&scan.from)?, bound(&scan.to)?);
            let whole = rows::Scan::all(structure.prefix(), RowKind::RAW);
            let range = rows::Scan {
                from: from.as_ref().map(Vec::as_slice),
                to: to.as_ref().map(Vec::as_slice),
                backward: scan.backward,
                most: scan.rows_max.unwrap_or(usize::MAX),
                ..whole
            };
            let mut ended = Ok(());
            let walk = self.rows.scan(&range, &mut |key, row| {
                let mut step = || -> Result<ControlFlow<()>, DynamicError> {
                    let key = if is_list { index_of(first, key)? } else { key.to_vec() };
                    let row = match child(ty, &key)? {
                        Child::Structure(_) => Row::Structure,
                        Child::Value if is_set => Row::Value(vec![]),
                        Child::Value => Row::Value(row.bytes()?),
                    };
                    visit(&key, row)
                };
                match step() {
                    Ok(ControlFlow::Continue(())) => Ok(()),
                    Ok(ControlFlow::Break(())) => Err(Halt::Enough),
                    Err(error) => {
                        ended = Err(error);
                        Err(Halt::Enough)
                    }
                }
            });
            match walk {
                Ok(()) | Err(Halt::Enough) => ended,
                Err(Halt::Failed(error)) => Err(failed(*error)),
            }
        })
    }

    fn size(&self, at: &Address) -> Result<usize, DynamicError> {
        let Some(levels) = self.levels(at)? else { return Ok(0) };
        within(&levels, &mut |structure| {
            if structure.is_counted() {
                let head = structure.read_head(self.rows).map_err(failed)?.unwrap_or_default();
                return Ok(usize::try_from(head.len).unwrap_or(usize::MAX));
            }
            let mut size = 0;
            let scan = rows::Scan::all(structure.prefix(), RowKind::UNREAD);
            let walk = self.rows.scan(&scan, &mut |_, _| {
                size += 1;
                Ok(())
            });
            match walk {
                Err(Halt::Failed(error)) => Err(failed(*error)),
                Ok(()) | Err(Halt::Enough) => Ok(size),
            }
        })
    }
}

impl StoredMut<'_, '_> {
    /// Makes the structures that an address leads through and that stand behind the last element of a list: such an
    /// element gets an id, which leads into it.
    fn append_on_the_way(&mut self, at: &Address) -> Result<(), DynamicError> {
        for depth in 0..at.keys().len() {
            let list = Address(at.keys()[..depth].to_vec());
            let Some(levels) = self.reader().levels(&list)? else { return Ok(()) };
            if !matches!(bare(self.reader().ty(&levels)).0, Type::List(_)) {
                continue;
            }
            let index = index(&at.keys()[depth])?;
            let Self { rows, .. } = self;
            within(&levels, &mut |structure| {
                let head = structure.read_head(&**rows).map_err(failed)?.unwrap_or_default();
                if index != head.len {
                    return Ok(());
                }
                let grown = |head: &mut Head| {
                    head.len += 1;
                    head.next += 1;
                };
                structure.edit_head(*rows, grown).map_err(failed)?;
                let element = Head { id: head.next, ..Head::default() };
                rows.put(&position(structure, head, index), Arc::new(element)).map_err(failed)
            })?;
        }
        Ok(())
    }
}

impl ReadStructure for StoredMut<'_, '_> {
    fn get(&self, at: &Address, key: &[u8]) -> Result<Option<Row>, DynamicError> {
        self.reader().get(at, key)
    }

    fn scan(
        &self,
        at: &Address,
        scan: &Scan,
        visit: &mut VisitRow<'_>,
    ) -> Result<(), DynamicError> {
        self.reader().scan(at, scan, visit)
    }

    fn size(&self, at: &Address) -> Result<usize, DynamicError> {
        self.reader().size(at)
    }
}

impl WriteStructure for StoredMut<'_, '_> {
    fn put(&mut self, at: &Address, key: &[u8], value: Vec<u8>) -> Result<(), DynamicError> {
        self.append_on_the_way(at)?;
        let Some(levels) = self.reader().levels(at)? else { return Err(no_such_element()) };
        let ty = self.reader().ty(&levels);
        let Self { rows, .. } = self;
        within(&levels, &mut |structure| {
            let row = Arc::new(RawRow(match bare(ty).0 {
                Type::Set(_) => unit()?,
                _ => value.clone(),
            }));
            let (address, known) = if let Type::List(_) = bare(ty).0 {
                let head = structure.read_head(&**rows).map_err(failed)?.unwrap_or_default();
                let index = index(key)?;
                if index > head.len {
                    return Err(no_such_element());
                }
                (position(structure, head, index), Some(index < head.len))
            } else {
                (structure.address_of(key).to_vec(), None)
            };
            Element::new(&address, structure).put(*rows, row, known).map_err(failed)
        })
    }

    fn make(&mut self, at: &Address) -> Result<(), DynamicError> {
        self.append_on_the_way(at)?;
        let Some(levels) = self.reader().levels(at)? else { return Err(no_such_element()) };
        let Self { rows, .. } = self;
        within(&levels, &mut |structure| {
            // Writing the head of a counted structure anew would forget its size.
            if structure.is_counted() {
                return structure.edit_head(*rows, |_| {}).map_err(failed);
            }
            structure.exist(*rows).map_err(failed)
        })
    }

    fn remove(&mut self, at: &Address, key: &[u8]) -> Result<(), DynamicError> {
        let Some(levels) = self.reader().levels(at)? else { return Ok(()) };
        let ty = self.reader().ty(&levels);
        let indexed = matches!(child(ty, key)?, Child::Structure(_));
        let Self { rows, .. } = self;
        within(&levels, &mut |structure| {
            if let Type::List(_) = bare(ty).0 {
                return remove_from_list(structure, *rows, index(key)?, indexed);
            }
            let address = structure.address_of(key);
            Element::new(&address, structure).remove(*rows, indexed, None).map_err(failed)
        })
    }

    fn clear(&mut self, at: &Address) -> Result<(), DynamicError> {
        let Some(levels) = self.reader().levels(at)? else { return Ok(()) };
        let Self { rows, .. } = self;
        within(&levels, &mut |structure| {
            rows.wipe(structure.prefix()).map_err(failed)?;
            if structure.read_head(&**rows).map_err(failed)?.is_some() {
                structure.edit_head(*rows, |head| head.len = 0).map_err(failed)?;
            }
            Ok(())
        })
    }

    fn keep(&mut self) -> Result<(), DynamicError> {
        Ok(())
    }

    fn undo(&mut self) -> Result<(), DynamicError> {
        Ok(())
    }
}

/// Closes the gap that an element leaves.
fn remove_from_list(
    list: &Structure<'_>,
    rows: &mut dyn WriteRows,
    index: u64,
    indexed: bool,
) -> Result<(), DynamicError> {
    let head = list.read_head(rows).map_err(failed)?.unwrap_or_default();
    if index >= head.len {
        return Ok(());
    }
    let address = position(list, head, index);
    if indexed {
        let row = rows.get(&address, RowKind::of::<Head>()).map_err(failed)?;
        let id = row.as_ref().map(|row| rows::seen_row::<Head>(row).id);
        rows.wipe(&Element::in_list(&address, list, id).inside()).map_err(failed)?;
    }
    for at in index + 1..head.len {
        let (from, to) = (position(list, head, at), position(list, head, at - 1));
        let kind = if indexed { RowKind::of::<Head>() } else { RowKind::RAW };
        if let Some(row) = rows.get(&from, kind).map_err(failed)? {
            rows.put(&to, row).map_err(failed)?;
        }
    }
    let last = position(list, head, head.len - 1);
    Element::new(&last, list).remove(rows, false, Some(true)).map_err(failed)
}

/// Calls `run` with the last structure of a chain of them.
fn within<R>(levels: &[Level<'_>], run: &mut dyn FnMut(&Structure<'_>) -> R) -> R {
    fn go<R>(
        structure: &Structure<'_>,
        levels: &[Level<'_>],
        run: &mut dyn FnMut(&Structure<'_>) -> R,
    ) -> R {
        let Some((level, rest)) = levels.split_first() else { return run(structure) };
        let element = Element::in_list(&level.element, structure, level.id);
        let inside = element.inside();
        go(&element.structure(&inside, level.counted), rest, run)
    }
    go(&Structure::root(), levels, run)
}

/// The index that the key of a list stands for.
fn index(key: &[u8]) -> Result<u64, DynamicError> {
    Ok(crate::codec::decode_whole_key(key)?)
}

/// Where the element of a list stands.
fn position(list: &Structure<'_>, head: Head, index: u64) -> Vec<u8> {
    list.address_of(&place(head.first, index)).to_vec()
}

fn place(first: i64, index: u64) -> Vec<u8> {
    let mut key = Vec::new();
    crate::codec::Key::encode_key(&first.wrapping_add_unsigned(index), &mut key);
    key
}

fn index_of(first: i64, key: &[u8]) -> Result<Vec<u8>, DynamicError> {
    let place: i64 = crate::codec::decode_whole_key(key)?;
    let mut index = Vec::new();
    crate::codec::Key::encode_key(&place.wrapping_sub(first).cast_unsigned(), &mut index);
    Ok(index)
}

/// The row of a set's element.
fn unit() -> Result<Vec<u8>, DynamicError> {
    let mut bytes = Vec::new();
    encode_value(&(), &mut bytes)?;
    Ok(bytes)
}

#[expect(clippy::needless_pass_by_value, reason = "is handed to `map_err`")]
fn failed(error: PathError) -> DynamicError {
    DynamicError::Storage { reason: error.to_string() }
}

fn no_such_element() -> DynamicError {
    DynamicError::Storage { reason: "there is no such element of the list".to_owned() }
}

impl Type {
    /// How deep the deepest structure of a PState of this schema lies.
    pub(crate) fn deepest(&self) -> u8 {
        let (ty, _) = bare(self);
        let inside = |ty: &Self| if ty.has_rows() { 1 + ty.deepest() } else { 0 };
        match ty {
            Self::Map(_, value) => inside(value),
            Self::List(element) => inside(element),
            Self::Record(fields) => fields.iter().map(|(_, ty)| inside(ty)).max().unwrap_or(0),
            _ => 0,
        }
    }

    /// As [`Schema::layout`](crate::schema::Schema::layout).
    pub(crate) fn layout(&self) -> String {
        if let Self::Subindexed(inner, Tracking::Counted) = self {
            return format!("Subindexed<{}>", inner.layout());
        }
        let (ty, _) = bare(self);
        let inside = |ty: &Self| if ty.has_rows() { ty.layout() } else { "_".to_owned() };
        match ty {
            Self::Map(key, value) => format!("Map<{key}, {}>", inside(value)),
            Self::Set(_) => ty.to_string(),
            Self::List(element) => format!("List<{}>", inside(element)),
            Self::Record(fields) => {
                let fields = fields.iter().map(|(name, ty)| format!("{name}: {}", inside(ty)));
                format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
            }
            _ => "_".to_owned(),
        }
    }
}
