//! Numbers that name things, one newtype each, so that two of them are never mixed up.
//!
//! The inner number is public: an id is a name, not a resource, and nothing is guarded by it.
//! Names given by users (of modules, depots, PStates) are strings and live with their declarations.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};

/// Declares one id: an ordered number that prints as the bare number.
macro_rules! id {
    ($(#[$docs:meta])* $name:ident($number:ty)) => {
        $(#[$docs])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default,
            Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub $number);

        impl Display for $name {
            fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// One of the fixed number of tasks of a module, from 0. Depot partition i, PState partition i
    /// and all code for task i belong together.
    TaskId(u32)
}

id! {
    /// Position of a record in its depot partition (DP-53): from 0, step 1, never reused.
    Offset(u64)
}

id! {
    /// Number of a commit group, from 1, without gaps. 0 stands for "before the first group".
    Epoch(u64)
}

id! {
    /// A depot of a module, by order of declaration.
    DepotId(u16)
}

id! {
    /// A PState of a module, by order of declaration.
    PStateId(u16)
}

id! {
    /// A topology of a module, by order of declaration.
    TopologyId(u16)
}

impl Offset {
    /// The offset of the following record of the same partition.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl Epoch {
    /// The number of the group after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_print_as_their_number_and_count_on() {
        assert_eq!(format!("task {}, offset {}", TaskId(3), Offset(7).next()), "task 3, offset 8");
        assert_eq!(Epoch::default().next(), Epoch(1), "the first group has number 1");
        assert_eq!(format!("{:?}", PStateId(4)), "PStateId(4)");
    }
}
