//! What tests stand on: a desk, and far ends that speak the real protocols.
pub mod certificates;
pub mod dovecot;
pub mod peer;
pub mod postfix;
pub mod process;
pub mod proxy;
pub mod recorder;
pub mod relay;
pub mod tokens;
pub mod wire;
