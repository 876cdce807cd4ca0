//! `gh link`: who somebody is at GitHub, by their own word.

use opsroom_domain::ids::Login;

use super::super::{Catalog, Commander, Context, Ports, Worked};
use crate::cards;
use crate::commands::answer::destination;
use crate::failure::Failure;
use crate::outgoing::lanes;
use crate::ports::{Change, Commit, LinkedLogin, LoginChange, MessageChange, Store as _};
use opsroom_domain::ids::MessageKey;

impl<W: Ports> Commander<'_, W> {
    pub(super) async fn link(
        &self,
        context: Context<'_>,
        catalog: &Catalog,
        login: Option<&Login>,
        remove: bool,
    ) -> Result<Worked, Failure> {
        let person = &context.asker.person;
        let people = &catalog.catalog.people;
        let Some(login) = login else {
            let known = people.get(person).and_then(|person| person.github.as_deref());
            return self.answer_privately(context, cards::who_at_github(known)).await;
        };
        let of_catalog =
            people.iter().find(|(_, other)| other.github.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(login.as_str())));
        if let Some((holder, _)) = of_catalog {
            return self.answer_privately(context, cards::login_of_catalog(login, holder, person)).await;
        }
        let wanted = if remove {
            LoginChange::Unlink { login: login.clone(), person: person.clone() }
        } else {
            LoginChange::Link(LinkedLogin { login: login.clone(), person: person.clone(), at: self.now })
        };
        let message = MessageChange {
            key: MessageKey::answer(&context.request.event),
            destination: destination(context, true),
            card: context.explained(cards::linked(login, remove)),
        };
        let change = Change {
            claim: Some(context.request.event.clone()),
            habit: context.habit.cloned(),
            login: Some(wanted),
            messages: vec![message],
            audit: vec![self.allowed_here(context, "own".to_owned(), login.to_string())],
            ..Change::default()
        };
        let keys = lanes(&change);
        match self.store.commit(change).await? {
            Commit::LoginTaken(holder) => self.answer_privately(context, cards::login_taken(login, &holder.person)).await,
            done => {
                self.nudge(&context.request.correlation, &keys).await;
                Ok(if done == Commit::AlreadyDone { Worked::Before } else { Worked::Done })
            }
        }
    }
}
