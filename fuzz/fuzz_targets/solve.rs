//! Any bytes as a problem for `slotsmith solve`: an answer or one line of refusal, never a panic.
//! `cargo +nightly fuzz run solve`

#![no_main]

use std::sync::LazyLock;

use slotsmith::{solve, zones::Zones};

static ZONES: LazyLock<Zones> =
    LazyLock::new(|| Zones::from_candidates(None, None).expect("the bundled data reads"));

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Err(refusal) = solve::run(input, &ZONES) {
        assert!(!refusal.to_string().contains('\n'), "a refusal is one line");
    }
});
