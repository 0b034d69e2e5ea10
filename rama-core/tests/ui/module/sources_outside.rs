use rama_core::prelude::*;

sources! {
    source(*users) :> id;
}

fn main() {}
