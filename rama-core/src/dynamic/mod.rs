//! Dynamic paths: paths that are data, over data whose type is known only at run time (RE-05).
//!
//! A [`Path`] comes from JSON and is planned against a [`Type`]: [`Path::to_select`], [`Path::to_transform`] and
//! [`Path::to_setval`] say which step cannot work, before anything runs. The plan is evaluated on a value in memory,
//! a [`Data`], or on rows behind the seam [`ReadStructure`] and [`WriteStructure`], without loading what is stored
//! row by row. Meaning is that of typed [`path`](mod@crate::path)s; closures are missing, because a path that is data
//! brings none: it names [`functions`].
//!
//! ```
//! use rama_core::dynamic::{Data, Path, Type};
//! use serde_json::json;
//!
//! let schema: Type = "Map<String, { name: String, visits: u64 }>".parse()?;
//! let mut data = Data::from_json(&json!({"ada": {"name": "Ada"}}), &schema)?;
//!
//! let path: Path = r#"["ada", "visits", ["nil_to_val", 0], ["term", "inc"]]"#.parse()?;
//! path.to_transform(&schema)?.transform(&mut data)?;
//! let path: Path = r#"[["MAP_VALS"], "visits"]"#.parse()?;
//! assert_eq!(path.to_select(&schema)?.select(&data)?, [Data::from(1_u64)]);
//!
//! let path: Path = r#"["ada", "visit"]"#.parse()?;
//! assert_eq!(
//!     path.to_select(&schema).unwrap_err().to_string(),
//!     "step 2 `keypath`: there is no field \"visit\": there are `name`, `visits`"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod nearest;
mod types;
mod data;
mod function;
mod navigator;
mod path;
mod structure;
mod plan;
mod check;
mod select;
mod transform;
mod operation;

pub use data::Data;
pub use error::{DynamicError, Misfit, Place};
pub use function::{Function, functions};
pub use navigator::{Example, Navigator, navigators};
pub use operation::{SelectPlan, Subject, SubjectMut, TransformPlan};
pub use path::Path;
pub use structure::{
    Address, Counts, MemoryStructure, ReadStructure, Row, Scan, VisitRow, WriteStructure,
    read_whole,
};
pub(crate) use structure::{Stored, StoredMut};
pub use transform::Edit;
pub(crate) use types::layout_finds;
pub use types::{Float, Int, Tracking, Type};
