use rama_core::prelude::*;

fn main() {
    dataflow! {
        depot_append(*names, "ada".to_owned());
    }
}
