//! Prints what the two dataflows emit.

use plain_dataflow::{User, lines, six};

#[expect(clippy::print_stdout, reason = "an example shows what it does")]
fn main() {
    println!("{:?}", six());
    let user = |user_id, username: &str| User { user_id, username: username.to_owned() };
    for line in lines(vec![user(1, "ada"), user(2, ""), user(3, "grace")]) {
        println!("{line}");
    }
}
