use rama_core::path::{Present, to_json};

struct User {
    age: u64,
}

fn main() {
    let age =
        to_json::<Present<User>, _>(|path| path.field(|user| &user.age, |user| &mut user.age));
    drop(age);
}
