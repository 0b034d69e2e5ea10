use rama_core::prelude::*;

fn main() {
    let mut list = vec![1, 2];
    let _ = rama_core::path::transform(&mut list, path![ALL]);
}
