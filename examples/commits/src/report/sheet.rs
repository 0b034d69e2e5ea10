//! One table with a bar chart in its last column, fitted to a width.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};

use super::shown;
use crate::text;

/// Columns of a full bar: with eight steps a column it shows 160 different lengths and leaves most
/// of a line to names.
const BAR_COLUMNS: usize = 20;

/// The parts of a column by which a bar can end, from an eighth to seven eighths.
const EIGHTHS: [char; 7] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A table under a title: names, figures, bars.
pub(super) struct Sheet<'a> {
    title: &'a str,
    heads: &'a [&'a str],
    figures: &'a [&'a str],
    bar: &'a str,
    rows: Vec<Row>,
}

/// A row: its names, its figures, and what its bar measures.
struct Row {
    names: Vec<String>,
    figures: Vec<String>,
    measure: u64,
}

impl<'a> Sheet<'a> {
    /// An empty table with these columns of names and of figures; `bar` says what the bars measure
    /// where no column does.
    pub(super) fn new(
        title: &'a str,
        heads: &'a [&'a str],
        figures: &'a [&'a str],
        bar: &'a str,
    ) -> Self {
        Self { title, heads, figures, bar, rows: Vec::new() }
    }

    /// Adds a row with a name for each column of names and a text for each column of figures.
    pub(super) fn add<const NAMES: usize, const FIGURES: usize>(
        &mut self,
        names: [&str; NAMES],
        figures: &[String; FIGURES],
        measure: u64,
    ) {
        let names = names.map(shown).to_vec();
        self.rows.push(Row { names, figures: figures.to_vec(), measure });
    }

    /// The table in at most `width` columns, or a sentence if it has no rows. Ends with a line
    /// feed.
    pub(super) fn print_or(&self, empty: &str, width: usize) -> String {
        if self.rows.is_empty() {
            return format!("{empty}\n");
        }
        let rooms = self.name_rooms(width);
        let largest = self.rows.iter().map(|row| row.measure).max().unwrap_or(0);
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_content_arrangement(ContentArrangement::Disabled);
        let heads = self.heads.iter().map(Cell::new);
        let figures = self.figures.iter().map(|head| right(head));
        table.set_header(heads.chain(figures).chain([Cell::new(self.bar)]));
        for row in &self.rows {
            let fitted = |(name, room): (&String, &usize)| Cell::new(text::shorten(name, *room));
            let names = row.names.iter().zip(&rooms).map(fitted);
            let figures = row.figures.iter().map(|figure| right(figure));
            table.add_row(names.chain(figures).chain([Cell::new(bar(row.measure, largest))]));
        }
        format!("{}\n{}", self.title, flush_left(&table))
    }

    /// How wide each column of names may be: what figures and bars leave of a line, shared by the
    /// columns of names. A column takes its widest cell and a space on each side.
    fn name_rooms(&self, width: usize) -> Vec<usize> {
        let widest = |head: &str, cells: &mut dyn Iterator<Item = &String>| {
            cells.map(|cell| text::width(cell)).max().unwrap_or(0).max(text::width(head))
        };
        let figure_widths = self.figures.iter().enumerate().map(|(index, head)| {
            widest(head, &mut self.rows.iter().filter_map(|row| row.figures.get(index)))
        });
        let columns = self.heads.len() + self.figures.len() + 1;
        // The space before the first column and the one after the last are not printed.
        let taken = figure_widths.sum::<usize>() + BAR_COLUMNS + 2 * (columns - 1);
        let mut room = width.saturating_sub(taken);
        let name_widths: Vec<usize> = self
            .heads
            .iter()
            .enumerate()
            .map(|(index, head)| {
                widest(head, &mut self.rows.iter().filter_map(|row| row.names.get(index)))
            })
            .collect();
        let mut rooms = Vec::with_capacity(name_widths.len());
        for (index, &wanted) in name_widths.iter().enumerate() {
            // A column gets its share, and what the columns after it do not need of theirs.
            let after = &name_widths[index + 1..];
            let share = room / (after.len() + 1);
            let needed_after: usize = after.iter().map(|&needed| needed.min(share)).sum();
            let given = wanted.min(room.saturating_sub(needed_after));
            rooms.push(given);
            room -= given;
        }
        rooms
    }
}

fn right(content: &str) -> Cell {
    Cell::new(content).set_alignment(CellAlignment::Right)
}

/// A bar for a part of the largest: nothing for nothing, at least an eighth of a column for
/// anything more.
fn bar(part: u64, largest: u64) -> String {
    if part == 0 || largest == 0 {
        return String::new();
    }
    let full = u128::from(largest);
    let scaled = u128::from(part.min(largest)) * 8 * (BAR_COLUMNS as u128);
    let eighths = usize::try_from(((scaled + full / 2) / full).max(1))
        .expect("a part of the largest is at most a full bar, 160 eighths");
    let mut bar = "█".repeat(eighths / 8);
    bar.extend(EIGHTHS.get((eighths % 8).wrapping_sub(1)));
    bar
}

/// Lines without the border's space at the left and without spaces at the right.
fn flush_left(table: &Table) -> String {
    let mut page = String::new();
    for line in table.lines() {
        page.push_str(line.strip_prefix(' ').unwrap_or(&line).trim_end());
        page.push('\n');
    }
    page
}

/// A number with its thousands set apart by commas.
pub(super) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        for (count, expected) in
            [(0, "0"), (999, "999"), (1000, "1,000"), (u64::MAX, "18,446,744,073,709,551,615")]
        {
            assert_eq!(number(count), expected);
        }
    }

    #[test]
    fn bars_are_proportional_and_never_vanish() {
        assert_eq!(bar(0, 10), "");
        assert_eq!(bar(0, 0), "");
        assert_eq!(bar(10, 10), "█".repeat(20));
        assert_eq!(bar(5, 10), "█".repeat(10));
        assert_eq!(bar(1, 1_000_000), "▏");
        assert_eq!(bar(7, 160), "▉");
        assert_eq!(bar(9, 160), "█▏");
        assert_eq!(bar(u64::MAX, u64::MAX), "█".repeat(20));
    }

    #[test]
    fn a_line_never_exceeds_its_width_and_columns_share_the_room() {
        let mut sheet = Sheet::new("Names", &["file", "with"], &["commits"], "");
        sheet.add(["short", &"b/".repeat(90)], &[number(12_345)], 5);
        sheet.add([&"a/".repeat(90), "李李李"], &[number(1)], 3);
        for width in [60, 80, 100] {
            let page = sheet.print_or("", width);
            let longest = page.lines().map(text::width).max().unwrap();
            assert_eq!(longest, width, "\n{page}");
        }
        let mut sheet = Sheet::new("Names", &["file", "with"], &["commits"], "");
        sheet.add(["a", &"b/".repeat(25)], &[number(1)], 1);
        let page = sheet.print_or("", 100);
        assert!(page.contains(&"b/".repeat(25)), "the first column leaves its room: {page}");
    }
}
