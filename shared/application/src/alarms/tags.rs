//! Tags of `CloudWatch`'s alarms. No form of notification brings them, so they are asked for where they can make a difference.

use jiff::SignedDuration;
use opsroom_domain::alarm::{AlarmKey, AlarmRecord, AlarmReport, AlarmSource, AlarmState};
use opsroom_domain::catalog::Catalog;
use opsroom_domain::monit::{AlarmMatch, MonitSettings, service_and_environment};

use super::{AlarmTables, Watcher};
use crate::ports::Metrics;

/// Tags are asked for again after that time, because people change them.
const KNOWN_FOR: SignedDuration = SignedDuration::from_hours(1);

const TAG: &str = "tag:";

impl<S: AlarmTables, M: Metrics, Q: Sync, D: Sync> Watcher<'_, S, M, Q, D> {
    /// Adds what is known of an alarm's tags to its labels, with one call at most. An alarm is told without its tags rather than late.
    pub(super) async fn tag(&self, report: &mut AlarmReport, known: Option<&AlarmRecord>, settings: &MonitSettings) {
        let Some(arn) = arn(&report.key) else { return };
        if has_tags(report) {
            return;
        }
        let is_fresh = known.is_some_and(|known| has_tags(&known.latest) && report.at.duration_since(known.latest.at) < KNOWN_FOR);
        if report.state == AlarmState::Firing && !is_fresh && self.tags_matter(report, settings) {
            match self.metrics.tags(&arn).await {
                Ok(tags) => {
                    report.labels.extend(tags.into_iter().map(|(key, value)| (format!("{TAG}{key}"), value)));
                    return;
                }
                Err(error) => tracing::warn!(%error, alarm = %report.key, "an alarm is taken in without its tags"),
            }
        }
        let remembered = known.iter().flat_map(|known| &known.latest.labels).filter(|(label, _)| label.starts_with(TAG));
        report.labels.extend(remembered.map(|(label, value)| (label.clone(), value.clone())));
    }

    /// Whether they could say whose alarm it is, or where it goes.
    fn tags_matter(&self, report: &AlarmReport, settings: &MonitSettings) -> bool {
        let asks = |matches: &AlarmMatch| matches.labels.keys().any(|label| label.starts_with(TAG));
        let in_chat = settings.routes.iter().map(|route| &route.matches).chain(settings.silences.iter().map(|silence| &silence.matches));
        let rules = |catalog: &Catalog| {
            catalog.monit.routes.iter().any(|route| asks(&route.matches))
                || catalog.monit.correlate.iter().any(|pattern| pattern.tags.iter().any(|label| label.starts_with(TAG)))
        };
        let is_known = || matches!(service_and_environment(self.catalog, report), (Some(_), Some(_)));
        in_chat.into_iter().any(asks) || self.catalog.is_some_and(|catalog| rules(catalog) || !is_known())
    }
}

fn has_tags(report: &AlarmReport) -> bool {
    report.labels.keys().any(|label| label.starts_with(TAG))
}

/// The ARN of `CloudWatch`'s alarm, whose key is its account, region and name.
fn arn(key: &AlarmKey) -> Option<String> {
    let mut parts = key.id.splitn(3, '/').filter(|_| key.source == AlarmSource::Cloudwatch);
    let (account, region, name) = (parts.next()?, parts.next()?, parts.next()?);
    let partition = match region {
        region if region.starts_with("cn-") => "aws-cn",
        region if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    Some(format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alarms_arn_follows_from_its_key() {
        let key = |id: &str| AlarmKey { source: AlarmSource::Cloudwatch, id: id.into() };
        let cases = [
            ("000000000000/eu-central-1/api/5xx", Some("arn:aws:cloudwatch:eu-central-1:000000000000:alarm:api/5xx")),
            ("000000000000/cn-north-1/a", Some("arn:aws-cn:cloudwatch:cn-north-1:000000000000:alarm:a")),
            ("a", None),
        ];
        for (id, expected) in cases {
            assert_eq!(arn(&key(id)).as_deref(), expected);
        }
        assert_eq!(arn(&AlarmKey { source: AlarmSource::Grafana, id: "a/b/c".into() }), None);
    }
}
