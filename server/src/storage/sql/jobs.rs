//! The queue. A claim is a lease: a worker that dies loses its jobs to the next one when the lease runs out.

use slotsmith_engine::Instant;

use super::{
    Result, StoreError,
    dialect::{CLAIM_JOBS, Columns, Connection, NEXT_JOB_AT, id_of, time_of},
    failed,
};
use crate::{
    ids::JobId,
    jobs::{Job, NewJob, Task},
};

pub(super) async fn insert(db: &mut Connection, job: &NewJob) -> Result<()> {
    let task = serde_json::to_string(&job.task).map_err(|e| StoreError::Broken(e.into()))?;
    // Naming the key after ON CONFLICT would be to read it, and callers only add.
    sqlx::query("INSERT INTO jobs (id, key, task, run_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(id_of(job.id))
        .bind(&job.key)
        .bind(task)
        .bind(time_of(job.run_at))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn claim(
    db: &mut Connection,
    now: Instant,
    lease_until: Instant,
    limit: u32,
) -> Result<Vec<Job>> {
    let rows = sqlx::query(CLAIM_JOBS)
        .bind(time_of(lease_until))
        .bind(time_of(now))
        .bind(i64::from(limit))
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
    db: &mut Connection,
    id: JobId,
    outcome: &'static str,
    error: Option<&str>,
    now: Instant,
) -> Result<()> {
    sqlx::query(
        "UPDATE jobs SET finished_at = $1, outcome = $2, error = $3, lease_until = NULL WHERE id = $4",
    )
    .bind(time_of(now))
    .bind(outcome)
    .bind(error)
    .bind(id_of(id))
    .execute(db)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn retry(db: &mut Connection, id: JobId, run_at: Instant, error: &str) -> Result<()> {
    sqlx::query("UPDATE jobs SET run_at = $1, lease_until = NULL, error = $2 WHERE id = $3")
        .bind(time_of(run_at))
        .bind(error)
        .bind(id_of(id))
        .execute(db)
        .await
        .map_err(failed)?;
    Ok(())
}

pub(super) async fn next_at(db: &mut Connection) -> Result<Option<Instant>> {
    let row = sqlx::query(NEXT_JOB_AT).fetch_optional(db).await.map_err(failed)?;
    row.map(|row| Columns(row).instant("due")).transpose()
}

fn job(row: &Columns) -> Result<Job> {
    let task = row.text("task")?;
    let task: Task = serde_json::from_str(&task).map_err(|e| StoreError::Broken(e.into()))?;
    Ok(Job { id: row.parsed("id")?, task, attempt: row.number("attempts")? })
}
