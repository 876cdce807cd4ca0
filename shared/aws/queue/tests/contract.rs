//! The queues against a local cloud.
//!
//! Runs only with the feature `contract-tests`, against the endpoint in `OPSROOM_TEST_AWS_ENDPOINT`; each test makes queues
//! of its own.
#![cfg(feature = "contract-tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what prepares a test is part of the test")]

use aws_sdk_sqs::Client;
use aws_sdk_sqs::types::{Message, MessageSystemAttributeName, QueueAttributeName};
use jiff::SignedDuration;
use opsroom_application::ports::{AlarmChore, AlarmQueue as _, CommandQueue as _, DeadLetters as _, DeliveryQueue as _, Nudge};
use opsroom_application::request::{Ask, Request};
use opsroom_aws_queue::{Redelivery, SqsAlarmQueue, SqsCommandQueue, SqsDeadLetters, SqsDeliveryQueue, redrive};
use opsroom_aws_session::{SdkConfig, from_variables};
use opsroom_domain::due::DueTask;

fn config() -> SdkConfig {
    #[allow(clippy::disallowed_methods, reason = "whoever runs the tests says where the local cloud is")]
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let endpoint = set("OPSROOM_TEST_AWS_ENDPOINT")
        .expect("OPSROOM_TEST_AWS_ENDPOINT must be the address of a local cloud, such as http://127.0.0.1:4566");
    from_variables(|name| match name {
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        "AWS_REGION" => Some(set("OPSROOM_TEST_AWS_REGION").unwrap_or_else(|| "us-east-1".into())),
        "AWS_ACCESS_KEY_ID" => Some(set("OPSROOM_TEST_AWS_ACCESS_KEY_ID").unwrap_or_else(|| "test".into())),
        "AWS_SECRET_ACCESS_KEY" => Some(set("OPSROOM_TEST_AWS_SECRET_ACCESS_KEY").unwrap_or_else(|| "test".into())),
        _ => None,
    })
    .unwrap()
}

async fn queue(config: &SdkConfig, fifo: bool) -> String {
    let name = format!("opsroom-contract-{:016x}{}", fastrand::u64(..), if fifo { ".fifo" } else { "" });
    let create = Client::new(config).create_queue().queue_name(name);
    let create = if fifo { create.attributes(QueueAttributeName::FifoQueue, "true") } else { create };
    create.send().await.unwrap().queue_url.unwrap()
}

async fn receive(config: &SdkConfig, url: &str) -> Vec<Message> {
    let received = Client::new(config)
        .receive_message()
        .queue_url(url)
        .max_number_of_messages(10)
        .visibility_timeout(30)
        .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
        .message_attribute_names("All")
        .send()
        .await;
    received.unwrap().messages.unwrap_or_default()
}

fn request(name: &str) -> Request {
    let task = DueTask::ReconcileDeployment { deployment: "d-1".into() };
    Request { event: name.into(), correlation: name.into(), ask: Ask::Due { task, at: jiff::Timestamp::UNIX_EPOCH } }
}

fn nudge(key: &str, lane: &str) -> Nudge {
    Nudge { key: key.into(), lane: lane.into(), urgent: false, occasion: "1".into(), correlation: "c".into() }
}

#[tokio::test]
async fn a_request_arrives_as_it_was_sent() {
    let config = config();
    let url = queue(&config, false).await;
    SqsCommandQueue::new(&config, url.as_str()).send(&request("due/1")).await.unwrap();
    let messages = receive(&config, &url).await;
    let bodies: Vec<Request> = messages.iter().map(|m| serde_json::from_str(m.body().unwrap()).unwrap()).collect();
    assert_eq!(bodies, [request("due/1")]);
}

#[tokio::test]
async fn more_nudges_than_one_call_takes_arrive_in_their_lane_and_doubled_ones_once() {
    let config = config();
    let url = queue(&config, true).await;
    let delivery = SqsDeliveryQueue::new(&config, url.as_str());
    let nudges: Vec<Nudge> = (0..12).map(|n| nudge(&format!("m-{n}"), "C1")).collect();
    delivery.nudge(&nudges).await.unwrap();
    delivery.nudge(&nudges[..1]).await.unwrap();
    delivery.nudge(&[]).await.unwrap();
    let mut bodies: Vec<Nudge> = Vec::new();
    let client = Client::new(&config);
    loop {
        let messages = receive(&config, &url).await;
        if messages.is_empty() {
            break;
        }
        for message in messages {
            let group = message.attributes().and_then(|a| a.get(&MessageSystemAttributeName::MessageGroupId));
            assert_eq!(group.map(String::as_str), Some("C1"));
            bodies.push(serde_json::from_str(message.body().unwrap()).unwrap());
            client.delete_message().queue_url(&url).receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
        }
    }
    assert_eq!(bodies, nudges);
}

