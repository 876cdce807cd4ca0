//! The workspace as it is written down in `workspace.json`: team, app, people, channels. Read once and never changed; what
//! happens later lives in [`crate::state`].

use jiff::{Timestamp, tz::TimeZone};
use serde::Deserialize;
use serde_json::{Value, json};

/// A team (Slack's word for a workspace) by id, display name and subdomain.
#[derive(Debug, Clone, Deserialize)]
pub struct Team {
    pub id: String,
    pub name: String,
    pub domain: String,
}

/// A slash command that the app has registered.
#[derive(Debug, Clone, Deserialize)]
pub struct SlashCommand {
    pub command: String,
    pub description: String,
    pub usage_hint: String,
    /// Whether Slack turns `@name` and `#channel` in the text into ids ("Escape channels, users, and links sent to your app").
    #[serde(default)]
    pub should_escape: bool,
}

/// A global or message shortcut that the app has registered.
#[derive(Debug, Clone, Deserialize)]
pub struct Shortcut {
    pub callback_id: String,
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
}

/// The app's registration: what its configuration page would hold.
#[derive(Debug, Clone, Deserialize)]
pub struct AppRegistration {
    pub id: String,
    pub bot_id: String,
    pub bot_user: String,
    pub name: String,
    pub verification_token: String,
    pub bot_scopes: Vec<String>,
    pub user_scopes: Vec<String>,
    pub events: Vec<String>,
    pub commands: Vec<SlashCommand>,
    #[serde(default)]
    pub shortcuts: Vec<Shortcut>,
}

/// A person or the app's bot user.
#[derive(Debug, Clone, Deserialize)]
pub struct Person {
    pub id: String,
    #[serde(default)]
    pub team_id: Option<String>,
    pub name: String,
    pub real_name: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub email: Option<String>,
    pub tz: String,
    pub color: String,
    #[serde(default)]
    pub is_admin: bool,
    #[serde(default)]
    pub is_bot: bool,
    #[serde(default)]
    pub is_restricted: bool,
    #[serde(default)]
    pub token: Option<String>,
}

/// A channel as it is at the start. Without `members`, everybody of the home team is in it.
#[derive(Debug, Clone, Deserialize)]
pub struct ChannelSeed {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub topic: String,
    #[serde(default)]
    pub purpose: String,
    #[serde(default)]
    pub members: Option<Vec<String>>,
    #[serde(default)]
    pub is_private: bool,
    #[serde(default)]
    pub is_archived: bool,
}

/// A group of people that can be mentioned by one handle.
#[derive(Debug, Clone, Deserialize)]
pub struct UserGroup {
    pub id: String,
    pub handle: String,
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub users: Vec<String>,
}

/// The whole file.
#[derive(Debug, Clone, Deserialize)]
pub struct Workspace {
    pub team: Team,
    #[serde(default)]
    pub partner_teams: Vec<Team>,
    pub app: AppRegistration,
    pub people: Vec<Person>,
    pub channels: Vec<ChannelSeed>,
    #[serde(default)]
    pub usergroups: Vec<UserGroup>,
    #[serde(default)]
    pub emoji: serde_json::Map<String, Value>,
    /// What pages on the web say of themselves: by address, the parts of an attachment (`service_name`, `title`, `text` …).
    #[serde(default)]
    pub pages: serde_json::Map<String, Value>,
}

impl Workspace {
    /// The person with this id.
    pub fn person(&self, id: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.id == id)
    }

    /// The team of a person: strangers in shared channels belong to another one.
    pub fn team_of(&self, user: &str) -> &Team {
        let id = self.person(user).and_then(|person| person.team_id.as_deref()).unwrap_or(&self.team.id);
        self.partner_teams.iter().find(|team| team.id == id).unwrap_or(&self.team)
    }

    /// The members a channel starts with.
    pub fn members_of(&self, seed: &ChannelSeed) -> Vec<String> {
        match &seed.members {
            Some(members) => members.clone(),
            None => self.people.iter().filter(|person| person.team_id.is_none()).map(|person| person.id.clone()).collect(),
        }
    }

    /// The user object of `users.info`. The email is there only for tokens with `users:read.email`.
    pub fn user_object(&self, person: &Person, with_email: bool, now: Timestamp) -> Value {
        let team = self.team_of(&person.id);
        let first = person.real_name.split(' ').next().unwrap_or_default();
        let last = person.real_name.split_once(' ').map_or("", |(_, rest)| rest);
        let mut user = json!({
            "id": person.id, "team_id": team.id, "name": person.name, "deleted": false, "color": person.color,
            "real_name": person.real_name, "tz": person.tz, "tz_label": person.tz, "tz_offset": offset(&person.tz, now),
            "profile": {
                "real_name": person.real_name, "real_name_normalized": person.real_name,
                "display_name": person.name, "display_name_normalized": person.name,
                "first_name": first, "last_name": last, "title": person.title, "phone": "", "skype": "",
                "status_text": "", "status_emoji": "", "team": team.id,
            },
            "is_admin": person.is_admin, "is_owner": false, "is_primary_owner": false,
            "is_restricted": person.is_restricted, "is_ultra_restricted": false,
            "is_bot": person.is_bot, "is_app_user": false, "updated": 1_700_000_000,
        });
        if team.id != self.team.id {
            user["is_stranger"] = json!(true);
        }
        if person.is_bot {
            user["profile"]["api_app_id"] = json!(self.app.id);
            user["profile"]["bot_id"] = json!(self.app.bot_id);
            user["profile"]["always_active"] = json!(false);
        }
        if let (true, Some(email)) = (with_email, &person.email) {
            user["profile"]["email"] = json!(email);
        }
        user
    }
}

fn offset(tz: &str, now: Timestamp) -> i32 {
    TimeZone::get(tz).map_or(0, |zone| zone.to_offset(now).seconds())
}
