//! Structures that were removed as a whole.

use std::collections::BTreeMap;
use std::ops::Bound;

/// Prefixes of addresses under which nothing of the layers below is seen any more.
#[derive(Clone, Debug)]
pub(crate) struct Wipes<T> {
    /// By the keys that lead to the structure; a byte in front of them in the address is its depth. Two
    /// structures of different depth have the same keys only when one key takes no bytes.
    by_keys: BTreeMap<Box<[u8]>, Vec<(u8, T)>>,
}

/// Depths at which keys were wiped.
type Depths<T> = [(u8, T)];

impl<T> Default for Wipes<T> {
    fn default() -> Self {
        Self { by_keys: BTreeMap::new() }
    }
}

impl<T: Copy> Wipes<T> {
    pub(crate) fn is_empty(&self) -> bool {
        self.by_keys.is_empty()
    }

    /// Everything under a prefix is gone.
    pub(crate) fn add(&mut self, prefix: &[u8], mark: T) {
        let (depth, keys) = split(prefix);
        let depths = self.by_keys.entry(keys.into()).or_default();
        depths.retain(|(other, _)| *other != depth);
        depths.push((depth, mark));
    }

    /// Forgets some.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        self.by_keys.retain(|_, depths| {
            depths.retain(|(_, mark)| keep(mark));
            !depths.is_empty()
        });
    }

    /// Whether an address, or a prefix of addresses, is under one of them.
    pub(crate) fn cover(&self, address: &[u8]) -> bool {
        if self.by_keys.is_empty() {
            return false;
        }
        let (depth, keys) = split(address);
        let mut rest = keys;
        // The greatest of them up to `rest` either is the beginning of it, or shares less of it than all that are
        // greater: then only shorter ones can be its beginning.
        while let Some((wiped, depths)) = self.upto(rest) {
            let common = rest.iter().zip(wiped).take_while(|(a, b)| a == b).count();
            if common < wiped.len() {
                rest = &rest[..common];
                continue;
            }
            if depths.iter().any(|(at, _)| *at <= depth) {
                return true;
            }
            match wiped.len() {
                0 => return false,
                length => rest = &rest[..length - 1],
            }
        }
        false
    }

    /// The greatest keys up to these.
    fn upto(&self, keys: &[u8]) -> Option<(&[u8], &Depths<T>)> {
        let range = (Bound::Unbounded, Bound::Included(keys));
        let found = self.by_keys.range::<[u8], (Bound<&[u8]>, Bound<&[u8]>)>(range).next_back();
        found.map(|(keys, depths)| (&**keys, &**depths))
    }

    /// The prefixes, in the order of their keys.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = Vec<u8>> {
        self.by_keys.iter().flat_map(|(keys, depths)| {
            depths.iter().map(move |(depth, _)| [&[*depth], &keys[..]].concat())
        })
    }
}

/// The ranges of addresses under a prefix, one for each depth down to `deepest`: where each begins, and where it
/// ends.
pub(crate) fn ranges(
    prefix: &[u8],
    deepest: u8,
) -> impl Iterator<Item = (Vec<u8>, Option<Vec<u8>>)> {
    let (depth, keys) = split(prefix);
    (depth..=deepest).map(move |depth| {
        let from = [&[depth], keys].concat();
        let to = crate::path::rows::after(&from);
        (from, to)
    })
}

fn split(address: &[u8]) -> (u8, &[u8]) {
    let (depth, keys) = address.split_first().expect("an address begins with its depth");
    (*depth, keys)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_address_is_covered_when_a_wipe_is_its_beginning(
            wipes in vec((0..3_u8, vec(0..3_u8, 0..4)), 0..12),
            addresses in vec((0..4_u8, vec(0..3_u8, 0..6)), 1..40),
        ) {
            let mut index = Wipes::default();
            for (depth, keys) in &wipes {
                index.add(&[&[*depth], &keys[..]].concat(), ());
            }
            for (depth, keys) in addresses {
                let expected = wipes.iter().any(|(at, wiped)| *at <= depth && keys.starts_with(wiped));
                prop_assert_eq!(index.cover(&[&[depth], &keys[..]].concat()), expected);
            }
        }
    }
}
