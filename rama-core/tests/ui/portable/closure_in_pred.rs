use rama_core::path::{Present, to_json};

fn main() {
    let even = to_json::<Present<Vec<u64>>, _>(|path| path.ALL().pred(|n| n % 2 == 0));
    drop(even);
}
