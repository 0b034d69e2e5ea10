//! What an acknowledgement promises, and what a log does for it.

use std::{fmt, str::FromStr, time::Duration};

/// When a commit group is acknowledged and visible: a setting of a module's launch, and what can be lost with it.
///
/// Whatever is lost, it is a whole number of the last groups: state and depots go back to one earlier commit
/// point together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk. Nothing that was acknowledged is lost, neither when the process is killed nor when the power
    /// goes; only a disk that loses what it has confirmed loses something.
    #[default]
    Sync,
    /// When the system has it; the log is synced so long after the first group that was not, in the background. A killed
    /// process loses nothing. When the power goes or the system crashes, the groups of that time are lost at most, and
    /// those acknowledged while that sync was running.
    Interval(Duration),
    /// When it is in memory: the log is not written at all. Checkpoints bring it to the disk after 10 seconds or 16 MiB,
    /// and a graceful stop brings all of it, so `update` keeps everything. A module that is killed, dropped or without
    /// power goes on from its last checkpoint.
    Memory,
}

/// The text of a durability is not one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no durability: write `sync`, `memory`, or `interval:10ms` with a time in us, ms or s"
)]
pub struct InvalidDurability(String);

impl FromStr for Durability {
    type Err = InvalidDurability;

    fn from_str(text: &str) -> Result<Self, InvalidDurability> {
        match text {
            "sync" => Ok(Self::Sync),
            "memory" => Ok(Self::Memory),
            _ => {
                let interval = text.strip_prefix("interval:").and_then(time);
                interval.map(Self::Interval).ok_or_else(|| InvalidDurability(text.to_owned()))
            }
        }
    }
}

impl fmt::Display for Durability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sync => f.write_str("sync"),
            Self::Interval(interval) => write!(f, "interval:{}us", interval.as_micros()),
            Self::Memory => f.write_str("memory"),
        }
    }
}

/// A number and its unit.
fn time(text: &str) -> Option<Duration> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(digits);
    let number = number.parse().ok()?;
    match unit {
        "us" => Some(Duration::from_micros(number)),
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_durability_is_read_from_its_text() {
        let ten = Durability::Interval(Duration::from_millis(10));
        let texts = [("sync", Durability::Sync), ("memory", Durability::Memory)];
        let times = [("interval:10ms", ten), ("interval:10000us", ten)];
        for (text, durability) in texts.into_iter().chain(times) {
            assert_eq!(text.parse(), Ok(durability));
            assert_eq!(durability.to_string().parse(), Ok(durability));
        }
        for text in ["", "interval", "interval:", "interval:ms", "interval:10", "interval:10h"] {
            let refused = text.parse::<Durability>().unwrap_err();
            assert!(refused.to_string().contains("interval:10ms"), "{refused}");
        }
    }
}
