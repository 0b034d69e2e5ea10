//! What only editors see.

use expect_test::{Expect, expect};
use proc_macro2::{Ident, Span};
use syn::Item;

use super::tokens;
use crate::diagnostics::Diagnostics;
use crate::editor::{Mention, Mentions, Reader, vocabulary};
use crate::expand;
use crate::ops::{
    DepotOption, DepotPartitioner, Navigator, Operator, PStateOption, Partitioner, Place, Row, Word,
};
use crate::syntax::{Aside, Cursor, Loop, Onward, Statement, parse_module, parse_statements};

const WORD: &str = "raCompletionMarker";

/// The expansion of a module whose text has the word where `^` stands, and that of the text without it.
fn expansions(statements: &str) -> (String, String) {
    let module = format!(
        "pub TestModule {{
            depot *events: Event, random;
            stream flow {{
                pstate $$counts: Map<i64, u64>;
                sources! {{ source(*events) :> event; {statements} }}
            }}
        }}"
    );
    let expand =
        |source: &str| Reader::Editor.expand(tokens(source), expand::defmodule).to_string();
    (expand(&module.replace('^', WORD)), expand(&module.replace('^', "")))
}

/// The first expansion has to be the second one, with the word somewhere in it.
fn check_caret(statements: &str) {
    let (typed, plain) = expansions(statements);
    let squeezed = |text: &str| text.replace(WORD, "").replace(' ', "");
    assert!(typed.contains(WORD), "{statements}");
    assert_eq!(squeezed(&typed), squeezed(&plain), "{statements}");
}

#[test]
fn the_word_of_the_editor_changes_nothing_else() {
    for statements in [
        "let n = event.^;",
        "let n = event.^\n filter(n > 0);",
        "let n = event.^\n local_select([keypath(n)], $$counts) :> m;",
        "let n = event.le^;",
        "let n = event.le^n;",
        "filter(n > ^);",
        "fil^",
        "|hash(event.^);",
        "|hash(ev^);",
        "|^",
        "|ha^",
        "local_select([keypath(event)], $$^) :> n;",
        "local_select([keypath(event)], $$co^) :> n;",
        "local_select([keyp^], $$counts) :> n;",
        "local_select([keypath(event.^)], $$counts) :> n;",
        "if event.^ { |hash(event); }",
        "local_select([must(1), .^], $$counts) :> n;",
        "local_select([must(1), .one.^], $$counts) :> n;",
        "local_select([must(1), .tw^], $$counts) :> n;",
    ] {
        check_caret(statements);
    }
}

#[test]
fn a_word_that_comes_back_nowhere_is_expanded_as_it_is() {
    let (typed, plain) = expansions("let n = 1; ^");
    assert!(typed.contains(WORD) && typed != plain);
}

#[test]
fn rustc_gets_nothing_that_is_for_editors() {
    assert_eq!(Reader::here(), Reader::Compiler);
    let module = "M { depot *events: Event, random; }";
    let words = |reader: Reader| reader.expand(tokens(module), expand::defmodule).to_string();
    assert!(!words(Reader::Compiler).contains("words"));
    assert!(words(Reader::Editor).contains("__rama :: words :: declarations :: depot ;"));
}

#[test]
fn what_editors_get_is_rust_in_which_names_lead_to_their_declarations() {
    let module = "M {
        use op shared::halved as half;
        depot *events: i64, random;
        op twice(n: i64) :> m: i64 { emit(n * 2); }
        stream flow { sources! {
            source(*events) :> n;
            anchor 'one;
            twice(n) :> m;
            anchor 'two;
            half(m) :> _;
            from 'one, 'two { ack_return(n); }
            other(n);
        } }
    }";
    let tokens = Reader::Editor.expand(tokens(module), expand::defmodule);
    let text = tokens.to_string();
    syn::parse2::<syn::File>(tokens).unwrap();
    let places = [
        "pub fn twice (n : i64) -> i64",
        "'one : {",
        "__ops :: twice ;",
        "'two : {",
        "let _ : shared :: halved ;",
        "break 'one ;",
        "break 'two ;",
    ];
    let found = places.map(|place| text.find(place));
    assert!(found.is_sorted() && found.iter().all(Option::is_some), "{found:?} in {text}");
    assert!(!text.contains("__ops :: other"), "functions of the user are found as they are");
}

/// What is mentioned in the statements of a flow.
fn check_mentions(statements: &str, expected: &Expect) {
    let mentions = Mentions::of(&tokens(statements));
    let name = |name: &Option<Ident>| name.as_ref().map(Ident::to_string).unwrap_or_default();
    let line = |mention: &Mention| match mention {
        Mention::Word(vocabulary, word) => format!("{} {word}\n", vocabulary.module()),
        Mention::Partitioner(_, found) => format!("|{}\n", name(found)),
        Mention::Depot(_, found) => format!("*{}\n", name(found)),
        Mention::PState(_, found) => format!("$${}\n", name(found)),
        Mention::Call(found) => format!("call {found}\n"),
        Mention::Anchor(_, found) => format!("anchor {found}\n"),
        Mention::Onward(_, found) => format!("from {found}\n"),
    };
    let typing = if mentions.typing { "typing\n" } else { "" };
    let lines: String = mentions.list.iter().map(line).collect();
    expected.assert_eq(&(lines + typing));
}

