//! What the station decides.
