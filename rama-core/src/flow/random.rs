//! Random numbers that are the same whenever the same record is run again (BO-05).

use super::origin::mix;

/// A source of random numbers for one event: small, fast and repeatable, not for secrets.
///
/// The numbers follow from the record and the event, so a record that is run again, after another record's failure
/// or after a crash, draws the same ones. The algorithm is xoshiro256++ (Blackman and Vigna 2019), with a state that
/// SplitMix64 spreads from 128 bits of hash; it does not change between versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RandomSource {
    state: [u64; 4],
}

impl RandomSource {
    /// A source for tests and tools, which gives the same numbers for the same seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self::new(u128::from(seed))
    }

    /// The source that these 128 bits lead to.
    pub(super) fn new(seed: u128) -> Self {
        let high = (seed >> 64) as u64;
        let low = seed as u64;
        // Never all zero, from which no other number would come: `mix` takes only one number to zero.
        let state = [mix(high), mix(high ^ 1), mix(low), mix(low ^ 1)];
        Self { state }
    }

    /// Any number.
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number below `end`, each equally likely.
    ///
    /// # Panics
    /// When `end` is 0: there is no number below it.
    pub fn below(&mut self, end: u64) -> u64 {
        assert!(end > 0, "`below(0)`: there is no number below 0");
        // Lemire 2019: the high half of a product; the few low halves that would favour some numbers are drawn again.
        loop {
            let product = u128::from(self.next_u64()) * u128::from(end);
            if product as u64 >= end.wrapping_neg() % end {
                return (product >> 64) as u64;
            }
        }
    }

    /// A number from 0 to 1, without 1: one of 2⁵³ at equal distances.
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_algorithm() {
        let mut random = RandomSource { state: [1, 2, 3, 4] };
        let published = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
        ];
        assert_eq!(published.map(|_| random.next_u64()), published);
    }

    #[test]
    fn the_numbers_of_a_seed_are_frozen() {
        let first = |seed| RandomSource::new(seed).next_u64();
        let frozen =
            [1_047_092_973_338_839_307, 0, 8_332_258_694_618_257_403, 5_412_048_433_224_825_112];
        assert_eq!([first(0), first(1), first(1 << 64), first(u128::MAX)], frozen);
    }

    #[test]
    fn numbers_below_a_bound_are_equally_likely() {
        let mut random = RandomSource::new(7);
        let mut counts = [0_u32; 6];
        for _ in 0..60_000 {
            counts[usize::try_from(random.below(6)).unwrap()] += 1;
        }
        // 10,000 expected, standard deviation 91: six of them are out of reach of chance.
        assert!(counts.iter().all(|count| (9_450..10_550).contains(count)), "{counts:?}");
        assert!((0..100).all(|_| random.below(1) == 0));
        // Two thirds of all numbers: drawing by remainder would give the lower half twice as often.
        let end = u64::MAX / 3 * 2;
        let low = (0..10_000).filter(|_| random.below(end) < end / 2).count();
        assert!((4_700..5_300).contains(&low), "{low}");
    }

    #[test]
    fn unit_numbers_lie_between_0_and_1() {
        let mut random = RandomSource::new(8);
        let numbers: Vec<f64> = (0..10_000).map(|_| random.unit()).collect();
        assert!(numbers.iter().all(|number| (0.0..1.0).contains(number)));
        let mean = numbers.iter().sum::<f64>() / 10_000.0;
        assert!((0.48..0.52).contains(&mean), "{mean}");
    }

    #[test]
    #[should_panic(expected = "there is no number below 0")]
    fn there_is_no_number_below_zero() {
        RandomSource::new(0).below(0);
    }
}
