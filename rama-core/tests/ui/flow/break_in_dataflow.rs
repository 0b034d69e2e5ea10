use rama_core::prelude::*;

fn main() {
    dataflow! {
        explode([5, 6]) :> number;
        if number > 5 {
            break;
        }
        println!("{number}");
    }
}
