use rama_core::prelude::*;

defop! {
    pub now :> time: i64 {
        emit(3);
    }
}

fn main() {}
