//! Turns what Slack sends back into what the person typed.

/// Undoes Slack's marking of addresses (`<https://api.example|api.example>`), names (`<@U1|dana>`) and the escapes of `&`,
/// `<`, `>` ("Formatting text for app surfaces", `docs.slack.dev`). What somebody has put behind words of their own is the address: a link
/// to a page is asked for by those who made it one. People and channels stay as `<@U1>` and `<#C1>`: only
/// the id says who is meant.
pub fn as_typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else { break };
        out.push_str(&unescape(&rest[..start]));
        let inside = &rest[start + 1..start + length];
        let (target, label) = inside.split_once('|').map_or((inside, None), |(target, label)| (target, Some(label)));
        if target.starts_with(['@', '#', '!']) {
            out.push('<');
            out.push_str(target);
            out.push('>');
        } else {
            out.push_str(&unescape(label.filter(|label| is_its_own(label, target)).unwrap_or(target)));
        }
        rest = &rest[start + length + 1..];
    }
    out.push_str(&unescape(rest));
    out
}

/// Whether a label is what was typed, out of which Slack itself has made an address: `api.example` becomes `http://api.example`, and
/// `dana@example.org` becomes `mailto:dana@example.org`.
fn is_its_own(label: &str, target: &str) -> bool {
    let bare = |text: &str| {
        let without_scheme = ["https://", "http://", "mailto:", "tel:"].iter().find_map(|scheme| text.strip_prefix(scheme));
        without_scheme.unwrap_or(text).trim_end_matches('/').to_lowercase()
    };
    bare(label) == bare(target)
}

fn unescape(text: &str) -> String {
    // `&amp;` last, or `&amp;lt;` would become `<`.
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_typed() {
        let cases = [
            ("deploy api to staging", "deploy api to staging"),
            ("deploy <http://api.prod|api.prod> now", "deploy api.prod now"),
            ("bytes save <https://e.example/a?b&amp;c|My post, at last>", "bytes save https://e.example/a?b&c"),
            ("bytes save <https://e.example/a|https://e.example/a>", "bytes save https://e.example/a"),
            ("mail <mailto:dana@e.example|dana@e.example>", "mail dana@e.example"),
            ("see <https://e.example/a?b&amp;c>", "see https://e.example/a?b&c"),
            ("history <@U1|dana> in <#C1|ops>", "history <@U1> in <#C1>"),
            ("a &lt;b&gt; &amp;lt;", "a <b> &lt;"),
            ("1 < 2", "1 < 2"),
            ("<", "<"),
            ("", ""),
        ];
        for (sent, typed) in cases {
            assert_eq!(as_typed(sent), typed);
        }
    }
}
