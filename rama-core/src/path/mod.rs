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
//! - A subindexed structure cannot be handed out, moved or assigned (PS-26, PS-27): what does so does not compile.
//!   Removing it, or anything around it, removes its rows.
//!
//! What a path took along stands beside the shape ([`With`]), so navigators know nothing of collected values.
//! Writing is told to the structure around, step by step, so an edit that changes nothing leaves no trace.

mod branch;
mod branches;
mod builder;
mod collect;
mod collected;
mod collected_key;
mod collecting;
mod compact;
mod compare;
mod control;
mod count;
mod custom;
mod each;
mod edit;
mod error;
mod field;
mod filter;
mod forked;
mod indexed;
mod insert;
mod key;
mod keyed;
mod limit;
mod list;
mod nil;
pub mod portable;
mod recursive;
mod map;
mod range;
mod removes;
pub mod rows;
mod search;
mod sequence;
mod set;
mod shape;
mod size;
mod sorted;
mod span;
mod step;
mod sublist;
mod subselect;
mod terminal;
mod there;
mod transformed;
mod upsert;
mod value;
mod view;
mod walk;
mod whole;

pub use branch::{Both, IfPath};
pub use branches::{Branch, Branches, Conditions};
pub use builder::{
    Bare, Inner, InnerWrite, Origin, Path, ReadPath, SelectPath, SubPath, TransformPath, WritePath,
};
pub use collect::{Collect, CollectOne, Dispense, Putval, Val, WithFreshCollected};
pub use collected::{Collected, Under, With};
pub use collected_key::{CollectedKey, KeyedByCollected};
pub use collecting::{Collecting, HasCollected, Recalled};
pub use compact::{Compact, Compactable, Emptiness, RemovesEmpty};
pub use compare::{Equated, Ordered, PredEq, PredGe, PredGt, PredLe, PredLt, PredNe};
pub use control::{Nowhere, PageSize};
pub use count::{AtMostOne, Cardinality, Many, One, Single, Sure, Unsure};
pub use custom::{HandlesRemoval, Nav, RichNav};
pub use each::{All, EditElements, Elements, HasElements, HasValues, MapVals};
pub use edit::{Change, Edit, Editor, Transform, Want};
pub use error::PathError;
pub use field::{Field, FieldAt};
pub use filter::{IsCollected, NotSelected, Pred, Selected, Tested};
pub use forked::{IfTerm, InTurn, Leave, Terms};
pub use indexed::{HasIndexes, IndexNav, IndexedVals};
pub use insert::{AfterElem, BeforeElem, BeforeIndex, Beginning, End, GrowsByMany, GrowsByOne};
pub use key::{KeyOf, Keyed, Keypath, Must};
pub use keyed::{HasKeyedVals, Keyable, KeyedVals};
pub use limit::{Distinct, Take};
pub use list::{First, HasEnds, IsList, Last, Nthpath};
pub use map::{HasKeys, HasSubmaps, MapKey, MapKeys, Submap};
pub use nil::{
    IsMaybe, IsMaybeList, IsMaybeMap, IsMaybeSet, IsVoid, NilToList, NilToMap, NilToSet, NilToVal,
    NoneToVal,
};
pub use portable::{FunctionName, Named, Portable, PortableError, PortablePath, Steps, to_json};
pub use range::{KeyRange, RangeOptions, SortedMap, SortedRange, SortedSet};
pub use recursive::{Recursion, Recursive};
pub use removes::Removes;
pub use rows::{
    Counted, Counting, Fate, Fields, LeadingKey, ReadRows, Root, RowList, RowSet, Rows, Stored,
    Uncounted, WriteRows,
};
pub use search::Found;
pub use sequence::{Copied, HeldPair, HeldValue, Sequence};
pub use set::{HasSubsets, IsSet, NoneElem, SetElem, Subset};
pub use shape::{Hold, Holder, Maybe, Pair, PairChange, Present, Shape, Void, Writable};
pub use size::{Countable, HasSize, Size};
pub use sorted::{Bounds, CopyRange, Sorted, SortedElements};
pub use span::{InMemory, Ranged, Span, Whole};
pub use sublist::{ContinuousSubseqs, HasParts, HasRuns, Srange, SrangeDynamic};
pub use subselect::{CollectsNothing, Dealt, Subselect};
pub use terminal::{
    Assignable, Each, IsPresent, Once, Removable, Remove, Run, Supply, Term, Termval, Update,
};
pub use there::{IsOption, IsSome, IsThere, MayBeThere};
pub use transformed::{Parsed, Parser, Transformed};
pub use upsert::{UpsertBy, Upserts};
pub use value::{
    ValuePath, multi_transform, select, select_any, select_first, select_one, selected_any, setval,
    transform, traverse,
};
pub use view::{View, Visible};
pub use walk::{Again, Halt, Navigator, Start, Then, Visitor, Walk};
pub use whole::OnWhole;
