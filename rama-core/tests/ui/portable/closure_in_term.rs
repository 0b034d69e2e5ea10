use rama_core::path::{Bare, Path, Present};
use std::collections::BTreeMap;

fn main() {
    let path = Path::start(Bare::<Present<BTreeMap<u64, u64>>>::new());
    let json = path.keypath(1).nil_to_val(0).term(|n| n + 1).to_json();
    drop(json);
}
