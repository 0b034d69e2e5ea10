use rama_core::prelude::*;

fn main() {
    dataflow! {
        source(*users) :> id;
        println!("{id}");
    }
}
