//! What analysis reports, where, and that it reports each mistake once.

use expect_test::expect;

use super::{check_errors, with_module};

#[test]
fn independent_mistakes_are_reported_together() {
    check_errors(
        "pub M {
            depot *users: i64, hash(id);
            stream s {
                pstate $$names: Map<i64, String>;
                sources! {
                    source(*user) :> id;
                    |hsh(id);
                    local_transform([keypth(id), NONE], $$name);
                }
            }
        }",
        &expect![[r#"
            6:29 unknown depot `*user`
            help: did you mean `*users`?
            7:22 unknown partitioner `|hsh`
            help: did you mean `|hash`?
            8:38 unknown navigator `keypth`
            help: did you mean `keypath`?
            8:59 unknown pstate `$$name`
            help: did you mean `$$names`?
            2:32 unknown partitioner `hash` of a depot
            help: there are `hash_by`, `random`, `global`, `disallow`
        "#]],
    );
}

#[test]
fn a_broken_declaration_does_not_make_its_name_unknown() {
    check_errors(
        "pub M {
            depot users: i64, random;
            stream s {
                pstate names: Map<i64, String>;
                sources! {
                    source(*users) :> id;
                    local_transform([keypath(id), NONE], $$names);
                }
            }
        }",
        &expect![[r#"
            2:19 a depot needs a name with a star
            help: write `depot *name: Event, hash_by(field);`
            4:24 a pstate needs a name with two dollar signs
            help: write `pstate $$name: Schema;`
        "#]],
    );
}

#[test]
fn a_variable_is_in_scope_after_branches_when_every_branch_binds_it() {
    let module = with_module(
        "source(*ids) :> id;
         if id > 3 { let a = 1; let b = 2; } else if id > 2 { let a = 2; } else { return Err(never()); }
         f(a + b);",
    );
    check_errors(
        &module,
        &expect![[r#"
            9:16 `b` is bound only in some branches
            help: the branch `else if` does not bind it; bind `b` in every branch or before them
        "#]],
    );
}

#[test]
fn a_function_may_have_the_name_of_a_later_variable() {
    let module = with_module(
        "source(*ids) :> id;
         let total = total(id);
         let other = later + 1;
         let later = other;",
    );
    check_errors(
        &module,
        &expect![[r#"
            9:22 `later` is used before it is bound
            help: move this statement behind the one that binds it
        "#]],
    );
}

#[test]
fn a_function_of_the_module_may_have_the_name_of_a_partitioner() {
    let module = with_module("source(*ids) :> id; hash(id); all(id);");
    let own = module.replace("stream flow", "fn hash(id: i64) {} stream flow");
    check_errors(&own, &expect![""]);
    check_errors(
        &module,
        &expect![[r#"
            7:48 `hash` is a partitioner
            help: write `|hash(id);`, or give your function another name
        "#]],
    );
}

#[test]
fn a_pstate_in_plain_rust_gets_the_help_that_fits_its_place() {
    let module = with_module(
        "source(*ids) :> id;
         let (a, b) = local_select([keypath(id)], $$names)?;
         f(1, local_select([keypath(id)], $$names));
         let g = |id| local_select([keypath(id)], $$names);
         for id in 0..3 { $$names.insert(id); }
         $$names.insert(id);",
    );
    check_errors(
        &module,
        &expect![[r#"
            8:23 `local_select` is a statement of dataflow, not a value
            help: write `local_select(..) :> (a, b);`
            9:15 `local_select` is a statement of dataflow, not a value
            help: write `local_select(..) :> name;` before this, and use `name`
            10:53 `$$names` inside of plain Rust
            help: dataflow cannot stand in a loop or closure of Rust; instead of a loop write `explode(iterator) :> item;`
            11:29 `$$names` inside of plain Rust
            help: dataflow cannot stand in a loop or closure of Rust; instead of a loop write `explode(iterator) :> item;`
            12:12 `$$names` inside of plain Rust
            help: read it with `local_select([path], $$names) :> name;`, change it with `local_transform([path, termval(value)], $$names);`
        "#]],
    );
}
