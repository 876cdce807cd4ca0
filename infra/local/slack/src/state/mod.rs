//! What the stand-in remembers, all of it in memory, behind one lock. [`App`] is shared by every handler; a handler borrows the
//! [`World`] for as long as it decides and never while it waits.

mod channel;
mod message;
mod modals;
mod notice;
mod posting;
mod reacting;
pub mod rich_text;
mod unfurling;
mod world;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast;

pub use channel::{Channel, Kind, UploadedFile};
pub use message::{Author, Draft, Message};
pub use modals::View;
pub use notice::{AppEvent, Audience, RoomEvent};
use unfurling::Unfurling;
pub use world::{Grant, Passage, Settings, World};

use crate::clock;
use crate::workspace::Workspace;

/// What the command line decided.
#[derive(Debug, Clone)]
pub struct Config {
    /// The stand-in's own address, without a trailing slash.
    pub base: String,
    pub signing_secret: String,
    pub bot_token: String,
    pub ingress: Ingress,
    pub room_dist: Option<PathBuf>,
    /// Where the page makes things happen outside of chat, without a trailing slash.
    pub outside: Option<String>,
}

/// Where the app's door is. A file is read each time, so that a door that moves is found again.
#[derive(Debug, Clone)]
pub enum Ingress {
    Url(String),
    File(PathBuf),
}

/// The stand-in, as its handlers see it.
pub struct App {
    pub config: Config,
    pub workspace: Arc<Workspace>,
    pub room: broadcast::Sender<Arc<RoomEvent>>,
    pub http: reqwest::Client,
    world: Mutex<World>,
}

impl App {
    /// A fresh workspace.
    pub fn new(config: Config, workspace: Workspace, http: reqwest::Client) -> Arc<Self> {
        let workspace = Arc::new(workspace);
        let room = broadcast::channel(1024).0;
        let world = World::new(Arc::clone(&workspace), config.base.clone(), room.clone());
        Arc::new(Self { config, workspace, room, http, world: Mutex::new(world) })
    }

    /// Lets `decide` read and change the world, then sends the app what it is owed. Sending happens after the lock is free.
    pub fn with<T>(self: &Arc<Self>, decide: impl FnOnce(&mut World) -> T) -> T {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.now = clock::now();
        let result = decide(&mut world);
        let (events, unfurlings, pause) = (world.take_outbox(), world.take_unfurlings(), world.settings.unfurl_ms);
        drop(world);
        for event in events {
            tokio::spawn(Arc::clone(self).send_all(vec![event]));
        }
        for due in unfurlings {
            tokio::spawn(Arc::clone(self).show_previews(due, Duration::from_millis(pause)));
        }
        result
    }

    /// Lets go of the events that were held, one after another, and holds no more. How many there were.
    pub fn release(self: &Arc<Self>) -> usize {
        let events = self.with(World::release);
        let released = events.len();
        tokio::spawn(Arc::clone(self).send_all(events));
        released
    }

    async fn show_previews(self: Arc<Self>, due: Unfurling, pause: Duration) {
        tokio::time::sleep(pause).await;
        self.with(|world| {
            world.unfurl(&due);
            world.settled();
        });
    }

    async fn send_all(self: Arc<Self>, events: Vec<AppEvent>) {
        for event in events {
            crate::senders::events::deliver(Arc::clone(&self), event).await;
            self.with(World::settled);
        }
    }

    /// Back to the workspace as the file has it. Faults, logs and settings go too.
    pub fn reset(self: &Arc<Self>) {
        self.with(|world| {
            *world = World::new(Arc::clone(&self.workspace), self.config.base.clone(), self.room.clone());
            world.publish(Audience::Renewed, serde_json::Value::Null);
        });
    }
}
