//! From a key to its task: a stable hash over the key's encoding.
//!
//! Clients, workers and later versions must agree for ever, or data is looked up on the wrong task:
//! the hash and the rule are frozen by the golden vectors below, and the number of the rule is
//! stored with the data. Never goes through `std::hash::Hash`, whose input is not specified.

use crate::codec::Key;
use crate::id::TaskId;
use std::cell::Cell;
use std::fmt::{self, Debug, Formatter};
use xxhash_rust::xxh3::xxh3_64;

/// Number of the rule `xxh3_64(encoded key) % tasks`. Another rule gets another number; data
/// written under an unknown number is refused (scenario D6).
pub const PARTITION_FORMAT: u32 = 1;

/// A longer scratch buffer is given back, so that one huge key does not stay in memory for ever.
const SCRATCH_BYTES_MAX: usize = 64 * 1024;

thread_local! {
    /// Saves one allocation per hashed key.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// The stable hash of a key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash(pub u64);

impl KeyHash {
    /// The hash of a key.
    pub fn of<K: Key>(key: &K) -> Self {
        // Taken, not borrowed: a key's encoding may itself hash another key.
        let mut scratch = SCRATCH.take();
        scratch.clear();
        key.encode_key(&mut scratch);
        let hash = Self::of_encoded(&scratch);
        if scratch.capacity() <= SCRATCH_BYTES_MAX {
            SCRATCH.set(scratch);
        }
        hash
    }

    /// The hash of a key that is already encoded by [`Key::encode_key`].
    pub fn of_encoded(encoded: &[u8]) -> Self {
        Self(xxh3_64(encoded))
    }

    /// The task that owns the key in a module with so many tasks.
    ///
    /// # Panics
    /// When `tasks` is 0: a module has at least one task.
    pub fn task(self, tasks: u32) -> TaskId {
        assert!(tasks > 0, "a module has at least one task");
        let task = self.0 % u64::from(tasks);
        TaskId(u32::try_from(task).expect("a remainder is below its 32 bit divisor"))
    }
}

impl Debug for KeyHash {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHash({:#018x})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::CodecError;

    #[test]
    fn the_hash_is_frozen() {
        assert_eq!(KeyHash::of_encoded(b"abc"), KeyHash(0x78af_5f94_892f_3950));
        assert_eq!(KeyHash::of_encoded(b""), KeyHash(0x2d06_8005_38d3_94c2));
    }

    #[test]
    fn a_key_hashes_like_its_encoding() {
        assert_eq!(KeyHash::of(&"abc".to_owned()), KeyHash::of_encoded(b"abc\0\0"));
        assert_eq!(KeyHash::of(&(1_u8, 2_u16)), KeyHash::of_encoded(&[1, 0, 2]));
        assert_eq!(KeyHash::of(&vec![7_u8; SCRATCH_BYTES_MAX]), {
            KeyHash::of_encoded(&[vec![7; SCRATCH_BYTES_MAX], vec![0, 0]].concat())
        });
    }

    #[test]
    fn keys_keep_their_tasks() {
        let tasks = |count| {
            [
                KeyHash::of(&"".to_owned()),
                KeyHash::of(&"ann".to_owned()),
                KeyHash::of(&0_i64),
                KeyHash::of(&-1_i64),
                KeyHash::of(&42_u64),
                KeyHash::of(&("a\0".to_owned(), Some(true))),
            ]
            .map(|hash| hash.task(count).0)
        };
        assert_eq!(
            (tasks(1), tasks(4), tasks(64), tasks(1000)),
            ([0; 6], [1, 1, 2, 1, 0, 0], [5, 9, 22, 17, 44, 28], [213, 433, 310, 649, 180, 860])
        );
    }

    #[test]
    fn keys_spread_over_the_tasks() {
        let mut counts = [0_u32; 64];
        for key in 0..64_000_u64 {
            counts[KeyHash::of(&key).task(64).0 as usize] += 1;
        }
        // 1,000 expected, standard deviation 31: six of them are out of reach of chance.
        assert!(counts.iter().all(|count| (814..1186).contains(count)), "{counts:?}");
    }

    #[test]
    fn a_key_may_hash_another_key_while_it_is_encoded() {
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
        struct Hashed(u64);
        impl Key for Hashed {
            fn encode_key(&self, out: &mut Vec<u8>) {
                7_u8.encode_key(out);
                KeyHash::of(&self.0).0.encode_key(out);
            }
            fn decode_key(_: &mut &[u8]) -> Result<Self, CodecError> {
                Err(CodecError::Invalid { expected: "a key that can be read back" })
            }
        }
        let inner = KeyHash::of(&5_u64).0.to_be_bytes();
        assert_eq!(KeyHash::of(&Hashed(5)), KeyHash::of_encoded(&[&[7], &inner[..]].concat()));
    }
}
