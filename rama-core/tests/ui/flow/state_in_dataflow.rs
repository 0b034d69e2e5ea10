use rama_core::prelude::*;

fn main() {
    dataflow! {
        let id = 3;
        local_select([keypath(id)], $$names) :> name;
        println!("{name}");
    }
}
