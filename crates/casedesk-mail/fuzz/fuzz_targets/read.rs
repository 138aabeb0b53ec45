#![no_main]

#[expect(dead_code, reason = "the other targets use the other bodies")]
#[path = "../bodies.rs"]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::read(data));
