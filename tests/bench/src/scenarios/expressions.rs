//! The expressions of `DynamoDB`'s API, as far as the functions use them. What is not understood changes nothing, and shows
//! in a function that does not find what it wrote.
//!
//! Source: "Update expressions" and "Key condition expressions", Amazon `DynamoDB` Developer Guide.

use serde_json::{Value, json};

const CLAUSES: [&str; 3] = ["SET", "REMOVE", "ADD"];

/// Whether an item fits a key condition: one term or two, joined by `AND`.
pub fn fits(item: &Value, request: &Value) -> bool {
    let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
    condition.split(" AND ").all(|term| holds(term, item, request))
}

fn holds(term: &str, item: &Value, request: &Value) -> bool {
    let (operator, parts) = match term.strip_prefix("begins_with(").and_then(|rest| rest.strip_suffix(')')) {
        Some(arguments) => ("begins_with", arguments.split_once(", ")),
        None => ["=", "<"]
            .into_iter()
            .find_map(|operator| Some((operator, Some(term.split_once(&format!(" {operator} "))?))))
            .unwrap_or_default(),
    };
    let Some((attribute, placeholder)) = parts else {
        return false;
    };
    let (Some(actual), Some(wanted)) = (item[name(attribute, request)]["S"].as_str(), value(placeholder, request)["S"].as_str()) else {
        return false;
    };
    match operator {
        "begins_with" => actual.starts_with(wanted),
        "<" => actual < wanted,
        _ => actual == wanted,
    }
}

/// Carries an update expression out.
pub fn update(item: &mut Value, request: &Value) {
    let mut clause = "";
    let mut action = String::new();
    for word in request["UpdateExpression"].as_str().unwrap_or_default().split_whitespace() {
        if CLAUSES.contains(&word) {
            carry_out(clause, &action, item, request);
            action.clear();
            clause = word;
            continue;
        }
        action = format!("{action} {word}");
        // A comma within parentheses parts arguments, not actions.
        if word.ends_with(',') && action.matches('(').count() == action.matches(')').count() {
            carry_out(clause, action.trim_end_matches(','), item, request);
            action.clear();
        }
    }
    carry_out(clause, &action, item, request);
}

fn carry_out(clause: &str, action: &str, item: &mut Value, request: &Value) {
    let action = action.trim();
    match clause {
        "SET" => {
            let Some((attribute, wanted)) = action.split_once(" = ") else { return };
            let attribute = name(attribute, request);
            let default = wanted.strip_prefix("if_not_exists(").and_then(|rest| rest.strip_suffix(')')?.split_once(", "));
            match default {
                Some(_) if !item[attribute].is_null() => {}
                Some((_, placeholder)) => item[attribute] = value(placeholder, request).clone(),
                None => item[attribute] = value(wanted, request).clone(),
            }
        }
        "REMOVE" => {
            if let Some(attributes) = item.as_object_mut() {
                attributes.remove(name(action, request));
            }
        }
        "ADD" => {
            let Some((attribute, placeholder)) = action.split_once(' ') else { return };
            let number = |value: &Value| value["N"].as_str().and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
            let attribute = name(attribute, request);
            let sum = number(&item[attribute]) + number(value(placeholder, request));
            item[attribute] = json!({"N": sum.to_string()});
        }
        _ => {}
    }
}

fn name<'a>(placeholder: &'a str, request: &'a Value) -> &'a str {
    request["ExpressionAttributeNames"][placeholder].as_str().unwrap_or(placeholder)
}

fn value<'a>(placeholder: &str, request: &'a Value) -> &'a Value {
    &request["ExpressionAttributeValues"][placeholder]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn updated(expression: &str) -> Value {
        let mut item = json!({"sending": {"S": "x"}, "since": {"N": "7"}, "version": {"N": "2"}, "lane": {"S": "old"}});
        let request = json!({
            "UpdateExpression": expression,
            "ExpressionAttributeNames": {"#sending": "sending", "#since": "since", "#shown": "shown", "#lane": "lane", "#version": "version"},
            "ExpressionAttributeValues": {":shown": {"S": "1.2"}, ":lane": {"S": "new"}, ":one": {"N": "1"}},
        });
        update(&mut item, &request);
        item
    }

    #[test]
    fn attributes_are_set_and_removed() {
        let item = updated("SET #shown = :shown, #lane = :lane REMOVE #sending, #since");
        assert_eq!(item, json!({"shown": {"S": "1.2"}, "version": {"N": "2"}, "lane": {"S": "new"}}));
    }

    #[test]
    fn what_is_there_is_not_set_again() {
        let item = updated("SET #lane = if_not_exists(#lane, :lane), #shown = if_not_exists(#shown, :shown)");
        assert_eq!((&item["lane"], &item["shown"]), (&json!({"S": "old"}), &json!({"S": "1.2"})));
    }

    #[test]
    fn numbers_are_added() {
        let item = updated("SET #shown = :shown ADD #version :one REMOVE #sending");
        assert_eq!((&item["version"], &item["sending"]), (&json!({"N": "3"}), &Value::Null));
    }
}
