//! From what a person types to what Slack stores: `&<>` escaped, `@name` and `#channel` turned into ids, addresses into links
//! (docs.slack.dev: Formatting message text).

use crate::state::World;

/// How mentions are written: in messages by id alone, in slash commands with the name beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Message,
    Command,
}

/// What is sent for `typed`.
pub fn compose(world: &World, typed: &str, form: Form) -> String {
    let mut sent = String::with_capacity(typed.len());
    let mut rest = typed;
    let mut before: Option<char> = None;
    while let Some(next) = rest.chars().next() {
        let fresh = before.is_none_or(|before| !before.is_alphanumeric());
        let begins_line = before.is_none_or(|before| before == '\n');
        let found = match next {
            '`' if form == Form::Message => code(rest),
            '-' if form == Form::Message && begins_line && rest.starts_with("- ") => Some(("•".to_owned(), 1)),
            '<' => token(rest),
            '@' if fresh => mention(world, rest, form),
            '#' if fresh => channel(world, rest),
            'h' if fresh => address(rest),
            _ => None,
        };
        if let Some((replacement, length)) = found {
            sent.push_str(&replacement);
            before = rest[..length].chars().next_back();
            rest = &rest[length..];
            continue;
        }
        sent.push_str(&escape(next));
        before = Some(next);
        rest = &rest[next.len_utf8()..];
    }
    sent
}

/// What Slack makes of text that comes by the Web API: addresses become links, all else is as it is.
pub fn linked(text: &str) -> String {
    let mut sent = String::with_capacity(text.len());
    let mut rest = text;
    let mut fresh = true;
    while let Some(next) = rest.chars().next() {
        let token = rest.find('>').filter(|_| next == '<').map(|end| (rest[..=end].to_owned(), end + 1));
        let found = token.or_else(|| address(rest).filter(|_| fresh).map(|(link, length)| (link.replace("&amp;amp;", "&amp;"), length)));
        let (written, length) = found.unwrap_or_else(|| (next.to_string(), next.len_utf8()));
        sent.push_str(&written);
        fresh = rest[..length].chars().next_back().is_none_or(|last| !last.is_alphanumeric());
        rest = &rest[length..];
    }
    sent
}

/// Code, in which addresses alone are more than letters.
fn code(rest: &str) -> Option<(String, usize)> {
    let (fence, within) = match rest.strip_prefix("```") {
        Some(within) => ("```", within),
        None => ("`", rest[1..].split('\n').next().unwrap_or_default()),
    };
    let end = within.find(fence).filter(|end| *end > 0)?;
    Some((format!("{fence}{}{fence}", linked(&escape_all(&within[..end]))), end + 2 * fence.len()))
}

/// Escapes the three characters that mean something in mrkdwn, and nothing else.
pub fn escape_all(typed: &str) -> String {
    typed.chars().map(escape).collect()
}

fn escape(one: char) -> String {
    match one {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        other => other.to_string(),
    }
}

/// A mention that is written out already, as the page sends what was picked from a list.
fn token(rest: &str) -> Option<(String, usize)> {
    let end = rest.find('>')?;
    let inner = &rest[1..end];
    let id = inner.split('|').next()?;
    let name = id.strip_prefix(['@', '#', '!'])?;
    let plain = !name.is_empty() && name.chars().all(|one| one.is_ascii_alphanumeric() || one == '^');
    plain.then(|| (rest[..=end].to_owned(), end + 1))
}

fn mention(world: &World, rest: &str, form: Form) -> Option<(String, usize)> {
    let after = &rest[1..];
    let mut names: Vec<(&str, String)> = Vec::new();
    for person in &world.workspace.people {
        let id = match form {
            Form::Message => format!("<@{}>", person.id),
            Form::Command => format!("<@{}|{}>", person.id, person.name),
        };
        names.push((&person.real_name, id.clone()));
        names.push((&person.name, id));
    }
    for group in &world.workspace.usergroups {
        names.push((&group.handle, format!("<!subteam^{}|@{}>", group.id, group.handle)));
    }
    for all in ["here", "channel", "everyone"] {
        names.push((all, format!("<!{all}>")));
    }
    longest(names, after).map(|(replacement, length)| (replacement, length + 1))
}

