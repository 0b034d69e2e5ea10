//! Structures whose rows are in memory, in the bytes that a store would keep. For tests and for trying paths: it
//! counts what is done to it.

use super::{Address, ReadStructure, Row, Scan, VisitRow, WriteStructure};
use crate::codec::Key;
use crate::dynamic::error::DynamicError;
use std::cell::Cell;
use std::collections::BTreeMap;

/// Rows by structure and key.
#[derive(Clone, Debug, Default)]
pub struct MemoryStructure {
    levels: BTreeMap<Address, Level>,
    /// What to put back to be as before, the latest change last.
    changes: Vec<Before>,
    counts: Cell<Counts>,
}

type Level = BTreeMap<Vec<u8>, Row>;

/// What was done to rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Single rows that were looked up.
    pub gets: u64,
    /// Scans that were started.
    pub seeks: u64,
    /// Rows that scans came to.
    pub steps: u64,
    /// Sizes that were asked for.
    pub sizes: u64,
    /// Rows written.
    pub puts: u64,
    /// Keys removed.
    pub removes: u64,
}

#[derive(Clone, Debug)]
enum Before {
    Row { at: Address, key: Vec<u8>, row: Option<Row> },
    Level { at: Address, level: Option<Level> },
}

impl MemoryStructure {
    /// No rows at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was done since the last call of this.
    pub fn take_counts(&self) -> Counts {
        self.counts.take()
    }

    /// How many rows there are in all, those that only say that a structure exists among them.
    pub fn rows(&self) -> usize {
        self.levels.values().map(BTreeMap::len).sum()
    }

    fn count(&self, change: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        change(&mut counts);
        self.counts.set(counts);
    }

    fn set(&mut self, at: &Address, key: &[u8], row: Option<Row>) {
        let level = self.levels.entry(at.clone()).or_default();
        let before = match row {
            Some(row) => level.insert(key.to_owned(), row),
            None => level.remove(key),
        };
        self.changes.push(Before::Row { at: at.clone(), key: key.to_owned(), row: before });
    }

    /// Removes the structures under an address, with its own or without.
    fn remove_beneath(&mut self, at: &Address, with_itself: bool) {
        for under in self.beneath(at) {
            if with_itself || under != *at {
                let level = self.levels.remove(&under);
                self.changes.push(Before::Level { at: under, level });
            }
        }
    }

    /// Moves the structures under an address to another one, where none are.
    fn move_beneath(&mut self, from: &Address, to: &Address) {
        for under in self.beneath(from) {
            let rest = &under.keys()[from.keys().len()..];
            let target = Address([to.keys(), rest].concat());
            if let Some(level) = self.levels.remove(&under) {
                self.levels.insert(target.clone(), level.clone());
                self.changes.push(Before::Level { at: target, level: None });
                self.changes.push(Before::Level { at: under, level: Some(level) });
            }
        }
    }

    /// The structure at an address and those under it, which stand one after the other.
    fn beneath(&self, at: &Address) -> Vec<Address> {
        let range = self.levels.range::<Address, _>(at..);
        let under = range.take_while(|(found, _)| found.keys().starts_with(at.keys()));
        under.map(|(found, _)| found.clone()).collect()
    }
}

impl ReadStructure for MemoryStructure {
    fn get(&self, at: &Address, key: &[u8]) -> Result<Option<Row>, DynamicError> {
        self.count(|counts| counts.gets += 1);
        Ok(self.levels.get(at).and_then(|level| level.get(key)).cloned())
    }

    fn scan(
        &self,
        at: &Address,
        scan: &Scan,
        visit: &mut VisitRow<'_>,
    ) -> Result<(), DynamicError> {
        self.count(|counts| counts.seeks += 1);
        let Some(level) = self.levels.get(at) else { return Ok(()) };
        // A range of a `BTreeMap` must not end before it begins.
        if scan.is_empty() {
            return Ok(());
        }
        let range = level.range::<Vec<u8>, _>((scan.from.as_ref(), scan.to.as_ref()));
        let rows: Box<dyn Iterator<Item = (&Vec<u8>, &Row)>> =
            if scan.backward { Box::new(range.rev()) } else { Box::new(range) };
        for (key, row) in rows.take(scan.rows_max.unwrap_or(usize::MAX)) {
            self.count(|counts| counts.steps += 1);
            if visit(key, row.clone())?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn size(&self, at: &Address) -> Result<usize, DynamicError> {
        self.count(|counts| counts.sizes += 1);
        Ok(self.levels.get(at).map_or(0, BTreeMap::len))
    }
}

/// The key of an element of a list.
fn element(index: usize) -> Vec<u8> {
    let mut key = Vec::new();
    (index as u64).encode_key(&mut key);
    key
}

impl WriteStructure for MemoryStructure {
    fn put(&mut self, at: &Address, key: &[u8], value: Vec<u8>) -> Result<(), DynamicError> {
        self.count(|counts| counts.puts += 1);
        self.make(at)?;
        self.set(at, key, Some(Row::Value(value)));
        Ok(())
    }

    fn make(&mut self, at: &Address) -> Result<(), DynamicError> {
        for depth in (0..=at.keys().len()).rev() {
            let above = Address(at.keys()[..depth].to_vec());
            if self.levels.contains_key(&above) {
                break;
            }
            self.levels.insert(above.clone(), Level::new());
            self.changes.push(Before::Level { at: above, level: None });
        }
        for depth in 0..at.keys().len() {
            let above = Address(at.keys()[..depth].to_vec());
            let key = &at.keys()[depth];
            if self.levels.get(&above).and_then(|level| level.get(key)) != Some(&Row::Structure) {
                self.set(&above, key, Some(Row::Structure));
            }
        }
        Ok(())
    }

    fn remove(&mut self, at: &Address, key: &[u8]) -> Result<(), DynamicError> {
        self.count(|counts| counts.removes += 1);
        if self.levels.contains_key(at) {
            self.set(at, key, None);
            self.remove_beneath(&at.child(key), true);
        }
        Ok(())
    }

    fn remove_element(&mut self, at: &Address, index: usize) -> Result<(), DynamicError> {
        self.count(|counts| counts.removes += 1);
        let count = self.levels.get(at).map_or(0, BTreeMap::len);
        self.remove_beneath(&at.child(&element(index)), true);
        for behind in index + 1..count {
            let (from, to) = (element(behind), element(behind - 1));
            let row = self.levels.get(at).and_then(|level| level.get(&from)).cloned();
            self.set(at, &to, row);
            self.move_beneath(&at.child(&from), &at.child(&to));
        }
        if let Some(last) = count.checked_sub(1) {
            self.set(at, &element(last), None);
        }
        Ok(())
    }

    fn clear(&mut self, at: &Address) -> Result<(), DynamicError> {
        self.remove_beneath(at, false);
        if let Some(level) = self.levels.get_mut(at) {
            let level = Some(std::mem::take(level));
            self.changes.push(Before::Level { at: at.clone(), level });
        }
        Ok(())
    }

    fn keep(&mut self) -> Result<(), DynamicError> {
        self.changes.clear();
        Ok(())
    }

    fn undo(&mut self) -> Result<(), DynamicError> {
        while let Some(before) = self.changes.pop() {
            match before {
                Before::Row { at, key, row } => {
                    let level = self.levels.entry(at).or_default();
                    match row {
                        Some(row) => _ = level.insert(key, row),
                        None => _ = level.remove(&key),
                    }
                }
                Before::Level { at, level: Some(level) } => _ = self.levels.insert(at, level),
                Before::Level { at, level: None } => _ = self.levels.remove(&at),
            }
        }
        Ok(())
    }
}
