//! A module in an editor: what rust-analyzer shows, offers and finds inside of the macro.
//!
//! The test needs a rust-analyzer: the one of the variable `RUST_ANALYZER`, or the command of that name. Without one it
//! says that it was skipped, and passes.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod project;
mod server;

use project::Editor;

/// A module without mistakes.
const WHOLE: &str = r"
use rama_core::prelude::*;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Post { pub author: i64, pub likes: u64 }

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Fame { pub posts: u64, pub peak: u64 }

fn worth(likes: u64) -> u64 { likes * 2 }

mod shared {
    use super::*;

    /*defop*/defop! {
        /// Itself, and half of it.
        pub halved(n: u64) :> half: u64 {
            /*emit of an operation*/emit(n);
            /*here*/|/*all*/all();
            emit(/*argument*/n / 2);
        }
    }
}

defmodule! {
    /// Posts, by their authors.
    pub PostsModule {
        use /*imported op*/op shared::halved;

        /// What is written.
        /*depot word*/depot *posts: Post, /*rule*/hash_by(/*record field*/author);
        depot *removals: i64, random;

        /// What is left of something.
        /*op word*/op rest(n: u64) :> left: u64 {
            filter(n > 3);
            emit(n - 3);
        }

        stream posts {
            /// How much each author is worth.
            /*pstate word*/pstate $$worths: Map<i64, u64>;
            pstate $$fame: Map<i64, Fame>;
            pstate $$secrets: Map<i64, u64> { /*option*/private };

            sources! {
                /*source*/source(*/*depot*/posts) :> post;
                let likes = post./*field*/likes;
                /*filter*/filter(likes > 0);
                let value = /*function*/worth(/*variable*/likes);
                |/*hash*/hash(post.author);
                /*local_select*/local_select([/*keypath*/keypath(post.author)], $$/*pstate*/worths) :> /*selected*/before;
                local_transform([must(post.author), ./*element*/posts, term(|posts| posts + /*behind a hop*/value)], $$fame);
                /*operation*/rest(value) :> left;
                /*shared operation*/halved(left) :> half;
                |hash($$/*pstate of a hop*/worths, post.author);
                if half > 3 {
                    /*branch*/branch { ack_return(value); }
                }
                /*anchor*/anchor /*label*/'counted;
                /*loop*/loop (n = 0) {
                    filter(n < 3);
                    /*emit*/emit(n);
                    /*continue_with*/continue_with(/*variable of a loop*/n + 1);
                } :> _;
                /*atomic*/atomic { /*yield*/yield_if_overtime(); }
                /*from*/from /*to a label*/'counted { /*assume*/assume_home(post.author); }
                /*local_transform*/local_transform([keypath(post.author), termval(value)], $$worths);
                local_transform([keypath(post.author), termval(value)], $$/*private*/secrets);

                source(*removals) :> author;
                |hash(author);
                local_transform([keypath(author), NONE], $$worths);
            }
        }
    }
}
";

#[test]
fn an_editor_understands_what_stands_in_the_macro() {
    let Some(mut editor) = Editor::open(WHOLE) else { return };
    assert_eq!(editor.diagnostics(), [""; 0], "nothing is wrong with the module");
    words_have_their_documentation(&mut editor);
    names_have_their_types(&mut editor);
    declarations_are_found(&mut editor);
    what_is_being_typed_is_completed(&mut editor);
    nothing_of_that_depends_on_another_statement(&mut editor);
}

fn words_have_their_documentation(editor: &mut Editor) {
    let words = [
        ("depot word", "Declares a depot: records that clients append"),
        ("rule", "Where an appended record goes: to the home of a key"),
        ("pstate word", "Declares a pstate"),
        ("option", "Clients cannot read it."),
        ("source", "`source(*depot) :> pattern;`"),
        ("filter", "Goes on only when the condition holds."),
        ("hash", "Moves the flow to the home of a key."),
        ("local_select", "`local_select([path], $$pstate) :> pattern;`"),
        ("keypath", "Goes to the place of a key's value"),
        ("op word", "Declares an operation"),
        ("imported op", "Declares an operation"),
        ("emit of an operation", "Emits from the loop or the operation around it"),
        ("all", "Moves the flow to every task."),
        ("anchor", "Names a place of the flow"),
        ("from", "Runs statements where an anchor stands"),
        ("atomic", "what they do on this task is done before the flow goes on"),
        ("yield", "Lets others run when this event has taken long."),
        ("assume", "Says that a key is at home on this task"),
        ("branch", "Runs statements beside the flow"),
        ("loop", "Iterations of dataflow"),
        ("emit", "Emits from the loop or the operation around it"),
        ("continue_with", "Begins one more iteration"),
        ("local_transform", "Changes what a path finds"),
    ];
    expect_shown(editor, &words);
}

