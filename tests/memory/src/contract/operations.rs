//! What is known of operations on hosts.

use std::collections::BTreeMap;

use opsroom_application::ports::{Change, Commit, OperationChange, OperationStore, Store};
use opsroom_domain::api_call::ApiCall;
use opsroom_domain::operation::{
    Asked, Attachment, Batch, Hold, HostReport, HostRun, HostStatus, HostTarget, LogState, Operation, Phase, What, Work,
};

use super::samples;

/// An operation with something in each of its fields.
pub fn operation(id: &str) -> Operation {
    let printed = r#"{"kind":"host","cpus":2,"up_since":1789990000}
{"kind":"load","one":4,"five":0.5,"fifteen":0.25}
{"kind":"memory","total":1073741824,"available":268435456}
{"kind":"disk","mount":"/","percent":97.5}
{"kind":"clock","synchronized":true,"offset_seconds":-0.000012}
{"kind":"unit","name":"api","state":"active","since":1789999000,"restarts":1,"version":"1.4.2"}
{"kind":"process","name":"java","cpu":12.5,"memory":3}
{"kind":"recap","ok":3,"changed":1,"failed":0}"#;
    let mut host = HostRun::waiting("i-0123456789abcdef0".into(), "api-1");
    host.status = HostStatus::Succeeded;
    (host.began_at, host.ended_at) = (Some(samples::at(1)), Some(samples::at(2)));
    host.note = Some("ünïcode".into());
    host.report = HostReport::read(printed);
    let mut log = LogState::new(samples::at(-900), samples::at(0));
    log.last = BTreeMap::from([("i-0123456789abcdef0".into(), samples::at(1))]);
    Operation {
        id: id.into(),
        what: What::Restart { unit: "api".into(), batch: Batch::Percent(25) },
        service: "api".into(),
        environment: "staging".into(),
        target: HostTarget::Tags(BTreeMap::from([("service".into(), "api".into())])),
        work: Work::Document {
            name: "opsroom-restart-service".into(),
            parameters: BTreeMap::from([("Unit".into(), vec!["api".into()])]),
            concurrency: "25%".into(),
            errors: "0".into(),
        },
        asked: Asked {
            by: "U1".into(),
            at: samples::at(0),
            channel: "C1".into(),
            thread: Some("1.2".into()),
            answer_to: Some("https://hooks.slack.com/x".into()),
        },
        phase: Phase::Failed { why: Some("no".into()) },
        hosts: vec![host, HostRun::waiting("mi-0123456789abcdef0".into(), "")],
        log: Some(log),
        round: 3,
        attempted_at: samples::at(0),
        command: Some("c-1".into()),
        cancelled_by: Some("U2".into()),
        attachment: Attachment::Uploaded { file: "F1".into() },
        looking_until: Some(samples::at(5)),
        deadline: samples::at(600),
        given_up_at: Some(samples::at(601)),
        ended_at: Some(samples::at(9)),
        calls: vec![ApiCall::new("ssm", "send-command").with("timeout-seconds", 60)],
        version: 0,
    }
}

fn of(operation: Option<Operation>, hold: Option<Hold>) -> Change {
    Change { operations: OperationChange { operation: operation.map(Box::new), hold: hold.map(Box::new) }, ..Change::default() }
}

/// With everything that is in it, one version on, and found by what Systems Manager calls it.
pub async fn operations_come_back_as_they_were_written(store: &(impl Store + OperationStore)) {
    assert_eq!(store.operation(&"o-1".into()).await.unwrap(), None);
    assert_eq!(store.operation_of(&"c-1".into()).await.unwrap(), None);
    assert_eq!(store.commit(of(Some(operation("o-1")), None)).await.unwrap(), Commit::Done);
    let found = store.operation(&"o-1".into()).await.unwrap().unwrap();
    assert_eq!(found, Operation { version: 1, ..operation("o-1") });
    assert_eq!(store.operation_of(&"c-1".into()).await.unwrap(), Some("o-1".into()));
    // A log that is followed has a command per round; each leads to it.
    let next = Operation { command: Some("c-2".into()), ..found };
    assert_eq!(store.commit(of(Some(next), None)).await.unwrap(), Commit::Done);
    assert_eq!(store.operation_of(&"c-1".into()).await.unwrap(), Some("o-1".into()));
    assert_eq!(store.operation_of(&"c-2".into()).await.unwrap(), Some("o-1".into()));
}

/// Each is guarded, and nothing of a refused change is written.
pub async fn who_decided_on_an_old_operation_has_to_decide_again(store: &(impl Store + OperationStore)) {
    let hold = |operation: &str, version| Hold {
        service: "api".into(),
        environment: "staging".into(),
        operation: Some(operation.into()),
        by: "U1".into(),
        since: samples::at(0),
        version,
    };
    let place = (&"api".into(), &"staging".into());
    assert_eq!(store.hold(place.0, place.1).await.unwrap(), None);
    assert_eq!(store.commit(of(Some(operation("o-1")), Some(hold("o-1", 0)))).await.unwrap(), Commit::Done);
    assert_eq!(store.commit(of(Some(operation("o-2")), Some(hold("o-2", 0)))).await.unwrap(), Commit::Stale);
    assert_eq!(store.operation(&"o-2".into()).await.unwrap(), None);
    assert_eq!(store.commit(of(Some(operation("o-1")), None)).await.unwrap(), Commit::Stale);
    assert_eq!(store.hold(place.0, place.1).await.unwrap(), Some(hold("o-1", 1)));
    let free = Hold { operation: None, ..hold("o-1", 1) };
    assert_eq!(store.commit(of(None, Some(free.clone()))).await.unwrap(), Commit::Done);
    assert_eq!(store.hold(place.0, place.1).await.unwrap(), Some(Hold { version: 2, ..free }));
}
