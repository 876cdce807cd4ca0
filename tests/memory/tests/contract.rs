//! The in-memory tables keep the contract.

use opsroom_memory::MemoryStore;
use opsroom_memory::contract::samples::at;

opsroom_memory::store_contract!(MemoryStore::at(at(0)));
opsroom_memory::monit_contract!(MemoryStore::at(at(0)));
opsroom_memory::operations_contract!(MemoryStore::at(at(0)));
opsroom_memory::bytes_contract!(MemoryStore::at(at(0)));
opsroom_memory::dj_contract!(MemoryStore::at(at(0)));
