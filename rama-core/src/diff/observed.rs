//! Rows that are watched while a transform writes them.

use super::{Diff, compare};
use crate::{
    dynamic::{Data, DynamicError, Type},
    path::{
        PathError, Walk,
        rows::{AnyRow, LeadingKey, ReadRows, RowKind, RowValue, Scan, VisitRow, WriteRows},
    },
    pstate::Wipes,
};
use std::collections::BTreeMap;

/// Rows as they were before a transform, as far as it touched them.
pub(crate) struct Observed<'a> {
    rows: &'a mut dyn WriteRows,
    /// By address: what was there.
    before: BTreeMap<Vec<u8>, Option<AnyRow>>,
    wiped: Wipes<()>,
}

impl<'a> Observed<'a> {
    pub(crate) fn new(rows: &'a mut dyn WriteRows) -> Self {
        Self { rows, before: BTreeMap::new(), wiped: Wipes::default() }
    }

    /// What the transform changed in a PState of this schema; `None` when it changed nothing.
    ///
    /// # Errors
    /// When rows cannot be read, or are not of this schema.
    pub(crate) fn diff(self, schema: &Type) -> Result<Option<Diff>, PathError> {
        let Self { rows, before, wiped } = self;
        let mut steps = Vec::new();
        for (address, old) in before {
            let new = rows.get(&address, RowKind::RAW)?;
            let gone = wiped.cover(&address);
            if gone && new.is_none() {
                continue;
            }
            let old = old.filter(|_| !gone);
            let place = Place::of(schema, &address).map_err(PathError::storage)?;
            if let (Last::Structure(key), Some(_), Some(_)) = (&place.last, &old, &new)
                && wiped.cover(&inside(&address))
            {
                // It was removed and made again: nothing of before is there.
                steps.push(place.under(Diff::KeyRemove(key.clone())));
                continue;
            }
            let step = place.step(old.as_deref(), new.as_deref()).map_err(PathError::storage)?;
            steps.extend(step.map(|step| place.under(step)));
        }
        if wiped.cover(&[0]) {
            // Everything went: what is there now is all there is.
            steps.insert(0, Diff::NewValue(Data::Null));
        }
        Ok(Diff::of(steps))
    }

    /// Remembers what is at an address, unless that is known.
    fn remember(&mut self, address: &[u8], kind: &'static RowKind) -> Result<(), PathError> {
        if !self.before.contains_key(address) {
            let row = self.rows.get(address, kind)?;
            self.before.insert(address.to_vec(), row);
        }
        Ok(())
    }
}

impl ReadRows for Observed<'_> {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.rows.get(address, kind)
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        self.rows.has(address)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.rows.scan(scan, visit)
    }

    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        self.rows.at_home(key)
    }
}

impl WriteRows for Observed<'_> {
    fn load(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<&mut AnyRow>, PathError> {
        // The row is shared from now on, so that whoever edits it edits a copy.
        self.remember(address, kind)?;
        self.rows.load(address, kind)
    }

    fn take(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<AnyRow>, PathError> {
        self.remember(address, kind)?;
        self.rows.take(address, kind)
    }

    fn changed(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.rows.changed(address)
    }

    fn put(&mut self, address: &[u8], row: AnyRow) -> Result<(), PathError> {
        self.remember(address, RowKind::RAW)?;
        self.rows.put(address, row)
    }

    fn remove(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.remember(address, RowKind::RAW)?;
        self.rows.remove(address)
    }

    fn wipe(&mut self, prefix: &[u8]) -> Result<(), PathError> {
        self.wiped.add(prefix, ());
        self.rows.wipe(prefix)
    }
}

/// What the addresses inside a structure begin with.
fn inside(address: &[u8]) -> Vec<u8> {
    let mut inside = address.to_vec();
    inside[0] += 1;
    inside
}

/// Where a row is, by the schema.
struct Place<'t> {
    /// The keys that lead to its structure.
    keys: Vec<Data>,
    last: Last<'t>,
}

