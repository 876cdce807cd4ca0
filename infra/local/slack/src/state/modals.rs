//! Modals and home tabs, and the triggers that open them.

use serde_json::{Map, Value, json};

use super::notice::Audience;
use super::world::World;
use crate::clock::Micros;

/// How many views a modal's stack holds ("Three views can exist in the view stack at any one time", Slack: Modals).
const STACK: usize = 3;

/// A `trigger_id`: leave to open one modal for this person, soon.
#[derive(Debug, Clone)]
pub struct Trigger {
    pub user: String,
    pub expires: Micros,
    pub used: bool,
    /// The view in which the person acted, for `views.push`.
    pub view: Option<String>,
}

/// A modal or a home tab as it is now.
#[derive(Debug, Clone)]
pub struct View {
    pub id: String,
    pub user: String,
    /// What the app sent: type, title, blocks, submit, close and so on.
    pub definition: Map<String, Value>,
    pub state: Value,
    pub hash: String,
    pub root: String,
    pub previous: Option<String>,
}

impl View {
    /// The view object of payloads and answers.
    pub fn to_json(&self, world: &World) -> Value {
        let app = &world.workspace.app;
        let mut object = json!({
            "id": self.id, "team_id": world.workspace.team.id, "type": "modal", "blocks": [], "private_metadata": "", "callback_id": "",
            "external_id": "", "close": null, "submit": null, "title": {"type": "plain_text", "text": "View Title", "emoji": true},
            "clear_on_close": false, "notify_on_close": false, "submit_disabled": false,
        });
        for (name, value) in &self.definition {
            object[name] = value.clone();
        }
        object["state"] = json!({"values": self.state});
        object["hash"] = json!(self.hash);
        object["root_view_id"] = json!(self.root);
        object["previous_view_id"] = json!(self.previous);
        object["app_id"] = json!(app.id);
        object["app_installed_team_id"] = json!(world.workspace.team.id);
        object["bot_id"] = json!(app.bot_id);
        object
    }

    /// A text field of its definition.
    pub fn field(&self, name: &str) -> &str {
        self.definition.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A flag of its definition.
    pub fn flag(&self, name: &str) -> bool {
        self.definition.get(name).and_then(Value::as_bool).unwrap_or_default()
    }
}

impl World {
    /// A fresh trigger for what a person just did.
    pub fn new_trigger(&mut self, user: &str, view: Option<&str>) -> String {
        let number = self.next_id("");
        let id = format!("{}.{}.{number}", self.now / 1000, self.workspace.team.id);
        let expires = self.now + self.settings.trigger_ms * 1000;
        self.triggers.retain(|_, trigger| trigger.expires + 600_000_000 > expires);
        self.triggers.insert(id.clone(), Trigger { user: user.to_owned(), expires, used: false, view: view.map(str::to_owned) });
        id
    }

    /// Uses a trigger up, or says with Slack's error name why it can't be.
    pub fn redeem(&mut self, trigger_id: &str) -> Result<Trigger, &'static str> {
        let now = self.now;
        let trigger = self.triggers.get_mut(trigger_id).ok_or("invalid_trigger_id")?;
        if trigger.used {
            return Err("exchanged_trigger_id");
        }
        if now > trigger.expires {
            return Err("expired_trigger_id");
        }
        trigger.used = true;
        Ok(trigger.clone())
    }

    /// Whether another view already carries this `external_id`.
    pub fn external_id_taken(&self, definition: &Map<String, Value>, except: Option<&str>) -> bool {
        let Some(wanted) = definition.get("external_id").and_then(Value::as_str).filter(|id| !id.is_empty()) else { return false };
        self.views.values().any(|view| view.field("external_id") == wanted && Some(view.id.as_str()) != except)
    }

    /// Opens a modal on top of what the person has open (`push`), or a new stack. `None` when the stack is full.
    pub fn open_view(&mut self, user: &str, definition: Map<String, Value>, push: bool) -> Option<View> {
        if !push {
            self.close_all(user);
        }
        let stack = self.stacks.get(user).cloned().unwrap_or_default();
        if stack.len() >= STACK {
            return None;
        }
        let id = self.next_id("V");
        let view = self.make_view(id.clone(), user, definition, stack.first().cloned(), stack.last().cloned());
        self.stacks.entry(user.to_owned()).or_default().push(id);
        self.tell_view("view_opened", &view);
        Some(view)
    }

    fn make_view(
        &mut self,
        id: String,
        user: &str,
        mut definition: Map<String, Value>,
        root: Option<String>,
        previous: Option<String>,
    ) -> View {
        if let Some(blocks) = definition.get_mut("blocks") {
            self.name_all(blocks);
        }
        let hash = self.next_hash();
        let state = definition.remove("state").and_then(|state| state.get("values").cloned()).unwrap_or_else(|| json!({}));
        let root = root.unwrap_or_else(|| id.clone());
        let view = View { id: id.clone(), user: user.to_owned(), definition, state, hash, root, previous };
        self.views.insert(id, view.clone());
        view
    }

    fn next_hash(&mut self) -> String {
        let number = self.next_id("");
        format!("{}.{number}", self.now / crate::clock::SECOND)
    }

    /// Shows something else in a view that is open.
    pub fn update_view(&mut self, id: &str, mut definition: Map<String, Value>) -> Option<View> {
        if let Some(blocks) = definition.get_mut("blocks") {
            self.name_all(blocks);
        }
        let hash = self.next_hash();
        let view = self.views.get_mut(id)?;
        definition.remove("state");
        view.definition = definition;
        view.hash = hash;
        let view = view.clone();
        self.tell_view("view_updated", &view);
        Some(view)
    }

    /// Takes one view off the person's stack, with those above it, and returns what shows then.
    pub fn close_view(&mut self, id: &str) -> Option<View> {
        let view = self.views.remove(id)?;
        let stack = self.stacks.entry(view.user.clone()).or_default();
        if let Some(place) = stack.iter().position(|open| open == id) {
            let gone = stack.split_off(place);
            for above in gone.iter().skip(1).rev() {
                if let Some(above) = self.views.remove(above) {
                    self.tell_view("view_closed", &above);
                }
            }
        }
        let below = self.stacks.get(&view.user).and_then(|stack| stack.last()).and_then(|id| self.views.get(id)).cloned();
        self.tell_view("view_closed", &view);
        if let Some(below) = &below {
            self.tell_view("view_updated", below);
        }
        below
    }

    /// Takes all of a person's modals away.
    pub fn close_all(&mut self, user: &str) {
        for id in self.stacks.remove(user).unwrap_or_default().into_iter().rev() {
            if let Some(view) = self.views.remove(&id) {
                self.tell_view("view_closed", &view);
            }
        }
    }

    /// Publishes a person's home tab.
    pub fn publish_home(&mut self, user: &str, definition: Map<String, Value>) -> View {
        let id = match self.homes.get(user) {
            Some(id) => id.clone(),
            None => self.next_id("V"),
        };
        let view = self.make_view(id.clone(), user, definition, None, None);
        self.homes.insert(user.to_owned(), id);
        self.publish(Audience::Person(user.to_owned()), json!({"type": "home", "view": view.to_json(self)}));
        view
    }

    fn tell_view(&self, kind: &str, view: &View) {
        self.publish(Audience::Person(view.user.clone()), json!({"type": kind, "view_id": view.id, "view": view.to_json(self)}));
    }
}
