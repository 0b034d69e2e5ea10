//! A note beside the data that the disk has failed: what the system has in memory may not be what is on the disk
//! (findings 2 and 3), so the next start reads everything anew and checks it before it serves.

use std::{io, sync::Arc};

use crate::disk::{Disk, Open};

/// The file that is the note.
pub(super) const FILE: &str = "suspect.txt";

/// Leaves the note, if the disk still takes one.
pub(super) fn raise(disk: &Arc<dyn Disk>, reason: &str) {
    let text = format!("The disk failed: {reason}\nThe next start checks the data.\n");
    let note = || {
        let file = disk.open(FILE, Open::New)?;
        file.write_all_at(text.as_bytes(), 0)?;
        file.sync_data()?;
        disk.sync_dir()
    };
    // A disk that takes nothing more has no note either; the failure itself is told elsewhere.
    let _: io::Result<()> = note();
}

/// Whether there is a note.
pub(super) fn is_raised(disk: &Arc<dyn Disk>) -> io::Result<bool> {
    disk.exists(FILE)
}

/// The data was checked and is good.
pub(super) fn settle(disk: &Arc<dyn Disk>) -> io::Result<()> {
    disk.remove(FILE)?;
    disk.sync_dir()
}