/// What a row is in its structure.
enum Last<'t> {
    /// The PState's only row.
    Whole(&'t Type),
    /// The value under a key.
    Value(Data, &'t Type),
    /// A structure under a key.
    Structure(Data),
    /// An element of a set.
    Element(Data),
    /// Something in a list whose elements have rows: their positions are no indexes.
    Listed,
}

impl<'t> Place<'t> {
    fn of(schema: &'t Type, address: &[u8]) -> Result<Self, DynamicError> {
        let (depth, mut bytes) = address.split_first().unwrap_or((&0, &[]));
        let (mut keys, mut at) = (Vec::new(), schema);
        for level in 0..=*depth {
            let is_last = level == *depth;
            let (key, inside) = match at.rows_of(level == 0) {
                Rows::None => return Ok(Self { keys, last: Last::Whole(at) }),
                Rows::List => return Ok(Self { keys, last: Last::Listed }),
                Rows::Set(element) => {
                    let element = element.decode_key(&mut bytes)?;
                    return Ok(Self { keys, last: Last::Element(element) });
                }
                Rows::Map(key, value) => (key.decode_key(&mut bytes)?, value),
                Rows::Record(fields) => {
                    let key = Type::Text.decode_key(&mut bytes)?;
                    let field = fields.iter().find(|(name, _)| Data::Text(name.clone()) == key);
                    // A field of an older schema is nobody's any more.
                    let Some((_, field)) = field else {
                        return Ok(Self { keys, last: Last::Listed });
                    };
                    (key, field)
                }
            };
            if is_last && matches!(inside.rows_of(false), Rows::None) {
                return Ok(Self { keys, last: Last::Value(key, inside) });
            }
            if is_last {
                return Ok(Self { keys, last: Last::Structure(key) });
            }
            keys.push(key);
            at = inside;
        }
        Ok(Self { keys, last: Last::Listed })
    }

    /// What happened to the row.
    fn step(
        &self,
        old: Option<&dyn RowValue>,
        new: Option<&dyn RowValue>,
    ) -> Result<Option<Diff>, DynamicError> {
        Ok(match (&self.last, old, new) {
            (_, None, None) => None,
            (Last::Whole(ty), old, new) => compare(&value(ty, old)?, &value(ty, new)?),
            (Last::Value(key, _) | Last::Structure(key), Some(_), None) => {
                Some(Diff::KeyRemove(key.clone()))
            }
            (Last::Value(key, ty), old, new) => {
                let (old, new) = (value(ty, old)?, value(ty, new)?);
                let step = if old == Data::Null && new == Data::Null {
                    Some(Diff::NewValue(Data::Null))
                } else {
                    compare(&old, &new)
                };
                step.map(|step| step.under(key.clone()))
            }
            (Last::Structure(_), _, Some(_)) => None,
            (Last::Element(_), Some(_), Some(_)) => None,
            (Last::Element(element), None, Some(_)) => Some(Diff::SetAdd(element.clone())),
            (Last::Element(element), Some(_), None) => Some(Diff::SetRemove(element.clone())),
            (Last::Listed, _, _) => Some(Diff::Unknown),
        })
    }

    /// A step in the structure, as one in the PState.
    fn under(&self, step: Diff) -> Diff {
        self.keys.iter().rev().fold(step, |step, key| step.under(key.clone()))
    }
}

fn value(ty: &Type, row: Option<&dyn RowValue>) -> Result<Data, DynamicError> {
    let Some(row) = row else { return Ok(Data::Null) };
    ty.decode_row(&row.bytes()?)
}

/// What the rows of a structure are.
enum Rows<'t> {
    None,
    Map(&'t Type, &'t Type),
    Record(&'t [(String, Type)]),
    Set(&'t Type),
    List,
}

impl Type {
    /// What lies in rows of its own: of a schema, or of a part of one.
    fn rows_of(&self, top: bool) -> Rows<'_> {
        if !(top || self.has_rows()) {
            return Rows::None;
        }
        match self {
            Self::Subindexed(inner, _) => inner.rows_of(true),
            Self::Map(key, value) => Rows::Map(key, value),
            Self::Record(fields) => Rows::Record(fields),
            Self::Set(element) => Rows::Set(element),
            Self::List(_) => Rows::List,
            _ => Rows::None,
        }
    }
}
