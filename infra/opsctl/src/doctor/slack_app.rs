//! Is the bot token good, may it do what the functions do, and is it of the catalog's workspace?

use opsroom_domain::catalog::Catalog;

use super::findings::Findings;
use crate::failure::Failure;
use crate::manifest;
use crate::slack::Slack;

/// Checks the app, and gives a client for more questions if the token is good.
pub(super) async fn check(api: &str, token: &str, catalog: Option<&Catalog>, found: &mut Findings) -> Result<Option<Slack>, Failure> {
    let slack = Slack::new(api, token)?;
    let Some(answer) = found.unless_failed("bot token", slack.get("auth.test", &[]).await) else { return Ok(None) };
    if let Some(error) = answer.error() {
        found.wrong(
            format!("bot token: Slack refuses it ({error})"),
            "install the app again (app page: OAuth & Permissions), then: opsctl secrets set slack/bot-token",
        );
        return Ok(None);
    }
    let text = |field: &str| answer.body[field].as_str().unwrap_or("?").to_owned();
    found.good(format!("bot token: valid, {} in {} ({})", text("user"), text("team"), text("team_id")));
    match missing_scopes(&manifest::bot_scopes()?, answer.scopes.as_deref()) {
        None => found.unchecked("scopes of the app", "Slack didn't name them"),
        Some(missing) if missing.is_empty() => found.good("scopes of the app: all there"),
        Some(missing) => found.wrong(
            format!("scopes of the app: {} missing", missing.join(", ")),
            "put the output of opsctl manifest into the app's manifest (app page: App Manifest), then install the app again",
        ),
    }
    if let Some(catalog) = catalog {
        let (ours, theirs) = (catalog.workspace.team.as_str(), text("team_id"));
        if ours == theirs {
            found.good(format!("workspace: {ours}, as the catalog says"));
        } else {
            found.wrong(
                format!("workspace: the app is installed in {theirs}, the catalog says {ours}"),
                "correct workspace.team in the catalog, or set the token of the right workspace",
            );
        }
    }
    Ok(Some(slack))
}

fn missing_scopes(needed: &[String], granted: Option<&[String]>) -> Option<Vec<String>> {
    granted.map(|granted| needed.iter().filter(|scope| !granted.contains(scope)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_scopes_that_are_missing() {
        let scopes = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let needed = scopes("commands chat:write users:read");
        assert_eq!(missing_scopes(&needed, None), None);
        assert_eq!(missing_scopes(&needed, Some(&scopes("users:read chat:write commands pins:read"))), Some(vec![]));
        assert_eq!(missing_scopes(&needed, Some(&scopes("chat:write.public commands"))), Some(scopes("chat:write users:read")));
    }
}
