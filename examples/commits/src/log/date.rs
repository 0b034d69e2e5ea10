//! Reads the dates git writes: its default form, `--date=iso`, `iso-strict`, `rfc`, `unix`, `raw`
//! and `short`. Not the relative forms and not local time, which do not say what time it was.

use super::Reason;
use crate::calendar::{self, Civil};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The seconds since 1970 of a date as git writes it. A day without a time (`--date=short`) is its
/// midnight in UTC.
pub(super) fn seconds(text: &str) -> Result<i64, Reason> {
    let words: Vec<&str> = text.split_whitespace().take(7).collect();
    match words[..] {
        [word] => one_word(word),
        // raw: seconds and a zone that does not change them
        [seconds, zone] if offset(zone).is_some() => seconds.parse().map_err(|_| Reason::Date),
        // iso: 2005-04-07 15:13:13 -0700
        [date, clock, zone] => at(iso_date(date), clock, zone),
        // default: Thu Apr 7 15:13:13 2005 -0700
        [_, month, day, clock, year, zone] if clock.contains(':') => {
            at(named_date(year, month, day), clock, zone)
        }
        // rfc: Thu, 7 Apr 2005 15:13:13 -0700
        [_, day, month, year, clock, zone] => at(named_date(year, month, day), clock, zone),
        [date, clock] if iso_date(date).is_some() && second_of_day(clock).is_some() => {
            Err(Reason::Zone)
        }
        [_, month, day, clock, year]
            if named_date(year, month, day).is_some() && second_of_day(clock).is_some() =>
        {
            Err(Reason::Zone)
        }
        _ => Err(Reason::Date),
    }
}

/// unix: 1112911993; iso-strict: 2005-04-07T15:13:13-07:00; short: 2005-04-07.
fn one_word(word: &str) -> Result<i64, Reason> {
    if let Ok(seconds) = word.parse() {
        return Ok(seconds);
    }
    let Some((date, rest)) = word.split_once('T') else {
        return at(iso_date(word), "00:00:00", "Z");
    };
    let zone_start = rest.find(['+', '-', 'Z']).ok_or(Reason::Zone)?;
    let (clock, zone) = rest.split_at(zone_start);
    at(iso_date(date), clock, zone)
}

fn at(date: Option<(i64, i64, i64)>, clock: &str, zone: &str) -> Result<i64, Reason> {
    let (year, month, day) = date.ok_or(Reason::Date)?;
    let second_of_day = second_of_day(clock).ok_or(Reason::Date)?;
    let local = calendar::seconds(Civil { year, month, day, second_of_day }).ok_or(Reason::Date)?;
    Ok(local - offset(zone).ok_or(Reason::Date)?)
}

fn iso_date(text: &str) -> Option<(i64, i64, i64)> {
    let mut parts = text.split('-').map(digits);
    let date = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(date)
}

fn named_date(year: &str, month: &str, day: &str) -> Option<(i64, i64, i64)> {
    let month = MONTHS.iter().position(|&name| name == month)?;
    Some((digits(year)?, i64::try_from(month).ok()? + 1, digits(day)?))
}

fn second_of_day(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':').map(digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_time = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
    is_time.then_some(hour * 3600 + minute * 60 + second)
}

/// Seconds east of UTC: `+0530`, `-07:00` or `Z`. Old commits have zones no country has; git takes
/// them as written.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let number = zone[1..].replacen(':', "", 1);
    let hours_minutes = (number.len() == 4).then(|| digits(&number))??;
    Some(sign * (hours_minutes / 100 * 3600 + hours_minutes % 100 * 60))
}

/// A number of at most four digits, which is all a date has.
fn digits(text: &str) -> Option<i64> {
    let is_number = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_one_moment_reads_the_same() {
        let forms = [
            "Thu Apr 7 15:13:13 2005 -0700",
            "2005-04-07 15:13:13 -0700",
            "2005-04-07T15:13:13-07:00",
            "2005-04-07T22:13:13Z",
            "Thu, 7 Apr 2005 15:13:13 -0700",
            "1112911993",
            "1112911993 -0700",
            "Fri Apr 8 03:43:13 2005 +0530",
        ];
        for form in forms {
            assert_eq!(seconds(form), Ok(1_112_911_993), "{form}");
        }
        assert_eq!(seconds("2005-04-07"), Ok(1_112_832_000));
        assert_eq!(seconds("-5"), Ok(-5));
        assert_eq!(seconds("Wed Dec 31 23:59:59 1969 +0000"), Ok(-1));
    }

    #[test]
    fn a_date_without_a_zone_says_so() {
        for form in ["Thu Apr 7 15:13:13 2005", "2005-04-07 15:13:13", "2005-04-07T15:13:13"] {
            assert_eq!(seconds(form), Err(Reason::Zone), "{form}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        let forms = [
            "",
            "3 weeks ago",
            "23 seconds ago",
            "yesterday",
            "Thu Apr 31 15:13:13 2005 -0700",
            "2005-02-30",
            "2005-04-07 25:00:00 +0000",
            "2005-04-07 15:13:13 0700",
            "2005-04-07 15:13:13 +7",
            "2005-04-07T15:13:13+é00",
            "99999-01-01",
            "Thu Apr 7 15:13:13 2005 -0700 or so",
        ];
        for form in forms {
            assert_eq!(seconds(form), Err(Reason::Date), "{form}");
        }
    }
}
