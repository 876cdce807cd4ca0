//! Who does things outside: logins, with the name and address that go with them.

use crate::fields::{Field, Kind};

/// Somebody at GitHub or a CI server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What they log in with.
    pub login: String,
    /// Their name in commits.
    pub name: String,
    /// Their address in commits.
    pub email: String,
}

/// Those who are in the room as well, with the addresses of `workspace.json`.
const IN_THE_ROOM: [(&str, &str, &str); 3] = [
    ("dana", "Dana Deployer", "dana@opsroom.example"),
    ("avery", "Avery Approver", "avery@opsroom.example"),
    ("robin", "Robin Reader", "robin@opsroom.example"),
];

/// Logins worth trying: people of the room, a stranger, an app.
const SUGGESTIONS: &[&str] = &["octocat", "dana", "avery", "robin", "dependabot[bot]"];

/// Whoever has this login. Who isn't known has the address that GitHub gives to those who keep theirs private.
pub fn person(login: &str) -> Person {
    match IN_THE_ROOM.iter().find(|(known, ..)| *known == login) {
        Some((login, name, email)) => Person { login: (*login).to_owned(), name: (*name).to_owned(), email: (*email).to_owned() },
        None => Person { login: login.to_owned(), name: login.to_owned(), email: format!("{login}@users.noreply.github.com") },
    }
}

/// Whether it is an app's login.
pub fn is_bot(login: &str) -> bool {
    login.ends_with("[bot]")
}

/// A field that asks who does it.
pub const fn by(label: &'static str, default: &'static str) -> Field {
    Field { id: "by", label, kind: Kind::Text(SUGGESTIONS), default, hint: "a login; /ops gh link dana in chat makes it yours" }
}
