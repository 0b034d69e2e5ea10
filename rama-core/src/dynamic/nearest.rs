//! The nearest known name for a misspelt one.

/// "did you mean `x`?" with the nearest of the known names, when one is near enough to be meant.
pub(super) fn did_you_mean<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
) -> Option<String> {
    // A third of the letters may differ: enough for a slip, too little for another word.
    let limit = (name.chars().count() / 3).max(1);
    let near = known.into_iter().map(|known| (distance(name, known), known));
    let (found, known) = near.min_by_key(|(found, _)| *found)?;
    (found <= limit).then(|| format!("did you mean `{known}`?"))
}

/// Letters to insert, delete, replace or swap with their neighbour. Large letters are small ones.
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
        let meant = |name| did_you_mean(name, ["keypath", "must"]);
        assert_eq!(meant("keypaht").as_deref(), Some("did you mean `keypath`?"));
        assert_eq!(meant("Must").as_deref(), Some("did you mean `must`?"));
        assert_eq!(meant("payments"), None);
    }
}
