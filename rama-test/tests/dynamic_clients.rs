//! Clients that read PStates by paths that are data: the answers are those of typed paths, over nested structures
//! on several tasks, and what is wrong is named.

#![expect(clippy::unwrap_used, reason = "a test whose preparation fails has failed")]

mod common;

use common::{home, keys_at, launch};
use rama_core::{
    client::PState,
    dynamic::{Data, Path},
    error::ReadError,
    path::{PortableError, to_json},
    prelude::*,
    schema::Schema,
};
use serde_json::{Value as Json, json, to_value};

const TASKS: u32 = 4;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Key)]
struct Shelf(u8);

#[derive(FixedKeys)]
struct Profile {
    name: String,
    friends: Subindexed<Map<String, Subindexed<Set<u64>>>>,
    log: Subindexed<List<(u64, String)>>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Meeting {
    user: i64,
    place: String,
    with: u64,
}

/// Keys are at home where their last digit says.
fn by_digit(key: &i64, tasks: u32) -> u32 {
    u32::try_from(key % 10).expect("keys are not negative") % tasks
}

defmodule! {
    Meetings {
        depot *meetings: Meeting, hash_by(user);

        stream meetings {
            pstate $$profiles: Map<i64, Profile>;
            pstate $$latest: Map<i64, Meeting>;
            pstate $$places: Map<String, u64> { global };
            pstate $$here: Map<i64, u64> { partitioned_by: any };
            pstate $$count: u64 { initial: 0 };
            pstate $$digits: Map<i64, u64> { key_partitioner: by_digit };
            pstate $$shelves: Map<Shelf, u64>;

            sources! {
                source(*meetings) :> Meeting { user, place, with };
                let name = format!("user {user}");
                local_transform([keypath(user), .name, termval(name)], $$profiles);
                local_transform([keypath(user), .friends, keypath(&place), NONE_ELEM, termval(with)], $$profiles);
                local_transform([keypath(user), .log, AFTER_ELEM, termval((with, place.clone()))], $$profiles);
                let meeting = Meeting { user, place: place.clone(), with };
                local_transform([keypath(user), termval(meeting)], $$latest);
                local_transform([keypath(user), nil_to_val(0), term(|n| n + 1)], $$here);
                local_transform([term(|n| n + 1)], $$count);
                |direct(by_digit(&user, TASKS));
                local_transform([keypath(user), nil_to_val(0), term(|n| n + 1)], $$digits);
                |global();
                local_transform([keypath(place), nil_to_val(0), term(|n| n + 1)], $$places);
            }
        }
    }
}

/// One user on every task; each met two others at home and one in town.
async fn launched() -> (rama_test::InProcessCluster, MeetingsClient, Vec<i64>) {
    let (ipc, client) = launch(Meetings, TASKS).await;
    let users: Vec<_> =
        (0..TASKS).map(|task| keys_at(task, TASKS).find(|key| *key > 0).unwrap()).collect();
    for user in users.iter().copied() {
        for (place, with) in [("home", 7), ("home", 3), ("town", 9)] {
            let meeting = Meeting { user, place: place.to_owned(), with };
            client.depot.meetings.append(meeting).await.unwrap();
        }
    }
    (ipc, client, users)
}

/// The path of this JSON, as text.
#[expect(clippy::needless_pass_by_value, reason = "cases are easier to read without `&`")]
fn path(json: Json) -> Path {
    json.to_string().parse().unwrap()
}

fn json_of(found: &[Data]) -> Json {
    found.iter().map(Data::to_json).collect()
}

/// What a path to a PState of this schema is as data.
fn sent<S: Schema>(_: &PState<S>, json: impl FnOnce() -> Result<Json, PortableError>) -> Path {
    json().unwrap().to_string().parse().unwrap()
}

/// A typed path and the same as data find the same in a PState of a schema.
macro_rules! same {
    ($pstate:expr, $schema:ty, $path:expr) => {{
        let path = sent::<$schema>($pstate, || to_json::<<$schema as Schema>::Root, _>($path));
        let typed = to_value($pstate.select($path).await.unwrap()).unwrap();
        let found = json_of(&$pstate.select_dynamic(&path).await.unwrap());
        assert_eq!(found, typed, "{path}");
        assert_eq!(
            $pstate.selected_any_dynamic(&path).await.unwrap(),
            typed != json!([]),
            "{path}"
        );
        typed
    }};
}

#[tokio::test]
async fn paths_as_data_find_what_typed_paths_find() {
    let (_ipc, client, users) = launched().await;
    let profiles = &client.pstate.profiles;
    type Profiles = Map<i64, Profile>;
    for user in users {
        let name = same!(profiles, Profiles, path![keypath(user), .name]);
        assert_eq!(name, json!([format!("user {user}")]));
        let places = same!(profiles, Profiles, path![must(user), .friends, MAP_KEYS]);
        assert_eq!(places, json!(["home", "town"]));
        let friends = same!(profiles, Profiles, path![must(user), .friends, must("home"), ALL]);
        assert_eq!(friends, json!([3, 7]));
        same!(profiles, Profiles, path![must(user), .friends, MAP_VALS, SIZE]);
        same!(profiles, Profiles, path![must(user), .friends, KEYED_VALS, set_elem(9)]);
        same!(
            profiles,
            Profiles,
            path![must(user), .friends, sorted_map_range_from("i", 1), MAP_VALS, sorted_set_range(0..10)]
        );
        same!(profiles, Profiles, path![must(user), .log, LAST]);
        same!(profiles, Profiles, path![must(user), .log, srange(0..2)]);
        let log =
            same!(profiles, Profiles, path![must(user), .log, ALL, pred_ge((5, "x".to_owned()))]);
        assert_eq!(log, json!([[7, "home"], [9, "town"]]));
        same!(profiles, Profiles, path![must(user), selected(.friends, must("town")), .log, SIZE]);
        same!(&client.pstate.latest, Map<i64, Meeting>, path![keypath(user)]);
    }
    assert_eq!(same!(profiles, Profiles, path![must(-1), .log, ALL]), json!([]));
    assert_eq!(same!(profiles, Profiles, path![keypath(-1), .name]), json!([null]));
}

#[tokio::test]
async fn one_any_and_whether_there_is_one() {
    let (_ipc, client, users) = launched().await;
    let user = users[2];
    let profiles = &client.pstate.profiles;
    let log = path(json!([user, "log", ["ALL"], ["FIRST"]]));
    let any = profiles.select_any_dynamic(&log).await.unwrap();
    assert_eq!(any.map(|data| data.to_json()), Some(json!(7)));
    let error = profiles.select_one_dynamic(&log).await.unwrap_err();
    assert!(error.to_string().contains("the path finds 3"), "{error}");
    let name = path(json!([user, "name"]));
    let one = profiles.select_one_dynamic(&name).await.unwrap();
    assert_eq!(one.to_json(), json!(format!("user {user}")));
    let nobody = path(json!([["must", -1]]));
    assert!(!profiles.selected_any_dynamic(&nobody).await.unwrap());
    assert_eq!(profiles.select_any_dynamic(&nobody).await.unwrap(), None);
    // What only the program has as a type can be looked into all the same.
    let latest = &client.pstate.latest;
    let place = latest.select_one_dynamic(&path(json!([user, "place"]))).await.unwrap();
    assert_eq!(place.to_json(), json!("town"));
}

#[tokio::test]
async fn a_path_goes_to_the_partition_of_its_key_or_where_it_is_told_to() {
    let (_ipc, client, users) = launched().await;
    let profiles = &client.pstate.profiles;
    let keys = path(json!([["MAP_KEYS"]]));
    let error = profiles.select_dynamic(&keys).await.unwrap_err();
    assert!(matches!(error, ReadError::NoHome { pstate: "profiles" }), "{error}");
    for (user, task) in users.iter().zip(0..TASKS) {
        assert_eq!(home(*user, TASKS), TaskId(task));
        let at = profiles.partition(TaskId(task));
        assert_eq!(json_of(&at.select_dynamic(&keys).await.unwrap()), json!([user]));
        let of_key = profiles.partition_of(user);
        assert_eq!(json_of(&of_key.select_dynamic(&keys).await.unwrap()), json!([user]));
        let by_pkey = path(json!([["pkey", user], ["MAP_KEYS"]]));
        assert_eq!(json_of(&profiles.select_dynamic(&by_pkey).await.unwrap()), json!([user]));
        let all = path(json!([["must", user], "log", ["SIZE"]]));
        let everywhere = profiles.all_partitions();
        assert_eq!(json_of(&everywhere.select_dynamic(&all).await.unwrap()), json!([3]));
        let elsewhere = profiles.partition(TaskId((task + 1) % TASKS));
        let error = elsewhere.select_dynamic(&all).await.unwrap_err();
        assert!(matches!(error, ReadError::NotAtHome { home, .. } if home == TaskId(task)));
    }
    let everywhere = profiles.all_partitions();
    assert_eq!(json_of(&everywhere.select_dynamic(&keys).await.unwrap()), json!(users));
    assert!(everywhere.selected_any_dynamic(&keys).await.unwrap());
    let any = everywhere.select_any_dynamic(&keys).await.unwrap();
    assert_eq!(any.map(|data| data.to_json()), Some(json!(users[0])));
    let error = profiles.partition(TaskId(TASKS)).select_dynamic(&keys).await.unwrap_err();
    assert!(matches!(error, ReadError::NoSuchTask { .. }), "{error}");
}

#[tokio::test]
async fn pstates_with_other_homes_are_read_where_these_are() {
    let (_ipc, client, users) = launched().await;
    let places = &client.pstate.places;
    let all = json_of(&places.select_dynamic(&path(json!([["ALL"]]))).await.unwrap());
    assert_eq!(all, json!([["home", 2 * TASKS], ["town", TASKS]]));
    let count = path(json!([]));
    let error = client.pstate.count.select_dynamic(&count).await.unwrap_err();
    assert!(matches!(error, ReadError::NoHome { .. }), "{error}");
    let counts = client.pstate.count.all_partitions().select_dynamic(&count).await.unwrap();
    assert_eq!(json_of(&counts), json!([3, 3, 3, 3]));
    let of_user = path(json!([users[1]]));
    let error = client.pstate.here.select_dynamic(&of_user).await.unwrap_err();
    assert!(matches!(error, ReadError::NoHome { .. }), "{error}");
    let here = client.pstate.here.partition(TaskId(1)).select_dynamic(&of_user).await.unwrap();
    assert_eq!(json_of(&here), json!([3]));
}

#[tokio::test]
async fn a_function_of_the_module_is_not_asked_for_the_home_of_a_key() {
    let (_ipc, client, users) = launched().await;
    let digits = &client.pstate.digits;
    let user = users[3];
    let of_user = path(json!([["must", user]]));
    let error = digits.select_dynamic(&of_user).await.unwrap_err();
    assert!(matches!(error, ReadError::UnknownHome { pstate: "digits" }), "{error}");
    assert!(error.to_string().contains("name the partition with `.partition(task)`"), "{error}");
    let task = TaskId(by_digit(&user, TASKS));
    let found = digits.partition(task).select_dynamic(&of_user).await.unwrap();
    assert_eq!(json_of(&found), json!([3]));
    let found = digits.all_partitions().select_dynamic(&of_user).await.unwrap();
    assert_eq!(json_of(&found), json!([3]));
}

#[tokio::test]
async fn a_wrong_path_is_told_its_step() {
    let (_ipc, client, users) = launched().await;
    let user = users[0];
    for (json, expected) in [
        (json!(["ada"]), "step 1 `keypath`: a `i64` is expected, and text stands here"),
        (
            json!([user, "nam"]),
            "step 2 `keypath`: there is no field \"nam\": there are `name`, `friends`, `log`",
        ),
        (json!([user, "friends"]), "is stored row by row and cannot be taken whole"),
        (json!([user, "log", ["MAP_VALS"]]), "step 3 `MAP_VALS`: needs a map"),
        (json!([user, "log", ["nthpath", 3]]), "step 3 `nthpath`: there is no element 3"),
        (
            json!([user, "name", ["termval", "x"]]),
            "step 3 `termval`: writes, and this path only reads",
        ),
        (json!([["pkey", "x"], ["MAP_KEYS"]]), "step 1 `pkey`: a `i64` is expected, and text"),
    ] {
        let error = client.pstate.profiles.select_dynamic(&path(json)).await.unwrap_err();
        assert!(matches!(error, ReadError::Dynamic(_)), "{error:?}");
        assert!(error.to_string().contains(expected), "{error}");
    }
    let shelf = client.pstate.shelves.select_dynamic(&path(json!([1]))).await.unwrap_err();
    assert!(shelf.to_string().contains("only the program that has the type `Shelf`"), "{shelf}");
}

#[tokio::test]
async fn a_module_that_is_gone_answers_nothing() {
    let (ipc, client, _) = launched().await;
    ipc.shutdown().await.unwrap();
    let error = client.pstate.places.select_dynamic(&path(json!([["ALL"]]))).await.unwrap_err();
    assert!(matches!(error, ReadError::Stopped { .. }), "{error}");
}
