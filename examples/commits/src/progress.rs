//! What is shown on standard error while importing: a progress bar in a terminal, and unreadable
//! lines always.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How many messages are printed one by one before they are only counted: enough to see what is
/// wrong with an input, few enough to leave it on the screen.
const REPORTS_MAX: u64 = 20;

/// The progress of one import.
pub struct Progress {
    bar: ProgressBar,
    reports: u64,
}

impl Progress {
    /// Starts to show an import of `total` commits, if that is known. Nothing moves where standard
    /// error is not a terminal, or with `quiet`.
    pub fn start(total: Option<u64>, quiet: bool) -> Self {
        let shown = !quiet && io::stderr().is_terminal();
        let target =
            if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(total, target).with_style(style(total.is_some()));
        Self { bar, reports: 0 }
    }

    /// One more commit has been read.
    pub fn advance(&self) {
        self.bar.inc(1);
    }

    /// Reports a line that cannot be read; after twenty of them they are only counted.
    pub fn unreadable(&mut self, report: &impl fmt::Display) {
        if let Some(message) = self.message(report) {
            // A closed standard error is no reason to stop an import.
            self.bar.suspend(|| writeln!(io::stderr(), "{message}").unwrap_or_default());
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn message(&mut self, report: &impl fmt::Display) -> Option<String> {
        self.reports += 1;
        if self.reports < REPORTS_MAX {
            return Some(format!("unreadable: {report}"));
        }
        let last = self.reports == REPORTS_MAX;
        last.then(|| format!("unreadable: {report}\n(more unreadable lines are only counted)"))
    }
}

fn style(total_known: bool) -> ProgressStyle {
    let template = if total_known {
        "importing [{bar:40}] {pos}/{len} commits"
    } else {
        "importing {spinner} {pos} commits"
    };
    let style = ProgressStyle::with_template(template)
        .expect("the template is a constant, and a test below reads it");
    style.progress_chars("█▉▊▋▌▍▎▏ ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_templates_are_sound() {
        for total in [Some(3), None] {
            let mut progress = Progress::start(total, true);
            progress.advance();
            progress.unreadable(&"line 1: only a test of a report");
            progress.finish();
            assert_eq!(progress.reports, 1);
            assert!(progress.bar.is_finished());
        }
    }

    #[test]
    fn the_first_reports_are_printed_and_the_rest_counted() {
        let mut progress = Progress::start(None, true);
        let printed = (0..100).filter(|line| progress.message(line).is_some()).count();
        assert_eq!((printed, progress.reports), (20, 100));
    }
}