fn channel(world: &World, rest: &str) -> Option<(String, usize)> {
    let channels = world.channels.iter().filter(|channel| !channel.name.is_empty());
    let names = channels.map(|channel| (channel.name.as_str(), format!("<#{}|{}>", channel.id, channel.name))).collect();
    longest(names, &rest[1..]).map(|(replacement, length)| (replacement, length + 1))
}

/// The longest of the names with which `after` begins, as a whole word.
fn longest(names: Vec<(&str, String)>, after: &str) -> Option<(String, usize)> {
    let matches = |name: &str| {
        let head = after.get(..name.len())?;
        let whole = after[name.len()..].chars().next().is_none_or(|next| !next.is_alphanumeric() && next != '_' && next != '-');
        (!name.is_empty() && head.eq_ignore_ascii_case(name) && whole).then_some(name.len())
    };
    names.into_iter().filter_map(|(name, replacement)| matches(name).map(|length| (replacement, length))).max_by_key(|(_, length)| *length)
}

fn address(rest: &str) -> Option<(String, usize)> {
    let scheme = ["https://", "http://"].into_iter().find(|scheme| rest.starts_with(scheme))?;
    let end = rest.find(|one: char| one.is_whitespace() || matches!(one, '<' | '>' | '|' | '"')).unwrap_or(rest.len());
    let url = rest[..end].trim_end_matches(['.', ',', ')', ';', ':', '!', '?', '`', '*', '\'']);
    (url.len() > scheme.len()).then(|| (format!("<{}>", escape_all(url)), url.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Workspace;
    use std::sync::Arc;

    fn world() -> World {
        let workspace: Workspace = serde_json::from_str(include_str!("../../../workspace.json")).unwrap();
        World::new(Arc::new(workspace), String::new(), tokio::sync::broadcast::channel(1).0)
    }

    fn message(typed: &str) -> String {
        compose(&world(), typed, Form::Message)
    }

    #[test]
    fn three_characters_are_escaped() {
        assert_eq!(message("a < b && c > d"), "a &lt; b &amp;&amp; c &gt; d");
        assert_eq!(message("ünïcode <3"), "ünïcode &lt;3");
    }

    #[test]
    fn people_channels_and_groups_become_ids() {
        assert_eq!(message("@ops deploy api"), "<@U0OPSROOM> deploy api");
        assert_eq!(message("thanks @Dana Deployer!"), "thanks <@U0DEPLOYER>!");
        assert_eq!(message("see #builds and #dev-bytes"), "see <#C0BUILDS|builds> and <#C0BYTES|dev-bytes>");
        assert_eq!(message("@here @oncall"), "<!here> <!subteam^S0ONCALL|@oncall>");
        assert_eq!(compose(&world(), "history @dana", Form::Command), "history <@U0DEPLOYER|dana>");
    }

    #[test]
    fn what_only_looks_like_a_mention_stays() {
        assert_eq!(message("dana@ops.example @opsy #opsx api@broken"), "dana@ops.example @opsy #opsx api@broken");
        assert_eq!(message("<@U0OPSROOM> hi <b>"), "<@U0OPSROOM> hi &lt;b&gt;");
    }

    #[test]
    fn code_is_left_alone_but_for_its_addresses() {
        assert_eq!(message("run `@ops a<b` now"), "run `@ops a&lt;b` now");
        assert_eq!(message("```curl https://example.com/?a=1&b=2\n#ops```"), "```curl <https://example.com/?a=1&amp;b=2>\n#ops```");
        assert_eq!(message("it`s @dana"), "it`s <@U0DEPLOYER>");
    }

    #[test]
    fn dashes_at_the_start_of_a_line_make_a_list() {
        assert_eq!(message("- one\n- two - three"), "• one\n• two - three");
    }

    #[test]
    fn text_of_the_web_api_gets_links_and_nothing_else() {
        assert_eq!(
            linked("see https://a.example/?x=1&amp;y=2, <https://b.example|b>"),
            "see <https://a.example/?x=1&amp;y=2>, <https://b.example|b>"
        );
        assert_eq!(linked("a & b <@U1> xhttps://no.example"), "a & b <@U1> xhttps://no.example");
    }

    #[test]
    fn addresses_become_links() {
        assert_eq!(message("see https://example.com/a?b=1&c=2."), "see <https://example.com/a?b=1&amp;c=2>.");
        assert_eq!(message("https:// alone"), "https:// alone");
    }
}
