//! Just enough of `DynamoDB` to answer a function from what it wrote itself. Conditions always hold: a scenario puts what its
//! function will read into the memory beforehand. Source: the Amazon `DynamoDB` API Reference.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::expressions;
use super::services::item;
use crate::stub::Call;

type Address = (String, String, String);

/// The items of all tables.
#[derive(Debug, Default)]
pub struct Memory {
    items: Mutex<BTreeMap<Address, Value>>,
}

impl Memory {
    /// Puts an item from plain JSON; its keys are `pk` and `sk`.
    pub fn put(&self, table: &str, plain: &Value) {
        keep(&mut self.items(), table, &item(plain));
    }

    /// Forgets all of a table but its last item, so that it doesn't grow from event to event.
    pub fn forget_all_but_the_last(&self, table: &str) {
        let mut items = self.items();
        let last = items.keys().rfind(|(of, ..)| of == table).cloned();
        items.retain(|address, _| address.0 != table || Some(address) == last.as_ref());
    }

    /// Forgets all of a table.
    pub fn forget(&self, table: &str) {
        self.items().retain(|(of, ..), _| of != table);
    }

    /// Answers what concerns the tables.
    pub fn answer(&self, call: &Call) -> Option<Value> {
        let mut items = self.items();
        match call.action() {
            "GetItem" => {
                let found = address(call.table(), &call.body["Key"]).and_then(|address| items.get(&address).cloned());
                Some(found.map_or_else(|| json!({}), |item| json!({"Item": item})))
            }
            "Query" => Some(query(&items, call)),
            "PutItem" | "DeleteItem" | "UpdateItem" => {
                write(&mut items, call.action(), &call.body);
                Some(json!({}))
            }
            "TransactWriteItems" => {
                for part in call.body["TransactItems"].as_array()? {
                    for (action, write_of) in [("PutItem", "Put"), ("DeleteItem", "Delete"), ("UpdateItem", "Update")] {
                        write(&mut items, action, &part[write_of]);
                    }
                }
                Some(json!({}))
            }
            _ => None,
        }
    }

    fn items(&self) -> MutexGuard<'_, BTreeMap<Address, Value>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn address(table: &str, attributes: &Value) -> Option<Address> {
    let part = |name: &str| attributes[name]["S"].as_str().map(str::to_owned);
    Some((table.to_owned(), part("pk")?, part("sk")?))
}

fn keep(items: &mut BTreeMap<Address, Value>, table: &str, item: &Value) {
    if let Some(address) = address(table, item) {
        items.insert(address, item.clone());
    }
}

/// `request` is `null` where a transaction's part is another kind of write.
fn write(items: &mut BTreeMap<Address, Value>, action: &str, request: &Value) {
    let table = request["TableName"].as_str().unwrap_or_default();
    if action == "PutItem" {
        return keep(items, table, &request["Item"]);
    }
    let Some(address) = address(table, &request["Key"]) else { return };
    if action == "DeleteItem" {
        items.remove(&address);
    } else {
        expressions::update(items.entry(address).or_insert_with(|| request["Key"].clone()), request);
    }
}

/// An index is looked up by its attributes like the table itself.
fn query(items: &BTreeMap<Address, Value>, call: &Call) -> Value {
    let in_table = items.iter().filter(|((of, ..), _)| of == call.table()).map(|(_, item)| item);
    let mut found: Vec<&Value> = in_table.filter(|item| expressions::fits(item, &call.body)).collect();
    if call.body["ScanIndexForward"] == false {
        found.reverse();
    }
    let limit = call.body["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
    found.truncate(limit.unwrap_or(usize::MAX));
    json!({"Items": found, "Count": found.len(), "ScannedCount": found.len()})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stub::Host;

    fn call(action: &str, body: Value) -> Call {
        Call { host: Host::DynamoDb, operation: format!("DynamoDB_20120810.{action}"), body }
    }

    fn query_of(condition: &str, values: &Value, backwards: bool) -> Call {
        let body = json!({
            "TableName": "state", "KeyConditionExpression": condition, "ScanIndexForward": !backwards, "Limit": 2,
            "ExpressionAttributeNames": {"#pk": "pk", "#sk": "sk"}, "ExpressionAttributeValues": item(values),
        });
        call("Query", body)
    }

    fn memory() -> Memory {
        let memory = Memory::default();
        for sk in ["1#a", "1#b", "2#a"] {
            memory.put("state", &json!({"pk": "DUE", "sk": sk}));
        }
        memory.put("state", &json!({"pk": "SLOTS", "sk": "1#a"}));
        memory.put("audit", &json!({"pk": "AUDIT", "sk": "1"}));
        memory
    }

    fn sort_keys(answer: Option<Value>) -> Vec<String> {
        let answer = answer.expect("an answer");
        let items = answer["Items"].as_array().expect("items");
        items.iter().filter_map(|item| Some(item["sk"]["S"].as_str()?.to_owned())).collect()
    }

    #[test]
    fn what_a_transaction_writes_is_read_back() {
        let memory = memory();
        let put = json!({"Put": {"TableName": "state", "Item": item(&json!({"pk": "A", "sk": "S", "n": 1}))}});
        let delete = json!({"Delete": {"TableName": "state", "Key": item(&json!({"pk": "SLOTS", "sk": "1#a"}))}});
        assert_eq!(memory.answer(&call("TransactWriteItems", json!({"TransactItems": [put, delete]}))), Some(json!({})));
        let get =
            |pk: &str, sk: &str| memory.answer(&call("GetItem", json!({"TableName": "state", "Key": item(&json!({"pk": pk, "sk": sk}))})));
        assert_eq!(get("A", "S"), Some(json!({"Item": {"pk": {"S": "A"}, "sk": {"S": "S"}, "n": {"N": "1"}}})));
        assert_eq!(get("SLOTS", "1#a"), Some(json!({})));
    }

    #[test]
    fn queries_keep_to_partition_prefix_bound_order_and_limit() {
        let memory = memory();
        let all = query_of("#pk = :pk", &json!({":pk": "DUE"}), false);
        assert_eq!(sort_keys(memory.answer(&all)), ["1#a", "1#b"]);
        let last = query_of("#pk = :pk", &json!({":pk": "DUE"}), true);
        assert_eq!(sort_keys(memory.answer(&last)), ["2#a", "1#b"]);
        let prefix = query_of("#pk = :pk AND begins_with(#sk, :p)", &json!({":pk": "DUE", ":p": "2"}), false);
        assert_eq!(sort_keys(memory.answer(&prefix)), ["2#a"]);
        let bound = query_of("#pk = :pk AND #sk < :b", &json!({":pk": "DUE", ":b": "1#b"}), false);
        assert_eq!(sort_keys(memory.answer(&bound)), ["1#a"]);
    }

    #[test]
    fn a_table_is_forgotten_alone() {
        let memory = memory();
        memory.put("audit", &json!({"pk": "AUDIT", "sk": "2"}));
        memory.forget("state");
        memory.forget_all_but_the_last("audit");
        let left: Vec<Address> = memory.items().keys().cloned().collect();
        assert_eq!(left, [("audit".to_owned(), "AUDIT".to_owned(), "2".to_owned())]);
    }
}
