use rama_core::path::{Present, to_json};

fn main() {
    let sizes = to_json::<Present<Vec<String>>, _>(|path| path.ALL().view(|text| text.len()));
    drop(sizes);
}
