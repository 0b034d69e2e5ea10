//! What a group would be without one of its parts, to see that the tests miss it. Nothing without the feature `planted`.

use super::gate::Group;
use crate::planted::Mistake;

impl Group {
    /// The same group, with the mistake that is planted.
    pub(super) fn with_mistakes(mut self) -> Self {
        let epoch = self.epoch.0;
        for task in &mut self.tasks {
            if Mistake::ProgressLeftOut.is_made_at(epoch) {
                task.progress.clear();
            }
            if Mistake::KeyForgotten.is_made_at(epoch) {
                task.records.iter_mut().for_each(|records| records.keys.added.clear());
            }
        }
        if Mistake::RowsLeftOut.is_made_at(epoch) {
            self.tasks.iter_mut().skip(1).for_each(|task| task.rows.clear());
        }
        if Mistake::ParkedForgotten.is_made() {
            self.closed.parked.clear();
        }
        if Mistake::RetryForgotten.is_made() {
            self.closed.again.clear();
        }
        self
    }
}
