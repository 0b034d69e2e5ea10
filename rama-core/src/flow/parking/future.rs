//! Futures that trees wait for: run outside of the tasks, each with a time limit, and their answers brought back
//! (OP-36).

use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::Poll,
    time::Duration,
};

use super::{Awaited, Awaits, Comes, Ticket};
use crate::{
    clock::Sleep,
    flow::{Cx, Outcome, Returns},
    panic::panic_message,
};

/// How long a future may take that says nothing else. Calls to other systems give up after 30 seconds by most
/// conventions, and whoever makes one wants its own error rather than this one.
const FUTURE_TIME: Duration = Duration::from_secs(60);

/// Brings back what a future gives. Dropped with the future, it tells that it was cut off: nobody but us drops a
/// future that still runs, for a wait that is gone then, except for a runtime that ends.
struct Courier(Option<Ticket>);

impl Cx<'_> {
    /// Runs a future outside of the tasks, and goes on at `at`, on this task, with what it gives (OP-36). The tree is
    /// parked until then: other records go on and are committed, and so is what this one has done so far. A crash or
    /// a stop in between runs the record again from its source.
    ///
    /// The record fails when the future panics, or takes longer than `timeout`, one minute when nothing is said. The
    /// module ends when the runtime does that launched it.
    ///
    /// # Errors
    /// When the module was launched outside of a tokio runtime.
    pub fn await_future<Fut, F>(
        &mut self,
        future: Fut,
        timeout: Option<Duration>,
        at: Returns<Fut::Output, F>,
        frame: F,
    ) -> Outcome
    where
        Fut: Future + Send + 'static,
        Fut::Output: Awaited,
        F: Clone + Send + 'static,
    {
        if !self.sends_one_more() {
            return Ok(());
        }
        let (wait, ticket) = self.parking.ticket();
        if self.parking.stops {
            return self.park(wait, at, frame, Awaits::NextStart);
        }
        let limit = timeout.unwrap_or(FUTURE_TIME);
        let timer = self.parking.outside.sleep(limit);
        let courier = Courier(Some(ticket));
        let running = self.parking.outside.spawn(async move {
            let comes = outcome(future, limit, timer).await;
            courier.arrive(comes);
        })?;
        self.park(wait, at, frame, Awaits::Future(running))
    }
}

impl Courier {
    fn arrive(mut self, comes: Comes) {
        self.deliver(comes);
    }

    fn deliver(&mut self, comes: Comes) {
        if let Some(ticket) = self.0.take() {
            ticket.arrive(comes);
        }
    }
}

impl Drop for Courier {
    fn drop(&mut self) {
        self.deliver(Comes::CutOff);
    }
}

/// Runs a future until it ends, panics or takes too long, and drops it.
async fn outcome<Fut: Future<Output: Awaited>>(
    future: Fut,
    limit: Duration,
    mut timer: Sleep,
) -> Comes {
    let mut future = pin!(Some(future));
    let ended = poll_fn(|cx| {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let running = future.as_mut().as_pin_mut().expect("it is dropped when it has ended");
            let polled = running.poll(cx).map(Ok);
            if polled.is_pending() { timer.as_mut().poll(cx).map(Err) } else { polled }
        }));
        match polled {
            Ok(polled) => polled.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await;
    // Dropping it is the user's code, too.
    let dropped = catch_unwind(AssertUnwindSafe(|| future.set(None)));
    match dropped.and(ended) {
        Ok(Ok(value)) => Comes::Value(Box::new(value)),
        Ok(Err(())) => Comes::Failed(
            format!(
                "the awaited future took longer than {limit:?}: give it a longer timeout, or find out what it waits for"
            )
            .into(),
        ),
        Err(panic) => {
            let message = panic_message(panic.as_ref());
            Comes::Failed(format!("the awaited future panicked: {message}").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use super::*;

    /// Ends at once or never, and panics when it is dropped.
    struct Bomb(Poll<u8>);

    impl Future for Bomb {
        type Output = u8;

        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u8> {
            self.0
        }
    }

    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("it does not like to end");
        }
    }

    #[tokio::test]
    async fn a_future_that_panics_when_it_is_dropped_fails_and_is_not_cut_off() {
        for bomb in [Bomb(Poll::Ready(1)), Bomb(Poll::Pending)] {
            let comes = outcome(bomb, FUTURE_TIME, Box::pin(std::future::ready(()))).await;
            let Comes::Failed(reason) = comes else { panic!("{comes:?}") };
            assert_eq!(&*reason, "the awaited future panicked: it does not like to end");
        }
    }
}
