//! Where futures run that topologies wait for: on the tokio runtime that launched the module, or wherever the driver
//! says, outside of the threads that run tasks. Time limits go by the module's clock.

use std::{any::Any, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use tokio::{
    runtime::{EnterGuard, Handle},
    task::AbortHandle,
};

use super::Driver;
use crate::clock::{Clock, Sleep};

/// Runs futures.
pub trait Executor: fmt::Debug + Send + Sync {
    /// Runs a future until it ends, or until what this gives is dropped. It is dropped unfinished when the executor
    /// ends.
    fn spawn(&self, task: Task) -> Box<dyn Any + Send + Sync>;

    /// Makes the tokio runtime behind it, if there is one, that of this thread, so that code on it can make futures that
    /// need one.
    fn enter(&self) -> Option<EnterGuard<'_>> {
        None
    }
}

/// A future for an [`Executor`].
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The world outside of a module. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Outside {
    executor: Option<Arc<dyn Executor>>,
    clock: Arc<dyn Clock>,
}

/// The module was launched by a thread that is in no tokio runtime.
#[derive(Debug, thiserror::Error)]
#[error(
    "futures need a tokio runtime, and the module was launched outside of one: launch it within a runtime"
)]
pub(crate) struct NoRuntime;

/// A future that runs. Dropping this ends it.
pub(crate) struct RunningFuture(
    #[expect(dead_code, reason = "dropping it ends the future")] Box<dyn Any + Send + Sync>,
);

impl Outside {
    /// As the driver says to whoever launches.
    pub(crate) fn of(driver: &dyn Driver, clock: Arc<dyn Clock>) -> Self {
        Self { executor: driver.executor(), clock }
    }

    /// Runs a future. It is dropped unfinished when the runtime ends.
    pub(crate) fn spawn(
        &self,
        future: impl Future<Output = ()> + Send + 'static,
    ) -> Result<RunningFuture, NoRuntime> {
        let executor = self.executor.as_ref().ok_or(NoRuntime)?;
        Ok(RunningFuture(executor.spawn(Box::pin(future))))
    }

    /// Ends when so much time has passed.
    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        self.clock.sleep(duration)
    }

    /// Makes the runtime that of this thread, so that code on it can make futures that need one.
    pub(crate) fn enter(&self) -> Option<EnterGuard<'_>> {
        self.executor.as_ref().and_then(|executor| executor.enter())
    }
}

/// Futures run on a tokio runtime.
#[derive(Debug)]
pub(super) struct Runtime(pub(super) Handle);

impl Executor for Runtime {
    fn spawn(&self, task: Task) -> Box<dyn Any + Send + Sync> {
        Box::new(Aborts(self.0.spawn(task).abort_handle()))
    }

    fn enter(&self) -> Option<EnterGuard<'_>> {
        Some(self.0.enter())
    }
}

struct Aborts(AbortHandle);

impl Drop for Aborts {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;

    use super::*;
    use crate::{clock::SystemClock, driver::ThreadDriver};

    fn outside() -> Outside {
        Outside::of(&ThreadDriver, Arc::new(SystemClock))
    }

    #[test]
    fn without_a_runtime_nothing_runs() {
        let outside = outside();
        assert!(outside.spawn(async {}).is_err());
        assert!(outside.enter().is_none());
    }

    #[tokio::test]
    async fn a_future_ends_when_nobody_holds_it() {
        let outside = outside();
        let (held, dropped) = oneshot::channel::<()>();
        let running = outside.spawn(async move {
            std::future::pending::<()>().await;
            drop(held);
        });
        drop(running.unwrap());
        assert!(dropped.await.is_err(), "what it held is gone");
    }
}
