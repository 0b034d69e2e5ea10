//! What paths cost in storage, and that an entry never leaves its task.

use crate::path::rows::{
    AnyRow, Counting, Counts, LeadingKey, MemoryRows, ReadRows, Root, RowKind, Scan, VisitRow,
    WriteRows, select, select_one, selected_any, transform,
};
use crate::path::{
    Bare, Counted, Edit, Maybe, One, Path, PathError, Present, RowSet, Rows, Start, Uncounted, Walk,
};
use std::collections::{BTreeMap, BTreeSet};

type Flat = Rows<u32, Present<u32>>;
type Nested<C> = Rows<u32, Rows<u32, Present<u32>, C>>;
type Sets<C> = Rows<u32, RowSet<u32, C>>;

fn start<S: Root>() -> Path<Bare<S>, Start, S, One> {
    Path::start(Bare::new())
}

/// The keys 0, 10, … 90, with a tenth of each as its value; nothing counted yet.
fn tens() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for n in 0..10 {
        transform(&mut rows, start::<Flat>().keypath(n * 10).termval(n)).unwrap();
    }
    rows.counts();
    rows
}

/// The same, under the key 1.
fn nested<C: Counting>() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for n in 0..10 {
        transform(&mut rows, start::<Nested<C>>().keypath(1).keypath(n * 10).termval(n)).unwrap();
    }
    rows.counts();
    rows
}

fn sets<C: Counting>() -> MemoryRows {
    let mut rows = MemoryRows::new();
    for n in 0..10 {
        transform(&mut rows, start::<Sets<C>>().keypath(1).NONE_ELEM().termval(n * 10)).unwrap();
    }
    rows.counts();
    rows
}

fn reads(reads: usize) -> Counts {
    Counts { reads, ..Counts::default() }
}

fn scan(steps: usize) -> Counts {
    Counts { seeks: 1, steps, ..Counts::default() }
}

#[test]
fn a_range_is_one_seek_and_a_step_for_each_entry() {
    let rows = tens();
    assert_eq!(
        select(&rows, &start::<Flat>().sorted_map_range(20..50).MAP_VALS()).unwrap(),
        [2, 3, 4]
    );
    assert_eq!(rows.counts(), scan(3));
    assert_eq!(
        select(&rows, &start::<Flat>().sorted_map_range_from(25, 2).ALL()).unwrap(),
        [(30, 3), (40, 4)]
    );
    assert_eq!(rows.counts(), scan(2));
    assert_eq!(
        select(&rows, &start::<Flat>().sorted_map_range_from_start(2).MAP_KEYS()).unwrap(),
        [0, 10]
    );
    assert_eq!(rows.counts(), scan(2));
    assert_eq!(
        select_one(&rows, &start::<Flat>().sorted_map_range(..20)).unwrap(),
        BTreeMap::from([(0, 0), (10, 1)])
    );
    assert_eq!(rows.counts(), scan(2));
    assert_eq!(select_one(&rows, &start::<Flat>().sorted_map_range(..20).SIZE()).unwrap(), 2);
    assert_eq!(rows.counts(), scan(2));
}

#[test]
fn a_range_that_is_counted_backward_is_one_seek_and_ascends() {
    let rows = tens();
    assert_eq!(
        select(&rows, &start::<Flat>().sorted_map_range_to(50, 2).MAP_VALS()).unwrap(),
        [3, 4]
    );
    assert_eq!(rows.counts(), scan(2));
    assert_eq!(
        select(&rows, &start::<Flat>().sorted_map_range_to_end(3).ALL()).unwrap(),
        [(70, 7), (80, 8), (90, 9)]
    );
    assert_eq!(rows.counts(), scan(3));
    assert_eq!(
        select(&rows, &start::<Flat>().sorted_map_range_to_end(3).MAP_KEYS()).unwrap(),
        [70, 80, 90]
    );
    assert_eq!(rows.counts(), scan(3));
    let path = start::<Flat>().sorted_map_range_to_end(1);
    assert_eq!(select_one(&rows, &path).unwrap(), BTreeMap::from([(90, 9)]));
    assert_eq!(rows.counts(), scan(1));
    let rows = sets::<Counted>();
    let path = start::<Sets<Counted>>().keypath(1).sorted_set_range_to(50, 2);
    assert_eq!(select_one(&rows, &path).unwrap(), BTreeSet::from([30, 40]));
    assert_eq!(rows.counts(), scan(2));
}

