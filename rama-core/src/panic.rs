//! What is known of a panic of the user's code that was caught.

use std::any::Any;

/// What it said.
pub(crate) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    if let Some(text) = panic.downcast_ref::<&str>() {
        return text;
    }
    panic.downcast_ref::<String>().map_or("without a message", String::as_str)
}
