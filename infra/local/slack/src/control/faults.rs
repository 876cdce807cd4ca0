//! Faults on order: the next calls of a method fail, hang or break off, so that tests can see the app cope.

use serde::{Deserialize, Serialize};

/// What happens instead of, or besides, the call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Effect {
    /// This answer, and nothing done.
    Error {
        #[serde(default = "ok_status")]
        status: u16,
        error: String,
        #[serde(default)]
        retry_after: Option<u64>,
    },
    /// The answer comes late; the deed too, unless `after` is set (then it is done at once).
    Delay {
        ms: u64,
        #[serde(default)]
        after: bool,
    },
    /// The connection breaks and nothing is done.
    Drop,
    /// It is done, then the connection breaks without an answer.
    DropAfter,
}

fn ok_status() -> u16 {
    200
}

impl Effect {
    /// Its name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Error { .. } => "error",
            Self::Delay { .. } => "delay",
            Self::Drop => "drop",
            Self::DropAfter => "drop_after",
        }
    }
}

/// A fault on order. `method` is a Web API method, `response_url`, or `*` for all.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Fault {
    pub method: String,
    #[serde(default)]
    pub channel: Option<String>,
    /// How many calls it strikes.
    #[serde(default = "once")]
    pub times: u64,
    pub effect: Effect,
    /// How many it has struck.
    #[serde(default, skip_deserializing)]
    pub hits: u64,
}

fn once() -> u64 {
    1
}

/// The effect that this call suffers, if any; the first fault that fits counts one hit.
pub fn strike(faults: &mut [Fault], method: &str, channel: Option<&str>) -> Option<Effect> {
    let fits = |fault: &&mut Fault| {
        (fault.method == "*" || fault.method == method)
            && fault.hits < fault.times
            && fault.channel.as_deref().is_none_or(|wanted| channel == Some(wanted))
    };
    let fault = faults.iter_mut().find(fits)?;
    fault.hits += 1;
    Some(fault.effect.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_fault_strikes_as_often_as_ordered_and_only_where_it_fits() {
        let order = json!({"method": "chat.postMessage", "channel": "C1", "times": 2, "effect": {"kind": "drop_after"}});
        let mut faults: Vec<Fault> = vec![serde_json::from_value(order).unwrap()];
        assert_eq!(strike(&mut faults, "chat.update", Some("C1")), None);
        assert_eq!(strike(&mut faults, "chat.postMessage", Some("C2")), None);
        assert_eq!(strike(&mut faults, "chat.postMessage", Some("C1")), Some(Effect::DropAfter));
        assert_eq!(strike(&mut faults, "chat.postMessage", Some("C1")), Some(Effect::DropAfter));
        assert_eq!(strike(&mut faults, "chat.postMessage", Some("C1")), None);
        assert_eq!(faults[0].hits, 2);
    }

    #[test]
    fn an_error_says_its_status_and_pause() {
        let order = json!({"method": "*", "effect": {"kind": "error", "status": 429, "error": "ratelimited", "retry_after": 2}});
        let fault: Fault = serde_json::from_value(order).unwrap();
        assert_eq!(fault.times, 1);
        assert_eq!(fault.effect, Effect::Error { status: 429, error: "ratelimited".into(), retry_after: Some(2) });
    }
}
