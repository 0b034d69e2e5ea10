use rama_core::prelude::*;

fn ages() -> Result<Vec<u64>> {
    let ages = std::collections::BTreeMap::from([(1, 36)]);
    Ok(rama_core::path::select(&ages, path![must("1".parse::<i64>()?)])?)
}

fn main() {
    let _ = ages();
}
