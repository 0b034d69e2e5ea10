//! How a module ends: gracefully, at once, or because nothing can be made durable any more.

use std::sync::{Arc, atomic::Ordering};

use super::{Ending, Engine, Phase, State};
use crate::{error::AppendError, id::Epoch};

impl Engine {
    /// Takes no more records and waits until everything that was taken is durable, and trees have gone on that wait
    /// for their appends. Tells the reason when the module broke instead.
    pub(crate) async fn come_to_rest(&self) -> Result<(), Arc<str>> {
        {
            let mut state = self.gate.state();
            if matches!(state.phase, Phase::Running) {
                state.phase = Phase::Closing;
            }
        }
        self.close_queues();
        self.wake_lanes();
        loop {
            // Before the look, so that nothing that happens behind it is missed.
            let may_rest = self.gate.rest.notified();
            if let Some(rested) = self.rested() {
                return rested;
            }
            may_rest.await;
        }
    }

    /// Waits until the module breaks, and tells why. Never ends when it is stopped instead.
    pub(crate) async fn broken(&self) -> Arc<str> {
        loop {
            // Before the look, so that nothing that happens behind it is missed.
            let changed = self.gate.rest.notified();
            if let Some(Ending::Broken(reason)) = self.gate.ending() {
                return reason;
            }
            changed.await;
        }
    }

    /// How it came to rest, if it has.
    fn rested(&self) -> Option<Result<(), Arc<str>>> {
        let state = self.gate.state();
        match &state.phase {
            Phase::Broken(reason) => Some(Err(Arc::clone(reason))),
            Phase::Halted { .. } => Some(Ok(())),
            Phase::Running | Phase::Closing => self.is_at_rest(&state).then_some(Ok(())),
        }
    }

    /// Whether nothing is left to do for a module that stops.
    ///
    /// Parked trees that wait for a future are left to the next start. Those that wait for an append are not: the next
    /// start would append once more. They have what they wait for as soon as its group is durable, or the topologies
    /// have run the record, so the module is at rest when no group is on its way, nothing that has come is left in an
    /// inbox, and no record that a tree waits for is left to be run. Whatever waits then waits, over however many
    /// records, for a tree that waits for a future: a tree waits for a record that it appended, which is younger than
    /// its own, so no chain of such waits ends where it began.
    ///
    /// What goes on may append once more and wait for that, so this could go on for ever. Whatever does needs a group
    /// for every round, and they are counted, from the moment when nothing of clients is left; what is behind the
    /// last one is left to the next start as well.
    fn is_at_rest(&self, state: &State) -> bool {
        let no_trees = || !self.all_tasks().any(|task| self.task(task).is_awaited());
        state.nothing_forms() && !self.clients_wait() && (state.closing_groups == 0 || no_trees())
    }

    /// Whether records of clients were not run. Asked when no lane is inside.
    pub(super) fn clients_wait(&self) -> bool {
        self.all_tasks().any(|task| self.task(task).is_waiting()) || !self.queues_are_empty()
    }

    /// Ends every actor; with `checkpoint` the store is brought up to date first, so that the next start
    /// has nothing to redo.
    pub(crate) fn halt(&self, checkpoint: bool) {
        self.end(&mut self.gate.state(), Phase::Halted { checkpoint });
    }

    /// Ends every actor because nothing can be made durable any more. Appends that wait are answered
    /// that their outcome is unknown; committed state can still be read.
    pub(crate) fn break_down(&self, reason: &str) {
        self.end(&mut self.gate.state(), Phase::Broken(reason.into()));
    }

    pub(super) fn end(&self, state: &mut State, phase: Phase) {
        if !matches!(state.phase, Phase::Broken(_)) {
            state.phase = phase;
        }
        self.close_queues();
        // A module that ends has not crashed.
        self.quarantine.settle();
        let refusal = match &state.phase {
            Phase::Broken(reason) => {
                let (module, reason) = (self.module, Arc::clone(reason));
                AppendError::Broken { module, reason }
            }
            _ => AppendError::Stopped { module: self.module },
        };
        self.shared.queues.iter().for_each(|queue| queue.refuse_all(&refusal));
        state.orders.clear();
        state.unfinished.abandon(Epoch(self.gate.durable.load(Ordering::Acquire)));
        self.gate.rest.notify_waiters();
        self.wake_all();
    }
}
