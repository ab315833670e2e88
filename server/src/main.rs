//! The command line: reads settings, chooses the parts, and does one thing.

use std::{
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, Subcommand, ValueEnum};
use slotsmith::{
    App,
    auth::{self, Caller, Role},
    booking::Limits,
    clock::SystemClock,
    config::Config,
    demo, http,
    ids::MentorId,
    jobs,
    mentors::{Mentor, MentorRef, Slug},
    notifications::Delivery,
    serve::serve,
    solve,
    storage::{self, BackupError},
    zones::Zones,
};

/// Answers are some tens of kilobytes, made and dropped thousands of times a second (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Self-hosted scheduling: mentors offer time, bookers pick a slot.
///
/// Settings come from the environment, or from slotsmith.toml in the working directory. With nothing configured it
/// keeps its data in ./data and answers on http://127.0.0.1:8080.
#[derive(Parser)]
#[command(name = "slotsmith", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and the HTTP interface (what happens without a command)
    Serve {
        /// Add mentors to try, with hours, overrides and bookings
        #[arg(long)]
        demo: bool,
    },
    /// Solve a problem: JSON in, slots out
    Solve {
        /// The file with the problem; - or nothing reads standard input
        file: Option<PathBuf>,
    },
    /// Add people who offer time
    #[command(subcommand)]
    Mentor(MentorCommand),
    /// Make keys that let programs act for a mentor or an admin
    #[command(subcommand)]
    Key(KeyCommand),
    /// Bring the schema of the store up to date, and do nothing else
    Migrate,
    /// Write everything in the store to one file, while a server goes on
    Backup {
        /// The file to write, readable by you alone
        file: PathBuf,
        /// Overwrite the file
        #[arg(long)]
        force: bool,
    },
    /// Make the store what a backup says, while no server runs
    Restore {
        /// What `slotsmith backup` wrote
        file: PathBuf,
        /// Replace a store that has data
        #[arg(long)]
        force: bool,
    },
    /// Say what is in use, and check that it works
    Doctor,
    /// Print the OpenAPI document
    Openapi,
}

#[derive(Subcommand)]
enum MentorCommand {
    /// Add a mentor, who then needs hours and a session type
    Add {
        /// The name in addresses: lower-case letters, digits and hyphens
        #[arg(long)]
        slug: Slug,
        /// The name people read
        #[arg(long)]
        name: String,
        /// The zone of their hours, such as Asia/Seoul
        #[arg(long)]
        timezone: String,
        /// Where their mail goes; bookers never see it
        #[arg(long)]
        email: Option<String>,
        /// One line about them
        #[arg(long, default_value = "")]
        headline: String,
    },
}

#[derive(Subcommand)]
enum KeyCommand {
    /// Make a key and print it, this once
    Create {
        /// What its bearer may do
        #[arg(long)]
        role: RoleName,
        /// Whose key it is, for the role mentor
        #[arg(long, required_if_eq("role", "mentor"))]
        mentor: Option<MentorRef>,
        /// What its owner calls it
        #[arg(long)]
        name: String,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleName {
    /// Everything
    Admin,
    /// What is the mentor's own
    Mentor,
}

fn main() -> ExitCode {
    match Arguments::parse().command.unwrap_or(Command::Serve { demo: false }) {
        Command::Solve { file } => solve_command(file.as_deref()),
        command => match run(command) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(io::stderr(), "slotsmith: {error}");
                match error.downcast_ref() {
                    Some(BackupError::OwnTools { command }) => {
                        let _ = writeln!(io::stdout(), "{command}");
                        ExitCode::from(2)
                    }
                    _ => ExitCode::FAILURE,
                }
            }
        },
    }
}

/// Bad input ends with 2, so that scripts can tell it from a crash.
fn solve_command(file: Option<&Path>) -> ExitCode {
    let complain = |error: &dyn std::fmt::Display| {
        let _ = writeln!(io::stderr(), "{error}");
        ExitCode::from(2)
    };
    let zones =
        match Config::load().map_err(Failure::from).and_then(|c| Ok(Zones::new(c.tzdata_dir.as_deref())?)) {
            Ok(zones) => zones,
            Err(error) => return complain(&error),
        };
    let answer = match file {
        Some(path) if path != Path::new("-") => match std::fs::File::open(path) {
            Ok(file) => solve::run(file, &zones),
            Err(error) => return complain(&format!("{}: {error}", path.display())),
        },
        _ => solve::run(io::stdin().lock(), &zones),
    };
    match answer {
        // A reader that has seen enough and closed the pipe is no failure.
        Ok(answer) => {
            let _ = writeln!(io::stdout(), "{answer}");
            ExitCode::SUCCESS
        }
        Err(error) => complain(&error),
    }
}

