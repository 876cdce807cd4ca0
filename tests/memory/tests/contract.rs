//! The in-memory tables keep the contract.

use jiff::Timestamp;
use opsroom_memory::MemoryStore;

opsroom_memory::store_contract!(MemoryStore::at(Timestamp::now()));
