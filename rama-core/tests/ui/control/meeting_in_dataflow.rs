use rama_core::prelude::*;

fn main() {
    dataflow! {
        if 1 > 3 {
            anchor 'one;
        } else {
            anchor 'other;
        }
        from 'one, 'other {
            println!("here");
        }
    }
}
