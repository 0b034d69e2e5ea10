//! Tests of lists in storage: they agree with `Vec`, cost what they should and leave nothing behind.

use crate::path::rows::{Counts, MemoryRows, select, select_one, selected_any, transform};
use crate::path::{
    Bare, Counted, Edit, One, Path, PathError, Present, RowList, Rows, Start, Uncounted,
};
use proptest::collection::vec;
use proptest::prelude::*;

/// Lists of values and lists of structures, under keys.
type Values = Rows<u8, RowList<Present<u32>>>;
type Maps = Rows<u8, RowList<Rows<u8, Present<u32>>>>;
type Nested = Rows<u8, RowList<RowList<Present<u32>>>>;

fn values() -> Path<Bare<Values>, Start, Values, One> {
    Path::start(Bare::new())
}

fn maps() -> Path<Bare<Maps>, Start, Maps, One> {
    Path::start(Bare::new())
}

fn nested() -> Path<Bare<Nested>, Start, Nested, One> {
    Path::start(Bare::new())
}

fn list(rows: &MemoryRows) -> Vec<u32> {
    select(rows, &values().keypath(1).ALL()).unwrap()
}

/// Rows with the list `0, 1, …` under the key 1.
fn counting(len: u32) -> MemoryRows {
    let mut rows = MemoryRows::new();
    let path = values().keypath(1).END().termval((0..len).collect());
    assert_eq!(transform(&mut rows, path).unwrap(), Edit::from(len > 0));
    rows
}

#[derive(Clone, Debug)]
enum Op {
    Front(u32),
    Back(u32),
    Insert(usize, u32),
    Remove(usize),
    RemoveFirst,
    RemoveLast,
    Set(usize, u32),
    Move(usize, usize),
    MoveAll(usize),
    Splice(usize, usize, Vec<u32>),
    Beginning(Vec<u32>),
    RemoveWhere(u32),
}

fn op() -> impl Strategy<Value = Op> {
    let index = 0_usize..12;
    prop_oneof![
        any::<u32>().prop_map(Op::Front),
        any::<u32>().prop_map(Op::Back),
        (index.clone(), any::<u32>()).prop_map(|(index, n)| Op::Insert(index, n)),
        index.clone().prop_map(Op::Remove),
        Just(Op::RemoveFirst),
        Just(Op::RemoveLast),
        (index.clone(), any::<u32>()).prop_map(|(index, n)| Op::Set(index, n)),
        (index.clone(), index.clone()).prop_map(|(from, to)| Op::Move(from, to)),
        index.clone().prop_map(Op::MoveAll),
        (index.clone(), index, vec(any::<u32>(), 0..5))
            .prop_map(|(a, b, new)| Op::Splice(a, b, new)),
        vec(any::<u32>(), 0..4).prop_map(Op::Beginning),
        (2_u32..4).prop_map(Op::RemoveWhere),
    ]
}

/// The same step in both: a path on the rows, and the same path on a list in memory.
macro_rules! both {
    ($rows:expr, $model:expr, |$path:ident| $step:expr) => {{
        let $path = values().keypath(1);
        let stored = transform($rows, $step);
        let plain = crate::path::transform($model, |$path| $step);
        (stored, plain)
    }};
}

fn apply(rows: &mut MemoryRows, model: &mut Vec<u32>, op: Op) {
    let (stored, plain) = match op {
        Op::Front(n) => both!(rows, model, |path| path.BEFORE_ELEM().termval(n)),
        Op::Back(n) => both!(rows, model, |path| path.AFTER_ELEM().termval(n)),
        Op::Insert(index, n) => both!(rows, model, |path| path.before_index(index).termval(n)),
        Op::Remove(index) => both!(rows, model, |path| path.nthpath(index).NONE()),
        Op::RemoveFirst => both!(rows, model, |path| path.FIRST().NONE()),
        Op::RemoveLast => both!(rows, model, |path| path.LAST().NONE()),
        Op::Set(index, n) => {
            both!(rows, model, |path| path.nthpath(index).term(|old| old.wrapping_add(n)))
        }
        Op::Move(from, to) => both!(rows, model, |path| path.index_nav(from).termval(to)),
        Op::MoveAll(by) => both!(rows, model, |path| path
            .INDEXED_VALS()
            .term(|(index, n)| (index.saturating_sub(by), n.wrapping_add(1)))),
        Op::Splice(a, b, new) => {
            both!(rows, model, |path| path.srange(a..b).termval(new.clone()))
        }
        Op::Beginning(new) => both!(rows, model, |path| path.BEGINNING().termval(new.clone())),
        Op::RemoveWhere(divisor) => {
            // Filters are tested elsewhere: here the elements are chosen by what is collected beside them.
            let stays = |n: &u32| !n.is_multiple_of(divisor);
            let kept: Vec<u32> = model.iter().copied().filter(stays).collect();
            let gone = model.iter().map(|n| !stays(n)).collect();
            let edit = remove_where(rows, gone);
            let plain = Edit::from(kept.len() < model.len());
            *model = kept;
            (edit, Ok(plain))
        }
    };
    match (stored, plain) {
        (Ok(stored), Ok(plain)) => assert_eq!(stored, plain),
        (Err(stored), Err(plain)) => assert_eq!(stored.to_string(), plain.to_string()),
        (stored, plain) => panic!("{stored:?} in storage and {plain:?} in memory"),
    }
}

