//! Numbers for people: the one place where a value is rounded to what its error allows.

/// `value` with its standard error in parentheses, the error to one digit (two when it begins with 1): `2.2690(12)`.
///
/// A zero or missing error gives [`plain`]. Very large or small values use a power of ten: `1.23(4)e-9`.
pub fn with_error(value: f64, std_error: Option<f64>) -> String {
    let Some(error) = std_error.filter(|error| error.is_finite() && *error > 0.0) else {
        return plain(value);
    };
    let magnitude = libm::fabs(value).max(error);
    let exponent = libm::floor(libm::log10(magnitude)) as i32;
    if !(-5..=9).contains(&exponent) {
        let unit = libm::pow(10.0, f64::from(exponent));
        return format!("{}e{exponent}", with_error(value / unit, Some(error / unit)));
    }
    // The error keeps one digit, or two when it begins with a 1.
    let mut place = libm::floor(libm::log10(error)) as i32;
    let leading = error / libm::pow(10.0, f64::from(place));
    if leading < 1.95 {
        place -= 1;
    }
    if place >= 0 {
        let unit = libm::pow(10.0, f64::from(place));
        let value = libm::round(value / unit) * unit;
        let error = libm::round(error / unit) * unit;
        return format!("{}({error:.0})", minus(&format!("{value:.0}")));
    }
    let digits = (-place) as usize;
    let error_units = libm::round(error / libm::pow(10.0, f64::from(place)));
    format!("{}({error_units:.0})", minus(&format!("{value:.digits$}")))
}

/// A value without an error: up to six significant digits, no trailing zeros, a power of ten when that is shorter.
pub fn plain(value: f64) -> String {
    significant(value, 6)
}

/// A value to `digits` significant digits, without trailing zeros. Whole numbers keep all their digits up to nine.
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return "undefined".to_owned();
    }
    let exponent = libm::floor(libm::log10(libm::fabs(value))) as i32;
    // A large number that is not whole would show digits that were not asked for.
    let coarse = exponent >= digits as i32 + 2 && value != libm::trunc(value);
    if coarse || !(-4..=8).contains(&exponent) {
        let text = format!("{value:.*e}", digits - 1);
        let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
        return minus(&format!("{}e{power}", trim(mantissa)));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    minus(trim(&format!("{value:.decimals$}")))
}

/// A value to a fixed number of decimal places: `1.5`, `−0.0` never.
pub fn fixed(value: f64, places: usize) -> String {
    if !value.is_finite() {
        return "undefined".to_owned();
    }
    minus(&format!("{value:.places$}"))
}

/// How many there are of something: `1 bond`, `20 000 bonds`.
pub fn many(count: usize, thing: &str) -> String {
    format!("{} {thing}{}", self::count(count as u64), if count == 1 { "" } else { "s" })
}

/// A whole number with thin spaces between groups of three digits, from five digits on: `20 000`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

fn trim(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

/// A typographic minus sign in place of the hyphen, and no "−0".
fn minus(text: &str) -> String {
    match text.strip_prefix('-') {
        Some(rest) if rest.chars().all(|digit| matches!(digit, '0' | '.')) => rest.to_owned(),
        Some(rest) => format!("−{rest}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_set_the_number_of_digits() {
        let cases = [
            (1.453_06, 0.000_52, "1.4531(5)"),
            (2.269_04, 0.001_2, "2.2690(12)"),
            (2.269_185, 0.000_96, "2.2692(10)"),
            (-1.745_6, 0.02, "−1.75(2)"),
            (1234.0, 56.0, "1230(60)"),
            (1234.0, 12.0, "1234(12)"),
            (0.0, 0.003, "0.000(3)"),
            (-0.000_1, 0.003, "0.000(3)"),
            (3.2e-9, 1.6e-10, "3.20(16)e-9"),
            (5.0, 0.0, "5"),
        ];
        for (value, error, text) in cases {
            assert_eq!(with_error(value, Some(error)), text);
        }
    }

    #[test]
    fn plain_numbers_are_short() {
        assert_eq!(plain(2.269_185_314), "2.26919");
        assert_eq!(plain(-0.5), "−0.5");
        assert_eq!(plain(1e-12), "1e-12");
        assert_eq!(plain(20_000.0), "20000");
        assert_eq!(significant(10_307_664.7, 3), "1.03e7");
        assert_eq!(significant(1_048_576.0, 3), "1048576");
        assert_eq!(plain(-1_234_567.8), "−1234568");
        assert_eq!(count(20_000), "20\u{202f}000");
        assert_eq!(count(2000), "2000");
        assert_eq!(fixed(-1.25, 1), "−1.2");
        assert_eq!(fixed(-0.01, 1), "0.0");
    }
}
