use rama_core::prelude::*;

fn main() {
    let _ = path![keypth(1)];
}
