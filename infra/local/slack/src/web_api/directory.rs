//! People and groups of people: `users.*` and `usergroups.*`.

use serde_json::{Value, json};

use super::reply::{Answer, Refusal};
use super::{Call, Method, page};
use crate::clock;
use crate::workspace::{Person, UserGroup};

pub const METHODS: &[Method] = &[
    Method { name: "users.info", scopes: &["users:read"], run: info },
    Method { name: "users.list", scopes: &["users:read"], run: list },
    Method { name: "users.lookupByEmail", scopes: &["users:read.email"], run: by_email },
    Method { name: "users.getPresence", scopes: &["users:read"], run: presence },
    Method { name: "usergroups.list", scopes: &["usergroups:read"], run: groups },
    Method { name: "usergroups.users.list", scopes: &["usergroups:read"], run: group_users },
];

fn object(call: &Call<'_>, person: &Person) -> Value {
    let with_email = call.who.scopes.iter().any(|scope| scope == "users:read.email");
    call.world.workspace.user_object(person, with_email, clock::timestamp(call.world.now))
}

fn info(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.required("user")?;
    let person = call.world.workspace.person(&wanted).ok_or_else(|| Refusal::new("user_not_found"))?;
    Ok(json!({"user": object(call, person)}))
}

fn list(call: &mut Call<'_>) -> Answer {
    let people: Vec<&Person> = call.world.workspace.people.iter().collect();
    let (some, next) = page(people, call.params, 1000, 1000)?;
    let members: Vec<Value> = some.iter().map(|person| object(call, person)).collect();
    Ok(json!({"members": members, "cache_ts": call.world.now / clock::SECOND, "response_metadata": {"next_cursor": next}}))
}

fn by_email(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.required("email")?;
    let has = |person: &&Person| person.email.as_deref().is_some_and(|email| email.eq_ignore_ascii_case(&wanted));
    let person = call.world.workspace.people.iter().find(has).ok_or_else(|| Refusal::new("users_not_found"))?;
    Ok(json!({"user": object(call, person)}))
}

fn presence(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.text("user").unwrap_or_else(|| call.who.user.clone());
    call.world.workspace.person(&wanted).ok_or_else(|| Refusal::new("user_not_found"))?;
    Ok(json!({"presence": "active"}))
}

#[allow(clippy::unnecessary_wraps)]
fn groups(call: &mut Call<'_>) -> Answer {
    let with_users = call.params.flag("include_users");
    let team = &call.world.workspace.team.id;
    let to_json = |group: &UserGroup| {
        let mut value = json!({
            "id": group.id, "team_id": team, "is_usergroup": true, "is_subteam": true, "name": group.name, "description": group.description,
            "handle": group.handle, "is_external": false, "date_create": 1_700_000_000, "date_update": 1_700_000_000, "date_delete": 0,
            "auto_type": null, "enterprise_subteam_id": "", "prefs": {"channels": [], "groups": []}, "user_count": group.users.len(),
        });
        if with_users {
            value["users"] = json!(group.users);
        }
        value
    };
    let all: Vec<Value> = call.world.workspace.usergroups.iter().map(to_json).collect();
    Ok(json!({"usergroups": all}))
}

fn group_users(call: &mut Call<'_>) -> Answer {
    let wanted = call.params.required("usergroup")?;
    let group = call.world.workspace.usergroups.iter().find(|group| group.id == wanted);
    let group = group.ok_or_else(|| Refusal::new("no_such_subteam"))?;
    Ok(json!({"users": group.users}))
}
