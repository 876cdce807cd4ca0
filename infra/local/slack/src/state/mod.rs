//! What the stand-in remembers, all of it in memory, behind one lock. [`App`] is shared by every handler; a handler borrows the
//! [`World`] for as long as it decides and never while it waits.

mod channel;
mod message;
mod modals;
mod notice;
mod posting;
mod world;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::broadcast;

pub use channel::{Channel, Kind, UploadedFile};
pub use message::{Author, Draft, Message};
pub use modals::View;
pub use notice::{AppEvent, Audience, RoomEvent};
pub use world::{Grant, Settings, World};

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
        let (result, events) = {
            let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
            world.now = clock::now();
            let result = decide(&mut world);
            (result, world.take_outbox())
        };
        for event in events {
            tokio::spawn(crate::senders::events::deliver(Arc::clone(self), event));
        }
        result
    }

    /// Back to the workspace as the file has it. Faults, logs and settings go too.
    pub fn reset(self: &Arc<Self>) {
        self.with(|world| {
            *world = World::new(Arc::clone(&self.workspace), self.config.base.clone(), self.room.clone());
            world.publish(Audience::Renewed, serde_json::Value::Null);
        });
    }
}
