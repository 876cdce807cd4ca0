//! The log as JSON Lines, an entry a line, page by page. A file that is there already is continued.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aws_config::SdkConfig;
use opsroom_application::ports::Outbox as _;
use opsroom_aws_parameters::Secrets;
use opsroom_aws_table::{AuditTable, Records};
use opsroom_domain::audit::AuditEntry;
use opsroom_domain::ids::MessageKey;
use opsroom_domain::room_message::Destination;
use serde::Serialize;

use crate::Report;
use crate::failure::Failure;
use crate::secrets::BOT_TOKEN;
use crate::slack::Slack;
use crate::stack::{Stack, output};

/// What is exported, and where to.
pub(crate) struct Wish {
    /// The file; standard output without one.
    pub(crate) out: Option<PathBuf>,
    /// Only entries behind this one.
    pub(crate) after: u64,
    /// Whether Slack is asked where the messages of the entries are.
    pub(crate) permalinks: bool,
}

/// A line of the file.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    entry: &'a AuditEntry,
    #[serde(skip_serializing_if = "Option::is_none")]
    permalink: Option<String>,
}

/// Exports.
pub(super) async fn run(config: &SdkConfig, stack: &Stack, wish: &Wish) -> Result<Report, Failure> {
    let table = AuditTable::new(config, stack.output(output::AUDIT_TABLE)?);
    let mut links = if wish.permalinks { Some(Links::open(config, stack).await?) } else { None };
    let mut last: Option<AuditEntry> = None;
    let mut after = wish.after;
    let mut out: Box<dyn Write> = match &wish.out {
        None => Box::new(std::io::stdout()),
        Some(path) => {
            let (file, exported) = continued(path)?;
            if let Some(exported) = exported {
                after = after.max(exported.sequence);
                last = Some(exported);
            }
            Box::new(file)
        }
    };
    let mut count = 0_u64;
    loop {
        let page = table.entries_after(after).await?;
        let Some(end) = page.last() else { break };
        if let (Some(last), Some(first)) = (&last, page.first())
            && first.sequence == last.sequence + 1
            && first.previous != last.hash
        {
            return Err(Failure::new(format!(
                "entry {} of the log doesn't follow entry {} of the file: one of the two was changed; nothing more was written",
                first.sequence, last.sequence
            )));
        }
        after = end.sequence;
        for entry in &page {
            let permalink = match (&mut links, &entry.record.message) {
                (Some(links), Some(message)) => links.of(message).await?,
                _ => None,
            };
            let line = serde_json::to_string(&Line { entry, permalink })
                .map_err(|error| Failure::new(format!("can't write an entry: {error}")))?;
            // A reader of standard output that has seen enough is no failure.
            match writeln!(out, "{line}") {
                Err(error) if wish.out.is_none() && error.kind() == std::io::ErrorKind::BrokenPipe => return Ok(String::new().into()),
                other => other.map_err(|error| cannot_write(&error))?,
            }
        }
        count += page.len() as u64;
        last = page.into_iter().next_back();
    }
    out.flush().map_err(|error| cannot_write(&error))?;
    Ok(match &wish.out {
        None => String::new(),
        Some(path) => {
            let entries = if count == 1 { "entry" } else { "entries" };
            let end = last.map(|last| format!(", up to entry {}", last.sequence)).unwrap_or_default();
            format!("{}: {count} {entries} added{end}\n", path.display())
        }
    }
    .into())
}

fn cannot_write(error: &std::io::Error) -> Failure {
    Failure::new(format!("can't write the export: {error}"))
}

