//! One write to a table, as part of a transaction or alone.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{BuildError, SdkError};
use aws_sdk_dynamodb::types::{Delete, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use opsroom_application::ports::{PortError, PortErrorKind};
use opsroom_aws_session::port_error;

use crate::items::Item;

/// The rule that a write's condition keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    /// There is no condition.
    None,
    /// The event was not worked on before.
    EventIsNew,
    /// The deployment is as it was read.
    DeploymentIsUnchanged,
    /// The execution is as it was read.
    ExecutionIsUnchanged,
    /// The health, the conversation or the subscription is as it was read.
    RoomIsUnchanged,
    /// The alarm, the incident, the group, the route or the silence is as it was read.
    MonitIsUnchanged,
    /// The operation, or who holds a place, is as it was read.
    OperationIsUnchanged,
    /// The link, its message, the reader or the digest is as it was read.
    BytesAreUnchanged,
    /// The station or the errand is as it was read.
    StationIsUnchanged,
    /// The person hasn't looked later than that.
    LookIsLater,
    /// Nobody else is linked to the login.
    LoginIsFree,
    /// Nobody else's link is taken off.
    LoginIsOurs,
    /// No other deployment is in the slot.
    SlotIsFree,
    /// The lock is the one that was read.
    LockIsUnchanged,
    /// No other deployment's slot is freed.
    SlotIsOurs,
    /// The audit entry is behind the last one.
    AuditEntryIsNext,
    /// The message is there, and in the state that a mark needs.
    MarkFits,
    /// The catalog in force is the one that was read.
    CatalogIsUnchanged,
}

/// A write.
#[derive(Debug, Clone)]
pub(crate) struct Write {
    /// What its condition keeps.
    pub(crate) rule: Rule,
    /// The table's name.
    pub(crate) table: String,
    /// What is written.
    pub(crate) action: Action,
    /// The condition. Attributes are written `#name`, values `:name`.
    pub(crate) condition: Option<String>,
    /// The values of `condition` and of an update's expression.
    pub(crate) values: Item,
}

/// What is written.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// A whole item.
    Put(Item),
    /// Some attributes of an item.
    Update {
        /// Which item.
        key: Item,
        /// What to do with it.
        expression: String,
    },
    /// No item any more.
    Delete {
        /// Which item.
        key: Item,
    },
}

impl Write {
    /// `#name` stands for the attribute `name`. All attributes are written so, because more than five hundred words can't be
    /// used otherwise (DynamoDB developer guide, "Reserved words in DynamoDB").
    fn names(&self) -> Option<HashMap<String, String>> {
        let expression = if let Action::Update { expression, .. } = &self.action { expression.as_str() } else { "" };
        let names: HashMap<String, String> = [expression, self.condition.as_deref().unwrap_or_default()]
            .iter()
            .flat_map(|text| text.split('#').skip(1))
            .map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default())
            .map(|name| (format!("#{name}"), name.to_owned()))
            .collect();
        (!names.is_empty()).then_some(names)
    }

    fn values(&self) -> Option<Item> {
        (!self.values.is_empty()).then(|| self.values.clone())
    }

    /// As part of a transaction. A refused one gives back the item that was in the way.
    pub(crate) fn in_transaction(&self) -> Result<TransactWriteItem, PortError> {
        let (names, values) = (self.names(), self.values());
        let all_old = self.condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let item = TransactWriteItem::builder();
        let built = match &self.action {
            Action::Put(put) => Put::builder()
                .table_name(&self.table)
                .set_item(Some(put.clone()))
                .set_condition_expression(self.condition.clone())
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .set_return_values_on_condition_check_failure(all_old)
                .build()
                .map(|put| item.put(put)),
            Action::Update { key, expression } => Update::builder()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .update_expression(expression)
                .set_condition_expression(self.condition.clone())
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .set_return_values_on_condition_check_failure(all_old)
                .build()
                .map(|update| item.update(update)),
            Action::Delete { key } => Delete::builder()
                .table_name(&self.table)
                .set_key(Some(key.clone()))
                .set_condition_expression(self.condition.clone())
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .set_return_values_on_condition_check_failure(all_old)
                .build()
                .map(|delete| item.delete(delete)),
        };
        built
            .map(aws_sdk_dynamodb::types::builders::TransactWriteItemBuilder::build)
            .map_err(|error: BuildError| PortError::new(PortErrorKind::Permanent, "dynamodb:TransactWriteItems", error))
    }

    /// Alone; `false` if the condition didn't hold.
    pub(crate) async fn alone(&self, client: &Client) -> Result<bool, PortError> {
        let (names, values) = (self.names(), self.values());
        match &self.action {
            Action::Put(item) => {
                let sent = client
                    .put_item()
                    .table_name(&self.table)
                    .set_item(Some(item.clone()))
                    .set_condition_expression(self.condition.clone())
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .send()
                    .await;
                held(sent, "dynamodb:PutItem")
            }
            Action::Update { key, expression } => {
                let sent = client
                    .update_item()
                    .table_name(&self.table)
                    .set_key(Some(key.clone()))
                    .update_expression(expression)
                    .set_condition_expression(self.condition.clone())
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .send()
                    .await;
                held(sent, "dynamodb:UpdateItem")
            }
            Action::Delete { key } => {
                let sent = client
                    .delete_item()
                    .table_name(&self.table)
                    .set_key(Some(key.clone()))
                    .set_condition_expression(self.condition.clone())
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .send()
                    .await;
                held(sent, "dynamodb:DeleteItem")
            }
        }
    }
}

fn held<T, E>(
    sent: Result<T, SdkError<E, aws_sdk_dynamodb::config::http::HttpResponse>>,
    operation: &'static str,
) -> Result<bool, PortError>
where
    E: aws_sdk_dynamodb::error::ProvideErrorMetadata + std::error::Error + 'static,
{
    match sent {
        Ok(_) => Ok(true),
        Err(error) if error.as_service_error().and_then(|e| e.code()) == Some("ConditionalCheckFailedException") => Ok(false),
        Err(error) => Err(port_error(operation, &error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_attribute_of_its_expressions() {
        let write = Write {
            rule: Rule::None,
            table: "t".into(),
            action: Action::Update { key: Item::new(), expression: "SET #a_1 = :a REMOVE #b, #c".into() },
            condition: Some("attribute_not_exists(#d) OR #e.#version<=:v".into()),
            values: Item::new(),
        };
        let mut names: Vec<_> = write.names().unwrap().into_iter().collect();
        names.sort();
        let expected = ["a_1", "b", "c", "d", "e", "version"].map(|name| (format!("#{name}"), name.to_owned()));
        assert_eq!(names, expected);
    }
}
