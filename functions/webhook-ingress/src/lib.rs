//! The door for GitHub, CI servers, senders of alarms and scripts: authenticates the raw bytes, recognises them, queues them. One AWS call a webhook.
//!
//! A 2xx says that the event is durably queued, or that nothing is ever made of its kind. Senders see everything else as a failure in
//! their own list of deliveries, with the reason, and can send it again from there.

mod answer;
mod http;

use lambda_http::http::HeaderMap;
use opsroom_application::ports::{AlertQueue, Clock, PortError, WebhookQueue};
use opsroom_webhooks::{NotAuthentic, Recognised, Secrets, Sender, Webhook, recognise, verify};

pub use answer::Answer;
pub use http::serve;

/// More than a Function URL takes ("Lambda quotas": 6 MB), so this only says what is wrong when somebody calls it otherwise.
const LARGEST_BODY: usize = 6 * 1024 * 1024;

/// Somewhat less than a message of the queue may have (1 MiB), for what SQS counts besides.
const QUEUE_TAKES: usize = 1_000_000;

/// Gives the secrets of senders.
pub trait SenderSecrets: Send + Sync {
    /// As last read; `None` for a sender that was never given one.
    fn of(&self, sender: Sender) -> impl Future<Output = Result<Option<Secrets>, PortError>> + Send;

    /// Reads them again; tells whether anything changed. Done seldom, so that a flood of bad signatures isn't a flood of calls.
    fn reread(&self, sender: Sender) -> impl Future<Output = bool> + Send;
}

/// A request, as far as the door reads it.
#[derive(Clone)]
pub struct Incoming {
    /// The method, in capitals.
    pub method: String,
    /// The path below the Function URL.
    pub path: String,
    /// What follows the `?`.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The bytes, untouched: the signature covers them.
    pub body: Vec<u8>,
}

/// The door.
#[derive(Debug)]
pub struct Door<S, Q, A, C> {
    /// The secrets.
    pub secrets: S,
    /// The way to `activity`.
    pub queue: Q,
    /// The way to `alarms`.
    pub alerts: A,
    /// The time.
    pub clock: C,
}

impl<S: SenderSecrets, Q: WebhookQueue, A: AlertQueue, C: Clock> Door<S, Q, A, C> {
    /// Reads the secrets of the sender that nearly everybody has while the function starts and has a whole processor.
    pub async fn warm_up(&self) {
        if let Err(error) = self.secrets.of(Sender::Github).await {
            tracing::warn!(%error, "no secret yet");
        }
    }

    /// Answers a request.
    pub async fn answer(&self, incoming: &Incoming) -> Answer {
        let Some(sender) = Sender::at(&incoming.path) else {
            let paths: Vec<&str> = Sender::ALL.map(Sender::path).into();
            return Answer::error(404, &format!("no such path; there are {}", paths.join(", ")));
        };
        let answer = self.answer_to(sender, incoming).await;
        tracing::info!(sender = sender.name(), status = answer.status, outcome = answer.outcome, "answered");
        answer
    }

    async fn answer_to(&self, sender: Sender, incoming: &Incoming) -> Answer {
        if incoming.method != "POST" {
            return Answer::error(405, "only POST is answered here");
        }
        if incoming.body.len() > LARGEST_BODY {
            return Answer::error(413, "the body is larger than 6 MB");
        }
        if let Err(refusal) = self.authenticate(sender, incoming).await {
            return refusal;
        }
        match recognise(sender, &incoming.headers, &incoming.body, self.clock.now()) {
            Ok(Recognised::Ping) => Answer::done("pong"),
            // Counted by this line, and never an error to a sender that tells everything.
            Ok(Recognised::NotOurs { event }) => {
                tracing::info!(sender = sender.name(), event, "nothing is made of this");
                Answer::done("nothing is made of this kind of event")
            }
            Ok(Recognised::Event(webhook)) => self.queue(webhook).await,
            Err(wrong) => Answer::error(400, &wrong.to_string()),
        }
    }

    /// Lets only the sender's own bytes in. Nothing has looked into them before.
    async fn authenticate(&self, sender: Sender, incoming: &Incoming) -> Result<(), Answer> {
        let check = |secrets: &Secrets| verify(sender, &incoming.headers, &incoming.query, &incoming.body, secrets, self.clock.now());
        let unavailable = |error: PortError| {
            tracing::error!(%error, sender = sender.name(), "no secret can be had");
            Answer::error(503, "not ready")
        };
        let known = self.secrets.of(sender).await.map_err(unavailable)?;
        let checked = known.as_ref().map_or(Err(NotAuthentic::Mismatch), check);
        let Err(why) = checked else { return Ok(()) };
        // The secret may have been rotated, or set, since it was read. A request that no secret could let in costs no call.
        if why == NotAuthentic::Mismatch
            && self.secrets.reread(sender).await
            && let Some(fresh) = self.secrets.of(sender).await.map_err(unavailable)?
            && check(&fresh).is_ok()
        {
            return Ok(());
        }
        tracing::warn!(%why, sender = sender.name(), "turned away");
        if known.is_none() {
            let how = format!("no secret is set for {sender}: opsctl secrets set webhooks/{sender}");
            return Err(Answer::error(401, &how));
        }
        Err(Answer::error(401, &why.to_string()))
    }

    /// A 2xx only once the event is durable.
    async fn queue(&self, webhook: Webhook) -> Answer {
        let Webhook { sender, event, delivery, .. } = webhook.clone();
        let sent = match self.send(webhook).await {
            Ok(sent) => sent,
            Err(error) => {
                tracing::error!(%error, sender = sender.name(), "can't be written");
                return Answer::error(500, "can't be queued");
            }
        };
        match sent {
            Ok(()) => {
                tracing::info!(sender = sender.name(), event, correlation = delivery, "queued");
                Answer::queued()
            }
            Err(error) => {
                tracing::error!(%error, sender = sender.name(), "could not be queued");
                Answer::error(503, "could not be queued; send it again")
            }
        }
    }

    async fn send(&self, webhook: Webhook) -> Result<Result<(), PortError>, serde_json::Error> {
        if webhook.sender.tells_of_alarms() {
            let bodies = webhook.parts(QUEUE_TAKES).iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
            return Ok(self.alerts.send(bodies).await);
        }
        let webhook = webhook.fit(QUEUE_TAKES);
        let body = serde_json::to_string(&webhook)?;
        Ok(self.queue.send(&webhook.group(), &webhook.deduplication(), body).await)
    }
}
