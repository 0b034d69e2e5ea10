//! Tests of navigators of one's own.

use crate::path::rows::{self, MemoryRows};
use crate::path::{
    AtMostOne, Bare, Change, Editor, HandlesRemoval, Hold, Inner, Navigator, Path, PathError,
    Present, Rows, Transform, Visitor, Walk, select, transform,
};

type Lists = Rows<u64, Present<Vec<u64>>>;

fn lists() -> Inner<Lists> {
    Path::start(Bare::new())
}

/// To the element after the first one that equals `after`.
#[derive(Clone)]
struct Next<T> {
    after: T,
}

impl<T: PartialEq> Next<T> {
    fn position(&self, list: &[T]) -> Option<usize> {
        let next = list.iter().position(|element| *element == self.after)? + 1;
        (next < list.len()).then_some(next)
    }
}

impl<T: PartialEq + 'static> Navigator<Present<Vec<T>>> for Next<T> {
    type To = Present<T>;
    type Count = AtMostOne;

    fn select<N: Visitor<Present<T>>>(&self, at: &Vec<T>, next: &mut N) -> Walk {
        self.position(at).map_or(Ok(()), |i| next.visit(&at[i]))
    }
}

impl<T: PartialEq + 'static> Transform<Present<Vec<T>>> for Next<T> {
    fn transform<E: Editor<Present<T>>>(
        &self,
        at: Hold<'_, Vec<T>>,
        next: &mut E,
    ) -> Result<Change<Vec<T>>, PathError> {
        at.edit(|list| {
            let Some(i) = self.position(list) else { return Ok(false) };
            match next.edit(Hold::Lent(&mut list[i]))? {
                Change::Kept => return Ok(false),
                Change::InPlace => {}
                Change::Set(new) => list[i] = new,
                Change::Removed => drop(list.remove(i)),
            }
            Ok(true)
        })
    }
}

impl<T> HandlesRemoval for Next<T> {}

#[test]
fn collected_values_go_past_a_navigator_that_knows_nothing_of_them() {
    let mut all = vec![vec![1, 2, 3], vec![3]];
    let after_one = Next { after: 1 };
    let found = select(&all, |path| path.putval("x").ALL().nav(after_one.clone()).putval("y"));
    assert_eq!(found.unwrap(), [("x", "y", 2)]);
    transform(&mut all, |path| {
        path.putval(10).ALL().nav(after_one.clone()).term(|(ten, n)| ten + n)
    })
    .unwrap();
    transform(&mut all, |path| path.putval(10).ALL().nav(Next { after: 12 }).NONE()).unwrap();
    assert_eq!(all, [vec![1, 12], vec![3]]);
}

#[test]
fn over_rows_a_navigator_works_on_the_value_of_a_row() {
    let mut rows = MemoryRows::new();
    rows::transform(&mut rows, lists().keypath(1).termval(vec![1, 2])).unwrap();
    rows::transform(&mut rows, lists().must(1).nav(Next { after: 1 }).term(|n| n + 5)).unwrap();
    rows.counts();
    rows::transform(&mut rows, lists().must(1).nav(Next { after: 9 }).term(|n| n + 5)).unwrap();
    assert_eq!(rows.counts().writes, 0);
    assert_eq!(rows::select(&rows, &lists().MAP_VALS()).unwrap(), [[1, 7]]);
}
