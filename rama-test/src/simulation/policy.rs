//! Who is stepped next. Each simulation draws one of several ways, since different mistakes hide from different ones.

use std::collections::BTreeMap;

use rama_core::flow::RandomSource;

/// How often, among so many choices, the priorities change.
const CHANGES_ONE_IN: u64 = 50;

/// Draws who is next.
#[derive(Debug)]
pub(super) struct Policy {
    random: RandomSource,
    way: Way,
    priorities: BTreeMap<u64, u64>,
}

#[derive(Clone, Copy, Debug)]
enum Way {
    /// Anybody, equally likely.
    Uniform,
    /// Whoever has the highest priority; priorities change now and then.
    Priorities,
    /// One of those that are started is stepped only when nobody else can be.
    Starving(u64),
}

impl Policy {
    pub(super) fn new(mut random: RandomSource) -> Self {
        let way = match random.below(10) {
            0..7 => Way::Uniform,
            7..9 => Way::Priorities,
            // Of the first modules that a test launches.
            _ => Way::Starving(random.below(12)),
        };
        Self { random, way, priorities: BTreeMap::new() }
    }

    /// There is one more.
    pub(super) fn add(&mut self, id: u64) {
        if let Way::Priorities = self.way {
            let priority = self.random.next_u64();
            self.priorities.insert(id, priority);
        }
    }

    /// One of those that are ready; `None` when there is none.
    pub(super) fn choose(&mut self, ready: &[u64]) -> Option<u64> {
        match self.way {
            _ if ready.len() < 2 => ready.first().copied(),
            Way::Uniform => Some(self.any(ready)),
            Way::Priorities => {
                let id = ready.iter().copied().max_by_key(|id| self.priorities.get(id))?;
                if self.random.below(CHANGES_ONE_IN) == 0 {
                    let priority = self.random.next_u64();
                    self.priorities.insert(id, priority);
                }
                Some(id)
            }
            Way::Starving(victim) => {
                let others: Vec<u64> = ready.iter().copied().filter(|id| *id != victim).collect();
                Some(self.any(&others))
            }
        }
    }

    fn any(&mut self, of: &[u64]) -> u64 {
        let index = self.random.below(of.len() as u64);
        of[usize::try_from(index).expect("it is below a length")]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(way: Way) -> Policy {
        Policy { random: RandomSource::seeded(3), way, priorities: BTreeMap::new() }
    }

    #[test]
    fn everybody_is_chosen_in_the_end() {
        for way in [Way::Uniform, Way::Priorities] {
            let mut policy = policy(way);
            (0..3).for_each(|id| policy.add(id));
            let mut counts = [0; 3];
            for _ in 0..2_000 {
                counts[usize::try_from(policy.choose(&[0, 1, 2]).unwrap()).unwrap()] += 1;
            }
            assert!(counts.iter().all(|count| *count > 50), "{way:?}: {counts:?}");
        }
    }

    #[test]
    fn the_starving_one_is_chosen_when_nobody_else_can_be() {
        let mut policy = policy(Way::Starving(1));
        assert!((0..100).all(|_| policy.choose(&[0, 1, 2]) != Some(1)));
        assert_eq!(policy.choose(&[1]), Some(1));
        assert_eq!(policy.choose(&[]), None);
    }
}
