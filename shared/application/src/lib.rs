//! What Opsroom does, step by step, and the ports it needs for that. Knows neither AWS nor HTTP.

pub mod ports;
pub mod request;
