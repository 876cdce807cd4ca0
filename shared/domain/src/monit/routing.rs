//! Where an alarm goes: routes of the catalog, then those made in chat, else the default room.

use super::{Facts, Route, Severity};
use crate::catalog::{Catalog, Monit};
use crate::ids::ChannelId;
use crate::incident::Routed;

/// Where an alarm goes, and what its route says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutedTo {
    /// The channel; `None` if the catalog has no room at all.
    pub channel: Option<ChannelId>,
    /// Why there.
    pub routed: Routed,
    /// How bad it is, if the route says so.
    pub severity: Option<Severity>,
    /// What to do about it: the route's word, else the service's. The sender's own goes before it.
    pub runbook: Option<String>,
}

impl RoutedTo {
    /// How bad an alarm is, all things considered: the route's word, else the sender's, else the catalog's default.
    pub fn severity(&self, sender: Option<Severity>, monit: &Monit) -> Severity {
        self.severity.or(sender).unwrap_or(monit.default_severity)
    }
}

/// Finds where an alarm goes.
pub fn route(catalog: Option<&Catalog>, chat_routes: &[Route], facts: &Facts<'_>) -> RoutedTo {
    let service = || catalog?.services.get(facts.service?)?.runbook.clone();
    let rules = catalog.map_or(&[][..], |catalog| &catalog.monit.routes);
    if let Some((number, rule)) = (1..).zip(rules).find(|(_, rule)| rule.matches.fits(facts)) {
        return RoutedTo {
            channel: Some(rule.channel.clone()),
            routed: Routed::Catalog { number },
            severity: rule.severity,
            runbook: rule.runbook.clone().or_else(service),
        };
    }
    if let Some(route) = chat_routes.iter().find(|route| route.matches.fits(facts)) {
        return RoutedTo {
            channel: Some(route.channel.clone()),
            routed: Routed::Chat { route: route.id.clone() },
            severity: route.severity,
            runbook: service(),
        };
    }
    RoutedTo { channel: catalog.and_then(default_room).cloned(), routed: Routed::Nobody, severity: None, runbook: service() }
}

/// Where alarms go that no route takes; see [`Monit::room`].
pub fn default_room(catalog: &Catalog) -> Option<&ChannelId> {
    let meant = |name: &str| {
        let name = name.to_lowercase();
        name == "monit" || name.starts_with("alert") || name.starts_with("alarm")
    };
    let by_name = || catalog.rooms.iter().find(|(_, room)| meant(&room.name)).map(|(id, _)| id);
    catalog.monit.room.as_ref().or_else(by_name).or_else(|| catalog.rooms.keys().next())
}
