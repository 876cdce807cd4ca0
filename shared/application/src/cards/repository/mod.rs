//! The GitHub room's messages: read at a glance, and silent except to those they concern.

mod conversation;
mod news;
mod replies;

pub use conversation::conversation;
pub use news::{archived, deployment, push, reference, release};
pub use replies::{assigned, check_failed, remark, review_requested};

use opsroom_domain::card::Text;

/// More than that is a list's end, not its content.
const COMMITS_SHOWN: usize = 5;

/// A commit's id as people read it, with its page where there is one.
fn commit_id(sha: &str, url: Option<&str>) -> Text {
    let short: String = sha.chars().take(7).collect();
    match url {
        Some(url) => Text::empty().link(url, short),
        None => Text::empty().code(short),
    }
}

/// `1 commit`, `12 commits`
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}