#[tokio::main]
async fn run(command: Command) -> Result<(), Failure> {
    // Fails only when a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match command {
        Command::Serve { demo } => serve_command(demo).await,
        Command::Mentor(MentorCommand::Add { slug, name, timezone, email, headline }) => {
            let app = open().await?;
            app.zone(&timezone)?;
            let email =
                email.map(|text| text.parse::<lettre::Address>()).transpose()?.map(|email| email.to_string());
            if name.trim().is_empty() || [&name, &headline].iter().any(|text| text.contains(char::is_control))
            {
                return Err("--name and --headline must be one line each, and the name not empty".into());
            }
            if slug.as_str().parse::<MentorId>().is_ok() {
                return Err("--slug must not look like an id".into());
            }
            let now = app.clock.now();
            let mentor = Mentor { id: MentorId::new(now), slug, name, headline, timezone, email };
            app.store.acting(Caller::Admin).add_mentor(&mentor, now).await?;
            print(&format!("added mentor {} ({})", mentor.slug, mentor.id))
        }
        Command::Key(KeyCommand::Create { role, mentor, name }) => {
            let app = open().await?;
            let role = match (role, mentor) {
                (RoleName::Admin, None) => Role::Admin,
                (RoleName::Admin, Some(_)) => return Err("--mentor goes with --role mentor".into()),
                (RoleName::Mentor, None) => return Err("--role mentor needs --mentor".into()),
                (RoleName::Mentor, Some(mentor)) => {
                    Role::Mentor(app.store.mentor(&mentor).await?.ok_or("there is no such mentor")?.id)
                }
            };
            let secret =
                auth::create_key(&*app.store.acting(Caller::Admin), role, name, app.clock.now()).await?;
            print(secret.reveal())
        }
        Command::Migrate => {
            let app = open().await?;
            print(&format!("the schema of {} is up to date", app.config.database))
        }
        Command::Backup { file, force } => {
            let contents = storage::back_up(&Config::load()?.database, &file, force).await?;
            print(&format!("wrote {} ({contents})", file.display()))
        }
        Command::Restore { file, force } => {
            let store = Config::load()?.database;
            let contents = storage::restore(&store, &file, force).await?;
            print(&format!("restored {store} from {} ({contents})", file.display()))
        }
        Command::Doctor => doctor().await,
        Command::Openapi => print(&serde_json::to_string_pretty(&http::document())?),
        Command::Solve { .. } => Ok(()),
    }
}

async fn serve_command(with_demo: bool) -> Result<(), Failure> {
    let filter =
        tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,sqlx=warn".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    log.with_ansi(io::stderr().is_terminal()).init();
    let mut app = open().await?;
    if with_demo {
        let with = |limits| app.with_config(Config { limits, ..Config::clone(&app.config) });
        let (unlimited, limited) = (with(Limits::default()), with(app.config.limits_set));
        demo::furnish(&unlimited).await?;
        app = limited;
    }
    let listener = tokio::net::TcpListener::bind(app.config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", app.config.listen))?;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        tzdata = app.zones.version(),
        tzdata.source = %app.zones.source(),
        database = %app.config.database,
        "serving {} on {}",
        app.config.public_url,
        // With port 0 the system has chosen one.
        listener.local_addr()?
    );
    let worker = tokio::spawn(jobs::run(app.clone()));
    serve(listener, http::router(app), told_to_stop()).await;
    worker.abort();
    Ok(())
}

async fn told_to_stop() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

async fn doctor() -> Result<(), Failure> {
    let app = open().await?;
    app.store.ping().await?;
    let role = match app.store.role().await? {
        Some(role) => format!("acts as {role}"),
        None => "has no roles: the program alone decides who sees what".to_owned(),
    };
    let mail = match &app.config.smtp {
        None => format!("written to {}", outbox(&app.config).display()),
        Some(_) => "handed to the configured server".to_owned(),
    };
    print(&format!(
        "slotsmith {}\ntime zones  {} ({}), {} names\nstore       {}, answers, {role}\nmail        {mail}\naddress     {}\nlistens on  {}",
        env!("CARGO_PKG_VERSION"),
        app.zones.version(),
        app.zones.source(),
        app.zones.names().count(),
        app.config.database,
        app.config.public_url,
        app.config.listen,
    ))
}

/// Chooses the parts.
async fn open() -> Result<App, Failure> {
    let config = Config::load()?;
    let dir = &config.data_dir;
    std::fs::create_dir_all(dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
    let store = storage::open(&config.database, config.store_patience).await?;
    let delivery = match &config.smtp {
        None => Delivery::Outbox { dir: outbox(&config) },
        Some(settings) => Delivery::smtp(settings)?,
    };
    let zones = Zones::new(config.tzdata_dir.as_deref())?;
    Ok(App::new(store, zones, Arc::new(SystemClock), config, delivery))
}

fn outbox(config: &Config) -> PathBuf {
    config.data_dir.join("outbox")
}

fn print(text: &str) -> Result<(), Failure> {
    Ok(writeln!(io::stdout(), "{text}")?)
}
