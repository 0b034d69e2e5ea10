//! Where a row is, and what its structure has to know when rows come and go.

use super::kind::edited;
use super::{AnyRow, ReadRows, RowKind, WriteRows};
use crate::codec::Key;
use crate::path::PathError;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;
use std::sync::Arc;

/// The bytes of an address. Those of two or three usual keys need no allocation.
pub type Address = SmallVec<[u8; 64]>;

/// Whether a structure knows how many elements it has (PS-23).
pub trait Counting: 'static {
    /// Whether it does.
    const COUNTED: bool;
}

/// The structure knows its size; to add or remove an element it has to know whether it is there.
pub struct Counted;

/// The structure does not know its size, and so elements come and go without a read.
pub struct Uncounted;

impl Counting for Counted {
    const COUNTED: bool = true;
}

impl Counting for Uncounted {
    const COUNTED: bool = false;
}

/// The row in which a structure inside another one is that one's element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// How many elements it has, if it is counted.
    pub len: u64,
    /// The position of a list's first element: lists grow and shrink at both ends.
    pub first: i64,
    /// The id of a list's next new element. Only elements that are structures have ids; none is used twice.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub next: u64,
    /// Its own id, if it is an element of a list.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub id: u64,
}

/// Left out of heads that need no ids: most of them.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A structure as a path came to it.
#[derive(Clone, Copy, Debug)]
pub struct Structure<'a> {
    /// What the addresses of its elements begin with.
    pub(crate) prefix: &'a [u8],
    counted: bool,
    /// The element that it is; none for the PState itself.
    pub(super) element: Option<&'a Element<'a>>,
}

/// An element of a structure, which need not exist.
#[derive(Clone, Copy, Debug)]
pub struct Element<'a> {
    pub(super) address: &'a [u8],
    pub(super) of: &'a Structure<'a>,
    /// What leads into it: in lists the id of the element, because its address changes.
    pub(super) id: Option<u64>,
}

/// A PState lies at depth 0, and no key leads to it.
const ROOT: &[u8] = &[0];

impl Structure<'static> {
    /// The PState itself. It is not counted, and it always exists.
    #[must_use]
    pub const fn root() -> Self {
        Self { prefix: ROOT, counted: false, element: None }
    }
}

impl Structure<'_> {
    /// The address of the element under a key.
    pub(crate) fn address<K: Key>(&self, key: &K) -> Address {
        KEY.with_borrow_mut(|bytes| {
            bytes.clear();
            key.encode_key(bytes);
            self.address_of(bytes)
        })
    }

    /// The address of the element under an encoded key.
    pub(crate) fn address_of(&self, key: &[u8]) -> Address {
        let mut address = Address::with_capacity(self.prefix.len() + key.len());
        address.extend_from_slice(self.prefix);
        address.extend_from_slice(key);
        address
    }

    /// What the addresses of its elements begin with.
    pub(crate) fn prefix(&self) -> &[u8] {
        self.prefix
    }

    /// Whether its head says how many elements it has.
    pub(crate) fn is_counted(&self) -> bool {
        self.counted
    }

    /// Whether it is the PState itself.
    pub(crate) fn is_root(&self) -> bool {
        self.element.is_none()
    }

    /// What its head says, if the structure exists.
    pub(crate) fn read_head(&self, rows: &dyn ReadRows) -> Result<Option<Head>, PathError> {
        let Some(Element { address, .. }) = self.element else { return Ok(Some(Head::default())) };
        let row = rows.get(address, RowKind::of::<Head>())?;
        Ok(row.map(|row| *super::kind::seen_row::<Head>(&row)))
    }

    /// Changes its head, which comes into being with the structure.
    pub(crate) fn edit_head(
        &self,
        rows: &mut dyn WriteRows,
        edit: impl FnOnce(&mut Head),
    ) -> Result<(), PathError> {
        let Some(element @ Element { address, of, .. }) = self.element else { return Ok(()) };
        if let Some(row) = rows.load(address, RowKind::of::<Head>())? {
            edit(edited(row));
            return rows.changed(address);
        }
        of.grow(rows)?;
        let mut head = element.new_head();
        edit(&mut head);
        rows.put(address, Arc::new(head))
    }

    /// A new element comes.
    fn grow(&self, rows: &mut dyn WriteRows) -> Result<(), PathError> {
        if self.counted {
            return self.edit_head(rows, |head| head.len += 1);
        }
        self.exist(rows)
    }

    /// Sees to it that the structure exists, without a read where nothing is counted.
    pub(crate) fn exist(&self, rows: &mut dyn WriteRows) -> Result<(), PathError> {
        let Some(element @ Element { address, of, .. }) = self.element else { return Ok(()) };
        if !of.counted {
            of.exist(rows)?;
        } else if rows.has(address)? {
            return Ok(());
        } else {
            of.grow(rows)?;
        }
        rows.put(address, Arc::new(element.new_head()))
    }
}

impl<'a> Element<'a> {
    /// An element whose address never changes.
    pub(crate) fn new(address: &'a [u8], of: &'a Structure<'a>) -> Self {
        Self { address, of, id: None }
    }

    /// An element of a list: its address changes, and the id leads into it if it is a structure.
    pub(crate) fn in_list(address: &'a [u8], of: &'a Structure<'a>, id: Option<u64>) -> Self {
        Self { address, of, id }
    }

    /// Whether there is one.
    pub(crate) fn exists(&self, rows: &dyn ReadRows) -> Result<bool, PathError> {
        rows.has(self.address)
    }

    /// Its row when it comes into being as a structure.
    fn new_head(&self) -> Head {
        Head { id: self.id.unwrap_or_default(), ..Head::default() }
    }

    /// What the addresses of its elements begin with, if it is a structure.
    pub(crate) fn inside(&self) -> Address {
        let mut inside = match self.id {
            // All ids are equally long, so none is the beginning of another.
            Some(id) => self.of.address_of(&id.to_be_bytes()),
            None => Address::from_slice(self.address),
        };
        // A type has far fewer levels than a byte can count.
        inside[0] += 1;
        inside
    }

    /// The structure that it is; `inside` is its own.
    pub(crate) fn structure(&'a self, inside: &'a Address, counted: bool) -> Structure<'a> {
        Structure { prefix: inside, counted, element: Some(self) }
    }

    /// Writes the element's row. `known` says whether there is one, if that is known.
    pub(crate) fn put(
        &self,
        rows: &mut dyn WriteRows,
        row: AnyRow,
        known: Option<bool>,
    ) -> Result<(), PathError> {
        if !self.of.is_root() && known != Some(true) {
            let new = !self.of.counted || !self.is_there(rows, known)?;
            if new {
                self.of.grow(rows)?;
            }
        }
        rows.put(self.address, row)
    }

    /// Removes the element's row, and everything inside it when it is a structure. `known` says whether there is
    /// one, if that is known.
    pub(crate) fn remove(
        &self,
        rows: &mut dyn WriteRows,
        indexed: bool,
        known: Option<bool>,
    ) -> Result<(), PathError> {
        if self.of.counted {
            if !self.is_there(rows, known)? {
                return Ok(());
            }
            self.of.edit_head(rows, |head| head.len = head.len.saturating_sub(1))?;
        }
        rows.remove(self.address)?;
        if indexed {
            rows.wipe(&self.inside())?;
        }
        Ok(())
    }

    fn is_there(&self, rows: &dyn ReadRows, known: Option<bool>) -> Result<bool, PathError> {
        known.map_or_else(|| rows.has(self.address), Ok)
    }
}

thread_local! {
    /// Saves one allocation per key.
    static KEY: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
}