fn names_have_their_types(editor: &mut Editor) {
    let names = [
        ("field", "pub likes: u64"),
        ("variable", "let likes: u64"),
        ("selected", "let before: Option<u64>"),
        ("function", "fn worth(likes: u64) -> u64"),
        ("depot", "posts: Depot<Post>"),
        ("depot", "What is written."),
        ("pstate", "worths: PState<Map<i64, u64>>"),
        ("pstate", "How much each author is worth."),
        ("private", "secrets: PState<Map<i64, u64>>"),
        ("pstate of a hop", "worths: PState<Map<i64, u64>>"),
        ("record field", "pub author: i64"),
        ("element", "pub posts: u64"),
        ("behind a hop", "value: u64"),
        ("variable of a loop", "let n: i32"),
        ("argument", "n: u64"),
        ("operation", "fn rest(n: u64) -> u64"),
        ("operation", "What is left of something."),
        ("shared operation", "Itself, and half of it."),
        ("label", "'counted"),
    ];
    expect_shown(editor, &names);
}

/// Looks at all of them before it fails: to start an editor takes long.
fn expect_shown(editor: &mut Editor, expected: &[(&str, &str)]) {
    let wrong = expected.iter().filter_map(|(mark, text)| {
        let shown = editor.hover(mark);
        (!shown.contains(text)).then(|| format!("{mark}: no {text:?} in {shown:?}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

fn declarations_are_found(editor: &mut Editor) {
    let places = [
        ("field", "pub struct Post { pub author: i64, pub likes"),
        ("variable", "let likes"),
        ("function", "fn worth"),
        ("depot", "depot *posts"),
        ("pstate", "pstate $$worths"),
        ("private", "pstate $$secrets"),
        ("pstate of a hop", "pstate $$worths"),
        ("record field", "pub struct Post { pub author"),
        ("element", "pub struct Fame { pub posts"),
        ("behind a hop", "let value"),
        ("variable of a loop", "loop (n"),
        ("argument", "pub halved(n"),
        ("operation", "op rest"),
        ("shared operation", "pub halved"),
        ("to a label", "anchor 'counted"),
    ];
    let wrong = places.iter().filter_map(|(mark, place)| {
        let found = editor.definitions(mark);
        (found != [*place]).then(|| format!("{mark}: {found:?}"))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), [""; 0]);
}

/// What is changed in the module, with a mark `at` where somebody types, and some of what is offered there.
const TYPED: &[(&str, &str, &[&str])] = &[
    // Fields.
    (LIKES, "let likes = post./*at*/;", &["author", "likes"]),
    (LIKES, "let likes = post./*at*/", &["author", "likes"]),
    (LIKES, "let likes = post.li/*at*/", &["likes"]),
    (LIKES, "let likes = post.li/*at*/; let = ;", &["likes"]),
    (HASH, "|hash(post./*at*/);", &["author", "likes"]),
    (FILTER, "filter(post./*at*/);", &["author", "likes"]),
    (ELEMENT, "[keypath(post./*at*/)]", &["author", "likes"]),
    (ELEMENT_FIELD, "./*at*/,", &["posts", "peak"]),
    (ELEMENT_FIELD, ".pe/*at*/,", &["posts", "peak"]),
    (SHARED, "filter(n./*at*/);", &["checked_add(…)"]),
    // Variables and functions.
    (HASH, "|hash(po/*at*/);", &["post", "likes", "worth(…)"]),
    (FILTER, "filter(li/*at*/);", &["likes", "post", "worth(…)"]),
    // Depots and PStates.
    (DEPOT, "source(*/*at*/)", &["posts", "removals"]),
    (DEPOT, "source(*re/*at*/)", &["posts", "removals"]),
    (SECRETS, "$$/*at*/", &["worths", "secrets"]),
    (SECRETS, "$$se/*at*/", &["worths", "secrets"]),
    // Words.
    (FILTER, "fil/*at*/", &["filter(…)", "local_select(…)", "branch", "likes"]),
    (FILTER, "fil/*at*/;", &["filter(…)", "explode(…)", "anchor", "likes"]),
    (FILTER, "re/*at*/;", &["rest(…)", "filter(…)", "likes"]),
    (HASH, "|/*at*/", &["hash(…)", "all()", "direct(…)"]),
    (HASH, "|ha/*at*/", &["hash(…)", "all()", "direct(…)"]),
    (ELEMENT, "[key/*at*/]", &["keypath(…)", "must(…)", "ALL"]),
];

const LIKES: &str = "let likes = post./*field*/likes;";
const VALUE: &str = "/*function*/worth(/*variable*/likes);";
const HASH: &str = "|/*hash*/hash(post.author);";
const FILTER: &str = "/*filter*/filter(likes > 0);";
const ELEMENT_FIELD: &str = "./*element*/posts,";
const DEPOT: &str = "/*source*/source(*/*depot*/posts)";
const SECRETS: &str = "$$/*private*/secrets";
const SHARED: &str = "/*here*/|/*all*/all();";
const ELEMENT: &str = "[/*keypath*/keypath(post.author)]";

fn what_is_being_typed_is_completed(editor: &mut Editor) {
    let mut wrong = Vec::new();
    for (from, to, expected) in TYPED {
        assert_eq!(WHOLE.matches(from).count(), 1, "{from}");
        editor.change(&WHOLE.replace(from, to));
        let offered = editor.completions("at");
        let missing = |one: &&&str| !offered.iter().any(|offer| offer == *one);
        let missing: Vec<_> = expected.iter().filter(missing).collect();
        if !missing.is_empty() {
            wrong.push(format!("{to}: no {missing:?} in {offered:?}"));
        }
    }
    assert_eq!(wrong, [""; 0]);
}

/// What is no statement, and stands where one should be.
const BROKEN: &[&str] =
    &["let = 3;", "unknown_word [];", "let n = post.;", "local_select([ALL], $$no) :> n;"];

/// Documentation, declarations and completion of expressions, fields and PStates behind a statement that is broken.
fn nothing_of_that_depends_on_another_statement(editor: &mut Editor) {
    let names = [
        ("variable", "let likes: u64", "let likes"),
        ("function", "fn worth(likes: u64) -> u64", "fn worth"),
        ("field", "pub likes: u64", "pub struct Post { pub author: i64, pub likes"),
        ("element", "pub posts: u64", "pub struct Fame { pub posts"),
        ("pstate", "worths: PState<Map<i64, u64>>", "pstate $$worths"),
    ];
    let typed = [
        (VALUE, "worth(li/*at an expression*/);", "at an expression", "likes"),
        (HASH, "|hash(post./*at a field*/);", "at a field", "author"),
        (ELEMENT_FIELD, ".pe/*at an element*/,", "at an element", "peak"),
        (SECRETS, "$$se/*at a pstate*/", "at a pstate", "secrets"),
    ];
    for statement in BROKEN {
        let mut text = WHOLE.replace(FILTER, statement);
        editor.change(&text);
        assert!(editor.hover("local_select").contains("`local_select([path]"), "{statement}");
        for (name, shown, place) in names {
            assert!(editor.hover(name).contains(shown), "{statement}: {name}");
            assert_eq!(editor.definitions(name), [place], "{statement}: {name}");
        }
        for (from, to, ..) in typed {
            text = text.replace(from, to);
        }
        editor.change(&text);
        for (_, to, mark, expected) in typed {
            let offered = editor.completions(mark);
            assert!(offered.iter().any(|one| one == expected), "{statement}: {to}: {offered:?}");
        }
    }
}
