//! Decides the conditions of a policy that ask for the tags of what is acted on, and leaves the rest of the policy as it is.
//!
//! The keys are `aws:ResourceTag/<key>` and the services' own forms of it, `ssm:resourceTag/<key>` and `ec2:ResourceTag/<key>`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

const KEYS: [&str; 3] = ["aws:resourcetag/", "ssm:resourcetag/", "ec2:resourcetag/"];

/// The policy as it reads for something with these tags: statements whose conditions on tags hold lose those conditions, statements
/// whose conditions do not hold are gone.
pub fn decide(document: &str, tags: &BTreeMap<String, String>, resource: &str) -> String {
    let Ok(mut policy) = serde_json::from_str::<Value>(document) else { return document.to_owned() };
    let statements = match policy["Statement"].take() {
        Value::Array(statements) => statements,
        one => vec![one],
    };
    // Only EC2 and SSM resources that have tags are asked about; the ARN is in the log when a policy surprises somebody.
    let kept: Vec<_> = statements.into_iter().filter_map(|statement| decided(statement, tags)).collect();
    tracing::trace!(resource, statements = kept.len(), "conditions on tags decided");
    policy["Statement"] = Value::Array(kept);
    policy.to_string()
}

fn decided(mut statement: Value, tags: &BTreeMap<String, String>) -> Option<Value> {
    let denies = statement["Effect"] == "Deny";
    let Some(Value::Object(conditions)) = statement.get_mut("Condition") else { return Some(statement) };
    let mut left = Map::new();
    for (operator, keys) in std::mem::take(conditions) {
        let Value::Object(keys) = keys else { continue };
        let mut others = Map::new();
        for (key, wanted) in keys {
            let Some(tag) = tag_of(&key) else {
                others.insert(key, wanted);
                continue;
            };
            let actual = tags.get(tag).map(String::as_str);
            // An operator that is not known here must not open a door: it fails an Allow and holds for a Deny.
            if !holds(&operator, actual, &texts(&wanted)).unwrap_or(denies) {
                return None;
            }
        }
        if !others.is_empty() {
            left.insert(operator, Value::Object(others));
        }
    }
    if left.is_empty() {
        statement.as_object_mut()?.remove("Condition");
    } else {
        statement["Condition"] = Value::Object(left);
    }
    Some(statement)
}

fn tag_of(key: &str) -> Option<&str> {
    let lower = key.to_ascii_lowercase();
    KEYS.iter().find(|prefix| lower.starts_with(*prefix)).map(|prefix| &key[prefix.len()..])
}

fn texts(wanted: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    wanted.as_array().map_or_else(|| vec![text(wanted)], |values| values.iter().map(text).collect())
}

fn holds(operator: &str, actual: Option<&str>, wanted: &[String]) -> Option<bool> {
    if operator == "Null" {
        return Some(wanted.iter().any(|wanted| (wanted == "true") == actual.is_none()));
    }
    let (operator, if_exists) = operator.strip_suffix("IfExists").map_or((operator, false), |operator| (operator, true));
    let Some(actual) = actual else {
        let negative = operator.contains("Not");
        return Some(if_exists || negative);
    };
    let any = |fits: &dyn Fn(&str) -> bool| wanted.iter().any(|wanted| fits(wanted));
    match operator {
        "StringEquals" => Some(any(&|wanted| wanted == actual)),
        "StringNotEquals" => Some(!any(&|wanted| wanted == actual)),
        "StringEqualsIgnoreCase" => Some(any(&|wanted| wanted.eq_ignore_ascii_case(actual))),
        "StringNotEqualsIgnoreCase" => Some(!any(&|wanted| wanted.eq_ignore_ascii_case(actual))),
        "StringLike" => Some(any(&|wanted| like(wanted.as_bytes(), actual.as_bytes()))),
        "StringNotLike" => Some(!any(&|wanted| like(wanted.as_bytes(), actual.as_bytes()))),
        _ => None,
    }
}

fn like(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => like(rest, text) || text.split_first().is_some_and(|(_, text)| like(pattern, text)),
        (Some((b'?', rest)), Some((_, text))) => like(rest, text),
        (Some((one, rest)), Some((other, text))) => one == other && like(rest, text),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::decide;

    fn kept(condition: &Value, tags: &[(&str, &str)], effect: &str) -> Vec<Value> {
        let policy = json!({ "Statement": [{ "Effect": effect, "Action": "ssm:SendCommand", "Resource": "*", "Condition": condition }] });
        let tags: BTreeMap<_, _> = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let decided: Value = serde_json::from_str(&decide(&policy.to_string(), &tags, "*")).unwrap();
        decided["Statement"].as_array().unwrap().clone()
    }

    #[test]
    fn a_condition_on_a_tag_holds_or_takes_its_statement_away() {
        let condition = json!({ "StringEquals": { "ssm:resourceTag/opsroom": "managed" } });
        let [statement] = &kept(&condition, &[("opsroom", "managed")], "Allow")[..] else { panic!("kept") };
        assert!(statement.get("Condition").is_none());
        assert!(kept(&condition, &[("opsroom", "no")], "Allow").is_empty());
        assert!(kept(&condition, &[], "Allow").is_empty());
        assert!(
            kept(&json!({ "StringLike": { "aws:ResourceTag/opsroom": ["x", "man*"] } }), &[("opsroom", "managed")], "Allow").len() == 1
        );
    }

    #[test]
    fn other_conditions_stay() {
        let condition = json!({ "StringEquals": { "ssm:resourceTag/a": "1", "aws:PrincipalAccount": "2" } });
        let [statement] = &kept(&condition, &[("a", "1")], "Allow")[..] else { panic!("kept") };
        assert_eq!(statement["Condition"], json!({ "StringEquals": { "aws:PrincipalAccount": "2" } }));
    }

    #[test]
    fn an_unknown_operator_opens_nothing() {
        let condition = json!({ "NumericEquals": { "ssm:resourceTag/a": "1" } });
        assert!(kept(&condition, &[("a", "1")], "Allow").is_empty());
        assert_eq!(kept(&condition, &[("a", "1")], "Deny").len(), 1);
    }
}
