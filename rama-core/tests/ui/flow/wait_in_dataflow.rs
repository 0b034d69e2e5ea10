use rama_core::prelude::*;

fn main() {
    dataflow! {
        await_future(async { 3 }) :> number;
        println!("{number}");
    }
}
