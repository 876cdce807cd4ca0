//! Who people are (`users.info`), and where (`users.conversations`).

use std::collections::HashSet;
use std::time::Instant;

use opsroom_application::ports::{Directory, PortError};
use opsroom_domain::ids::{ChannelId, PersonId};
use opsroom_domain::rights::Standing;
use serde::Deserialize;

use super::failure::Failure;
use super::{SlackClient, TokenSource};

/// As many as Slack gives at once ("users.conversations": under a thousand).
const CHANNELS_AT_ONCE: &str = "999";
/// Who is in more channels than these pages have is in none of the others, as far as this goes: too little is shown, and never too much.
const PAGES: usize = 10;

#[derive(Deserialize)]
struct Answer {
    user: User,
}

#[derive(Deserialize)]
struct Conversations {
    channels: Vec<Conversation>,
    #[serde(default)]
    response_metadata: Metadata,
}

#[derive(Deserialize)]
struct Conversation {
    id: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    next_cursor: String,
}

/// "User object" (`docs.slack.dev/reference/objects/user-object`). `is_stranger`: of another workspace, seen through a
/// shared channel.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // Slack's own shape.
struct User {
    deleted: bool,
    is_bot: bool,
    is_workflow_bot: bool,
    is_restricted: bool,
    is_ultra_restricted: bool,
    is_stranger: bool,
}

impl User {
    fn standing(&self) -> Standing {
        if self.deleted {
            Standing::Deactivated
        } else if self.is_bot || self.is_workflow_bot {
            Standing::Bot
        } else if self.is_restricted || self.is_ultra_restricted || self.is_stranger {
            Standing::Guest
        } else {
            Standing::Member
        }
    }
}

impl<T: TokenSource> Directory for SlackClient<T> {
    async fn standing(&self, person: &PersonId) -> Result<Standing, PortError> {
        if let Some(standing) = self.standings.get(person, Instant::now()) {
            return Ok(standing);
        }
        let standing = match self.get_with::<Answer>("users.info", &[("user", person.as_str())]).await {
            Ok(answer) => answer.user.standing(),
            Err(Failure::Refused { error }) if matches!(error.as_str(), "user_not_found" | "user_not_visible" | "users_not_found") => {
                Standing::Deactivated
            }
            Err(failure) => return Err(failure.into_port("slack:users.info")),
        };
        self.standings.put(person.clone(), standing, Instant::now());
        Ok(standing)
    }

    async fn present(&self, person: &PersonId, channels: &[ChannelId]) -> Result<Vec<ChannelId>, PortError> {
        let mut left: HashSet<&str> = channels.iter().map(ChannelId::as_str).collect();
        let mut cursor = String::new();
        for _ in 0..PAGES {
            if left.is_empty() {
                break;
            }
            // Of private channels Slack names those alone in which the app is, too.
            let mut parameters = vec![("user", person.as_str()), ("types", "public_channel,private_channel"), ("limit", CHANNELS_AT_ONCE)];
            if !cursor.is_empty() {
                parameters.push(("cursor", &cursor));
            }
            let page = match self.get_with::<Conversations>("users.conversations", &parameters).await {
                Ok(page) => page,
                Err(Failure::Refused { error }) if matches!(error.as_str(), "user_not_found" | "user_not_visible" | "users_not_found") => {
                    return Ok(Vec::new());
                }
                Err(failure) => return Err(failure.into_port("slack:users.conversations")),
            };
            for channel in &page.channels {
                left.remove(channel.id.as_str());
            }
            cursor = page.response_metadata.next_cursor;
            if cursor.is_empty() {
                break;
            }
        }
        Ok(channels.iter().filter(|channel| !left.contains(channel.as_str())).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_a_member_unless_slack_says_nothing_against_it() {
        let cases = [
            ("{}", Standing::Member),
            (r#"{"deleted":true,"is_bot":true}"#, Standing::Deactivated),
            (r#"{"is_bot":true}"#, Standing::Bot),
            (r#"{"is_restricted":true}"#, Standing::Guest),
            (r#"{"is_restricted":true,"is_ultra_restricted":true}"#, Standing::Guest),
            (r#"{"is_stranger":true}"#, Standing::Guest),
            (r#"{"is_admin":true,"profile":{},"deleted":false}"#, Standing::Member),
        ];
        for (user, standing) in cases {
            assert_eq!(serde_json::from_str::<User>(user).unwrap().standing(), standing, "{user}");
        }
    }
}
