use rama_core::path::{Navigator, One, Present, Visitor, Walk, to_json};

struct Doubled;

impl Navigator<Present<u64>> for Doubled {
    type To = Present<u64>;
    type Count = One;

    fn select<N: Visitor<Present<u64>>>(&self, at: &u64, next: &mut N) -> Walk {
        next.visit(&(at * 2))
    }
}

fn main() {
    let doubled = to_json::<Present<Vec<u64>>, _>(|path| path.ALL().nav(Doubled));
    drop(doubled);
}
