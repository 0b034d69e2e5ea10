use rama_core::prelude::*;

struct User {
    name: String,
}

fn main() {
    let user = User { name: String::new() };
    let _ = rama_core::path::select(&user, path![.nmae]);
    drop(user.name);
}
