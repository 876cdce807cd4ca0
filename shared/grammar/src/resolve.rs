//! From the names people type to the names of the catalog.

use opsroom_domain::catalog::{Catalog, UnknownName};
use opsroom_domain::monit::AlarmMatch;

use crate::command::{Command, Deploy, HistoryOf, Wanted};
use crate::mistake::{Mistake, Suggestion, nearest};
use crate::mon::{Mon, Quiet};
use crate::normalise::typed as as_typed;
use crate::release::{Place, Release};

impl Command {
    /// Replaces what was typed by the catalog's own names, or says which name is wrong and what would be right. `line` is
    /// what was typed, for a corrected line to offer.
    pub fn resolve(self, catalog: &Catalog, line: &str) -> Result<Self, Mistake> {
        let reads_only = self.spec().reads_only();
        self.resolved(catalog).map_err(|unknown| explain(&unknown, line, reads_only))
    }

    fn resolved(self, catalog: &Catalog) -> Result<Self, UnknownName> {
        let service = |typed: &str| catalog.service(typed).map(|(name, _)| name.to_string());
        let environment = |typed: Option<String>| typed.map(|typed| catalog.environment(&typed).map(ToString::to_string)).transpose();
        Ok(match self {
            Self::Can { line, command } => Self::Can { line, command: Box::new(command.resolved(catalog)?) },
            Self::Status { environment: typed } => Self::Status { environment: environment(typed)? },
            Self::Deploy(deploy) => {
                let (service, environment) = match catalog.target(&deploy.service, &deploy.environment) {
                    Ok(target) => (target.service_name, target.environment_name),
                    // "deploy staging api" means one thing only.
                    Err(wrong) => match catalog.target(&deploy.environment, &deploy.service) {
                        Ok(swapped) if deploy.revision.is_none() && deploy.then.is_empty() => {
                            (swapped.service_name, swapped.environment_name)
                        }
                        _ => return Err(wrong),
                    },
                };
                let further = |wanted: Wanted| -> Result<Wanted, UnknownName> {
                    let target = catalog.target(&wanted.service, environment.as_str())?;
                    Ok(Wanted { service: target.service_name.to_string(), ..wanted })
                };
                let then = deploy.then.into_iter().map(further).collect::<Result<Vec<_>, _>>()?;
                Self::Deploy(Deploy { service: service.to_string(), environment: environment.to_string(), then, ..deploy })
            }
            Self::Where { service: typed } => Self::Where { service: service(&typed)? },
            Self::Deploys { service: typed, environment: place } => {
                let service = service(&typed)?;
                let environment = environment(place)?;
                if let Some(environment) = &environment {
                    catalog.target(&service, environment)?;
                }
                Self::Deploys { service, environment }
            }
            Self::History { of: Some(HistoryOf::Service(typed)), since } => {
                Self::History { of: Some(HistoryOf::Service(service(&typed)?)), since }
            }
            Self::Help { .. }
            | Self::Offers
            | Self::WhoAmI
            | Self::Cancel { .. }
            | Self::Pending
            | Self::History { .. }
            | Self::Gh(_)
            | Self::Build(_)
            | Self::Bytes(_)
            | Self::Dj(_) => self,
            Self::Release(release) => Self::Release(release.resolved(catalog)?),
            Self::Mon(mon) => Self::Mon(mon.resolved(catalog)?),
            Self::Hosts(hosts) => Self::Hosts(hosts.resolved(catalog)?),
        })
    }
}

impl Release {
    fn resolved(self, catalog: &Catalog) -> Result<Self, UnknownName> {
        Ok(match self {
            Self::Rollback { service, environment, to, reason } => {
                let (service, environment) = found(catalog, &service, &environment)?;
                Self::Rollback { service, environment, to, reason }
            }
            Self::Promote { service, from, to, reason } => {
                let (service, from) = found(catalog, &service, &from)?;
                let (_, to) = found(catalog, &service, &to)?;
                Self::Promote { service, from, to, reason }
            }
            Self::Lock { place, span, reason, steal } => Self::Lock { place: place.resolved(catalog)?, span, reason, steal },
            Self::Unlock { place } => Self::Unlock { place: place.resolved(catalog)? },
            Self::Freeze { environment, until, reason } => {
                Self::Freeze { environment: catalog.environment(&environment)?.to_string(), until, reason }
            }
            Self::Unfreeze { environment } => Self::Unfreeze { environment: catalog.environment(&environment)?.to_string() },
            other @ (Self::Approve { .. } | Self::Reject { .. } | Self::Override { .. } | Self::Locks) => other,
        })
    }
}

/// The catalog's names of a service in an environment.
fn found(catalog: &Catalog, service: &str, environment: &str) -> Result<(String, String), UnknownName> {
    catalog.target(service, environment).map(|target| (target.service_name.to_string(), target.environment_name.to_string()))
}

impl Place {
    fn resolved(self, catalog: &Catalog) -> Result<Self, UnknownName> {
        let Some(service) = self.service else {
            return Ok(Self { environment: catalog.environment(&self.environment)?.to_string(), service: None });
        };
        // "lock api in production" means one thing only.
        let found = match found(catalog, &service, &self.environment) {
            Ok(found) => found,
            Err(wrong) => found_swapped(catalog, &service, &self.environment).ok_or(wrong)?,
        };
        Ok(Self { environment: found.1, service: Some(found.0) })
    }
}

fn found_swapped(catalog: &Catalog, environment: &str, service: &str) -> Option<(String, String)> {
    found(catalog, service, environment).ok()
}

impl Mon {
    fn resolved(self, catalog: &Catalog) -> Result<Self, UnknownName> {
        let alarms = |matches: AlarmMatch| -> Result<AlarmMatch, UnknownName> {
            let service = matches.service.map(|typed| catalog.service(typed.as_str()).map(|(name, _)| name.clone())).transpose()?;
            let environment = matches.environment.map(|typed| catalog.environment(typed.as_str()).cloned()).transpose()?;
            Ok(AlarmMatch { service, environment, ..matches })
        };
        Ok(match self {
            Self::Open { environment: Some(typed) } => Self::Open { environment: Some(catalog.environment(&typed)?.to_string()) },
            Self::Silence { what: Quiet::Alarms(matches), span, reason } => {
                Self::Silence { what: Quiet::Alarms(alarms(matches)?), span, reason }
            }
            Self::AddRoute { matches, to, severity } => Self::AddRoute { matches: alarms(matches)?, to, severity },
            Self::Test { alarm } => Self::Test { alarm: alarms(alarm)? },
            other => other,
        })
    }
}

fn explain(unknown: &UnknownName, line: &str, reads_only: bool) -> Mistake {
    let (typed, valid) = unknown.typed_and_valid();
    let mut mistake = Mistake::new(unknown.to_string()).valid(valid);
    mistake.suggestion = nearest(typed, valid.iter().map(String::as_str)).map(|near| {
        let corrected = as_typed(line).into_iter().map(|word| match word.split_once('@') {
            Some((service, revision)) if service.eq_ignore_ascii_case(typed) => format!("{near}@{revision}"),
            _ if word.eq_ignore_ascii_case(typed) => near.to_owned(),
            // `service=apii`
            _ => match word.rfind(['=', ':']) {
                Some(at) if word[at + 1..].eq_ignore_ascii_case(typed) => format!("{}{near}", &word[..=at]),
                _ => word,
            },
        });
        Suggestion { line: corrected.collect::<Vec<_>>().join(" "), reads_only }
    });
    mistake
}