#[test]
fn structures_in_a_range_are_gone_into_one_by_one() {
    let mut rows = MemoryRows::new();
    for key in 0..4 {
        let path = start::<Nested<Counted>>().keypath(key).keypath(7).termval(key);
        transform(&mut rows, path).unwrap();
    }
    let path = start::<Nested<Counted>>().sorted_map_range_to(3, 2).MAP_VALS().MAP_VALS();
    assert_eq!(select(&rows, &path).unwrap(), [1, 2]);
    let path = start::<Nested<Counted>>().sorted_map_range_to_end(2).KEYED_VALS().KEYED_VALS();
    assert_eq!(select(&rows, &path).unwrap(), [(2, 7, 2), (3, 7, 3)]);
    let path = start::<Nested<Counted>>().sorted_map_range(..2).keypath(3).keypath(7);
    assert_eq!(select_one(&rows, &path).unwrap(), None);
    let path = start::<Nested<Counted>>().sorted_map_range(..2).keypath(3).SIZE();
    assert_eq!(select_one(&rows, &path).unwrap(), 0);
    let path = start::<Nested<Counted>>().sorted_map_range(..2).keypath(3).keypath(7).termval(9);
    assert_eq!(transform(&mut rows, path).unwrap(), Edit::Kept);
    rows.counts();
    transform(&mut rows, start::<Nested<Counted>>().sorted_map_range(..3).NONE()).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 3, wipes: 3, ..scan(3) });
    assert_eq!(rows.len(), 2);
}

#[test]
fn inverted_and_empty_ranges_cost_nothing() {
    let mut rows = tens();
    #[expect(clippy::reversed_empty_ranges, reason = "that is what is tested")]
    let inverted = 50..20;
    assert!(
        select(&rows, &start::<Flat>().sorted_map_range(inverted.clone()).ALL())
            .unwrap()
            .is_empty()
    );
    assert!(
        select(&rows, &start::<Flat>().sorted_map_range_to_end(0).MAP_VALS()).unwrap().is_empty()
    );
    assert_eq!(
        select_one(&rows, &start::<Flat>().sorted_map_range(inverted.clone()).SIZE()).unwrap(),
        0
    );
    assert_eq!(
        select_one(&rows, &start::<Flat>().sorted_map_range(inverted.clone())).unwrap(),
        BTreeMap::new()
    );
    transform(&mut rows, start::<Flat>().sorted_map_range(inverted.clone()).NONE()).unwrap();
    transform(&mut rows, start::<Flat>().sorted_map_range(inverted).MAP_VALS().NONE()).unwrap();
    assert_eq!(rows.counts(), Counts::default());
}

#[test]
fn writing_a_range_reads_it_once() {
    let mut rows = tens();
    transform(&mut rows, start::<Flat>().sorted_map_range(20..40).NONE()).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 2, ..scan(2) });
    let new = BTreeMap::from([(40, 1), (41, 2)]);
    transform(&mut rows, start::<Flat>().sorted_map_range(40..60).termval(new)).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 3, ..scan(2) });
    transform(&mut rows, start::<Flat>().sorted_map_range_to_end(2).MAP_VALS().update(|n| *n += 1))
        .unwrap();
    assert_eq!(rows.counts(), Counts { reads: 2, writes: 2, ..scan(2) });
    let all = select_one(&rows, &start::<Flat>().sorted_map_range(..)).unwrap();
    let expected = [(0, 0), (10, 1), (40, 1), (41, 2), (60, 6), (70, 7), (80, 9), (90, 10)];
    assert_eq!(all, BTreeMap::from(expected));
}

