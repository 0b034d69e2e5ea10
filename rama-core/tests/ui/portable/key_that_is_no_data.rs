use rama_core::path::{Present, to_json};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Id(u64);

fn main() {
    let one = to_json::<Present<BTreeMap<Id, u64>>, _>(|path| path.must(Id(1)));
    drop(one);
}
