//! What protects environments: whether it can be kept at all.

use jiff::Timestamp;

use super::{Findings, is_pipeline_name};
use crate::catalog::{ApprovalRule, Catalog, Environment, Service, Target};
use crate::ids::{EnvironmentName, ServiceName};

/// A rule that takes more people than that is a slip of the pen.
const MOST_APPROVERS: u32 = 10;

/// A week.
const MOST_MINUTES: u32 = 7 * 24 * 60;

impl Catalog {
    pub(super) fn check_environment_protection(&self, found: &mut Findings, name: &EnvironmentName, environment: &Environment) {
        let path = ["environments", name.as_str()];
        self.check_approval(found, &path, environment.approval.as_ref());
        if let Some(required) = &environment.requires {
            self.check_required(found, &path, name, required);
        }
        for window in &environment.freezes {
            if let Err(wrong) = window.frozen_until(Timestamp::UNIX_EPOCH) {
                found.add(&[path[0], path[1], "freezes"], format!("the window from `{}` to `{}`: {wrong}", window.from, window.until));
            }
        }
    }

    pub(super) fn check_target_protection(
        &self,
        found: &mut Findings,
        name: &ServiceName,
        service: &Service,
        environment: &EnvironmentName,
        target: &Target,
    ) {
        let path = ["services", name.as_str(), "environments", environment.as_str()];
        let at = |field: &'static str| [path.as_slice(), &[field]].concat();
        self.check_approval(found, &path, target.approval.as_ref());
        if let Some(required) = &target.requires {
            self.check_required(found, &path, environment, required);
            found.expect(service.environments.contains_key(required), &at("requires"), || {
                format!("`{name}` doesn't run in `{required}`, so nothing could ever have succeeded there")
            });
        }
        // CodePipeline's API model: `StageName`, which is made like a pipeline's.
        found.expect(target.rollback_stage.as_ref().is_none_or(|stage| is_pipeline_name(stage)), &at("rollback_stage"), || {
            "is no stage name; CodePipeline takes 1 to 100 of A-Z a-z 0-9 . @ - _".to_owned()
        });
    }

    fn check_approval(&self, found: &mut Findings, path: &[&str], rule: Option<&ApprovalRule>) {
        let Some(rule) = rule else { return };
        let at = |field: &'static str| [path, &["approval", field]].concat();
        if let Some(role) = &rule.role {
            found.expect(self.roles.contains_key(role), &at("role"), || format!("`{role}` is not in `roles`"));
        }
        found.expect(rule.count <= MOST_APPROVERS, &at("count"), || {
            format!("{} people are more than {MOST_APPROVERS}; nothing would ever be deployed", rule.count)
        });
        found.expect((1..=MOST_MINUTES).contains(&rule.expires_after_minutes), &at("expires_after_minutes"), || {
            format!("{} is not between 1 minute and {MOST_MINUTES} minutes (a week)", rule.expires_after_minutes)
        });
    }

    fn check_required(&self, found: &mut Findings, path: &[&str], environment: &EnvironmentName, required: &EnvironmentName) {
        let at = [path, &["requires"]].concat();
        self.expect_environment(found, &at, required);
        found.expect(required != environment, &at, || format!("`{required}` can't come before itself"));
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    #[test]
    fn what_cannot_be_kept_is_named() {
        let catalog: Catalog = serde_json::from_str(
            r#"{
            "workspace": {"team": "T1"},
            "environments": {"staging": {}, "production": {
                "approval": {"role": "lead", "count": 11, "expires_after_minutes": 0},
                "requires": "production",
                "freezes": [{"from": "friday 16:00", "until": "2026-12-23"}, {"from": "friday 16:00", "until": "monday 08:00"}]}},
            "services": {"pay": {"environments": {"production": {"pipeline": "pay", "requires": "staging", "rollback_stage": "a b"}}}},
            "roles": {}, "people": {}
        }"#,
        )
        .unwrap();
        let problems: Vec<String> = catalog.problems().iter().map(ToString::to_string).collect();
        let expected = [
            "environments.production.approval.role: `lead` is not in `roles`",
            "environments.production.approval.count: 11 people are more than 10; nothing would ever be deployed",
            "environments.production.approval.expires_after_minutes: 0 is not between 1 minute and 10080 minutes (a week)",
            "environments.production.requires: `production` can't come before itself",
            "environments.production.freezes: the window from `friday 16:00` to `2026-12-23`: begins and ends in different ways; both are times \
             of the week, such as `friday 16:00`, or both are dates, such as `2026-12-23`",
            "services.pay.environments.production.requires: `pay` doesn't run in `staging`, so nothing could ever have succeeded there",
            "services.pay.environments.production.rollback_stage: is no stage name; CodePipeline takes 1 to 100 of A-Z a-z 0-9 . @ - _",
        ];
        assert_eq!(problems, expected);
    }
}