#[test]
fn writing_and_removing_by_key_reads_nothing_where_nothing_is_counted() {
    let mut rows = nested::<Uncounted>();
    let at = || start::<Nested<Uncounted>>().keypath(1);
    transform(&mut rows, at().keypath(5).termval(1)).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 2, ..Counts::default() });
    let writes = |writes| Counts { writes, ..Counts::default() };
    transform(&mut rows, at().keypath(5).NONE()).unwrap();
    assert_eq!(rows.counts(), writes(1));
    transform(&mut rows, at().map_key(10).NONE()).unwrap();
    assert_eq!(rows.counts(), writes(1));
    transform(&mut rows, at().submap([20, 30]).termval(BTreeMap::new())).unwrap();
    assert_eq!(rows.counts(), writes(2));
    transform(&mut rows, at().sorted_map_range(50..).keypath(50).NONE()).unwrap();
    assert_eq!(rows.counts(), writes(1));
    let mut rows = sets::<Uncounted>();
    transform(&mut rows, start::<Sets<Uncounted>>().keypath(1).set_elem(10).NONE()).unwrap();
    assert_eq!(rows.counts(), writes(1));
}

#[test]
fn counting_costs_a_look_at_the_element_and_one_at_the_head() {
    let mut rows = nested::<Counted>();
    let at = || start::<Nested<Counted>>().keypath(1);
    transform(&mut rows, at().keypath(5).termval(1)).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 2, ..reads(2) });
    transform(&mut rows, at().keypath(5).termval(2)).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 1, ..reads(1) });
    transform(&mut rows, at().keypath(5).NONE()).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 2, ..reads(2) });
    transform(&mut rows, at().keypath(5).NONE()).unwrap();
    assert_eq!(rows.counts(), reads(1));
    let mut rows = sets::<Counted>();
    let set = || start::<Sets<Counted>>().keypath(1);
    transform(&mut rows, set().set_elem(10).NONE()).unwrap();
    assert_eq!(rows.counts(), Counts { writes: 2, ..reads(2) });
    transform(&mut rows, set().set_elem(10).NONE()).unwrap();
    assert_eq!(rows.counts(), reads(1));
}

#[test]
fn a_size_is_one_read_where_it_is_counted_and_else_a_scan() {
    let rows = nested::<Counted>();
    assert_eq!(select_one(&rows, &start::<Nested<Counted>>().keypath(1).SIZE()).unwrap(), 10);
    assert_eq!(rows.counts(), reads(1));
    assert_eq!(
        select_one(&rows, &start::<Nested<Counted>>().keypath(1).sorted_map_range(..).SIZE())
            .unwrap(),
        10
    );
    assert_eq!(rows.counts(), reads(1));
    assert_eq!(select_one(&rows, &start::<Nested<Counted>>().keypath(2).SIZE()).unwrap(), 0);
    let rows = nested::<Uncounted>();
    assert_eq!(select_one(&rows, &start::<Nested<Uncounted>>().keypath(1).SIZE()).unwrap(), 10);
    assert_eq!(rows.counts(), scan(10));
    // A PState itself has no row for its size, whatever its schema says.
    let rows = tens();
    assert_eq!(select_one(&rows, &start::<Rows<u32, Present<u32>, Counted>>().SIZE()).unwrap(), 10);
    assert_eq!(rows.counts(), scan(10));
}

