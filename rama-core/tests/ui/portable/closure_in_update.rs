use rama_core::path::{Bare, Path, Present};

fn main() {
    let path = Path::start(Bare::<Present<Vec<Vec<u64>>>>::new());
    let json = path.ALL().update(|list| list.push(1)).to_json();
    drop(json);
}
