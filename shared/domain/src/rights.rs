//! Who may do what, where. Deny by default for everything that writes; a right is role ∩ environment ∩ channel.

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Grant};
use crate::ids::{ChannelId, EnvironmentName, PersonId, PipelineName, RoleName, ServiceName, TeamId};

/// What a role or a room can allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See how things stand.
    Read,
    /// Start and stop deployments, and run their failed stages again.
    Deploy,
    /// Decide on what waits for an approval.
    Approve,
    /// Restart services and hosts, and run runbooks on hosts.
    Operate,
    /// Let a deployment pass in spite of failed checks or of a freeze, freeze an environment, and end others' locks.
    Override,
    /// Say what a channel gets to see. Tied to neither environment nor room: it changes nothing but what that channel is shown.
    Subscribe,
    /// Act on incidents: acknowledge, resolve, assign, snooze, silence, note. Tied to no room: people are called wherever they are.
    Respond,
    /// Run the DJ room: skip at once, ban songs, set the volume, stop and go on. Tied to neither environment nor room.
    Dj,
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Deploy => "deploy",
            Self::Approve => "approve",
            Self::Operate => "operate",
            Self::Override => "override",
            Self::Subscribe => "subscribe",
            Self::Respond => "respond",
            Self::Dj => "dj",
        })
    }
}

/// What Slack says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A full member of the workspace.
    Member,
    /// A single- or multi-channel guest.
    Guest,
    /// Somebody whose account was deactivated.
    Deactivated,
    /// An app or a workflow.
    Bot,
}

/// Who asks, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    /// Who.
    pub person: PersonId,
    /// Their workspace.
    pub team: TeamId,
    /// Where they asked.
    pub channel: ChannelId,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish<'a> {
    /// To see something.
    Read,
    /// To change a service in an environment.
    Change {
        /// The permission it takes.
        permission: Permission,
        /// The service.
        service: &'a ServiceName,
        /// Where.
        environment: &'a EnvironmentName,
    },
    /// To act on a pipeline that belongs to no service of the catalog. It takes a grant and a room without limits.
    Pipeline {
        /// The permission it takes.
        permission: Permission,
        /// The pipeline.
        pipeline: &'a PipelineName,
    },
    /// To say what a channel gets to see.
    Subscribe,
    /// To act on an incident, or to silence alarms. What is not known, or not limited, takes a grant without that limit.
    Respond {
        /// The service that it is about, if that is known.
        service: Option<&'a ServiceName>,
        /// The environment, likewise.
        environment: Option<&'a EnvironmentName>,
    },
    /// To run the DJ room.
    Dj,
}

/// The rule that allows, for the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// The role whose grant fitted.
    pub role: RoleName,
}

/// The rule that denies, in words for the person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "rule", rename_all = "snake_case")]
pub enum Denied {
    /// Somebody of another workspace, or an app.
    #[error("only people of this workspace are served here")]
    Foreign,
    /// A guest.
    #[error("guests of the workspace have no rights here")]
    Guest,
    /// No role at all.
    #[error("you have no role in the catalog")]
    NoRole,
    /// Roles, but none that fits.
    #[error("none of your roles ({roles}) allows to {permission} {what}")]
    RoleLacks {
        /// The person's roles.
        roles: String,
        /// What it takes.
        permission: Permission,
        /// `api in production`.
        what: String,
    },
    /// The room is for other things.
    #[error("this channel doesn't allow to {permission} {what}; the `rooms` of the catalog say which do{elsewhere}")]
    Room {
        /// What it takes.
        permission: Permission,
        /// `api in production`.
        what: String,
        /// `: <#C1>, <#C2>`, or nothing.
        elsewhere: String,
    },
}

impl Denied {
    /// The rule's name, for the audit log and `can`.
    pub fn rule(&self) -> &'static str {
        match self {
            Self::Foreign => "workspace",
            Self::Guest => "guest",
            Self::NoRole => "no-role",
            Self::RoleLacks { .. } => "role",
            Self::Room { .. } => "room",
        }
    }
}

