//! The end of a build's log, as it may be shown in a room: without colours, and with what is obviously a secret masked.
//!
//! Masking is a net, not a promise: it knows the shapes below, each documented by whoever hands the secret out, and nothing else. A
//! build that prints its secrets has to be mended, and what was printed replaced.

use super::{ActionRun, BuildSystem, LogPointer};

/// What stands for a secret.
pub const MASK: &str = "***";

/// A key has no more lines than that, with all that other programs write between them: one of 16384 bits has 200.
const LONGEST_KEY: usize = 400;

/// Beginnings of secrets, and how many letters, digits, `_` and `-` follow at least.
///
/// AWS: access key ids ("IAM identifiers", unique id prefixes). GitHub: "Behind GitHub's new authentication token formats". GitLab: "Token
/// overview". Slack: "Token types".
const PREFIXES: [(&str, usize); 16] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 16),
    ("gho_", 16),
    ("ghu_", 16),
    ("ghs_", 16),
    ("ghr_", 16),
    ("github_pat_", 16),
    ("glpat-", 16),
    ("xoxa-", 8),
    ("xoxb-", 8),
    ("xoxe-", 8),
    ("xoxp-", 8),
    ("xoxr-", 8),
    ("xoxs-", 8),
    ("xapp-", 8),
];

/// Ends of names whose value is a secret: `DB_PASSWORD=…`, `"secret": "…"`. Compared without regard to case.
const NAMES: [&str; 8] = ["password", "passwd", "secret", "token", "apikey", "api_key", "access_key", "private_key"];

/// Longer lines are cut: nobody reads them in a room.
const LONGEST_LINE: usize = 1000;

/// What stands before a secret in a header.
const SCHEMES: [&str; 2] = ["bearer ", "basic "];

/// How wide the lines of a key's body are: of PEM ("RFC 7468", textual encodings), of `ssh-keygen`, of MIME's base64 (RFC 2045).
const WIDTHS: [usize; 3] = [64, 70, 76];

/// Lines for people: terminal colours taken out (ECMA-48, "CSI"), secrets masked.
pub fn readable(lines: &str) -> String {
    without_keys(lines).iter().map(|line| readable_line(line).chars().take(LONGEST_LINE).collect::<String>()).collect::<Vec<_>>().join("\n")
}

/// A line that is part of no key, masked. Cut behind what is shown, so that a secret that lies across the cut is masked, too.
fn readable_line(line: &str) -> String {
    let line: String = line.chars().take(2 * LONGEST_LINE).collect();
    masked_line(&line)
}

/// Lines without colours and without private keys, which span lines ("RFC 7468", textual encodings). What is shown is often a part: of a key
/// whose beginning was cut off the end is seen, and of one that has neither, its body.
pub fn without_keys(lines: &str) -> Vec<String> {
    let (mut in_key, mut in_body) = (None::<usize>, false);
    let mut out: Vec<String> = Vec::new();
    for line in lines.lines() {
        let line = without_colours(line);
        let is_of_a_key = line.contains("PRIVATE KEY-----");
        let begins = line.contains("-----BEGIN ") && is_of_a_key;
        let ends = line.contains("-----END ");
        if begins || in_key.is_some() {
            // Of what never ends only so much is taken for a key: anybody may write such a line into a log.
            let hidden = if begins { 0 } else { in_key.unwrap_or_default() + 1 };
            in_key = (!ends && hidden < LONGEST_KEY).then_some(hidden);
            in_body = false;
            if begins {
                out.push(MASK.to_owned());
            }
        } else if ends && is_of_a_key {
            // Nobody knows where it began.
            let kept = out.len().saturating_sub(LONGEST_KEY);
            let hidden = out.len() - kept;
            out.truncate(kept);
            out.push(if hidden == 0 {
                MASK.to_owned()
            } else {
                format!("{MASK} what stood before the end of a private key, lines: {hidden}")
            });
            in_body = false;
        } else if is_of_a_body(&line, in_body) {
            if !in_body {
                out.push(MASK.to_owned());
            }
            // A shorter line is the last one.
            in_body = line.split_whitespace().next_back().is_some_and(|word| WIDTHS.contains(&word.len()));
        } else {
            in_body = false;
            out.push(line);
        }
    }
    out
}

