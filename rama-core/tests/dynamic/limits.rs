//! What a path from outside cannot do: run forever, or take more stack than there is.

use super::run;
use rama_core::dynamic::{Data, Path, Type};
use serde_json::{Value as Json, json};

/// Half of what threads have, whatever the build.
const STACK_BYTES: usize = 1 << 20;

/// Runs a test with little stack: where it does not do, the whole test program is aborted.
fn with_little_stack(test: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(test).unwrap().join().unwrap();
}

fn nested(depth: usize) -> Json {
    (0..depth).fold(json!(1), |inner, _| json!([inner]))
}

fn message(op: &str, path: &str, data: &Json) -> String {
    run(op, path, None, data, &Type::Json).unwrap_err().to_string()
}

#[test]
fn recursion_without_end_is_an_error_before_the_stack_ends() {
    with_little_stack(|| {
        for body in [
            r#"["p"]"#,
            r#"["multi_path", ["p"], ["p"]]"#,
            r#"["cond_path", ["STAY"], [["view", "list"], ["FIRST"], ["p"]]]"#,
            r#"["if_path", [["STAY"], ["p"]], ["p"]]"#,
            r#"["subselect", ["collect", ["p"]], ["p"]]"#,
            r#"["with_page_size", 1, ["with_fresh_collected", ["VAL"], ["p"]]]"#,
            r#"["compact", ["stay_then_continue", ["p"]]]"#,
            r#"["keypath", "a", "b"], ["p"]"#,
        ] {
            let path = format!(r#"[["recursive_path", "p", {body}]]"#);
            let found = message("select", &path, &json!({}));
            assert!(found.contains("the path goes too deep"), "{body}: {found}");
        }
        for body in [
            r#"["p"], ["NONE"]"#,
            r#"["multi_path", ["p"], ["NONE"]]"#,
            r#"["keypath", "a", "b"], ["nil_to_val", {}], ["p"]"#,
            r#"["compact", ["view", "identity"], ["p"]]"#,
            r#"["transformed", ["recursive_path", "q", ["q"]]], ["p"]"#,
        ] {
            let path = format!(r#"[["recursive_path", "p", {body}]]"#);
            let found = message("transform", &path, &json!({}));
            assert!(found.contains("the path goes too deep"), "{body}: {found}");
        }
    });
}

#[test]
fn the_deepest_data_is_gone_through() {
    with_little_stack(|| {
        let data = nested(128);
        let path = r#"[["walker", "is_number"], ["term", "inc"]]"#;
        let changed = run("transform", path, None, &data, &Type::Json).unwrap();
        assert_eq!(changed, (0..128).fold(json!(2), |inner, _| json!([inner])));
        let path = r#"[["recursive_path", "p", ["if_path", ["pred", "is_list"], [["ALL"], ["p"]], ["STAY"]]]]"#;
        let found = run("select", path, None, &nested(80), &Type::Json).unwrap();
        assert_eq!(found, json!([1]));
    });
}

#[test]
fn data_does_not_grow_deeper_than_it_can_be_kept() {
    with_little_stack(|| {
        let wraps = vec![r#"[["term", "list"]]"#; 200].join(",");
        let found = message("transform", &format!(r#"[["multi_path", {wraps}]]"#), &json!(1));
        assert!(found.contains("128 levels"), "{found}");
        let found = message("transform", r#"["a", ["term", "list"]]"#, &json!({"a": nested(127)}));
        assert!(found.contains("128 levels"), "{found}");
    });
}

#[test]
fn a_long_path_runs() {
    with_little_stack(|| {
        let steps: Vec<Json> = (0..900).map(|_| json!(["STAY"])).collect();
        let path = Path::from_json(&Json::from(steps)).unwrap();
        let found = path.to_select(&Type::Json).unwrap().select(&Data::Null).unwrap();
        assert_eq!(found, [Data::Null]);
        let steps: Vec<Json> = (0..256).map(|_| json!("a")).collect();
        let path = Path::from_json(&Json::from(steps)).unwrap();
        let found = path.to_select(&Type::Json).unwrap().select(&Data::Null).unwrap();
        assert_eq!(found, [Data::Null]);
        let steps = format!("[{} [\"nil_to_val\", 1], [\"term\", \"inc\"]]", r#""a","#.repeat(254));
        let written = run("transform", &steps, None, &json!({}), &Type::Json);
        assert!(written.unwrap_err().to_string().contains("128 levels"));
    });
}
