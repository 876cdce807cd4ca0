//! Who people outside of Slack are in Slack: by the catalog first, by their own word (`gh link`) else.

use std::collections::HashMap;

use opsroom_domain::author::Author;
use opsroom_domain::card::Text;
use opsroom_domain::catalog::Catalog;
use opsroom_domain::ids::{Login, PersonId};

use crate::failure::Failure;
use crate::ports::RepositoryStore;

/// How many logins one call of [`RepositoryStore::linked`] takes.
const MOST_ASKED: usize = 100;

/// People that were looked up.
#[derive(Debug, Clone, Default)]
pub struct People {
    by_login: HashMap<String, PersonId>,
    by_email: HashMap<String, PersonId>,
    names: HashMap<PersonId, String>,
}

impl People {
    /// Looks people up: in the catalog, and those it doesn't have with one call of the store.
    pub async fn of(
        catalog: Option<&Catalog>,
        store: &impl RepositoryStore,
        authors: impl IntoIterator<Item = &Author> + Send,
    ) -> Result<Self, Failure> {
        let mut people = catalog.map(Self::in_catalog).unwrap_or_default();
        let mut unknown: Vec<Login> = Vec::new();
        for author in authors {
            // Apps are nobody's login, and nobody may claim one.
            if author.is_bot || people.person(author).is_some() {
                continue;
            }
            let login = author.login.as_ref().map(|login| Login::new(login.as_str().to_lowercase()));
            if let Some(login) = login.filter(|login| !unknown.contains(login) && unknown.len() < MOST_ASKED) {
                unknown.push(login);
            }
        }
        if !unknown.is_empty() {
            let linked = store.linked(&unknown).await?;
            people.by_login.extend(linked.into_iter().map(|link| (link.login.as_str().to_lowercase(), link.person)));
        }
        Ok(people)
    }

    fn in_catalog(catalog: &Catalog) -> Self {
        let mut people = Self::default();
        for (id, person) in &catalog.people {
            people.names.insert(id.clone(), person.name.clone());
            // Where two have the same, the first one of the file stays.
            if let Some(login) = &person.github {
                people.by_login.entry(login.to_lowercase()).or_insert_with(|| id.clone());
            }
            if let Some(email) = &person.email {
                people.by_email.entry(email.to_lowercase()).or_insert_with(|| id.clone());
            }
        }
        people
    }

    /// Who it is in Slack, if that is known. The login decides; an address, which anybody can write into a commit, only where
    /// the sender knows no login.
    pub fn person(&self, author: &Author) -> Option<&PersonId> {
        if author.is_bot {
            return None;
        }
        match (&author.login, &author.email) {
            (Some(login), _) => self.by_login.get(&login.as_str().to_lowercase()),
            (None, Some(email)) => self.by_email.get(&email.to_lowercase()),
            (None, None) => None,
        }
    }

    /// A mention, which notifies whoever it is if the message is new; the plain name of somebody who isn't linked.
    pub fn mention(&self, author: &Author) -> Text {
        match self.person(author) {
            Some(person) => Text::empty().person(person),
            None => self.name(author),
        }
    }

    /// The name, which notifies nobody: the catalog's, else what the sender calls them.
    pub fn name(&self, author: &Author) -> Text {
        let known = self.person(author).and_then(|person| self.names.get(person));
        Text::plain(known.map_or_else(|| author.shown(), String::as_str))
    }
}
