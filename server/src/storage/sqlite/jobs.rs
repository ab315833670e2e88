//! The queue. A claim is a lease: a worker that dies loses its jobs to the next one when the lease runs out.

use slotsmith_engine::Instant;
use sqlx::SqliteConnection;

use super::{Result, StoreError, failed, rows::Columns};
use crate::{
    ids::JobId,
    jobs::{Job, NewJob, Task},
};

pub(super) async fn insert(db: &mut SqliteConnection, job: &NewJob) -> Result<()> {
    let task = serde_json::to_string(&job.task).map_err(|e| StoreError::Broken(e.into()))?;
    sqlx::query("INSERT INTO jobs (id, key, task, run_at) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING")
        .bind(job.id.to_string())
        .bind(&job.key)
        .bind(task)
        .bind(job.run_at.unix())
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn claim(
    db: &mut SqliteConnection,
    now: Instant,
    lease_until: Instant,
    limit: u32,
) -> Result<Vec<Job>> {
    let rows = sqlx::query(
        "UPDATE jobs SET lease_until = ?, attempts = attempts + 1
         WHERE id IN (SELECT id FROM jobs
                      WHERE finished_at IS NULL AND run_at <= ? AND (lease_until IS NULL OR lease_until <= ?)
                      ORDER BY run_at LIMIT ?)
         RETURNING id, task, attempts",
    )
    .bind(lease_until.unix())
    .bind(now.unix())
    .bind(now.unix())
    .bind(limit)
    .fetch_all(&mut *db)
    .await
    .map_err(failed)?;
    let mut jobs = Vec::with_capacity(rows.len());
    for row in rows {
        let row = Columns(row);
        match job(&row) {
            Ok(job) => jobs.push(job),
            // A task this version cannot read must not hold up the others.
            Err(unreadable) => {
                close(db, row.parsed("id")?, "abandoned", Some(&unreadable.to_string()), now).await?
            }
        }
    }
    Ok(jobs)
}

pub(super) async fn close(
    db: &mut SqliteConnection,
    id: JobId,
    outcome: &'static str,
    error: Option<&str>,
    now: Instant,
) -> Result<()> {
    sqlx::query("UPDATE jobs SET finished_at = ?, outcome = ?, error = ?, lease_until = NULL WHERE id = ?")
        .bind(now.unix())
        .bind(outcome)
        .bind(error)
        .bind(id.to_string())
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn retry(db: &mut SqliteConnection, id: JobId, run_at: Instant, error: &str) -> Result<()> {
    sqlx::query("UPDATE jobs SET run_at = ?, lease_until = NULL, error = ? WHERE id = ?")
        .bind(run_at.unix())
        .bind(error)
        .bind(id.to_string())
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn next_at(db: &mut SqliteConnection) -> Result<Option<Instant>> {
    let row = sqlx::query(
        "SELECT max(run_at, coalesce(lease_until, run_at)) AS due FROM jobs
         WHERE finished_at IS NULL ORDER BY due LIMIT 1",
    )
    .fetch_optional(db)
    .await
    .map_err(failed)?;
    row.map(|row| Columns(row).instant("due")).transpose()
}

fn job(row: &Columns) -> Result<Job> {
    let task = row.text("task")?;
    let task: Task = serde_json::from_str(&task).map_err(|e| StoreError::Broken(e.into()))?;
    Ok(Job { id: row.parsed("id")?, task, attempt: row.number("attempts")? })
}
