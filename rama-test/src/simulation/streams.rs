//! Streams of random numbers, one for each concern, all from one seed.

use rama_core::flow::RandomSource;

/// Numbers that follow from a seed and the name of what draws them.
pub(super) fn random(seed: u64, name: &str) -> RandomSource {
    let named = name
        .bytes()
        .fold(seed, |seed, byte| RandomSource::seeded(seed ^ u64::from(byte)).next_u64());
    RandomSource::seeded(named)
}

#[cfg(test)]
mod tests {
    use super::random;

    #[test]
    fn streams_differ_by_name_and_by_seed() {
        let first = |seed, name| random(seed, name).next_u64();
        assert_eq!(first(1, "disk"), first(1, "disk"));
        let all = [first(1, "disk"), first(2, "disk"), first(1, "clients"), first(1, "ksid")];
        assert!((0..4).all(|one| (0..one).all(|other| all[one] != all[other])), "{all:?}");
    }
}
