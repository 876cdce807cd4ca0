//! What Slack shows below a message for the pages that it links to (docs.slack.dev: Unfurling links in messages). Nothing is fetched:
//! the workspace's file and the control API say what pages are called, and other addresses speak for themselves.

use serde_json::{Map, Value, json};

use super::rich_text;
use super::world::World;

/// How many of a message's links are shown.
const MOST: usize = 5;

/// Links whose previews are due, a moment after the message itself.
#[derive(Debug, Clone)]
pub struct Unfurling {
    pub channel: String,
    pub ts: String,
}

impl World {
    /// Notes that a message's links are to be looked at, if it has any that show nothing yet.
    pub(super) fn owe_unfurls(&mut self, channel: &str, ts: &str) {
        if !self.missing_previews(channel, ts).is_empty() {
            self.unfurlings.push(Unfurling { channel: channel.to_owned(), ts: ts.to_owned() });
        }
    }

    /// Shows what a message's links lead to. Nothing happens if the message is gone or the link was taken out meanwhile.
    pub fn unfurl(&mut self, due: &Unfurling) {
        let previews = self.missing_previews(&due.channel, &due.ts);
        if !previews.is_empty() {
            self.attach(&due.channel, &due.ts, previews);
        }
    }

    fn missing_previews(&self, channel: &str, ts: &str) -> Vec<Value> {
        let Some(message) = self.channel(channel).and_then(|channel| channel.message(ts)).filter(|message| !message.deleted) else {
            return Vec::new();
        };
        let links = message.content.blocks.as_ref().map(rich_text::links).unwrap_or_default();
        let attachments = message.content.attachments.as_ref().and_then(Value::as_array);
        let shown = |link: &String| attachments.into_iter().flatten().any(|one| one["from_url"] == json!(link));
        links.iter().take(MOST).filter(|link| !shown(link)).filter_map(|link| self.preview(link)).collect()
    }

    /// The attachment for one address, or none if the page says nothing of itself.
    fn preview(&self, link: &str) -> Option<Value> {
        let known = self.unfurls.get(link).or_else(|| self.workspace.pages.get(bare(link)));
        let said = match known {
            Some(Value::Object(said)) => said.clone(),
            Some(_) => return None,
            None => guessed(link)?,
        };
        let text = |name: &str| said.get(name).and_then(Value::as_str).unwrap_or_default();
        let kind = if text("service_name") == "YouTube" { "YouTube Video" } else { text("service_name") };
        let mut attachment = json!({
            "from_url": link, "original_url": link, "title_link": link, "fallback": format!("{kind}: {}", text("title")),
        });
        for (name, value) in said {
            attachment[name] = value;
        }
        Some(attachment)
    }
}

/// An address without what tells where a click came from, as the file of pages has it.
fn bare(link: &str) -> &str {
    let link = link.split('#').next().unwrap_or(link);
    match link.split_once('?') {
        // A video is named by its query alone.
        Some((_, query)) if query.starts_with("v=") => link.split('&').next().unwrap_or(link),
        Some((page, _)) => page,
        None => link,
    }
    .trim_end_matches('/')
}

/// What sites call themselves.
const SITES: &[(&str, &str)] = &[
    ("github.com", "GitHub"),
    ("music.apple.com", "Apple Music"),
    ("open.spotify.com", "Spotify"),
    ("youtu.be", "YouTube"),
    ("youtube.com", "YouTube"),
];

/// A title made of the address itself. Machines that the world can't see have none.
fn guessed(link: &str) -> Option<Map<String, Value>> {
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| link.strip_prefix(scheme))?;
    let (host, path) = bare(rest).split_once('/').unwrap_or((bare(rest), ""));
    let host = host.split(':').next()?.trim_start_matches("www.");
    let (_, domain) = host.rsplit_once('.')?;
    if matches!(domain, "internal" | "local") || domain.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let path = path.split('?').next().unwrap_or(path);
    let service = SITES.iter().find(|(site, _)| *site == host).map_or(host, |(_, name)| name);
    let last = match path.rsplit('/').find(|part| !part.is_empty()) {
        // What is behind the number of a song or a video can't be guessed.
        _ if service != host && service != "GitHub" => return json!({"service_name": service, "title": service}).as_object().cloned(),
        Some(_) if service == "GitHub" => return json!({"service_name": service, "title": path}).as_object().cloned(),
        Some(last) => last,
        None => host,
    };
    let words = last.trim_end_matches(".html").replace(['-', '_', '+'], " ").replace("%20", " ");
    let mut letters = words.chars();
    let title: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect())?;
    json!({"service_name": service, "title": title}).as_object().cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_looked_up_without_what_follows_people_about() {
        for (link, page) in [
            ("https://tokio.rs/blog/?utm_source=x#top", "https://tokio.rs/blog"),
            ("https://www.youtube.com/watch?v=abc&t=3", "https://www.youtube.com/watch?v=abc"),
            ("https://example.com", "https://example.com"),
        ] {
            assert_eq!(bare(link), page);
        }
    }

    #[test]
    fn a_page_that_nobody_wrote_down_is_called_by_its_address() {
        let said = guessed("https://www.example.com/posts/why-we-left_it.html?x=1").unwrap();
        assert_eq!((&said["service_name"], &said["title"]), (&json!("example.com"), &json!("Why we left it")));
        for (link, title) in [
            ("https://example.com/", "Example.com"),
            ("https://github.com/BurntSushi/ripgrep", "BurntSushi/ripgrep"),
            ("https://www.youtube.com/watch?v=abc", "YouTube"),
        ] {
            assert_eq!(guessed(link).unwrap()["title"], title);
        }
        for unseen in ["http://127.0.0.1:4580/room", "http://localhost/x", "https://grafana.internal/d/1", "mailto:a@example.com"] {
            assert_eq!(guessed(unseen), None, "{unseen}");
        }
    }
}
