//! Production's driver: one operating system thread per actor.

use std::{
    io,
    sync::Arc,
    task::Waker,
    thread::{Builder, JoinHandle},
};

use super::{Actor, Driver, Running, Step, Wakes};
use crate::clock::Timestamp;

/// The stack of a thread. Calls of dataflow nest up to a thousand levels deep. A level takes 2 KiB in a debug build,
/// where they are largest, or a few times that with many or large variables: this is 32 KiB for each. Only what
/// is used takes memory.
const STACK_BYTES: usize = 32 * 1024 * 1024;

/// Runs every actor on a thread of its own, asleep while there is nothing to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadDriver;

impl Driver for ThreadDriver {
    fn start(
        &self,
        name: &str,
        wakes: Wakes,
        mut actor: Box<dyn Actor>,
    ) -> io::Result<Box<dyn Running>> {
        let thread = Builder::new().name(name.to_owned()).stack_size(STACK_BYTES);
        let handle = thread.spawn(move || {
            loop {
                match actor.step() {
                    Step::Again => {}
                    Step::Idle => wakes.signal.wait(),
                    Step::Until(at) => wakes.wait_until(at),
                    Step::Done => return,
                }
            }
        })?;
        Ok(Box::new(Thread(handle)))
    }
}

impl Wakes {
    fn wait_until(&self, at: Timestamp) {
        let waker = Waker::from(Arc::clone(&self.signal));
        match self.clock.alarm(at, &waker) {
            Some(limit) => self.signal.wait_for(limit),
            None => self.signal.wait(),
        }
    }
}

struct Thread(JoinHandle<()>);

impl Running for Thread {
    fn join(self: Box<Self>) {
        if let Err(panic) = self.0.join() {
            // User code is caught where it runs, so a panic up here is a bug of ours.
            std::panic::resume_unwind(panic);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;
    use crate::{
        clock::{Clock, ManualClock, SystemClock},
        driver::Signal,
    };

    /// Tells the number of each of its steps, and wants what it is told for them; then it is done.
    struct Counter(Vec<Step>, mpsc::Sender<usize>);

    impl Actor for Counter {
        fn step(&mut self) -> Step {
            self.1.send(self.0.len()).expect("the test listens until the actor is done");
            self.0.pop().unwrap_or(Step::Done)
        }
    }

    fn start(
        steps: &[Step],
        clock: Arc<dyn Clock>,
    ) -> (Arc<Signal>, mpsc::Receiver<usize>, Box<dyn Running>) {
        let (sender, receiver) = mpsc::channel();
        let signal = Arc::new(Signal::default());
        let wakes = Wakes { signal: Arc::clone(&signal), clock };
        let counter = Counter(steps.iter().rev().copied().collect(), sender);
        let running = ThreadDriver.start("counter", wakes, Box::new(counter)).unwrap();
        (signal, receiver, running)
    }

    #[test]
    fn an_idle_actor_steps_again_only_when_its_signal_is_raised() {
        let (signal, steps, running) = start(&[Step::Again, Step::Idle], Arc::new(SystemClock));
        assert_eq!((steps.recv(), steps.recv()), (Ok(2), Ok(1)));
        assert_eq!(steps.try_recv(), Err(mpsc::TryRecvError::Empty));
        signal.raise();
        assert_eq!(steps.recv(), Ok(0));
        running.join();
    }

    #[test]
    fn an_actor_that_waits_for_a_time_steps_again_when_its_clock_is_there() {
        let clock = Arc::new(ManualClock::default());
        let until = Step::Until(Timestamp(1_000));
        let (signal, steps, running) = start(&[until, until], Arc::<ManualClock>::clone(&clock));
        assert_eq!(steps.recv(), Ok(2));
        signal.raise();
        assert_eq!(steps.recv(), Ok(1), "or when its signal is raised");
        assert_eq!(steps.try_recv(), Err(mpsc::TryRecvError::Empty));
        clock.advance(Duration::from_millis(1));
        assert_eq!(steps.recv(), Ok(0));
        running.join();
    }

    #[test]
    fn the_clock_of_the_machine_wakes_an_actor_that_waits_for_a_time() {
        let until = Step::Until(SystemClock.now().after(Duration::from_millis(2)));
        let (_, steps, running) = start(&[until, until], Arc::new(SystemClock));
        assert_eq!([steps.recv(), steps.recv(), steps.recv()], [Ok(2), Ok(1), Ok(0)]);
        running.join();
    }
}
