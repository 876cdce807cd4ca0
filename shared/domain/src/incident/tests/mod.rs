//! Incidents, event by event.
