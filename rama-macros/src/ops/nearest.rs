//! The nearest known name for a misspelt one.

/// A help line with the nearest of the known names, when one is near enough to be meant.
pub(crate) fn did_you_mean<N: AsRef<str>>(
    name: &str,
    sigil: &str,
    known: impl IntoIterator<Item = N>,
) -> Option<String> {
    nearest(name, known).map(|known| format!("did you mean `{sigil}{}`?", known.as_ref()))
}

/// The name that is nearest to a misspelt one, unless it is another word.
pub(crate) fn nearest<N: AsRef<str>>(name: &str, known: impl IntoIterator<Item = N>) -> Option<N> {
    // A third of the letters may differ: enough for a slip, too little for another word.
    let limit = (name.chars().count() / 3).max(1);
    let near = known.into_iter().map(|known| (distance(name, known.as_ref()), known));
    let (found, known) = near.min_by_key(|(found, _)| *found)?;
    (found <= limit).then_some(known)
}

/// Edits between two names: insertions, deletions, replacements and swaps of neighbours.
fn distance(from: &str, to: &str) -> usize {
    let from: Vec<char> = from.chars().flat_map(char::to_lowercase).collect();
    let to: Vec<char> = to.chars().flat_map(char::to_lowercase).collect();
    let mut rows = vec![(0..=to.len()).collect::<Vec<usize>>()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        let known = ["users", "orders"];
        let meant = |name| did_you_mean(name, "*", known);
        assert_eq!(meant("user").as_deref(), Some("did you mean `*users`?"));
        assert_eq!(meant("odrers").as_deref(), Some("did you mean `*orders`?"));
        assert_eq!(meant("Users").as_deref(), Some("did you mean `*users`?"));
        assert_eq!(meant("payments"), None);
        assert_eq!(did_you_mean("x", "", Vec::<String>::new()), None);
    }
}
