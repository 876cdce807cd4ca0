//! What alarms need besides the tables, in memory.

use std::collections::HashMap;
use std::sync::Mutex;

use opsroom_application::ports::{AlarmChore, AlarmQueue, DeadLetters, Files, Metrics, Picture, Plotter, PortError};
use opsroom_domain::alarm::{PlottedMetric, Point};

use crate::{Failures, lock};

/// Chores of `alarms`, in the order in which they were sent.
#[derive(Debug, Default)]
pub struct MemoryAlarmQueue {
    /// What was sent.
    pub sent: Mutex<Vec<AlarmChore>>,
    /// For `send`.
    pub failures: Failures,
}

impl MemoryAlarmQueue {
    /// Takes everything off.
    pub fn take(&self) -> Vec<AlarmChore> {
        std::mem::take(&mut *lock(&self.sent))
    }
}

impl AlarmQueue for MemoryAlarmQueue {
    async fn send(&self, chore: &AlarmChore) -> Result<(), PortError> {
        self.failures.around("send", || lock(&self.sent).push(chore.clone()))
    }
}

/// A `CloudWatch` that draws the same picture each time.
#[derive(Debug, Default)]
pub struct MemoryMetrics {
    /// What was drawn.
    pub drawn: Mutex<Vec<(Vec<PlottedMetric>, Picture)>>,
    /// Tags by ARN.
    pub tags: Mutex<HashMap<String, Vec<(String, String)>>>,
    /// How often tags were asked for.
    pub asked: Mutex<usize>,
    /// For `image` and `tags`.
    pub failures: Failures,
}

impl Metrics for MemoryMetrics {
    async fn image(&self, metrics: &[PlottedMetric], picture: &Picture) -> Result<Vec<u8>, PortError> {
        self.failures.around("image", || {
            lock(&self.drawn).push((metrics.to_vec(), picture.clone()));
            b"png".to_vec()
        })
    }

    async fn tags(&self, alarm_arn: &str) -> Result<Vec<(String, String)>, PortError> {
        self.failures.around("tags", || {
            *lock(&self.asked) += 1;
            lock(&self.tags).get(alarm_arn).cloned().unwrap_or_default()
        })
    }
}

/// Draws the number of points.
#[derive(Debug, Default)]
pub struct MemoryPlotter;

impl Plotter for MemoryPlotter {
    fn draw(&self, points: &[Point], _picture: &Picture) -> Option<Vec<u8>> {
        (points.len() > 1).then(|| format!("{} points", points.len()).into_bytes())
    }
}

/// Files that were uploaded to Slack.
#[derive(Debug, Default)]
pub struct MemoryFiles {
    /// Name, alternative text, content.
    pub uploaded: Mutex<Vec<(String, String, Vec<u8>)>>,
    /// For `upload`.
    pub failures: Failures,
}

impl Files for MemoryFiles {
    async fn upload(&self, name: &str, alt: &str, bytes: Vec<u8>) -> Result<String, PortError> {
        self.failures.around("upload", || {
            let mut uploaded = lock(&self.uploaded);
            uploaded.push((name.to_owned(), alt.to_owned(), bytes));
            format!("F{}", uploaded.len())
        })
    }
}

/// What could not be understood.
#[derive(Debug, Default)]
pub struct MemoryDeadLetters {
    /// Body and reason.
    pub kept: Mutex<Vec<(String, String)>>,
    /// For `keep`.
    pub failures: Failures,
}

impl DeadLetters for MemoryDeadLetters {
    async fn keep(&self, body: &str, reason: &str) -> Result<(), PortError> {
        self.failures.around("keep", || lock(&self.kept).push((body.to_owned(), reason.to_owned())))
    }
}
