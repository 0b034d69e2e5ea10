//! Tests of recursive paths.

use crate::path::{Edit, PathError, Present, Recursion, select, select_any, transform};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Debug, Default)]
struct Tree {
    n: u64,
    children: Vec<Tree>,
}

fn leaf(n: u64) -> Tree {
    Tree { n, children: vec![] }
}

fn tree() -> Tree {
    Tree { n: 1, children: vec![leaf(2), Tree { n: 3, children: vec![leaf(4), leaf(5)] }] }
}

/// A tree that is a list of so many.
fn deep(depth: u64) -> Tree {
    (1..depth).fold(leaf(0), |tree, n| Tree { n, children: vec![tree] })
}

/// Every tree in a tree, the outer one first.
macro_rules! trees {
    ($path:expr, $depth:expr) => {
        $path.recursive_path($depth, |path, again| {
            path.stay_then_continue(|path| {
                path.field(|tree| &tree.children, |tree| &mut tree.children).ALL().recur(&again)
            })
        })
    };
}

#[test]
fn a_recursive_path_reads_and_writes_on_all_levels() {
    let mut tree = tree();
    let n = select(&tree, |path| trees!(path, 9).view(|tree| tree.n)).unwrap();
    assert_eq!(n, [1, 2, 3, 4, 5]);
    transform(&mut tree, |path| trees!(path, 9).field(|t| &t.n, |t| &mut t.n).term(|n| n * 10))
        .unwrap();
    assert_eq!((tree.n, tree.children[1].children[1].n), (10, 50));
}

#[test]
fn a_search_in_a_tree_ends_with_the_first_find() {
    let found =
        select_any(&tree(), |path| trees!(path, 2).pred(|tree| tree.n > 1).view(|tree| tree.n));
    assert_eq!(found.unwrap(), Some(2));
    let found = select(&tree(), |path| trees!(path, 2).take(3).view(|tree| tree.n));
    assert_eq!(found.unwrap(), [1, 2, 3]);
}

#[test]
fn what_a_recursive_path_finds_can_be_removed_from_where_it_stands() {
    let mut tree = tree();
    let n = |tree: &Tree| select(tree, |path| trees!(path, 9).view(|tree| tree.n)).unwrap();
    let children = |tree: &mut Tree, wanted: u64| {
        transform(tree, |path| {
            path.recursive_path(9, |path, again| {
                path.field(|tree| &tree.children, |tree| &mut tree.children)
                    .ALL()
                    .continue_then_stay(|path| path.recur(&again))
            })
            .pred(|tree| tree.n == wanted)
            .NONE()
        })
        .unwrap();
    };
    children(&mut tree, 4);
    assert_eq!(n(&tree), [1, 2, 3, 5]);
    children(&mut tree, 3);
    assert_eq!(n(&tree), [1, 2]);
}

#[test]
fn a_search_for_children_does_not_look_into_what_it_found() {
    let mut tree = tree();
    transform(&mut tree, |path| {
        path.recursive_path(9, |path, again| {
            path.field(|tree| &tree.children, |tree| &mut tree.children).ALL().if_else_path(
                |path| path.pred(|tree| tree.n % 2 == 0),
                |path| path.STAY(),
                |path| path.recur(&again),
            )
        })
        .termval(leaf(0))
    })
    .unwrap();
    let n = select(&tree, |path| trees!(path, 9).view(|tree| tree.n)).unwrap();
    assert_eq!(n, [1, 0, 3, 0, 5]);
}

#[test]
fn the_limit_is_how_often_a_path_goes_on_with_itself() {
    let mut tree = deep(4);
    assert_eq!(select(&tree, |path| trees!(path, 3)).unwrap().len(), 4);
    let read = select(&tree, |path| trees!(path, 2)).unwrap_err();
    assert!(matches!(read, PathError::TooDeep { limit: 2 }));
    assert!(read.to_string().contains("more than 2 times"));
    let before = tree.clone();
    let write = transform(&mut tree, |path| trees!(path, 2).pred(|_| false).termval(leaf(9)));
    assert!(matches!(write, Err(PathError::TooDeep { limit: 2 })));
    assert_eq!(tree, before);
}

