use rama_core::prelude::*;

fn main() {
    let _ = path![1 + 2];
}
