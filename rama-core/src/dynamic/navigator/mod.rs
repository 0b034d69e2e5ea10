//! The table of navigators: one row each, with its arguments, a line about it and an example that runs.
//!
//! A row says how a navigator is written; what it does is in `select` and `transform`. The names are those of
//! Clojure in our spelling; Clojure's own spelling is understood too.

mod collected;
mod control;
mod ends;
mod filters;
mod keys;
mod positions;
mod ranges;
mod sets;
mod views;

use super::nearest::did_you_mean;
use std::fmt::{self, Debug, Formatter};

/// A navigator: how it is written, and what it is for.
pub struct Navigator {
    pub(super) kind: Kind,
    /// The name.
    pub name: &'static str,
    /// Other names, where they do not follow from the spelling.
    pub aliases: &'static [&'static str],
    /// Where the catalogue has it; empty for our own.
    pub catalogue: &'static str,
    /// The arguments, as one writes them; empty when there are none.
    pub arguments: &'static str,
    /// Where it leads.
    pub summary: &'static str,
    /// One use of it.
    pub example: Example,
    pub(super) params: Params,
}

impl Debug for Navigator {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Navigator").field(&self.name).finish()
    }
}

/// One use of a navigator, in the form in which `pathlab` reads it. All texts are JSON.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// `select`, `transform` or `setval`.
    pub op: &'static str,
    /// The path.
    pub path: &'static str,
    /// The data it is for.
    pub data: &'static str,
    /// The value of a `setval`.
    pub value: Option<&'static str>,
    /// What is selected, or what the data becomes.
    pub result: &'static str,
}

impl Example {
    const fn select(path: &'static str, data: &'static str, result: &'static str) -> Self {
        Self { op: "select", path, data, value: None, result }
    }

    const fn transform(path: &'static str, data: &'static str, result: &'static str) -> Self {
        Self { op: "transform", path, data, value: None, result }
    }

    const fn setval(
        path: &'static str,
        value: &'static str,
        data: &'static str,
        result: &'static str,
    ) -> Self {
        Self { op: "setval", path, data, value: Some(value), result }
    }
}

/// Which arguments a navigator takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Params {
    pub(super) needed: &'static [Param],
    pub(super) optional: &'static [Param],
    /// More of these at the end.
    pub(super) rest: Option<Param>,
}

impl Params {
    const NONE: Self = Self::of(&[]);

    const fn of(needed: &'static [Param]) -> Self {
        Self { needed, optional: &[], rest: None }
    }

    const fn optional(self, optional: &'static [Param]) -> Self {
        Self { optional, ..self }
    }

    const fn several(self, rest: Param) -> Self {
        Self { rest: Some(rest), ..self }
    }

    /// Whether the navigator is complete without arguments.
    pub(super) fn is_empty(&self) -> bool {
        self.needed.is_empty() && self.optional.is_empty() && self.rest.is_none()
    }
}

/// What stands at one place among the arguments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Param {
    /// A key, element or other value, whose type the data decides.
    Value,
    /// A list of keys or elements.
    Values,
    /// A path of its own.
    Path,
    /// The steps of one path, one argument or several.
    Steps,
    /// A function by name; the arguments behind it are its own.
    Call,
    /// A whole number from 0.
    Number,
    /// The bounds of a range.
    Options,
    /// The name of a path.
    Name,
}

/// Which navigator it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Keypath,
    Must,
    Field,
    MapKey,
    Submap,
    MapVals,
    MapKeys,
    KeyedVals,
    Pkey,
    All,
    Nthpath,
    First,
    Last,
    Beginning,
    End,
    BeforeElem,
    AfterElem,
    BeforeIndex,
    Srange,
    SrangeDynamic,
    ContinuousSubseqs,
    IndexNav,
    IndexedVals,
    UpsertBy,
    SetElem,
    Subset,
    NoneElem,
    Pred,
    Compare(Comparison),
    Selected,
    NotSelected,
    IsCollected,
    Filterer,
    View,
    Transformed,
    NilToVal,
    NilToSet,
    NilToList,
    NilToMap,
    NoneToVal,
    Size,
    Stay,
    Stop,
    IfPath,
    CondPath,
    MultiPath,
    ContinueThenStay,
    StayThenContinue,
    Subselect,
    Walker,
    Compact,
    RecursivePath,
    /// The name of a recursive path inside itself.
    Recur,
    WithPageSize,
    Take,
    Distinct,
    Val,
    Collect,
    CollectOne,
    Putval,
    Dispense,
    WithFreshCollected,
    MapRange(Span),
    SetRange(Span),
    Term,
    Termval,
    Remove,
}