#[test]
fn a_path_that_failed_or_stopped_begins_again_at_its_first_level() {
    let lists = vec![tree(), tree(), tree()];
    let found = select(&lists, |path| {
        path.ALL().selected(|path| trees!(path, 2).pred(|tree| tree.n == 4)).view(|tree| tree.n)
    });
    assert_eq!(found.unwrap(), [1, 1, 1]);
}

#[test]
fn a_condition_inside_may_go_on_with_the_path_too() {
    let mut tree = tree();
    // Every tree in which there is a tree with an even number below.
    transform(&mut tree, |path| {
        path.recursive_path(9, |path, again| {
            path.cond_path(|path| {
                let children =
                    || path.field(|tree| &tree.children, |tree| &mut tree.children).ALL();
                let even = path.pred(|tree| tree.n % 2 == 0);
                ((even, path.STAY()), (children().recur(&again), children().recur(&again)))
            })
        })
        .field(|tree| &tree.n, |tree| &mut tree.n)
        .term(|n| n + 100)
    })
    .unwrap();
    let n = select(&tree, |path| trees!(path, 9).view(|tree| tree.n)).unwrap();
    assert_eq!(n, [1, 102, 3, 104, 5]);
}

#[test]
fn captured_references_and_collected_values_are_at_hand_on_every_level() {
    let wanted = [2, 5];
    let found = select(&tree(), |path| {
        path.putval("x")
            .recursive_path(9, |path, again| {
                path.multi_path(|path| {
                    (
                        path.pred(|tree| wanted.contains(&tree.n)),
                        path.field(|tree| &tree.children, |tree| &mut tree.children)
                            .ALL()
                            .recur(&again),
                    )
                })
            })
            .view(|tree| tree.n)
    });
    assert_eq!(found.unwrap(), [("x", 2), ("x", 5)]);
}

#[test]
fn a_recursive_path_may_end_on_another_shape_that_is_stated() {
    #[derive(Clone)]
    enum Node {
        Leaf(u64),
        Map(BTreeMap<&'static str, Node>),
    }
    let node = Node::Map(BTreeMap::from([
        ("a", Node::Leaf(1)),
        ("b", Node::Map(BTreeMap::from([("c", Node::Leaf(2))]))),
    ]));
    let found = select(&node, |path| {
        path.recursive_path(9, |path, again: Recursion<'_, Present<Node>, Present<Option<u64>>>| {
            path.if_else_path(
                |path| path.pred(|node| matches!(node, Node::Leaf(_))),
                |path| path.view(|node| if let Node::Leaf(n) = node { Some(*n) } else { None }),
                |path| {
                    path.view(
                        |node| {
                            if let Node::Map(map) = node { map.clone() } else { BTreeMap::new() }
                        },
                    )
                    .MAP_VALS()
                    .recur(&again)
                },
            )
        })
        .SOME()
    });
    assert_eq!(found.unwrap(), [1, 2]);
}

#[test]
fn recur_outside_of_its_path_fails() {
    let mut leaked = None;
    let built = select(&leaf(1), |path| {
        path.recursive_path(9, |path, again: Recursion<'_, _, Present<Tree>>| {
            leaked = Some(again.clone());
            path.pred(|_| false).recur(&again)
        })
    });
    assert!(built.unwrap().is_empty());
    let again = leaked.unwrap();
    assert!(matches!(select(&leaf(1), |path| path.recur(&again)), Err(PathError::AgainOutside)));
    let write = transform(&mut leaf(1), |path| path.recur(&again).termval(leaf(2)));
    assert!(matches!(write, Err(PathError::AgainOutside)));
}

#[test]
fn a_recursive_path_that_finds_nothing_writes_nothing() {
    let edit =
        transform(&mut tree(), |path| trees!(path, 9).pred(|tree| tree.n > 9).termval(leaf(0)));
    assert_eq!(edit.unwrap(), Edit::Kept);
}
