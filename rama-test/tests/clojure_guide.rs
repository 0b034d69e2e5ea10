//! The guide for those who come from the original leaves no form of its dataflow out: each entry of the catalogue's
//! lists of operations, partitioners, built-in operations and rules is named in it. Its programs are compiled and run
//! as documentation tests.

const GUIDE: &str = include_str!("../../docs/CLOJURE.md");

/// The lists of the catalogue, and the numbers of their entries.
const LISTS: [(&str, usize); 4] = [("OP", 46), ("PT", 12), ("BO", 9), ("DF-L", 11)];

#[test]
fn no_form_of_the_original_is_forgotten() {
    let ids = LISTS.into_iter().flat_map(|(list, last)| (1..=last).map(move |id| (list, id)));
    let ids: Vec<String> = ids.map(|(list, id)| name(list, id)).collect();
    assert_eq!(ids.len(), 78);
    assert_eq!(missing(&ids, GUIDE), <[&str; 0]>::default());
}

#[test]
fn a_longer_number_does_not_stand_for_a_shorter_one() {
    let ids = ["OP-01", "OP-04", "DF-L11"].map(str::to_owned);
    assert_eq!(missing(&ids, "| OP-014 | XOP-01 | OP-04, and DF-L11"), ["OP-01"]);
}

fn name(list: &str, id: usize) -> String {
    let dash = if list.contains('-') { "" } else { "-" };
    format!("{list}{dash}{id:02}")
}

fn missing<'a>(ids: &'a [String], text: &str) -> Vec<&'a str> {
    let apart = |c: char| !c.is_ascii_alphanumeric() && c != '-';
    let ids = ids.iter().map(String::as_str);
    ids.filter(|id| !text.split(apart).any(|word| word == *id)).collect()
}