/// Opens a file to go on behind its last whole line. A line that was cut off, because the export died in it, is taken away.
fn continued(path: &Path) -> Result<(File, Option<AuditEntry>), Failure> {
    let failure = |error: std::io::Error| Failure::new(format!("can't open {}: {error}", path.display()));
    let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path).map_err(failure)?;
    let mut reader = BufReader::new(&mut file);
    let (mut whole, mut last) = (0_u64, Vec::new());
    let mut line = Vec::new();
    loop {
        line.clear();
        let length = reader.read_until(b'\n', &mut line).map_err(failure)?;
        if length == 0 || line.last() != Some(&b'\n') {
            break;
        }
        whole += length as u64;
        std::mem::swap(&mut last, &mut line);
    }
    drop(reader);
    file.set_len(whole).map_err(failure)?;
    file.seek(SeekFrom::Start(whole)).map_err(failure)?;
    if last.is_empty() {
        return Ok((file, None));
    }
    let entry = serde_json::from_slice(&last)
        .map_err(|error| Failure::new(format!("{}: its last line is no entry of an audit log: {error}", path.display())))?;
    Ok((file, Some(entry)))
}

/// Where messages are in Slack. Several entries tell of one message; each is looked up once.
struct Links {
    records: Records,
    slack: Slack,
    known: HashMap<MessageKey, Option<String>>,
}

impl Links {
    async fn open(config: &SdkConfig, stack: &Stack) -> Result<Self, Failure> {
        let token = Secrets::new(config, stack.output(output::SECRETS_PREFIX)?).get(BOT_TOKEN).await?;
        let token = token.ok_or_else(|| Failure::new("there is no bot token to ask Slack with: opsctl secrets set slack/bot-token"))?;
        Ok(Self {
            records: Records::new(config, stack.output(output::STATE_TABLE)?, stack.output(output::AUDIT_TABLE)?),
            slack: Slack::new(stack.slack_api_url(), &token)?,
            known: HashMap::new(),
        })
    }

    /// `None` for a message that is no longer known, or no longer there.
    async fn of(&mut self, key: &MessageKey) -> Result<Option<String>, Failure> {
        if let Some(known) = self.known.get(key) {
            return Ok(known.clone());
        }
        let message = self.records.message(key).await?;
        let place = message.and_then(|message| {
            let ts = message.shown?.ts?;
            match message.destination {
                Destination::Channel { channel, .. } | Destination::Under { channel, .. } => Some((channel, ts)),
                _ => None,
            }
        });
        let link = match place {
            None => None,
            Some((channel, ts)) => {
                let answer = self.slack.get("chat.getPermalink", &[("channel", channel.as_str()), ("message_ts", &ts)]).await?;
                answer.body["permalink"].as_str().filter(|_| answer.error().is_none()).map(str::to_owned)
            }
        };
        self.known.insert(key.clone(), link.clone());
        Ok(link)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use opsroom_domain::audit::{AuditRecord, Outcome};

    fn entry(last: Option<&AuditEntry>) -> AuditEntry {
        let record = AuditRecord {
            at: Timestamp::UNIX_EPOCH,
            actor: "U1".into(),
            channel: "C1".into(),
            request: "deploy api to staging".into(),
            service: None,
            environment: None,
            outcome: Outcome::Refused { rule: "role".into(), why: "no".into() },
            correlation: "c".into(),
            approvers: Vec::new(),
            message: None,
        };
        AuditEntry::after(last, record).unwrap()
    }

    #[test]
    fn a_file_is_continued_behind_its_last_whole_line() {
        let path = std::env::temp_dir().join(format!("opsctl-export-{}.jsonl", std::process::id()));
        let first = entry(None);
        let second = entry(Some(&first));
        let line = |entry| serde_json::to_string(&Line { entry, permalink: Some("https://slack.example/p1".into()) }).unwrap();
        std::fs::write(&path, format!("{}\n{}\n{{\"sequence\":3,\"prev", line(&first), line(&second))).unwrap();
        let (mut file, last) = continued(&path).unwrap();
        assert_eq!(last, Some(second.clone()));
        writeln!(file, "next").unwrap();
        drop(file);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n{}\nnext\n", line(&first), line(&second)));
        assert!(continued(&path).is_err(), "its last line is no entry");
        std::fs::remove_file(&path).unwrap();
        let (_, nothing) = continued(&path).unwrap();
        assert_eq!(nothing, None);
        std::fs::remove_file(&path).unwrap();
    }
}
