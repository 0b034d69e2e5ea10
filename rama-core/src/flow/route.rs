//! Where a hop goes (PT-01, PT-03 to PT-06).

use crate::{error::EventError, id::TaskId};

/// The target of a partitioner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// One task.
    One(TaskId),
    /// Every task.
    All,
}

/// What `|direct` accepts: a task or any integer that is the number of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the number of a task",
    label = "`|direct` takes a `TaskId` or an integer"
)]
pub trait TaskIndex {
    /// The task with this number, of `tasks`.
    ///
    /// # Errors
    /// When there is no such task.
    fn task(self, tasks: u32) -> Result<TaskId, EventError>;
}

impl TaskIndex for TaskId {
    fn task(self, tasks: u32) -> Result<TaskId, EventError> {
        self.0.task(tasks)
    }
}

macro_rules! task_index {
    ($($number:ty),*) => {$(
        impl TaskIndex for $number {
            fn task(self, tasks: u32) -> Result<TaskId, EventError> {
                match u32::try_from(self) {
                    Ok(index) if index < tasks => Ok(TaskId(index)),
                    _ => Err(EventError::new(format!(
                        "`|direct({self})`: there is no such task, the module runs with {tasks}"
                    ))),
                }
            }
        }
    )*};
}

task_index!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_existing_tasks_are_targets() {
        assert_eq!(3_i64.task(4).unwrap(), TaskId(3));
        assert!((-1_i32).task(4).is_err());
        assert_eq!(
            TaskId(4).task(4).unwrap_err().to_string(),
            "`|direct(4)`: there is no such task, the module runs with 4"
        );
    }
}
