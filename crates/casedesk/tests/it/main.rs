//! The one test binary: every test goes through the public door, on a real database.
#![expect(unreachable_pub, reason = "a test binary has no outside")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod support;
mod wire;