/// Removes the elements whose turn is marked, with one transform over all of them.
fn remove_where(rows: &mut MemoryRows, gone: Vec<bool>) -> Result<Edit, PathError> {
    use crate::path::edit::{Change, Editor, Want};
    use crate::path::rows::{Fate, Root};
    use crate::path::shape::Hold;
    use crate::path::{All, Keypath, Then, Transform};

    struct RemoveMarked(std::vec::IntoIter<bool>);

    impl Editor<Present<u32>> for RemoveMarked {
        const WANTS: Want = Want::Lent;

        fn edit(&mut self, _: Hold<'_, u32>) -> Result<Change<u32>, PathError> {
            let gone = self.0.next().expect("there is a mark for each element");
            Ok(if gone { Change::Removed } else { Change::Kept })
        }
    }

    struct Whole(RemoveMarked);

    impl Editor<Values> for Whole {
        const WANTS: Want = Want::Lent;

        fn edit(&mut self, at: crate::path::rows::RowsMut<'_>) -> Result<Fate, PathError> {
            Transform::<Values>::transform(&Then(Keypath(1), All), at, &mut self.0)
        }
    }

    Values::rewrite(rows, &mut Whole(RemoveMarked(gone.into_iter())))
}

proptest! {
    #[test]
    fn lists_in_storage_agree_with_lists_in_memory(ops in vec(op(), 0..60)) {
        let (mut rows, mut model) = (MemoryRows::new(), Vec::new());
        for op in ops {
            apply(&mut rows, &mut model, op);
            prop_assert_eq!(&list(&rows), &model);
            prop_assert!(rows.len() <= model.len() + 1);
        }
        for (index, n) in model.iter().enumerate() {
            prop_assert_eq!(select_one(&rows, &values().keypath(1).nthpath(index)).unwrap(), *n);
        }
        let ends = (model.first().copied(), model.last().copied());
        let first = select_one(&rows, &values().keypath(1).FIRST()).unwrap();
        let last = select_one(&rows, &values().keypath(1).LAST()).unwrap();
        prop_assert_eq!((first, last), ends);
        let all = select(&rows, &values().keypath(1).indexed_vals(3)).unwrap();
        prop_assert_eq!(all, (3..).zip(model.clone()).collect::<Vec<_>>());
        let tail = select_one(&rows, &values().keypath(1).srange(model.len() / 2..)).unwrap();
        prop_assert_eq!(&tail[..], &model[model.len() / 2..]);
    }

    #[test]
    fn what_is_inside_elements_stays_with_them(ops in vec(op(), 0..60)) {
        let (mut rows, mut model) = (MemoryRows::new(), Vec::<u32>::new());
        for op in ops {
            let path = maps().keypath(1);
            let done = match op {
                Op::Front(n) => {
                    model.insert(0, n);
                    transform(&mut rows, path.BEFORE_ELEM().keypath(7).termval(n))
                }
                Op::Insert(index, n) if index <= model.len() => {
                    model.insert(index, n);
                    transform(&mut rows, path.before_index(index).keypath(7).termval(n))
                }
                Op::Remove(index) if index < model.len() => {
                    model.remove(index);
                    transform(&mut rows, path.nthpath(index).NONE())
                }
                Op::Set(index, n) if index < model.len() => {
                    model[index] = n;
                    transform(&mut rows, path.nthpath(index).keypath(7).termval(n))
                }
                Op::Move(from, to) if from.max(to) < model.len() => {
                    let n = model.remove(from);
                    model.insert(to, n);
                    transform(&mut rows, path.index_nav(from).termval(to))
                }
                Op::RemoveWhere(_) => {
                    model.clear();
                    transform(&mut rows, path.ALL().NONE())
                }
                Op::Back(n) => {
                    model.push(n);
                    transform(&mut rows, path.AFTER_ELEM().keypath(7).termval(n))
                }
                _ => continue,
            };
            prop_assert!(done.is_ok());
            let inside = select(&rows, &maps().keypath(1).ALL().keypath(7)).unwrap();
            prop_assert_eq!(inside, model.iter().copied().map(Some).collect::<Vec<_>>());
            prop_assert!(rows.len() <= 2 * model.len() + 1);
        }
    }
}

