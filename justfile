# Shorthands. `just check` is exactly what CI runs; none of these is the only way to do something.

# List the recipes.
default:
    @just --list

# Every check and every test, installing what they need.
check *steps:
    ./scripts/test {{ steps }}

# Serve with mentors to try, on http://127.0.0.1:8080.
serve:
    cargo run --locked --release -- serve --demo

# Attack real processes and check every answer: `just attack --seconds 300 --store postgres --processes 3`.
attack *arguments:
    ./scripts/attack {{ arguments }}

# Photograph every page and state into target/pictures.
pictures *arguments:
    ./scripts/pictures {{ arguments }}

# Format everything.
fmt:
    cargo fmt --all
