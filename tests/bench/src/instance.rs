//! One process of a function, from its start to its end, with the services it talks to.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::clock;
use crate::failure::Failure;
use crate::procfs;
use crate::runtime_api::{Event, RuntimeApi, Signal};
use crate::scenarios::Scenario;
use crate::stub::authority::Authority;
use crate::stub::{Host, Stub, Tally};

/// Far above any time worth reporting, even in an unoptimised build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
const LOG_TAIL: usize = 2000;

/// A function's program and the world it runs in.
#[derive(Clone)]
pub struct Program {
    /// The executable.
    pub binary: PathBuf,
    /// What it is given and how its services answer.
    pub scenario: Arc<dyn Scenario>,
    /// Who vouches for the stub.
    pub authority: Authority,
    /// Where its log goes.
    pub log: PathBuf,
}

/// What a start cost.
#[derive(Debug)]
pub struct StartUp {
    /// From the creation of the process to its first poll.
    pub elapsed: Duration,
    /// What it did on the network in that time.
    pub network: Tally,
}

/// What an event cost.
#[derive(Debug)]
pub struct Handled {
    /// From handing the event over to the whole answer.
    pub elapsed: Duration,
    /// Processor time, up to the poll that follows.
    pub processor: Duration,
    /// What it did on the network in that time.
    pub network: Tally,
}

/// A running process.
pub struct Instance {
    program: Program,
    process: Child,
    pid: u32,
    api: RuntimeApi,
    stub: Stub,
    /// Where the next event goes; nothing while an event is under way, nor after a failure.
    waiting: Option<oneshot::Sender<Event>>,
    handled: u64,
}

impl Instance {
    /// Starts a process and waits for its first poll.
    pub async fn start(program: Program) -> Result<(Self, StartUp), Failure> {
        let mut api = RuntimeApi::start().await?;
        let stub = Stub::start(&program.authority, Arc::clone(&program.scenario)).await?;
        let mut command = command(&program, &api, &stub)?;
        let started = Instant::now();
        let mut process = command.spawn().map_err(|error| Failure::io(program.binary.display(), &error))?;
        let pid = process.id().ok_or_else(|| Failure::Function("ended as it started".to_owned()))?;
        let (at, waiting) = poll(&mut api, &mut process, &program.log).await?;
        let network = checked(stub.take(), &program.log)?;
        let instance = Self { program, process, pid, api, stub, waiting: Some(waiting), handled: 0 };
        let start_up = StartUp { elapsed: at - started, network };
        Ok((instance, start_up))
    }

    /// Hands the scenario's next event over, waits for the answer and for the poll that follows it.
    pub async fn handle(&mut self) -> Result<Handled, Failure> {
        self.handled += 1;
        let request_id = format!("00000000-0000-4000-8000-{:012}", self.handled);
        let payload = Bytes::from(self.program.scenario.event(self.handled, clock::now()).to_string());
        let processor_before = procfs::processor_time(self.pid)?;
        let handed_over = Instant::now();
        let event = Event { request_id: request_id.clone(), payload };
        let hand_over = self.waiting.take();
        if hand_over.is_none_or(|hand_over| hand_over.send(event).is_err()) {
            return Err(Failure::Function("hung up while polling".to_owned()));
        }
        let log = self.program.log.clone();
        let (answered, body) = match signal(&mut self.api, &mut self.process, &log, "answer").await? {
            Signal::Answered { at, request_id: answered, body } if answered == request_id => (at, body),
            Signal::Answered { .. } | Signal::Polled { .. } => {
                return Err(Failure::Function("left an event unanswered".to_owned()));
            }
            Signal::Failed(report) => return Err(reported(&report, &log)),
        };
        let (_, waiting) = poll(&mut self.api, &mut self.process, &log).await?;
        self.waiting = Some(waiting);
        let processor = procfs::processor_time(self.pid)?.saturating_sub(processor_before);
        let network = checked(self.stub.take(), &log)?;
        self.check(&body, &network)?;
        Ok(Handled { elapsed: answered - handed_over, processor, network })
    }

    /// Its peak memory so far, in bytes.
    pub fn peak_memory(&self) -> Result<u64, Failure> {
        procfs::peak_memory(self.pid)
    }

