//! Paths: typed navigation over values in memory and rows in storage (PA-01 to PA-11).
//!
//! A path is a chain of navigators, each a method of [`Path`] that is named as in the language:
//! `path.keypath(id).nil_to_val(0)` reads, and `path.keypath(id).termval(7)`, which has a terminal at its
//! end, writes. Every step knows from its type what it stands on (a *shape*: [`Present`], [`Maybe`],
//! [`Rows`], …), so a path that does not fit the data does not compile. The whole path compiles to one
//! function without boxes; the only dynamic calls are those to the rows of a PState ([`ReadRows`],
//! [`WriteRows`]). The small functions that a path is made of are marked `#[inline]`: without the mark a step
//! into a map costs a call, measurably.
//!
//! Meaning is Specter's and Rama's, with these differences:
//!
//! - A path that changes nothing writes nothing: passing through `keypath` does not create entries, and the
//!   default of `nil_to_val` is written only when something below it was written.
//! - `term` needs a value that is there; over a place that may be vacant it does not compile.
//! - Removal (`NONE`) is an operation. No value stands for it, so none can leak.
//! - `ALL` and `MAP_VALS` on a missing collection find nothing, and write nothing.
//!
//! This stage has no sorted ranges, filters, collected values, indexes of lists and sub-paths, and writes
//! through the entries that `ALL` finds in a map are refused.

mod builder;
mod collect;
mod collected;
mod count;
mod each;
mod edit;
mod error;
mod field;
mod indexed;
mod insert;
mod key;
mod list;
mod nil;
pub mod rows;
mod search;
mod set;
mod shape;
mod step;
mod sublist;
mod terminal;
mod value;
mod view;
mod walk;

pub use builder::{
    Bare, Inner, InnerWrite, Origin, Path, ReadPath, SelectPath, SubPath, TransformPath, WritePath,
};
pub use collected::{Collected, Under, With};
pub use count::{AtMostOne, Cardinality, Many, One, Single, Sure, Unsure};
pub use each::{All, EditElements, Elements, HasElements, HasValues, MapVals};
pub use edit::{Change, Edit, Editor, Transform, Want};
pub use error::PathError;
pub use field::{Field, FieldAt, HasFields};
pub use indexed::{HasIndexes, IndexNav, IndexedVals};
pub use insert::{
    AfterElem, BeforeElem, BeforeIndex, Beginning, End, GrowsByMany, GrowsByOne,
};
pub use key::{KeyOf, Keyed, Keypath, Must};
pub use list::{First, HasEnds, IsList, Last, Nthpath, UpsertBy, Upserts};
pub use nil::{IsMaybe, IsMaybeSet, NilToSet, NilToVal};
pub use rows::{
    Counting,
    Counted, Fate, Fields, LeadingKey, ReadRows, Root, RowList, RowSet, Rows, Stored, Uncounted, WriteRows,
};
pub use search::Found;
pub use set::{IsSet, NoneElem, SetElem};
pub use shape::{Hold, Holder, Maybe, Pair, PairChange, Present, Shape, Void, Writable};
pub use sublist::{ContinuousSubseqs, HasParts, HasRuns, Srange, SrangeDynamic};
pub use terminal::{
    Assignable, Each, IsPresent, Once, Removable, Remove, Removes, Run, Supply, Term, Termval,
    Update,
};
pub use value::{ValuePath, select, select_any, select_one, selected_any, transform};
pub use view::{View, Visible};
pub use walk::{Again, Halt, Navigator, Start, Then, Visitor, Walk};
