//! `opsctl bytes`: what a room for links has to say to readers outside Slack.

mod feed;

use std::path::{Path, PathBuf};

use aws_config::SdkConfig;
use jiff::{SignedDuration, Timestamp};
use opsroom_application::ports::{BytesStore, OpenedRooms, RoomKinds as _, Shelf};
use opsroom_application::posted::keeps_links;
use opsroom_aws_table::{CatalogTable, Records};
use opsroom_domain::bytes::best;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::ChannelId;

use crate::clock;
use crate::failure::Failure;
use crate::stack::{Stack, output};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Which feed, and where to.
#[derive(Debug)]
pub(crate) struct Wish {
    /// Of which room.
    pub(crate) channel: ChannelId,
    /// How many days it looks back.
    pub(crate) days: u16,
    /// So many links at most.
    pub(crate) most: usize,
    /// The file; standard output without one.
    pub(crate) out: Option<PathBuf>,
}

/// Writes the feed of a room's best.
pub(crate) async fn feed(config: &SdkConfig, stack: &Stack, wish: &Wish) -> Result<String, Failure> {
    let catalog = CatalogTable::new(config, stack.output(output::CATALOG_TABLE)?).read().await?;
    let catalog = catalog.ok_or_else(|| Failure::new("no catalog was applied yet; do: opsctl catalog apply FILE"))?.catalog;
    let records = Records::new(config, stack.output(output::STATE_TABLE)?, stack.output(output::AUDIT_TABLE)?);
    is_room(&catalog, &*records.opened().await?, &wish.channel)?;
    let (document, count) = read(&records, &catalog, wish, clock::now()).await?;
    let Some(path) = &wish.out else { return Ok(document) };
    publish(path, &document)?;
    Ok(format!("{}: {count} {}\n", path.display(), if count == 1 { "link" } else { "links" }))
}

/// The document, and how many links are in it.
async fn read(store: &impl BytesStore, catalog: &Catalog, wish: &Wish, now: Timestamp) -> Result<(String, usize), Failure> {
    let span = SignedDuration::from_hours(24 * i64::from(wish.days));
    // Slack dates messages by its own clock, which may be ahead of this one.
    let to = now.saturating_add(DAY).unwrap_or(now);
    let shelf = Shelf { channel: wish.channel.clone(), from: now.saturating_sub(span).unwrap_or(now), to, tags: Vec::new() };
    let links = best(store.shelf(&shelf).await?.links, &catalog.bytes.rules(), now, wish.most);
    let content = feed::Content { catalog, channel: &wish.channel, links: &links, days: wish.days };
    Ok((feed::document(&content, now)?, links.len()))
}

/// What was kept of a room that is none any more is shown by no command either.
fn is_room(catalog: &Catalog, opened: &OpenedRooms, channel: &ChannelId) -> Result<(), Failure> {
    if keeps_links(catalog, opened, channel) {
        return Ok(());
    }
    let rooms = catalog.bytes.rooms.iter().chain(opened.bytes.iter().map(|room| &room.channel));
    let rooms: Vec<&str> = rooms.map(ChannelId::as_str).collect();
    let right = match rooms.as_slice() {
        [] => "there is no room yet whose links are: `bytes on` makes the channel one where it is typed".to_owned(),
        rooms => format!("those of {} are", rooms.join(", ")),
    };
    Err(Failure::new(format!("the links of {channel} aren't kept; {right}")))
}

/// Puts the document into place at once: whoever serves the file never serves half of it.
fn publish(path: &Path, document: &str) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, document).and_then(|()| std::fs::rename(&beside, path)).map_err(|error| {
        // Nobody is helped by hearing that this failed, too.
        let _ = std::fs::remove_file(&beside);
        Failure::new(format!("can't write {}: {error}", path.display()))
    })
}

#[cfg(test)]
#[path = "bytes/tests.rs"]
mod tests;
