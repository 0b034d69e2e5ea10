//! Paths inside of paths whose variables, parameters and fields have the names that the expansion uses, and
//! types without `Copy` that several branches use.
#![deny(warnings)]

use rama_core::prelude::*;

#[derive(Clone, Serialize, Deserialize)]
pub struct Path {
    it: u64,
    path: std::collections::BTreeMap<String, u64>,
    r#type: (u64, (String, u8)),
}

defmodule! {
    pub PathModule {
        depot *it: (i64, String, u64), hash_by(|event| event.0);
        stream path {
            pstate $$path: Map<i64, Path>;
            pstate $$it: Vec<String> { private, initial: vec![String::new()] }
            sources! {
                source(*it) :> (cx, it, path);
                local_select([must(cx), .path, selected(must(it), |path| *path > 3), MAP_VALS, |it| *it > path], $$path) :> again;
                local_transform(
                    [must(cx), multi_path([.it, term(|it| it + again)], [.path, must(it), NONE], [.r#type.1.0, termval(it)])],
                    $$path
                );
                local_transform([must(cx), .path, if_path([must(it)], [must(it), termval(path)], [keypath(it), termval(again)])], $$path);
                local_select([keypath(cx), if_path([PRESENT], [view(|path| path.map_or(0, |path| path.it))], [view(|_| again)])], $$path) :> path;
                local_transform([ALL, putval(path), update(|path, it: &mut String| it.push_str(&path.to_string()))], $$it);
                local_clear($$it);
            }
        }
    }
}

fn read(it: &Path, path: u64) -> std::result::Result<Vec<u64>, rama_core::path::PathError> {
    rama_core::path::select(
        it,
        path![.path, MAP_VALS, selected(|it| *it > path), VAL, view(|it| it + path), DISPENSE],
    )
}

fn main() {
    let _ = read;
}
