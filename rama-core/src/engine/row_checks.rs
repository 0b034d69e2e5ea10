//! A note beside the data that a row could not be encoded, which is the user's code: the group with it was lost, and every
//! start that runs its record again would end in the same way (B9). So from the next start on rows are checked as
//! soon as an event has written them, and the record that writes such a row fails alone. That costs each row its
//! encoding twice, and ends with the next graceful stop in whose life none was refused.

use std::{io, sync::Arc};

use super::Engine;
use crate::{
    disk::{Disk, Open},
    id::TaskId,
    pstate::RowError,
};

/// The file that is the note.
pub(super) const FILE: &str = "rows.txt";

impl Engine {
    /// Checks rows from now on, if the last life of the module left the note. Before anything runs.
    pub(crate) fn check_rows_if_asked(&self) {
        if self.row_checks_are_asked_for() {
            (0..self.task_count()).for_each(|task| self.task(TaskId(task)).check_rows());
        }
    }

    fn row_checks_are_asked_for(&self) -> bool {
        self.disk.exists(FILE).unwrap_or(false)
    }

    /// Ends the module because a row of the group in the committer's hands cannot be encoded.
    pub(super) fn row_failed(&self, error: &RowError) {
        let text =
            format!("{error}\nUntil it stops without one, the module checks rows at once.\n");
        // Without it the next start may end in the same way, and leave it then.
        let _: io::Result<()> = write(&self.disk, &text);
        self.break_down(&format!(
            "{error}. Start the module again: the record that wrote it fails alone then"
        ));
    }

    /// The module stopped with everything durable.
    pub(crate) fn settle_row_checks(&self) {
        let mut tasks = (0..self.task_count()).map(TaskId);
        let is_over =
            self.row_checks_are_asked_for() && !tasks.any(|task| self.task(task).may_refuse_rows());
        if is_over {
            // Left behind, it costs time and nothing else.
            let _: io::Result<()> = self.disk.remove(FILE);
        }
    }
}

fn write(disk: &Arc<dyn Disk>, text: &str) -> io::Result<()> {
    let how = if disk.exists(FILE)? { Open::Existing } else { Open::New };
    let file = disk.open(FILE, how)?;
    file.write_all_at(text.as_bytes(), 0)?;
    file.sync_data()?;
    disk.sync_dir()
}
