//! What asks a node to stop: the first signal gracefully, the second one at once.

use std::{
    io,
    process::exit,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use signal_hook::{
    consts::{SIGINT, SIGTERM, SIGXFSZ},
    flag,
    iterator::Signals,
};
use tokio::sync::oneshot;

use super::fail;

/// Shells tell with such exit codes that a signal ended a process.
const BY_SIGNAL: i32 = 128;

/// Listens from now on. The receiver is told of the first signal, by the exit code for it; one that comes while the node
/// is stopping ends the process, whatever it waits for. A write beyond the limit of a file is an error from then on, and
/// no longer the end of the process.
pub(super) fn listen(stopping: &Arc<AtomicBool>) -> io::Result<oneshot::Receiver<i32>> {
    // Nobody reads the flag: it replaces what the system does otherwise.
    flag::register(SIGXFSZ, Arc::default())?;
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    let stopping = Arc::clone(stopping);
    let (ask, asked) = oneshot::channel();
    let mut ask = Some(ask);
    let listener = move || {
        for signal in signals.forever() {
            if stopping.swap(true, Ordering::Relaxed) {
                fail(
                    "a second signal ended the process before its modules had stopped; what was durable is there at the \
                     next start",
                );
                exit(BY_SIGNAL + signal);
            }
            if let Some(ask) = ask.take() {
                // Nobody listens any more when the start failed.
                let _: Result<(), i32> = ask.send(BY_SIGNAL + signal);
            }
        }
    };
    thread::Builder::new().name("signals".to_owned()).spawn(listener)?;
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use signal_hook::low_level::raise;

    #[test]
    fn a_file_that_may_not_grow_does_not_end_the_process() {
        let _asked = listen(&Arc::default()).unwrap();
        // Without somebody who listens, this would be the end of this test, and of the others.
        raise(SIGXFSZ).unwrap();
    }
}