/// How `pred_eq` and its kin compare.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

/// Where a sorted range lies.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Span {
    Between,
    From,
    FromStart,
    To,
    ToEnd,
}

/// What a recursive path's own name stands for inside it. Not in the table: it has no name of its own.
pub(super) static RECUR: Navigator = Navigator {
    kind: Kind::Recur,
    name: "",
    aliases: &[],
    catalogue: "",
    arguments: "",
    summary: "to where the recursive path of this name leads from here",
    example: Example::select("[]", "null", "[null]"),
    params: Params::NONE,
};

/// All navigators, by subject.
pub fn navigators() -> impl Iterator<Item = &'static Navigator> {
    let families = [
        keys::ROWS,
        positions::ROWS,
        sets::ROWS,
        ranges::ROWS,
        filters::ROWS,
        views::ROWS,
        control::ROWS,
        collected::ROWS,
        ends::ROWS,
    ];
    families.into_iter().flatten()
}

/// The navigator of a name, in our spelling or in Clojure's.
pub(super) fn find(name: &str) -> Option<&'static Navigator> {
    let spelt = ours(name);
    navigators().find(|row| row.name == spelt || row.aliases.contains(&name))
}

/// What to write instead of a name that no navigator has.
pub(super) fn suggest(name: &str) -> String {
    nearest(name)
        .unwrap_or_else(|| "see the table of navigators (`pathlab --navigators`)".to_owned())
}

/// "did you mean ..?", when a navigator is near enough to be meant.
pub(super) fn nearest(name: &str) -> Option<String> {
    did_you_mean(&ours(name), navigators().map(|row| row.name))
}

/// Clojure's spelling as ours: `nil->val` is `nil_to_val`, `selected?` is `selected`, `MAP-VALS` is `MAP_VALS`.
fn ours(name: &str) -> String {
    let to = if name.chars().any(char::is_lowercase) { "_to_" } else { "_TO_" };
    name.trim_end_matches('?').replace("->", to).replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_one_navigator() {
        let mut names: Vec<_> =
            navigators().flat_map(|row| row.aliases.iter().chain([&row.name])).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(names.iter().all(|name| find(name).is_some()));
    }

    #[test]
    fn the_spellings_of_clojure_are_understood() {
        for (clojure, own) in [
            ("nil->val", "nil_to_val"),
            ("NIL->SET", "NIL_TO_SET"),
            ("NIL->VECTOR", "NIL_TO_LIST"),
            ("NONE->val", "none_to_val"),
            ("pred=", "pred_eq"),
            ("prednot=", "pred_ne"),
            ("pred<=", "pred_le"),
            ("selected?", "selected"),
            ("not-selected?", "not_selected"),
            ("collected?", "is_collected"),
            ("MAP-VALS", "MAP_VALS"),
            ("if-path", "if_path"),
            ("NONE>", "NONE"),
            ("before-index", "before_index"),
            ("sorted-map-range-to-end", "sorted_map_range_to_end"),
            ("multi-transformed", "transformed"),
        ] {
            assert_eq!(find(clojure).map(|row| row.name), Some(own), "{clojure}");
        }
    }

    #[test]
    fn misspelt_names_are_corrected() {
        assert_eq!(suggest("keypth"), "did you mean `keypath`?");
        assert_eq!(suggest("MAP-VAL"), "did you mean `MAP_VALS`?");
        assert!(suggest("frobnicate").contains("--navigators"));
    }
}
