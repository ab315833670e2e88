//! Strangers' words made harmless: no line ends where there is one line, and nothing that hides or reorders text.
//!
//! This is not escaping. Each format escapes in its own way (askama for HTML, the `icalendar` crate for TEXT
//! values, `lettre` for headers); what is cleaned here would slip through all three.

/// One line. Line ends become spaces, runs of white space become one, the ends are bare.
pub(super) fn line(text: &str) -> String {
    let words: String = text
        .chars()
        .map(|c| if is_line_end(c) || c == '\t' { ' ' } else { c })
        .filter(|&c| !is_hidden(c))
        .collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Lines as they were written, each ended by `\n` alone.
pub(super) fn lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\t', " ");
    let clean: String = text
        .chars()
        .map(|c| if is_line_end(c) { '\n' } else { c })
        .filter(|&c| c == '\n' || !is_hidden(c))
        .collect();
    clean.trim().to_owned()
}

/// At most `chars_max` characters of a line, the last one an ellipsis where something was left out.
pub(super) fn clipped(line: &str, chars_max: usize) -> String {
    if line.chars().count() <= chars_max {
        return line.to_owned();
    }
    let kept: String = line.chars().take(chars_max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Whatever some reader takes for the end of a line: Python's `splitlines` knows all of these.
fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Control characters, and the marks that turn the direction of the text after them (a name that ends in
/// U+202E shows the rest of the line backwards). Joiners stay: emoji and some scripts need them.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{clipped, line, lines};

    #[test]
    fn a_line_stays_one_line() {
        for (text, expected) in [
            ("Jo Park", "Jo Park"),
            ("  Jo\t\tPark ", "Jo Park"),
            ("Jo\r\nBcc: all@example.com", "Jo Bcc: all@example.com"),
            ("Jo\0\u{7f}\u{9b}", "Jo"),
            ("Jo\u{2028}X\u{85}Y", "Jo X Y"),
            ("Jo\u{202e}gpj.exe", "Jogpj.exe"),
            ("👩\u{200d}🔬", "👩\u{200d}🔬"),
            ("\n", ""),
        ] {
            assert_eq!(line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn lines_keep_their_breaks_and_nothing_else() {
        for (text, expected) in [
            ("one\r\ntwo\rthree\nfour", "one\ntwo\nthree\nfour"),
            ("\n\none\n\ntwo\n", "one\n\ntwo"),
            ("a\u{2029}b\u{b}c\0d", "a\nb\ncd"),
        ] {
            assert_eq!(lines(text), expected, "{text:?}");
        }
    }

    #[test]
    fn clipping_counts_characters_not_bytes() {
        assert_eq!(clipped("김지영", 3), "김지영");
        assert_eq!(clipped("김지영 멘토", 4), "김지영…");
        assert_eq!(clipped("abcdef", 4), "abc…");
    }
}
