use rama_core::path::{Present, to_json};

fn main() {
    let big = to_json::<Present<Vec<u64>>, _>(|path| {
        path.ALL().if_path(|path| path.pred(|n| *n > 9), |path| path.STAY())
    });
    drop(big);
}
