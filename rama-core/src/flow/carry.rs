//! What may travel with a frame from one task to another.

use serde::{Serialize, de::DeserializeOwned};

use super::Caller;

/// A value that can cross a partition: the task it arrives at may be on another thread, and in a
/// cluster in another process.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot cross a partition",
    label = "this value is still needed after the hop, so it must be `Serialize + DeserializeOwned + Clone + Send`",
    note = "carry something that can be serialised, or make this value after the partitioner"
)]
pub trait Carry<Way> {
    /// The value itself. Going through this type keeps a value that cannot travel to one message.
    type Carried;

    /// The value itself.
    fn carried(self) -> Self::Carried;
}

/// The way of a value that can travel.
pub struct Anywhere;

/// The way of a value that cannot: nothing goes it. With two ways to choose from, rustc looks at the bounds
/// of both before it takes one, so a value that has neither gets one message, and its type becomes an
/// error that silences everything after it.
pub struct Nowhere;

/// The way of who called an operation, which the runtime knows how to carry.
pub struct Calling;

impl<U: 'static> Carry<Calling> for Caller<U> {
    type Carried = Self;

    fn carried(self) -> Self {
        self
    }
}

/// Nothing implements this.
pub trait Never {}

impl<T: Serialize + DeserializeOwned + Clone + Send + 'static> Carry<Anywhere> for T {
    type Carried = T;

    fn carried(self) -> T {
        self
    }
}

impl<T: Never> Carry<Nowhere> for T {
    type Carried = T;

    fn carried(self) -> T {
        self
    }
}

/// Marks a variable of a frame. Emitted once for every live variable at a partitioner.
pub fn carry<T: Carry<Way>, Way>(value: T) -> T::Carried {
    value.carried()
}
