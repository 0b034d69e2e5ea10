use rama_core::prelude::*;

defop! {
    pub note(number: i64) {
        local_transform([keypath(number), NONE], $$names);
    }
}

fn main() {}