    /// Ends the process, as Lambda does without asking it.
    pub async fn stop(mut self) -> Result<(), Failure> {
        self.process.kill().await.map_err(|error| Failure::io("ending the process", &error))
    }

    /// A function that says it is done without having done it would look fast.
    fn check(&self, body: &Bytes, network: &Tally) -> Result<(), Failure> {
        let scenario = &self.program.scenario;
        let answer: Option<Value> = serde_json::from_slice(body).ok();
        let worked = scenario.crucial_call().is_none_or(|call| network.operations.contains_key(call));
        if worked && answer.is_some_and(|answer| scenario.accepts(&answer)) {
            return Ok(());
        }
        let account = format!("answered {} after the calls {:?}", String::from_utf8_lossy(body), network.operations);
        Err(Failure::Function(with_log(&account, &self.program.log)))
    }
}

fn command(program: &Program, api: &RuntimeApi, stub: &Stub) -> Result<Command, Failure> {
    let log = |error| Failure::io(program.log.display(), &error);
    let output = std::fs::File::create(&program.log).map_err(log)?;
    let errors = output.try_clone().map_err(log)?;
    let mut command = Command::new(&program.binary);
    command
        .env_clear()
        .envs(lambda_environment())
        .env("AWS_LAMBDA_RUNTIME_API", api.address().to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", program.scenario.binary())
        .env("SSL_CERT_FILE", &program.authority.bundle)
        .env("AWS_ENDPOINT_URL", stub.endpoint(Host::DynamoDb))
        .env("AWS_ENDPOINT_URL_DYNAMODB", stub.endpoint(Host::DynamoDb))
        .env("AWS_ENDPOINT_URL_SQS", stub.endpoint(Host::Sqs))
        .env("AWS_ENDPOINT_URL_SSM", stub.endpoint(Host::Ssm))
        .env("AWS_ENDPOINT_URL_CODEPIPELINE", stub.endpoint(Host::CodePipeline))
        .envs(program.scenario.environment(stub))
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .kill_on_drop(true);
    Ok(command)
}

/// "Defined runtime environment variables", AWS Lambda Developer Guide; the keys are the documentation's example.
fn lambda_environment() -> [(&'static str, &'static str); 15] {
    [
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("AWS_SESSION_TOKEN", "benchmark-session-token"),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/benchmark"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "2026/01/01/[$LATEST]0"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", "bootstrap"),
    ]
}

async fn poll(api: &mut RuntimeApi, process: &mut Child, log: &Path) -> Result<(Instant, oneshot::Sender<Event>), Failure> {
    match signal(api, process, log, "poll").await? {
        Signal::Polled { at, hand_over } => Ok((at, hand_over)),
        Signal::Answered { .. } => Err(Failure::Function("answered without an event".to_owned())),
        Signal::Failed(report) => Err(reported(&report, log)),
    }
}

async fn signal(api: &mut RuntimeApi, process: &mut Child, log: &Path, awaited: &'static str) -> Result<Signal, Failure> {
    let limit = PATIENCE;
    tokio::select! {
        biased;
        signal = api.signal() => signal.ok_or(Failure::Silence { awaited, limit }),
        ended = process.wait() => {
            let status = ended.map_or_else(|error| error.to_string(), |status| status.to_string());
            Err(Failure::Function(with_log(&format!("ended ({status})"), log)))
        }
        () = tokio::time::sleep(limit) => Err(Failure::Silence { awaited, limit }),
    }
}

fn checked(network: Tally, log: &Path) -> Result<Tally, Failure> {
    if network.unanswered.is_empty() {
        return Ok(network);
    }
    let account = format!("no answer known to {:?}", network.unanswered);
    Err(Failure::Function(with_log(&account, log)))
}

fn reported(report: &str, log: &Path) -> Failure {
    Failure::Function(with_log(&format!("reported {report}"), log))
}

/// The account with the end of the function's log, which usually says why.
fn with_log(account: &str, log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let mut start = text.len().saturating_sub(LOG_TAIL);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let tail = text[start..].trim();
    if tail.is_empty() { account.to_owned() } else { format!("{account}; its log ends with\n{tail}") }
}