#[test]
fn ends_and_positions_cost_the_same_however_long_the_list_is() {
    for len in [10, 2_000] {
        let mut rows = counting(len);
        rows.counts();
        transform(&mut rows, values().keypath(1).AFTER_ELEM().termval(7)).unwrap();
        let cost = rows.counts();
        assert_eq!((cost.reads, cost.writes, cost.seeks), (2, 2, 0));
        transform(&mut rows, values().keypath(1).BEFORE_ELEM().termval(7)).unwrap();
        let cost = rows.counts();
        assert_eq!((cost.reads, cost.writes, cost.seeks), (3, 3, 0));
        select(&rows, &values().keypath(1).nthpath(5)).unwrap();
        select(&rows, &values().keypath(1).LAST()).unwrap();
        assert_eq!(rows.counts(), Counts { reads: 4, ..Counts::default() });
        for _ in 0..2 {
            transform(&mut rows, values().keypath(1).FIRST().NONE()).unwrap();
            transform(&mut rows, values().keypath(1).LAST().NONE()).unwrap();
            let cost = rows.counts();
            assert_eq!((cost.reads, cost.writes, cost.seeks), (4, 4, 0));
        }
    }
}

#[test]
fn the_middle_moves_only_the_shorter_side() {
    let mut rows = counting(1_000);
    rows.counts();
    for index in [3, 997] {
        transform(&mut rows, values().keypath(1).before_index(index).termval(7)).unwrap();
        assert!(rows.counts().writes <= 8);
        transform(&mut rows, values().keypath(1).nthpath(index).NONE()).unwrap();
        assert!(rows.counts().writes <= 8);
    }
    assert_eq!(list(&rows), (0..1_000).collect::<Vec<_>>());
}

#[test]
fn a_part_is_read_with_one_seek_and_removed_without_a_look_at_it() {
    let mut rows = counting(1_000);
    rows.counts();
    let part = select_one(&rows, &values().keypath(1).srange(500..510)).unwrap();
    assert_eq!(part, (500..510).collect::<Vec<_>>());
    assert_eq!(rows.counts(), Counts { reads: 1, seeks: 1, steps: 10, ..Counts::default() });
    transform(&mut rows, values().keypath(1).srange(..100).NONE()).unwrap();
    assert_eq!(rows.counts(), Counts { reads: 2, writes: 101, ..Counts::default() });
    assert_eq!(list(&rows), (100..1_000).collect::<Vec<_>>());
}

#[test]
fn positions_beyond_a_list_fail_and_missing_lists_are_empty() {
    let mut rows = counting(2);
    let failed = select(&rows, &values().keypath(1).nthpath(2));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 2, len: 2 })));
    let failed = transform(&mut rows, values().keypath(1).nthpath(2).NONE());
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 2, len: 2 })));
    let failed = transform(&mut rows, values().keypath(1).before_index(3).termval(0));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 3, len: 2 })));
    let failed = transform(&mut rows, values().keypath(1).index_nav(0).termval(2));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 2, len: 2 })));
    let failed = transform(&mut rows, values().keypath(1).srange(1..4).NONE());
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 4, len: 2 })));
    let failed = select(&rows, &values().keypath(2).nthpath(0));
    assert!(matches!(failed, Err(PathError::OutOfRange { index: 0, len: 0 })));
    assert!(select(&rows, &values().keypath(2).ALL()).unwrap().is_empty());
    assert_eq!(select_one(&rows, &values().keypath(2).FIRST()).unwrap(), None);
    assert_eq!(list(&rows), [0, 1]);
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let mut rows = MemoryRows::new();
    let kept = [
        transform(&mut rows, values().keypath(1).FIRST().termval(1)),
        transform(&mut rows, values().keypath(1).LAST().NONE()),
        transform(&mut rows, values().keypath(1).ALL().NONE()),
        transform(&mut rows, values().keypath(1).END().termval(vec![])),
        transform(&mut rows, values().keypath(1).srange(..).NONE()),
        transform(&mut rows, values().keypath(1).index_nav(0).termval(0)),
        transform(&mut rows, values().keypath(1).INDEXED_VALS().NONE()),
        transform(&mut rows, maps().keypath(1).AFTER_ELEM().keypath(1).NONE()),
        transform(&mut rows, maps().keypath(1).BEFORE_ELEM().must(1).termval(3)),
    ];
    assert!(kept.into_iter().all(|edit| edit.unwrap() == Edit::Kept));
    assert!(rows.is_empty());
}

