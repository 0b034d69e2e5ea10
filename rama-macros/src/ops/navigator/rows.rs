//! The table of navigators, by subject.

use super::Params::{
    self, Bare, Before, Cond, If, Keys, Path, Paths, Range, Recursive, Values, WritePath,
};
use super::{Navigator, Reach, Yields};

#[rustfmt::skip] // one row a line
pub(super) const ROWS: &[Navigator] = &[
    // Keys.
    one("keypath", Keys, "the value of a key, absent or not; several keys go down several maps"),
    perhaps("must", Keys, "the value of a key that is there; several keys go down several maps"),
    one("field", Values(2), "a field, by a function that lends it and one that lends it to be changed; mostly written `.name`"),
    perhaps("map_key", Values(1), "a key itself, if it is in the map"),
    one("submap", Values(1), "the part of a map with these keys"),
    many("MAP_VALS", Bare, "every value of a map"),
    many("MAP_KEYS", Bare, "every key of a map"),
    many("KEYED_VALS", Bare, "every value of a map or list, with its key or index collected"),
    one("collected_key", Values(1), "the value of the key that a function makes of the collected values"),
    // Elements and positions.
    many("ALL", Bare, "every element, or every entry of a map"),
    perhaps("FIRST", Bare, "the first element, or the key of an entry"),
    perhaps("LAST", Bare, "the last element, or the value of an entry"),
    one("nthpath", Values(1), "the element at an index"),
    one("BEGINNING", Bare, "the place in front of the first element: a list that is put there is added"),
    one("END", Bare, "the place behind the last element: a list that is put there is added"),
    one("BEFORE_ELEM", Bare, "a new element in front of the first one"),
    one("AFTER_ELEM", Bare, "a new element behind the last one"),
    perhaps("before_index", Values(1), "a new element in front of an index"),
    one("srange", Values(1), "a part of a list, by a range of indexes"),
    one("srange_dynamic", Values(2), "a part of a list, by functions that say where it starts and ends"),
    many("continuous_subseqs", Values(1), "every run of elements to which a function says yes"),
    perhaps("index_nav", Values(1), "an index itself, if it is in the list"),
    many("INDEXED_VALS", Bare, "every index with its element"),
    many("indexed_vals", Values(1), "every index with its element, counted from another number than 0"),
    one("upsert_by", Values(2), "the element of a list that a function gives this key, there or not"),
    one("SIZE", Bare, "the number of elements"),
    // Sets.
    perhaps("set_elem", Values(1), "an element of a set, if it is there"),
    one("subset", Values(1), "the part of a set with these elements"),
    one("NONE_ELEM", Bare, "a new element of a set: what is put there is added"),
    // Sorted ranges.
    one("sorted_map_range", Values(1), "the entries of a range of keys, as one map"),
    one("sorted_map_range_from", Range, "the entries from a key on, as one map"),
    one("sorted_map_range_from_start", Values(1), "the first entries, as one map"),
    one("sorted_map_range_to", Range, "the entries up to a key, as one map"),
    one("sorted_map_range_to_end", Values(1), "the last entries, as one map"),
    one("sorted_set_range", Values(1), "the elements of a range, as one set"),
    one("sorted_set_range_from", Range, "the elements from one on, as one set"),
    one("sorted_set_range_from_start", Values(1), "the first elements, as one set"),
    one("sorted_set_range_to", Range, "the elements up to one, as one set"),
    one("sorted_set_range_to_end", Values(1), "the last elements, as one set"),
    // Filters.
    perhaps("pred", Values(1), "here, where a function says yes; mostly written `|value| …`"),
    perhaps("pred_eq", Values(1), "here, where the value is equal to this one"),
    perhaps("pred_ne", Values(1), "here, where the value is not equal to this one"),
    perhaps("pred_lt", Values(1), "here, where the value is less than this one"),
    perhaps("pred_le", Values(1), "here, where the value is not greater than this one"),
    perhaps("pred_gt", Values(1), "here, where the value is greater than this one"),
    perhaps("pred_ge", Values(1), "here, where the value is not less than this one"),
    perhaps("selected", Path, "here, where a path finds something"),
    perhaps("not_selected", Path, "here, where a path finds nothing"),
    perhaps("is_collected", Values(1), "here, where a function of the collected values says yes"),
    one("filterer", Path, "the list of the elements in which a path finds something"),
    perhaps("PRESENT", Bare, "the value, if it is there"),
    perhaps("SOME", Bare, "the value in an `Option`, if there is one"),
    many("take", Values(1), "here, for the first so many places"),
    many("distinct", Bare, "here, for values that did not come before"),
    // Views and substitutes.
    one("view", Values(1), "what a function makes of the value"),
    one("parser", Values(2), "what one function makes of the value; what is written goes back through the other one"),
    one("transformed", WritePath, "the value as a path that writes would leave it"),
    one("nil_to_val", Values(1), "a default where nothing is"),
    one("NIL_TO_SET", Bare, "an empty set where nothing is"),
    one("NIL_TO_LIST", Bare, "an empty list where nothing is"),
    one("NIL_TO_MAP", Bare, "an empty map where nothing is"),
    one("none_to_val", Values(1), "a value for a new element"),
    // Control.
    one("STAY", Bare, "here"),
    perhaps("STOP", Bare, "nowhere"),
    inside("if_path", If, "where the first path leads if the condition finds something, otherwise the second"),
    inside("cond_path", Cond, "where the path behind the first condition leads that finds something"),
    many("multi_path", Paths, "where each of the paths leads, one after the other"),
    many("continue_then_stay", Path, "where a path leads, then here"),
    many("stay_then_continue", Path, "here, then where a path leads"),
    one("subselect", Path, "the list of everything that a path finds"),
    inside("compact", Path, "where a path leads; what a write leaves empty here is removed"),
    many("recursive_path", Recursive, "where a path leads that may go on with itself"),
    one("with_page_size", Before, "here; scans behind it read so many rows at a time"),
    many("then_path", Values(1), "where a function leads that continues the path"),
    many("nav", Values(1), "where a navigator of your own leads"),
    many("rich_nav", Values(1), "where a navigator of your own leads that sees the collected values"),
    // Collected values.
    one("VAL", Bare, "here, and collects the value"),
    one("collect", Path, "here, and collects the list of what a path finds"),
    one("collect_one", Path, "here, and collects the one value that a path finds"),
    one("putval", Values(1), "here, and collects a constant"),
    one("DISPENSE", Bare, "here, and forgets what was collected"),
    inside("with_fresh_collected", Path, "where a path leads that starts with nothing collected"),
    // Terminals.
    terminal("termval", Values(1), "puts a value there"),
    terminal("term", Values(1), "puts what a function makes of the value there"),
    terminal("update", Values(1), "changes the value there in place"),
    terminal("NONE", Bare, "removes what is there"),
];

const fn one(name: &'static str, params: Params, doc: &'static str) -> Navigator {
    Navigator { name, doc, params, reach: Reach::Always(Yields::One), terminal: false }
}

const fn perhaps(name: &'static str, params: Params, doc: &'static str) -> Navigator {
    Navigator { reach: Reach::Always(Yields::AtMostOne), ..one(name, params, doc) }
}

const fn many(name: &'static str, params: Params, doc: &'static str) -> Navigator {
    Navigator { reach: Reach::Always(Yields::Many), ..one(name, params, doc) }
}

const fn inside(name: &'static str, params: Params, doc: &'static str) -> Navigator {
    Navigator { reach: Reach::Inside, ..one(name, params, doc) }
}

const fn terminal(name: &'static str, params: Params, doc: &'static str) -> Navigator {
    Navigator { terminal: true, ..one(name, params, doc) }
}
