//! What happened in a simulation: all of it as a hash, the last of it in words.

use std::collections::VecDeque;

use rama_core::clock::Timestamp;

/// Steps that are kept: what a person reads who looks for the reason of a failure.
const KEPT: usize = 200;

/// FNV-1a, of 64 bits: equal traces give equal hashes, on every machine.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

#[derive(Debug)]
pub(super) struct Trace {
    last: VecDeque<String>,
    hash: u64,
}

impl Default for Trace {
    fn default() -> Self {
        Self { last: VecDeque::new(), hash: FNV_OFFSET }
    }
}

impl Trace {
    pub(super) fn add(&mut self, now: Timestamp, id: u64, name: &str, outcome: &str) {
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        let line = format!("{} {name}#{id} {outcome}", now.0);
        for byte in line.bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        }
        // A module that does nothing still looks after itself.
        if name != "watchdog" {
            self.last.push_back(line);
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.last.iter().cloned().collect()
    }

    pub(super) fn hash(&self) -> u64 {
        self.hash
    }
}