#[test]
fn words_of_the_language_are_mentioned_and_words_of_the_user_are_not() {
    check_mentions(
        "pub M {
            depot *users: Map<i64, String>, hash_by(id) { keys: 7, max_entries: 3 }
            use op other;
            op twice(n: i64) :> m: i64 { emit(n * 2); }
            stream flow {
                pstate $$names: Map<i64, String> { global, initial: 3 };
                sources! {
                    source(*users) :> User { id, .. };
                    let all = |filter| select.filter(|hash| hash(filter));
                    match id { 0 | 1 => filter(true), _ => |hash(id), }
                    local_select([keypath(id), wrong], $$names) :> name;
                    branch { depot_append(*users, id | all(3)); }
                    anchor 'here;
                    twice(id) :> m;
                    from 'here, 'there { match m { 0 => other(m), _ => { let n = twice(m); } } }
                    loop (n = 0) { continue_with(n); }
                }
            }
        }",
        &expect![[r#"
            declarations depot
            depot_partitioners hash_by
            depot_options keys
            depot_options max_entries
            declarations op
            declarations op
            statements emit
            declarations stream
            declarations pstate
            pstate_options global
            pstate_options initial
            declarations sources
            statements source
            *users
            statements filter
            |hash
            statements local_select
            navigators wrong
            call keypath
            $$names
            statements branch
            statements depot_append
            *users
            statements anchor
            anchor here
            call twice
            statements from
            from here
            from there
            call other
            statements loop
            statements continue_with
        "#]],
    );
}

#[test]
fn what_is_typed_so_far_is_mentioned() {
    check_mentions(
        "source(*); |; local_select([key], $$);",
        &expect![[r#"
        statements source
        *
        |
        statements local_select
        navigators key
        $$
    "#]],
    );
    check_mentions(
        "f(x); loca",
        &expect![[r#"
            call f
            typing
        "#]],
    );
    check_mentions(
        "loca |hash(x);",
        &expect![[r#"
        typing
    "#]],
    );
    check_mentions("Kind { id } => { value }", &expect![[""]]);
}

#[test]
fn every_word_has_an_item_with_documentation() {
    let file: syn::File = syn::parse2(vocabulary()).unwrap();
    let mut modules = Vec::new();
    for item in &file.items {
        let Item::Mod(module) = item else { panic!("only modules") };
        let items = &module.content.as_ref().expect("it has a body").1;
        let documented = |item: &&Item| match item {
            Item::Fn(one) => one.attrs.len() > 1 || one.sig.ident == "hash_by",
            Item::Const(one) => !one.attrs.is_empty(),
            _ => false,
        };
        modules.push(format!("{} {}", module.ident, items.iter().filter(documented).count()));
        assert_eq!(items.iter().filter(documented).count(), items.len() - 1, "{}", module.ident);
    }
    let rows = [
        Word::declarations().count(),
        Operator::ROWS.len() + Word::ROWS.len() - Word::declarations().count(),
        Partitioner::ROWS.len(),
        DepotPartitioner::ROWS.len(),
        DepotOption::ROWS.len(),
        PStateOption::ROWS.len(),
        Navigator::ROWS.len(),
    ];
    let counted: Vec<_> = modules.iter().filter_map(|one| one.split(' ').next_back()).collect();
    assert_eq!(counted, rows.map(|rows| rows.to_string()));
}

/// The kinds of statements for which [`keyword`] has a word.
const WITH_WORDS: usize = 7;

/// The word with which a statement begins, if it begins with one of the language.
fn keyword(statement: &Statement) -> Option<&Ident> {
    // Every kind is named here: a new one has to say what its word is.
    match statement {
        Statement::Source { keyword, .. }
        | Statement::Give { keyword, .. }
        | Statement::Again { keyword, .. }
        | Statement::Anchor { keyword, .. }
        | Statement::Loop(Loop { keyword, .. })
        | Statement::Aside(Aside { keyword, .. })
        | Statement::Onward(Onward { keyword, .. }) => Some(keyword),
        Statement::Let(_)
        | Statement::LetElse { .. }
        | Statement::Rust(_)
        | Statement::Call(_)
        | Statement::Emit { .. }
        | Statement::Hop { .. }
        | Statement::If(_)
        | Statement::Match(_) => None,
    }
}

#[test]
fn no_word_that_the_language_reads_is_missing() {
    let mut statements = Vec::new();
    for row in Word::ROWS.iter().filter(|row| row.place != Place::Declaration) {
        let mut errors = Diagnostics::default();
        let shape = row.shape.replace('…', "");
        let mut cursor = Cursor::new(tokens(&shape), Span::call_site());
        let read = parse_statements(&mut cursor, &mut errors);
        assert_eq!(errors.into_text(), "", "{shape}");
        let word = read.first().and_then(keyword).expect("its word is read as no name of the user");
        assert_eq!(*word, row.name, "{shape}");
        statements.extend(read);
    }
    // `branch` and `atomic`, which stand side by side, are one kind.
    let mut kinds: Vec<_> = statements.iter().map(std::mem::discriminant).collect();
    kinds.dedup();
    assert_eq!(kinds.len(), WITH_WORDS, "each kind that has a word has a row");
    for row in Word::declarations() {
        let shape = row.shape.replace('…', "");
        let module = match row.name {
            "pstate" | "sources" => format!("M {{ stream flow {{ {shape} }} }}"),
            _ => format!("M {{ {shape} }}"),
        };
        let mut errors = Diagnostics::default();
        parse_module(tokens(&module), &mut errors);
        assert_eq!(errors.into_text(), "", "{module}");
    }
}
