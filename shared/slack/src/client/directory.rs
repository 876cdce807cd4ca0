//! Who people are (`users.info`).

use std::time::Instant;

use opsroom_application::ports::{Directory, PortError};
use opsroom_domain::ids::PersonId;
use opsroom_domain::rights::Standing;
use serde::Deserialize;

use super::failure::Failure;
use super::{SlackClient, TokenSource};

#[derive(Deserialize)]
struct Answer {
    user: User,
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
