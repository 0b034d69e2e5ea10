use rama_core::prelude::*;

fn main() {
    dataflow! {
        let id = 3;
        |hash(id);
    }
}
