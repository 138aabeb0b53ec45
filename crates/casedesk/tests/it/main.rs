//! The one test binary: every test goes through the public door, on a real database.
#![expect(unreachable_pub, reason = "a test binary has no outside")]
mod support;
mod wire;