/// Whether there is nothing in a line but a line of a key's body, behind what a log puts before it: the time, and who wrote it. The last
/// line of a body is shorter. A digest in hexadecimal digits has the same width and is no secret.
fn is_of_a_body(line: &str, follows: bool) -> bool {
    let mut words = line.split_whitespace().rev();
    let Some(word) = words.next() else { return false };
    let is_base64 = word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '='));
    let is_digest = word.chars().all(|c| c.is_ascii_hexdigit());
    let fits = WIDTHS.contains(&word.len()) || (follows && word.len() < WIDTHS[0]);
    let is_before_it = |word: &str| word.ends_with(':') || word.chars().all(|c| c.is_ascii_digit() || ".:-TZ+".contains(c));
    fits && is_base64 && !is_digest && words.all(is_before_it)
}

/// The end of a text, from the beginning of a line where one fits.
pub(super) fn end(text: &str, longest: usize) -> &str {
    let too_many = text.chars().count().saturating_sub(longest);
    let Some((start, _)) = text.char_indices().nth(too_many) else { return "" };
    let tail = &text[start..];
    match tail.split_once('\n') {
        Some((_, whole)) if too_many > 0 && !whole.is_empty() => whole,
        _ => tail,
    }
}

fn without_colours(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            out.push(letter);
            continue;
        }
        if letters.as_str().starts_with('[') {
            letters.next();
            // Parameters, until the letter that ends the sequence.
            for letter in letters.by_ref() {
                if ('\u{40}'..='\u{7e}').contains(&letter) {
                    break;
                }
            }
        }
    }
    out
}

/// A line that is part of no key, masked to its end, however long it is.
pub fn masked_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(letter) = rest.chars().next() {
        let begins_a_word = !out.chars().next_back().is_some_and(|before| before.is_ascii_alphanumeric());
        let found = if begins_a_word { prefixed(rest).or_else(|| header(rest)) } else { None };
        if let Some((kept, length)) = found.or_else(|| assigned(&out, rest)).or_else(|| in_address(&out, rest)) {
            out.push_str(&rest[..kept]);
            out.push_str(MASK);
            rest = &rest[kept + length..];
            continue;
        }
        out.push(letter);
        rest = &rest[letter.len_utf8()..];
    }
    out
}

/// How much of the beginning stays, and how much behind it is secret.
type Secret = (usize, usize);

