//! A bound for something that may never end: a thread of its own that waits for it, so that nothing else has to go on.

use std::{
    io,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// Something happens after a while, unless this is dropped before.
#[derive(Debug)]
pub(super) struct Deadline {
    /// Closed when it is dropped; nothing is ever sent.
    _met: mpsc::Sender<()>,
}

impl Deadline {
    /// Runs `missed` after that time, unless it is dropped by then.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn new(
        within: Duration,
        missed: impl FnOnce() + Send + 'static,
    ) -> io::Result<Self> {
        let (met, waits) = mpsc::channel::<()>();
        let wait = move || {
            if waits.recv_timeout(within) == Err(RecvTimeoutError::Timeout) {
                missed();
            }
        };
        thread::Builder::new().name("deadline".to_owned()).spawn(wait)?;
        Ok(Self { _met: met })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_that_is_missed_tells_and_one_that_is_met_does_not() {
        let (tell, told) = mpsc::channel();
        let long = Duration::from_secs(3600);
        for (within, name) in [(long, "met"), (Duration::from_millis(1), "missed")] {
            let tell = tell.clone();
            let deadline = Deadline::new(within, move || tell.send(name).unwrap()).unwrap();
            if name == "missed" {
                assert_eq!(told.recv(), Ok("missed"));
            }
            drop(deadline);
        }
        drop(tell);
        assert!(told.recv().is_err(), "the one that was met ends without a word");
    }
}
