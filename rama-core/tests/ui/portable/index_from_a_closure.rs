use rama_core::path::{Present, to_json};

fn main() {
    let rest =
        to_json::<Present<Vec<u64>>, _>(|path| path.srange_dynamic(|_| 1, |(list, _)| list.len()));
    drop(rest);
}
