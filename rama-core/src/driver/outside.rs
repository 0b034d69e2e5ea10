//! Where futures run that topologies wait for: on the tokio runtime that launched the module, outside of the
//! threads that run tasks. Time limits go by the module's clock.

use std::{future::Future, sync::Arc, time::Duration};

use tokio::{
    runtime::{EnterGuard, Handle},
    task::AbortHandle,
};

use crate::clock::{Clock, Sleep};

/// The world outside of a module. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    runtime: Option<Handle>,
    clock: Arc<dyn Clock>,
}

/// The module was launched by a thread that is in no tokio runtime.
#[derive(Debug, thiserror::Error)]
#[error(
    "futures need a tokio runtime, and the module was launched outside of one: launch it within a runtime"
)]
pub(crate) struct NoRuntime;

/// A future that runs. Dropping this ends it.
#[derive(Debug)]
pub(crate) struct RunningFuture(AbortHandle);

impl Outside {
    /// The runtime of whoever calls.
    pub(crate) fn here(clock: Arc<dyn Clock>) -> Self {
        Self { runtime: Handle::try_current().ok(), clock }
    }

    /// Runs a future. It is dropped unfinished when the runtime ends.
    pub(crate) fn spawn(
        &self,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Result<RunningFuture, NoRuntime> {
        let runtime = self.runtime.as_ref().ok_or(NoRuntime)?;
        Ok(RunningFuture(runtime.spawn(future).abort_handle()))
    }

    /// Ends when so much time has passed.
    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        self.clock.sleep(duration)
    }

    /// Makes the runtime that of this thread, so that code on it can make futures that need one.
    pub(crate) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.runtime.as_ref().map(Handle::enter)
    }
}

impl Drop for RunningFuture {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn without_a_runtime_nothing_runs() {
        let outside = Outside::here(Arc::new(SystemClock));
        assert!(outside.spawn(async {}).is_err());
        assert!(outside.enter().is_none());
    }

    #[tokio::test]
    async fn a_future_ends_when_nobody_holds_it() {
        let outside = Outside::here(Arc::new(SystemClock));
        let (held, dropped) = oneshot::channel::<()>();
        let running = outside.spawn(async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        drop(running.unwrap());
        assert!(dropped.await.is_err(), "what it held is gone");
    }
}