#[test]
fn an_emptied_list_goes_on_at_either_end() {
    let mut rows = counting(3);
    transform(&mut rows, values().keypath(1).ALL().NONE()).unwrap();
    assert_eq!((list(&rows), rows.len()), (vec![], 1));
    transform(&mut rows, values().keypath(1).BEFORE_ELEM().termval(1)).unwrap();
    transform(&mut rows, values().keypath(1).AFTER_ELEM().termval(2)).unwrap();
    assert_eq!(list(&rows), [1, 2]);
    transform(&mut rows, values().keypath(1).NONE()).unwrap();
    assert!(rows.is_empty());
}

#[test]
fn a_new_structure_is_vacant_until_something_is_set_inside() {
    let mut rows = MemoryRows::new();
    let vacant = select_one(&rows, &maps().keypath(1).AFTER_ELEM().keypath(7)).unwrap();
    assert_eq!(vacant, None);
    transform(&mut rows, maps().keypath(1).AFTER_ELEM().keypath(7).termval(1)).unwrap();
    let vacant = select_one(&rows, &maps().keypath(1).AFTER_ELEM().keypath(7)).unwrap();
    assert_eq!(vacant, None);
    let indexed = select(&rows, &maps().keypath(1).INDEXED_VALS().LAST().keypath(7)).unwrap();
    assert_eq!(indexed, [Some(1)]);
    assert!(!selected_any(&rows, &maps().keypath(1).before_index(0)).unwrap());
}

#[test]
fn a_removed_structure_takes_everything_inside_along_and_its_id_is_not_used_again() {
    let mut rows = MemoryRows::new();
    for n in 0..4 {
        transform(&mut rows, maps().keypath(1).AFTER_ELEM().keypath(n).termval(1)).unwrap();
    }
    transform(&mut rows, maps().keypath(1).nthpath(2).NONE()).unwrap();
    transform(&mut rows, maps().keypath(1).LAST().NONE()).unwrap();
    transform(&mut rows, maps().keypath(1).AFTER_ELEM().keypath(9).termval(1)).unwrap();
    let keys = select(&rows, &maps().keypath(1).ALL().ALL().FIRST()).unwrap();
    assert_eq!((keys, rows.len()), (vec![0, 1, 9], 7));
    transform(&mut rows, maps().keypath(1).NONE()).unwrap();
    assert!(rows.is_empty());
}

#[test]
fn structures_move_by_their_rows_alone() {
    let mut rows = MemoryRows::new();
    for n in 0..3 {
        transform(&mut rows, maps().keypath(1).AFTER_ELEM().keypath(n).termval(1)).unwrap();
    }
    transform(&mut rows, maps().keypath(1).index_nav(0).termval(2)).unwrap();
    let entries = select(&rows, &maps().keypath(1).ALL().ALL()).unwrap();
    assert_eq!(entries, [(1, 1), (2, 1), (0, 1)]);
}

#[test]
fn lists_of_lists_keep_their_lengths_apart() {
    let mut rows = MemoryRows::new();
    for n in 0..3 {
        transform(&mut rows, nested().keypath(1).BEFORE_ELEM().AFTER_ELEM().termval(n)).unwrap();
        transform(&mut rows, nested().keypath(1).FIRST().BEFORE_ELEM().termval(n + 10)).unwrap();
    }
    transform(&mut rows, nested().keypath(1).nthpath(1).FIRST().NONE()).unwrap();
    assert_eq!(select(&rows, &nested().keypath(1).ALL().ALL()).unwrap(), [12, 2, 1, 10, 0]);
    assert_eq!(select(&rows, &nested().keypath(1).ALL().LAST()).unwrap(), [2, 1, 0]);
    transform(&mut rows, nested().keypath(1).ALL().NONE()).unwrap();
    assert_eq!(rows.len(), 1);
}

#[test]
fn structures_around_a_list_count_it_once() {
    type Around = Rows<u8, Rows<u8, RowList<Rows<u8, Present<u32>, Uncounted>>, Counted>>;
    let start = || Path::start(Bare::<Around>::new());
    let mut rows = MemoryRows::new();
    for n in 0..3 {
        transform(&mut rows, start().keypath(1).keypath(2).AFTER_ELEM().keypath(n).termval(1))
            .unwrap();
    }
    transform(&mut rows, start().keypath(1).keypath(2).NONE()).unwrap();
    assert_eq!(rows.len(), 1);
    transform(&mut rows, start().keypath(1).NONE()).unwrap();
    assert!(rows.is_empty());
}