fn length_while(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

fn prefixed(rest: &str) -> Option<Secret> {
    let (prefix, least) = PREFIXES.iter().find(|(prefix, _)| rest.starts_with(prefix))?;
    let length = length_while(&rest[prefix.len()..], |c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    (length >= *least).then_some((prefix.len(), length))
}

fn header(rest: &str) -> Option<Secret> {
    let scheme = SCHEMES.iter().find(|scheme| rest.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))?;
    let length = length_while(&rest[scheme.len()..], |c| c.is_ascii_alphanumeric() || "-._~+/=".contains(c));
    (length >= 12).then_some((scheme.len(), length))
}

/// The value after a name that tells of a secret: `before` ends with the name, `rest` begins with `=` or `:`.
fn assigned(before: &str, rest: &str) -> Option<Secret> {
    if !rest.starts_with(['=', ':']) {
        return None;
    }
    let name = before.trim_end_matches(['"', '\'', ' ']).to_ascii_lowercase();
    // A colon also ends words of a sentence, as in "unexpected token: }".
    let is_sentence = rest.starts_with(':') && !before.ends_with(['"', '\'']) && name.trim_start_matches([' ', '-']).contains(' ');
    if is_sentence || !NAMES.iter().any(|secret| name.ends_with(secret)) {
        return None;
    }
    let kept = 1 + length_while(&rest[1..], |c| matches!(c, ' ' | '"' | '\'' | '='));
    let length = length_while(&rest[kept..], |c| !c.is_whitespace() && !matches!(c, '"' | '\'' | ',' | ';'));
    // What is masked already, or isn't given, needs no mask.
    (length > 0 && !rest[kept..].starts_with(MASK)).then_some((kept, length))
}

/// The password in `https://user:password@host`.
fn in_address(before: &str, rest: &str) -> Option<Secret> {
    if !rest.starts_with(':') {
        return None;
    }
    let user = before.rsplit_once("://").map(|(_, user)| user)?;
    if user.is_empty() || user.contains(|c: char| c.is_whitespace() || c == '/' || c == ':') {
        return None;
    }
    let length = length_while(&rest[1..], |c| !c.is_whitespace() && c != '/' && c != '@');
    (length > 0 && rest[1 + length..].starts_with('@')).then_some((1, length))
}

impl ActionRun {
    /// Where its log is in CloudWatch Logs, where the sender told it or it follows from what is known.
    ///
    /// CodePipeline's id of a CodeBuild action is the build's, `<project>:<uuid>` (API reference, `BatchGetBuilds`), and CodeBuild writes
    /// to the group `/aws/codebuild/<project>`, in a stream of that name ("Build details", CodeBuild user guide), unless told otherwise.
    pub fn log_pointer(&self, system: BuildSystem) -> Option<LogPointer> {
        if self.result.log.is_some() {
            return self.result.log.clone();
        }
        let (project, build) = self.result.external_id.as_deref().filter(|_| system == BuildSystem::CodePipeline)?.split_once(':')?;
        let is_project = project.len() >= 2 && project.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
        let is_build = build.len() == 36 && build.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        (is_project && is_build).then(|| LogPointer { group: format!("/aws/codebuild/{project}"), stream: build.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of a key's body, 64 characters wide.
    const BODY: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";

    #[test]
    fn what_is_obviously_a_secret_is_masked_and_nothing_else() {
        let cases = [
            ("key AKIAABCDEFGHIJKLMNOP used", "key AKIA*** used"),
            ("ghp_0123456789abcdefghijABCDEFGHIJ012345", "ghp_***"),
            ("Slack: xoxb-12345678-abc.", "Slack: xoxb-***."),
            ("export DB_PASSWORD=hunter2 && run", "export DB_PASSWORD=*** && run"),
            (r#"{"secret": "s3cr3t", "user": "dana"}"#, r#"{"secret": "***", "user": "dana"}"#),
            ("npm_token: abc", "npm_token: ***"),
            ("Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.x", "Authorization: Bearer ***"),
            ("git clone https://ci:pa55@git.example/x", "git clone https://ci:***@git.example/x"),
            ("\u{1b}[31mred\u{1b}[0m", "red"),
            ("a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb", "a\n***\nb"),
            // Parts of a key.
            ("MIIE\nxyz=\n-----END RSA PRIVATE KEY-----\nb", "*** what stood before the end of a private key, lines: 2\nb"),
            ("lost\n1790000000.000001 api[9]: -----END PRIVATE KEY-----\nb", "*** what stood before the end of a private key, lines: 1\nb"),
            (&format!("a\n{BODY}\n{BODY}\nb3BlbnNz==\nb c"), "a\n***\nb c"),
            (&format!("1790000000.000001 api[9]: {BODY}\n1790000000.000002 api[9]: {BODY}"), "***"),
            (BODY, "***"),
            (&format!("{BODY}abcdef"), "***"),
            // No secrets.
            (
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            ("-----END CERTIFICATE-----\na", "-----END CERTIFICATE-----\na"),
            ("word\nother", "word\nother"),
            ("assert_eq!(AKIA, 1) at https://x.example:8080/a", "assert_eq!(AKIA, 1) at https://x.example:8080/a"),
            ("error: 2 tests failed: login, logout", "error: 2 tests failed: login, logout"),
            ("the password is wrong", "the password is wrong"),
            ("SyntaxError: Unexpected token: }", "SyntaxError: Unexpected token: }"),
            ("übergröße ✓", "übergröße ✓"),
        ];
        for (line, shown) in cases {
            assert_eq!(readable(line), shown);
            assert_eq!(readable(shown), shown, "masked again");
        }
    }

    #[test]
    fn a_line_that_only_looks_like_the_edge_of_a_key_hides_no_whole_log() {
        let lines = |count: usize| (0..count).map(|n| format!("GET /{n}")).collect::<Vec<_>>().join("\n");
        let ends = readable(&format!("{}\n-----END PRIVATE KEY-----\nafter", lines(1000)));
        assert!(ends.contains("GET /599\n*** what stood before the end of a private key, lines: 400\nafter"), "{ends}");
        let begins = readable(&format!("before\n-----BEGIN PRIVATE KEY-----\n{}", lines(1000)));
        assert!(begins.starts_with("before\n***\nGET /400\n") && begins.ends_with("GET /999"), "{begins}");
    }

    #[test]
    fn of_a_long_log_whole_lines_of_its_end_are_kept() {
        assert_eq!(end("one\ntwo\nthree", 7), "three");
        assert_eq!(end("one\ntwo", 100), "one\ntwo");
        assert_eq!(end("äöü", 2), "öü");
        assert_eq!(end("", 2), "");
    }
}
