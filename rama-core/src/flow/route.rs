//! Where a hop goes (PT-01 to PT-10).

use std::fmt::{self, Display, Formatter};

use super::{Cx, PStateRef};
use crate::{
    codec::Key,
    error::EventError,
    id::TaskId,
    path::Keyed,
    pstate::{Home, PStateView},
    schema::Schema,
};

/// The target of a partitioner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// One task.
    One(TaskId),
    /// Every task.
    All,
}

/// What `|direct` accepts, and what the function of `|custom` gives: a task or any integer that is the number of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the number of a task",
    label = "`|direct` and `|custom` take a `TaskId` or an integer"
)]
pub trait TaskIndex {
    /// The task with this number, of `tasks`.
    ///
    /// # Errors
    /// When there is no such task.
    fn task(self, tasks: u32) -> Result<TaskId, NoSuchTask>;
}

/// There is no task with this number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoSuchTask {
    number: i128,
    tasks: u32,
}

impl NoSuchTask {
    /// The error of the event whose partitioner asked for it.
    pub(super) fn asked_by(self, partitioner: &'static str) -> EventError {
        EventError::new(format!("`{partitioner}({})`: {self}", self.number))
    }
}

impl Display for NoSuchTask {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "there is no such task, the module runs with {}", self.tasks)
    }
}

impl TaskIndex for TaskId {
    fn task(self, tasks: u32) -> Result<TaskId, NoSuchTask> {
        self.0.task(tasks)
    }
}

macro_rules! task_index {
    ($($number:ty),*) => {$(
        impl TaskIndex for $number {
            fn task(self, tasks: u32) -> Result<TaskId, NoSuchTask> {
                match u32::try_from(self) {
                    Ok(index) if index < tasks => Ok(TaskId(index)),
                    _ => Err(NoSuchTask { number: self as i128, tasks }),
                }
            }
        }
    )*};
}

task_index!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// A PState was asked for the home of a key, and its keys have none.
#[derive(Debug, thiserror::Error)]
#[error(
    "PState `$${pstate}` has no homes: each task has its own part of it, so `|hash` and `|path` cannot say which \
     task to go to; name the task with `|direct(task)`, or go to all with `|all()`"
)]
struct NoHomes {
    pstate: &'static str,
}

/// A PState was asked for its one partition, and it has several.
#[derive(Debug, thiserror::Error)]
#[error(
    "PState `$${pstate}` is not global: its keys are at home on all tasks, where `|hash` with the PState and a key \
     leads; for task 0 write `|global()`"
)]
struct NotOneHome {
    pstate: &'static str,
}

impl Cx<'_> {
    /// The home of a key of a PState: where its hash, its key partitioner or `global` says (PT-02, PT-08, PT-10).
    ///
    /// # Errors
    /// When each task has its own part of the PState, and no key says which.
    pub fn hash_in<S>(
        &mut self,
        pstate: PStateRef<S>,
        key: &<S::Root as Keyed>::Key,
    ) -> Result<Route, EventError>
    where
        S: Schema<Root: Keyed<Key: Key>>,
    {
        let PStateView { name, home, .. } = self.view(pstate);
        match home.of(Some(key), self.tasks) {
            Some(task) => Ok(Route::One(task)),
            None => Err(NoHomes { pstate: name }.into()),
        }
    }

    /// The task that has all of a PState: task 0 (PT-04).
    ///
    /// # Errors
    /// When the keys of the PState are at home on all tasks.
    pub fn global_in<S: Schema>(&mut self, pstate: PStateRef<S>) -> Result<Route, EventError> {
        let PStateView { name, home, .. } = self.view(pstate);
        match home {
            Home::Global | Home::Everywhere => Ok(Route::One(TaskId(0))),
            Home::Hash | Home::Custom(_) => Err(NotOneHome { pstate: name }.into()),
        }
    }

    /// The task where the record began (PT-07).
    #[must_use]
    pub fn origin(&mut self) -> Route {
        Route::One(self.origin.task)
    }

    /// The task that a function of the number of tasks chooses (PT-09).
    ///
    /// # Errors
    /// When there is no such task.
    pub fn custom<T: TaskIndex>(
        &mut self,
        choose: impl FnOnce(u32) -> T,
    ) -> Result<Route, EventError> {
        let task = choose(self.tasks).task(self.tasks);
        Ok(Route::One(task.map_err(|no_task| no_task.asked_by("|custom"))?))
    }

    fn view<S: Schema>(&self, pstate: PStateRef<S>) -> &PStateView {
        &self.pstates[usize::from(pstate.id.0)].view
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_existing_tasks_are_targets() {
        assert_eq!(3_i64.task(4), Ok(TaskId(3)));
        assert!((-1_i32).task(4).is_err());
        assert_eq!(
            u64::MAX.task(4).unwrap_err().asked_by("|custom").to_string(),
            format!("`|custom({})`: there is no such task, the module runs with 4", u64::MAX)
        );
        assert_eq!(
            TaskId(4).task(4).unwrap_err().asked_by("|direct").to_string(),
            "`|direct(4)`: there is no such task, the module runs with 4"
        );
    }
}
