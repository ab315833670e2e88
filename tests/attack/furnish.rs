//! Brings a world into a program as its owner would: people by the command line, the rest over HTTP.

use std::process::Command;

use serde_json::{Value, json};

use super::world::{CLOSES, OPENS, World};
use crate::process::{Failure, binary};

/// Adds everyone to an empty store that a program serves at `base`.
///
/// # Errors
/// When the program refuses one of them.
pub async fn furnish(world: &World, settings: &[(String, String)], base: &str) -> Result<(), Failure> {
    let key = command(settings, &["key", "create", "--role", "admin", "--name", "attack"])?;
    let client = reqwest::Client::new();
    let post = async |path: String, body: Value| {
        let sent = client.post(format!("{base}{path}")).bearer_auth(&key).json(&body).send().await?;
        sent.error_for_status().map(drop)
    };
    for mentor in &world.mentors {
        let name = ["mentor", "add", "--slug", mentor.slug, "--name", mentor.slug];
        command(settings, &[&name[..], &["--timezone", mentor.timezone]].concat())?;
        let clock = |minutes: i64| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let open = |day| json!({"day_of_week": day, "start": clock(OPENS), "end": clock(CLOSES)});
        let weekly: Vec<_> = (0..7).map(open).collect();
        let of = format!("?mentor={}", mentor.slug);
        post(format!("/api/availability/schedule{of}"), json!({"weekly": weekly})).await?;
        for kind in &mentor.kinds {
            let body = json!({
                "slug": kind.slug, "title": kind.slug, "duration_minutes": kind.minutes,
                "step_minutes": kind.step, "buffer_before_minutes": kind.before,
                "buffer_after_minutes": kind.after, "max_per_day": kind.per_day,
                "max_per_week": kind.per_week,
            });
            post(format!("/api/session-types{of}"), body).await?;
        }
    }
    Ok(())
}

/// Runs one command of the program, and answers what it printed.
fn command(settings: &[(String, String)], arguments: &[&str]) -> Result<String, Failure> {
    let ran = Command::new(binary()?)
        .args(arguments)
        .env_clear()
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .output()?;
    if !ran.status.success() {
        return Err(format!("{arguments:?}: {}", String::from_utf8_lossy(&ran.stderr)).into());
    }
    Ok(String::from_utf8(ran.stdout)?.trim().to_owned())
}