#[test]
fn reading_takes_the_reads_that_it_names() {
    let rows = nested::<Counted>();
    let at = || start::<Nested<Counted>>().keypath(1);
    assert_eq!(select_one(&rows, &at().keypath(20)).unwrap(), Some(2));
    assert_eq!(rows.counts(), reads(1));
    assert!(selected_any(&rows, &at().map_key(20)).unwrap());
    assert_eq!(rows.counts(), reads(1));
    assert_eq!(
        select_one(&rows, &at().submap([20, 25, 30])).unwrap(),
        BTreeMap::from([(20, 2), (30, 3)])
    );
    assert_eq!(rows.counts(), reads(3));
    assert_eq!(select_one(&rows, &at().sorted_map_range(..15).keypath(20)).unwrap(), None);
    assert_eq!(rows.counts(), Counts::default());
    assert_eq!(select_one(&rows, &at().sorted_map_range_to_end(2).must(80)).unwrap(), Some(8));
    assert_eq!(rows.counts(), Counts { reads: 1, ..scan(2) });
}

/// Rows of a task to which no key from 100 on belongs.
struct Task(MemoryRows);

impl ReadRows for Task {
    fn get(&self, address: &[u8], kind: &'static RowKind) -> Result<Option<AnyRow>, PathError> {
        self.0.get(address, kind)
    }

    fn has(&self, address: &[u8]) -> Result<bool, PathError> {
        self.0.has(address)
    }

    fn scan(&self, scan: &Scan<'_>, visit: &mut VisitRow<'_>) -> Walk {
        self.0.scan(scan, visit)
    }

    fn at_home(&self, key: &dyn LeadingKey) -> Result<(), PathError> {
        let key = (key as &dyn std::any::Any).downcast_ref::<u32>().unwrap();
        if *key < 100 { Ok(()) } else { Err(PathError::storage("this key lives elsewhere")) }
    }
}

impl WriteRows for Task {
    fn load(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<&mut AnyRow>, PathError> {
        self.0.load(address, kind)
    }

    fn take(
        &mut self,
        address: &[u8],
        kind: &'static RowKind,
    ) -> Result<Option<AnyRow>, PathError> {
        self.0.take(address, kind)
    }

    fn changed(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.0.changed(address)
    }

    fn put(&mut self, address: &[u8], row: AnyRow) -> Result<(), PathError> {
        self.0.put(address, row)
    }

    fn remove(&mut self, address: &[u8]) -> Result<(), PathError> {
        self.0.remove(address)
    }

    fn wipe(&mut self, prefix: &[u8]) -> Result<(), PathError> {
        self.0.wipe(prefix)
    }
}

#[test]
fn no_entry_of_a_pstate_gets_a_key_that_lives_elsewhere() {
    let mut task = Task(tens());
    let elsewhere = || BTreeMap::from([(100, 1)]);
    let at = start::<Flat>;
    assert!(transform(&mut task, at().map_key(0).termval(100)).is_err());
    assert!(transform(&mut task, at().MAP_KEYS().term(|key| key + 90)).is_err());
    assert!(transform(&mut task, at().ALL().term(|(key, n)| (key + 100, n))).is_err());
    assert!(transform(&mut task, at().submap([0]).termval(elsewhere())).is_err());
    assert!(transform(&mut task, at().sorted_map_range(..).termval(elsewhere())).is_err());
    assert!(transform(&mut task, at().sorted_map_range(..10).keypath(100).termval(1)).is_err());
    assert!(select(&task, &at().submap([0, 100])).is_err());
    let keys = select(&task, &at().MAP_KEYS()).unwrap();
    assert!(keys.into_iter().all(|key| key < 100));
}

#[test]
fn one_row_holds_a_plain_value_and_its_ranges() {
    let mut rows = MemoryRows::new();
    let at = start::<Maybe<BTreeMap<u8, u8>>>;
    transform(&mut rows, at().sorted_map_range(..).keypath(3).termval(4)).unwrap();
    transform(&mut rows, at().submap([5]).termval(BTreeMap::from([(5, 6)]))).unwrap();
    assert_eq!(
        select_one(&rows, &at().sorted_map_range_to_end(1)).unwrap(),
        BTreeMap::from([(5, 6)])
    );
    assert_eq!((rows.len(), select_one(&rows, &at().SIZE()).unwrap()), (1, 2));
}