#[tokio::test]
async fn an_urgent_nudge_is_handed_out_while_its_lane_is_being_worked_on() {
    let config = config();
    let url = queue(&config, true).await;
    let delivery = SqsDeliveryQueue::new(&config, url.as_str());
    delivery.nudge(&[nudge("m-1", "C1")]).await.unwrap();
    assert_eq!(receive(&config, &url).await.len(), 1);
    let urgent = Nudge { urgent: true, ..nudge("m-3", "C1") };
    delivery.nudge(&[nudge("m-2", "C1"), urgent.clone()]).await.unwrap();
    let messages = receive(&config, &url).await;
    let bodies: Vec<Nudge> = messages.iter().map(|m| serde_json::from_str(m.body().unwrap()).unwrap()).collect();
    assert_eq!(bodies, [urgent], "and nothing else of the lane");
}

#[tokio::test]
async fn a_chore_arrives_as_it_was_sent() {
    let config = config();
    let url = queue(&config, false).await;
    let chore = AlarmChore::Draw { incident: "i-1".into() };
    SqsAlarmQueue::new(&config, url.as_str()).send(&chore).await.unwrap();
    let messages = receive(&config, &url).await;
    let bodies: Vec<AlarmChore> = messages.iter().map(|m| serde_json::from_str(m.body().unwrap()).unwrap()).collect();
    assert_eq!(bodies, [chore]);
}

#[tokio::test]
async fn what_cannot_be_understood_is_kept_with_the_reason_and_can_be_brought_back() {
    let config = config();
    let (dead, alive) = (queue(&config, false).await, queue(&config, false).await);
    let letters = SqsDeadLetters::new(&config, dead.as_str());
    let kept = [("{\"odd\": \"ä\"}", "no alarm: missing field `state`\u{0}"), ("", "")];
    for (body, reason) in kept {
        letters.keep(body, reason).await.unwrap();
    }
    let client = Client::new(&config);
    let mut found: Vec<(String, String)> = Vec::new();
    for message in receive(&config, &dead).await {
        let reason = message.message_attributes().unwrap()["reason"].string_value().unwrap();
        found.push((message.body().unwrap().to_owned(), reason.to_owned()));
        let handle = message.receipt_handle().unwrap();
        client.change_message_visibility().queue_url(&dead).receipt_handle(handle).visibility_timeout(0).send().await.unwrap();
    }
    found.sort();
    let expected = [("(empty)", "(empty)"), ("{\"odd\": \"ä\"}", "no alarm: missing field `state`\u{fffd}")];
    assert_eq!(found, expected.map(|(body, reason)| (body.to_owned(), reason.to_owned())));
    assert_eq!(redrive(&config, &dead, &alive, 10).await.unwrap(), kept.len());
    assert_eq!(receive(&config, &alive).await.len(), kept.len());
}

#[tokio::test]
async fn a_message_comes_back_when_its_reader_says_so() {
    let config = config();
    let url = queue(&config, false).await;
    SqsCommandQueue::new(&config, url.as_str()).send(&request("due/1")).await.unwrap();
    let first = receive(&config, &url).await;
    assert!(receive(&config, &url).await.is_empty());
    let redelivery = Redelivery::new(&config, url.as_str());
    redelivery.delay(first[0].receipt_handle().unwrap(), SignedDuration::ZERO).await.unwrap();
    assert_eq!(receive(&config, &url).await.len(), 1);
}

#[tokio::test]
async fn dead_letters_are_brought_back_whatever_kind_the_queue_is() {
    let config = config();
    for fifo in [false, true] {
        let (dead, alive) = (queue(&config, fifo).await, queue(&config, fifo).await);
        if fifo {
            SqsDeliveryQueue::new(&config, dead.as_str()).nudge(&[nudge("m-1", "C1"), nudge("m-2", "C2")]).await.unwrap();
        } else {
            let queue = SqsCommandQueue::new(&config, dead.as_str());
            queue.send(&request("due/1")).await.unwrap();
            queue.send(&request("due/2")).await.unwrap();
        }
        assert_eq!(redrive(&config, &dead, &alive, 1).await.unwrap(), 1);
        assert_eq!(redrive(&config, &dead, &alive, 100).await.unwrap(), 1);
        assert_eq!(redrive(&config, &dead, &alive, 100).await.unwrap(), 0);
        assert_eq!(receive(&config, &alive).await.len(), 2);
    }
}
