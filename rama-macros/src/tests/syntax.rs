//! Statements are found whatever stands between them.

use expect_test::expect;

use super::check_syntax;

#[test]
fn every_form_of_statement_is_recognised() {
    check_syntax(
        "source(*users) :> User { id, .. };
         let n: usize = id as usize;
         let Some(x) = y else { return Ok(()) };
         local_select([keypath(id)], $$names) :> name;
         self::parse(name) :> (a, b);
         |hash(id);
         if let Some(x) = y && x > 3 { f(x); } else if z { } else { }
         match kind { A | B if n > 3 => f(x), C { d } => { g(d); } _ => () }
         for i in 0..n { total += i; }
         println!(\"{n}\");
         total += 1;",
        &expect![[r#"
            source *users :> User { id, .. }
            let n
            let Some(x)
            call local_select with 2
            emit self::parse(name) :> (a, b)
            hop hash with 1
            if with 2
            match with 3
            rust for i in 0..n { total += i; }
            rust println!("{n}")
            rust total += 1
        "#]],
    );
}

#[test]
fn one_broken_statement_does_not_hide_the_others() {
    check_syntax(
        "explode(xs) :> ;
         let = 3;
         let a = b. ;
         |hash;
         f(a);",
        &expect![[r#"
            let a
            call f with 1
            1:13 `:>` without a pattern
            help: name what is emitted, `:> name`, or ignore it, `:> _`
            2:14 `let` without a pattern
            help: write `let name = value;`
            4:11 this is not a partitioner
            help: write `|hash(key);` or another partitioner with its parentheses
        "#]],
    );
}

#[test]
fn a_missing_semicolon_is_found_where_the_next_line_begins_a_statement() {
    check_syntax(
        "let a = b
         |hash(a);
         local_transform([keypath(a), NONE], $$names)
         let long = a
             .first()
             | other;
         f(a) :> c
         g(c)",
        &expect![[r#"
            let a
            hop hash with 1
            call local_transform with 2
            let long
            call f with 1
            call g with 1
            1:9 missing `;`
            help: end the statement with `;`
            3:53 missing `;`
            help: end the statement with `;`
            7:18 missing `;`
            help: end the statement with `;`
            8:13 missing `;`
            help: end the statement with `;`
        "#]],
    );
}

#[test]
fn commas_inside_of_arguments_do_not_separate_them() {
    check_syntax(
        "f(a::<B, C>(), |d, e| d + e, [g, h]) :> i;",
        &expect![[r#"
            call f with 3
        "#]],
    );
}
