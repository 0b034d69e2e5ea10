//! What may be in a frame: of those that travel from one task to another, and of those that wait on their task.
//!
//! The frame is what implements the traits here, and not the value, because rustc proposes to borrow a value that lacks
//! a trait, in place of what these traits have to say.

use serde::{Deserialize, Serialize};

use super::Caller;

/// What is left of an event for the one that goes on.
pub struct Frame;

/// A frame that can cross a partition with a `T`: the task it arrives at may be on another thread, and in a
/// cluster in another process.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot cross a partition",
    label = "this value is still needed after the hop, so it must be `Serialize + DeserializeOwned + Clone + Send`",
    note = "carry something that can be serialised, or make this value after the partitioner"
)]
pub trait Carry<T, Way> {
    /// The value itself. Going through this type keeps a value that cannot travel to one message.
    type Carried;

    /// The value itself.
    fn carried(value: T) -> Self::Carried;
}

/// A frame that can hold a `T` while its tree waits: what it waits for may come while another thread runs the task.
#[diagnostic::on_unimplemented(
    message = "`{T}` cannot wait",
    label = "this value is still needed when the wait is over, so it must be `Clone + Send` and own its data",
    note = "keep something that can be cloned, or make this value behind the wait"
)]
pub trait Keep<T, Way> {
    /// The value itself, as with [`Carry`].
    type Kept;

    /// The value itself.
    fn kept(value: T) -> Self::Kept;
}

/// The way of a value that a frame can have.
pub struct Anywhere;

/// The way of a value that it cannot: nothing goes it. With two ways to choose from, rustc looks at the bounds
/// of both before it takes one, so a value that has neither gets one message, and its type becomes an
/// error that silences everything after it.
pub struct Nowhere;

/// The way of who called an operation, which the runtime knows how to carry.
pub struct Calling;

/// Nothing implements this.
pub trait Never {}

/// `DeserializeOwned`, by a name that says what is wrong where rustc mentions it: what holds a reference is refused
/// for its lifetime, and no message of ours is heard there.
pub trait OwnsItsData<'de>: Deserialize<'de> {}

impl<'de, T: Deserialize<'de>> OwnsItsData<'de> for T {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + for<'de> OwnsItsData<'de> + Clone + Send + 'static> Carry<T, Anywhere>
    for Frame
{
    type Carried = T;

    fn carried(value: T) -> T {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<U: 'static> Carry<Caller<U>, Calling> for Frame {
    type Carried = Caller<U>;

    fn carried(value: Caller<U>) -> Caller<U> {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<T: Never> Carry<T, Nowhere> for Frame {
    type Carried = T;

    fn carried(value: T) -> T {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Send + 'static> Keep<T, Anywhere> for Frame {
    type Kept = T;

    fn kept(value: T) -> T {
        value
    }
}

#[diagnostic::do_not_recommend]
impl<T: Never> Keep<T, Nowhere> for Frame {
    type Kept = T;

    fn kept(value: T) -> T {
        value
    }
}

/// Marks a variable of a frame that travels. Emitted once for every live variable at a partitioner.
pub fn carry<T, Way>(value: T) -> <Frame as Carry<T, Way>>::Carried
where
    Frame: Carry<T, Way>,
{
    Frame::carried(value)
}

/// Marks a variable of a frame that waits. Emitted once for every live variable at a wait.
pub fn keep<T, Way>(value: T) -> <Frame as Keep<T, Way>>::Kept
where
    Frame: Keep<T, Way>,
{
    Frame::kept(value)
}
