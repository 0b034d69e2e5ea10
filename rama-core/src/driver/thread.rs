//! Production's driver: one operating system thread per actor.

use std::{
    io,
    sync::Arc,
    thread::{Builder, JoinHandle},
};

use super::{Actor, Driver, Running, Signal, Step};

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
        signal: Arc<Signal>,
        mut actor: Box<dyn Actor>,
    ) -> io::Result<Box<dyn Running>> {
        let thread = Builder::new().name(name.to_owned()).stack_size(STACK_BYTES);
        let handle = thread.spawn(move || {
            loop {
                match actor.step() {
                    Step::Again => {}
                    Step::Idle => signal.wait(),
                    Step::Done => return,
                }
            }
        })?;
        Ok(Box::new(Thread(handle)))
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
    use std::sync::mpsc;

    use super::*;

    struct Counter(u32, mpsc::Sender<u32>);

    impl Actor for Counter {
        fn step(&mut self) -> Step {
            self.0 += 1;
            self.1.send(self.0).expect("the test listens until the actor is done");
            match self.0 {
                1 => Step::Again,
                2 => Step::Idle,
                _ => Step::Done,
            }
        }
    }

    #[test]
    fn an_idle_actor_steps_again_only_when_its_signal_is_raised() {
        let (sender, steps) = mpsc::channel();
        let signal = Arc::new(Signal::default());
        let running = ThreadDriver
            .start("counter", Arc::clone(&signal), Box::new(Counter(0, sender)))
            .unwrap();
        assert_eq!((steps.recv(), steps.recv()), (Ok(1), Ok(2)));
        assert_eq!(steps.try_recv(), Err(mpsc::TryRecvError::Empty));
        signal.raise();
        assert_eq!(steps.recv(), Ok(3));
        running.join();
    }
}