impl Catalog {
    /// Decides whether somebody may do something. `standing` is what Slack says of the person, where it was asked.
    pub fn decide(&self, asker: &Asker, standing: Standing, wish: Wish<'_>) -> Result<Allowed, Denied> {
        if asker.team != self.workspace.team {
            return Err(Denied::Foreign);
        }
        match standing {
            Standing::Member => {}
            Standing::Guest => return Err(Denied::Guest),
            Standing::Deactivated | Standing::Bot => return Err(Denied::Foreign),
        }
        let roles = self.roles_of(&asker.person);
        if roles.is_empty() {
            return Err(Denied::NoRole);
        }
        let grants = || {
            roles
                .iter()
                .filter_map(|name| Some((name, self.roles.get(name)?)))
                .flat_map(|(name, role)| role.grants.iter().map(move |g| (name, g)))
        };
        match wish {
            // Whoever may change something may also look at it.
            Wish::Read => grants().next().map(|(role, _)| Allowed { role: role.clone() }).ok_or(Denied::NoRole),
            Wish::Change { permission, service, environment } => {
                let what = format!("{service} in {environment}");
                let fits = |grant: &Grant| fits(grant, permission, service, environment);
                let (role, _) = grants().find(|(_, grant)| fits(grant)).ok_or_else(|| lacks(roles, permission, &what))?;
                self.in_room(asker, permission, what, |room| self.room_allows(room, permission, environment))?;
                Ok(Allowed { role: role.clone() })
            }
            Wish::Pipeline { permission, pipeline } => {
                let what = format!("the pipeline {pipeline}, which no service of the catalog has");
                let fits = |grant: &Grant| grant.allow.contains(&permission) && grant.environments.is_empty() && grant.services.is_empty();
                let (role, _) = grants().find(|(_, grant)| fits(grant)).ok_or_else(|| lacks(roles, permission, &what))?;
                let allows = |room: &ChannelId| {
                    self.rooms.get(room).is_some_and(|room| room.allow.contains(&permission) && room.environments.is_empty())
                };
                self.in_room(asker, permission, what, allows)?;
                Ok(Allowed { role: role.clone() })
            }
            Wish::Subscribe => {
                let permission = Permission::Subscribe;
                let fits = |grant: &Grant| grant.allow.contains(&permission);
                let (role, _) = grants().find(|(_, grant)| fits(grant)).ok_or_else(|| lacks(roles, permission, "channels to news"))?;
                Ok(Allowed { role: role.clone() })
            }
            Wish::Dj => {
                let permission = Permission::Dj;
                let fits = |grant: &Grant| grant.allow.contains(&permission);
                let (role, _) = grants().find(|(_, grant)| fits(grant)).ok_or_else(|| lacks(roles, permission, "the music"))?;
                Ok(Allowed { role: role.clone() })
            }
            Wish::Respond { service, environment } => {
                let permission = Permission::Respond;
                let fits = |grant: &Grant| {
                    grant.allow.contains(&permission)
                        && (grant.services.is_empty() || service.is_some_and(|service| grant.services.contains(service)))
                        && (grant.environments.is_empty() || environment.is_some_and(|place| grant.environments.contains(place)))
                };
                let (role, _) =
                    grants().find(|(_, grant)| fits(grant)).ok_or_else(|| lacks(roles, permission, &incidents(service, environment)))?;
                Ok(Allowed { role: role.clone() })
            }
        }
    }

    /// Refuses in a room that is for other things, and names the rooms that would do.
    fn in_room(&self, asker: &Asker, permission: Permission, what: String, allows: impl Fn(&ChannelId) -> bool) -> Result<(), Denied> {
        if allows(&asker.channel) {
            return Ok(());
        }
        let elsewhere: Vec<String> = self.rooms.iter().filter(|(id, _)| allows(id)).map(|(_, room)| format!("#{}", room.name)).collect();
        let elsewhere = if elsewhere.is_empty() { String::new() } else { format!(": {}", elsewhere.join(", ")) };
        Err(Denied::Room { permission, what, elsewhere })
    }

    /// The roles a person has: their own, or those of every member.
    pub fn roles_of(&self, person: &PersonId) -> &[RoleName] {
        self.people.get(person).map_or(&self.members.roles, |person| &person.roles)
    }

    fn room_allows(&self, channel: &ChannelId, permission: Permission, environment: &EnvironmentName) -> bool {
        let room = self.rooms.get(channel).is_some_and(|room| {
            room.allow.contains(&permission) && (room.environments.is_empty() || room.environments.contains(environment))
        });
        let environment = self.environments.get(environment).is_some_and(|e| e.rooms.is_empty() || e.rooms.contains(channel));
        room && environment
    }
}

/// `to incidents of api in production`
fn incidents(service: Option<&ServiceName>, environment: Option<&EnvironmentName>) -> String {
    let of = service.map_or_else(|| "an unknown service".to_owned(), ToString::to_string);
    let place = environment.map_or_else(|| "an unknown environment".to_owned(), ToString::to_string);
    format!("to incidents of {of} in {place}")
}

fn lacks(roles: &[RoleName], permission: Permission, what: &str) -> Denied {
    let roles = roles.iter().map(RoleName::as_str).collect::<Vec<_>>().join(", ");
    Denied::RoleLacks { roles, permission, what: what.to_owned() }
}

fn fits(grant: &Grant, permission: Permission, service: &ServiceName, environment: &EnvironmentName) -> bool {
    grant.allow.contains(&permission)
        && (grant.environments.is_empty() || grant.environments.contains(environment))
        && (grant.services.is_empty() || grant.services.contains(service))
}

#[cfg(test)]
#[path = "rights_tests.rs"]
mod tests;
