//! Days of the Gregorian calendar from seconds since 1970 and back, in UTC. No time zones and no
//! clock.

const DAY_SECONDS: i64 = 86_400;

/// 0000-01-01 and 9999-12-31: within these years a day has ten characters and days sort as text
/// sorts.
const FIRST_DAY: i64 = -719_528;
const LAST_DAY: i64 = 2_932_896;

/// A day and a time of day as written somewhere, before they are known to exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Civil {
    pub(crate) year: i64,
    pub(crate) month: i64,
    pub(crate) day: i64,
    pub(crate) second_of_day: i64,
}

/// The day of a time (seconds since 1970) in UTC as `YYYY-MM-DD`. Times outside the years 0 to
/// 9999, which only damaged commits have, count as the first or last day of that range.
pub fn day(time: i64) -> String {
    let (year, month, day) = civil(time.div_euclid(DAY_SECONDS).clamp(FIRST_DAY, LAST_DAY));
    format!("{year:04}-{month:02}-{day:02}")
}

/// The seconds since 1970 of a date in UTC; `None` if there is no such date in the years 0 to 9999.
pub(crate) fn seconds(at: Civil) -> Option<i64> {
    let days_known = (0..=9999).contains(&at.year) && (1..=12).contains(&at.month);
    let exists = days_known && (1..=month_length(at.year, at.month)).contains(&at.day);
    // A leap second is the first second of the next day.
    let on_the_clock = (0..=DAY_SECONDS).contains(&at.second_of_day);
    (exists && on_the_clock)
        .then(|| day_number(at.year, at.month, at.day) * DAY_SECONDS + at.second_of_day)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Year, month and day of a day number. Years are counted from March, so that the leap day comes
/// last, in eras of 400 years, after which the calendar repeats.
fn civil(day_number: i64) -> (i64, i64, i64) {
    let shifted = day_number + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

/// The inverse of [`civil`].
fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let of_year = (153 * from_march + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days_are_named_right() {
        let cases = [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (-86_400, "1969-12-31"),
            (-86_401, "1969-12-30"),
            (86_399, "1970-01-01"),
            (951_782_400, "2000-02-29"),
            (951_868_800, "2000-03-01"),
            (-2_203_891_200, "1900-03-01"),
            (-2_203_891_201, "1900-02-28"),
            (1_709_164_800, "2024-02-29"),
            (1_735_689_599, "2024-12-31"),
            (4_107_542_400, "2100-03-01"),
            (-62_167_219_200, "0000-01-01"),
            (253_402_300_799, "9999-12-31"),
        ];
        for (time, expected) in cases {
            assert_eq!(day(time), expected, "{time}");
        }
    }

    #[test]
    fn impossible_times_count_as_the_nearest_day() {
        assert_eq!(day(i64::MIN), "0000-01-01");
        assert_eq!(day(i64::MAX), "9999-12-31");
    }

    #[test]
    fn every_day_follows_the_one_before_and_converts_back() {
        let (mut year, mut month, mut of_month) = (0, 1, 1);
        for number in FIRST_DAY..=LAST_DAY {
            assert_eq!(civil(number), (year, month, of_month), "{number}");
            assert_eq!(day_number(year, month, of_month), number);
            of_month += 1;
            if of_month > month_length(year, month) {
                (month, of_month) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
        assert_eq!((year, month, of_month), (10_000, 1, 1));
    }

    #[test]
    fn dates_that_do_not_exist_have_no_seconds() {
        let at = |year, month, day, second_of_day| Civil { year, month, day, second_of_day };
        assert_eq!(seconds(at(2005, 4, 7, 79_993)), Some(1_112_911_993));
        assert_eq!(seconds(at(2023, 2, 29, 0)), None);
        assert_eq!(seconds(at(2023, 13, 1, 0)), None);
        assert_eq!(seconds(at(2023, 0, 1, 0)), None);
        assert_eq!(seconds(at(2023, 1, 0, 0)), None);
        assert_eq!(seconds(at(2023, 1, 1, 86_401)), None);
        assert_eq!(seconds(at(10_000, 1, 1, 0)), None);
    }
}
