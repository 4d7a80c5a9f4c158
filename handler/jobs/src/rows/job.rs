use super::elastic::{ELASTIC_COLUMNS, ElasticState};
use super::payload::JobPayload;
use crate::database_name::DatabaseRef;
use crate::engine::Engine;
use crate::error_code::{ErrorCode, Fault};
use crate::ids::{JobId, OwnerId, TenantId};
use crate::ports::{Entity, RowError, Select};
use crate::state::{EventName, HistoryEvent, Phase, Progress, Status, StepName, StepStatus};
use crate::timing::TaskType;
use blastline_blast::elastic::ElasticOutfmt;
use blastline_blast::program::Program;
use time::OffsetDateTime;

/// Row key of a task's one row.
pub const CURRENT: &str = "current";

/// Columns of every search, but its steps and payload.
const COLUMNS: [&str; 38] = [
    "type",
    "status",
    "phase",
    "owner_oid",
    "owner_upn",
    "tenant_id",
    "task_id",
    "error_code",
    "error_detail",
    "error_hint",
    "created_at",
    "updated_at",
    "started_at",
    "ended_at",
    "heartbeat_at",
    "deadline_at",
    "job_title",
    "program",
    "db",
    "databases_json",
    "database_title",
    "query_label",
    "engine",
    "queries_total",
    "queries_done",
    "letters_total",
    "letters_done",
    "hits",
    "hsps",
    "without_hits",
    "parts_done",
    "attempts",
    "blast_version",
    "body_hash",
    "query_digest",
    "result",
    "query_bytes",
    "warnings_json",
];

/// Columns of its steps.
const STEP_COLUMNS: [&str; 6] = [
    "schema_version",
    "progress_json",
    "last_output_staging_db",
    "last_output_submitting",
    "last_output_running",
    "last_output_exporting_results",
];

const SUMMARY: [&str; COLUMNS.len() + ELASTIC_COLUMNS.len()] = joined(&COLUMNS, &ELASTIC_COLUMNS);
const STATE: [&str; SUMMARY.len() + STEP_COLUMNS.len()] = joined(&SUMMARY, &STEP_COLUMNS);

/// Everything but payload and steps: what authorization, lists and polls read.
pub const JOB_SUMMARY: Select = Select::Only(&SUMMARY);

/// Everything but the payload: what a change of state reads.
pub const JOB_STATE: Select = Select::Only(&STATE);

/// Two lists of columns, one behind the other; `N` is the length of both.
const fn joined<const N: usize>(first: &[&'static str], second: &[&'static str]) -> [&'static str; N] {
    let mut all = [""; N];
    let mut place = 0;
    while place < N {
        all[place] = if place < first.len() { first[place] } else { second[place - first.len()] };
        place += 1;
    }
    all
}

/// A search: one row of `jobstate`.
#[derive(Debug, Clone, PartialEq)]
pub struct JobRow {
    /// The job, which is its own task.
    pub id: JobId,
    /// Where it is. The status follows from it.
    pub phase: Phase,
    /// Who owns it.
    pub owner: OwnerId,
    /// Name of the owner to show.
    pub owner_name: String,
    /// Directory of the owner.
    pub tenant: TenantId,
    /// Why it failed or waits.
    pub fault: Option<Fault>,
    /// When it was accepted.
    pub created_at: OffsetDateTime,
    /// When the row last changed.
    pub updated_at: OffsetDateTime,
    /// When work on it began.
    pub started_at: Option<OffsetDateTime>,
    /// When it ended.
    pub ended_at: Option<OffsetDateTime>,
    /// Last sign of life of what works on it.
    pub heartbeat_at: OffsetDateTime,
    /// When it is given up.
    pub deadline_at: OffsetDateTime,
    /// Title.
    pub title: String,
    /// Program.
    pub program: Program,
    /// Databases with their versions; one for the time being.
    pub databases: Vec<DatabaseRef>,
    /// Title of the database at the time.
    pub database_title: String,
    /// First sequence, and how many more.
    pub query_label: String,
    /// Engine that runs it.
    pub engine: Engine,
    /// Its run on a cluster; `None` on the serverless engine.
    pub elastic: Option<ElasticState>,
    /// Sequences in the query.
    pub queries_total: u64,
    /// Sequences in parts that are done.
    pub queries_done: u64,
    /// Letters in the query.
    pub letters_total: u64,
    /// Letters in parts that are done.
    pub letters_done: u64,
    /// Query-subject pairs in parts that are done.
    pub hits: u64,
    /// Alignments in parts that are done.
    pub hsps: u64,
    /// Queries in parts that are done that hit nothing.
    pub without_hits: u64,
    /// Parts that are done.
    pub parts_done: u64,
    /// How often its preparation or joining failed and was tried again.
    pub attempts: u64,
    /// BLAST+ version, once a part told it.
    pub blast_version: String,
    /// Hash of the request body, where an idempotency key was given.
    pub body_hash: String,
    /// Digest that the stored query is named by.
    pub query_digest: String,
    /// Bytes of the stored FASTA; the index of its sequences follows in the same blob.
    pub query_bytes: u64,
    /// Folder in `results` that the joined result lies in, or that whoever joins it writes; empty where nobody does.
    pub result: String,
    /// Remarks of BLAST+, in words; a few.
    pub warnings: Vec<String>,
    /// Steps; `None` when the row was read as a summary.
    pub progress: Option<Progress>,
    /// Payload as JSON or the name of the blob that holds it; `None` when the row was read as a summary.
    pub payload: Option<String>,
}

/// A change of phase that the table of transitions does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a task in phase `{from}` cannot become `{to}`")]
pub struct NotAllowed {
    /// Phase it is in.
    pub from: Phase,
    /// Phase it was asked to enter.
    pub to: Phase,
}

impl JobRow {
    /// Its status.
    pub fn status(&self) -> Status {
        self.phase.status()
    }

    /// Its kind.
    pub fn task_type(&self) -> TaskType {
        TaskType::Blast
    }

    /// Folder in `results` of its joined result. Earlier rows name none; theirs is the job's own.
    pub fn result_folder(&self) -> &str {
        if self.result.is_empty() { self.id.as_str() } else { &self.result }
    }

    /// What was asked for as its result: hits, or on a cluster a file of another format.
    pub fn outfmt(&self) -> ElasticOutfmt {
        let chosen = self.elastic.as_ref().map(|state| ElasticOutfmt::parse(&state.outfmt));
        chosen.and_then(Result::ok).unwrap_or_default()
    }

    /// Whether its owner asked for it to stop.
    pub fn is_cancelling(&self) -> bool {
        self.phase == Phase::Cancelling
    }

    /// Enters a phase: steps follow, an earlier fault is cleared unless the phase is a failure, times are set.
    pub fn enter(&mut self, phase: Phase, now: OffsetDateTime) -> Result<(), NotAllowed> {
        if !self.phase.may_become(phase) {
            return Err(NotAllowed { from: self.phase, to: phase });
        }
        self.phase = phase;
        self.heartbeat_at = now;
        if phase.status() != Status::Failed {
            self.fault = None;
        }
        if self.started_at.is_none() && phase.status() == Status::Running {
            self.started_at = Some(now);
        }
        if phase.status().is_terminal() && self.ended_at.is_none() {
            self.ended_at = Some(now);
        }
        if let Some(progress) = &mut self.progress {
            progress.enter(phase, now);
        }
        Ok(())
    }

    /// Ends it with a named failure.
    pub fn fail(&mut self, phase: Phase, fault: Fault, now: OffsetDateTime) -> Result<(), NotAllowed> {
        self.enter(phase, now)?;
        self.fault = Some(fault);
        Ok(())
    }

    /// The history that the row itself tells: `created`, one event for each step that was reached, and its end. A
    /// function that is run again returns them again; equal keys are shown once.
    pub fn told_events(&self) -> Vec<HistoryEvent> {
        let mut events = vec![
            HistoryEvent::once(&self.id, &EventName::Created, self.created_at)
                .text("program", self.program.to_string())
                .text("db", self.databases.first().map(ToString::to_string).unwrap_or_default()),
        ];
        let steps = self.progress.iter().flat_map(|progress| &progress.steps);
        for (name, step) in steps.filter(|(_, step)| step.status != StepStatus::Skipped) {
            if let (Some(phase), Some(at)) = (phase_of(*name), step.started_at) {
                events.push(HistoryEvent::once(&self.id, &EventName::Phase(phase), at));
            }
        }
        if self.status().is_terminal() && self.phase != Phase::Completed {
            let mut event = HistoryEvent::once(
                &self.id,
                &EventName::Phase(self.phase),
                self.ended_at.unwrap_or(self.updated_at),
            );
            if let Some(fault) = &self.fault {
                event = event.text("error_code", fault.code.as_str()).text("error", fault.detail.clone());
            }
            events.push(event);
        }
        events
    }

    /// The row as stored. Payload and steps are left out of a summary.
    pub fn to_entity(&self) -> Entity {
        let databases = serde_json::to_string(&self.databases).unwrap_or_default();
        let warnings = serde_json::to_string(&self.warnings).unwrap_or_default();
        let fault = self.fault.as_ref();
        let mut entity = Entity::new(self.id.as_str(), CURRENT)
            .int("schema_version", 2)
            .text("type", self.task_type().as_str())
            .text("status", self.status().as_str())
            .text("phase", self.phase.as_str())
            .text("owner_oid", self.owner.as_str())
            .text("owner_upn", self.owner_name.clone())
            .text("tenant_id", self.tenant.as_str())
            .text("task_id", self.id.as_str())
            .text("error_code", fault.map_or("", |f| f.code.as_str()))
            .text("error_detail", fault.map_or("", |f| f.detail.as_str()))
            .text("error_hint", fault.and_then(|f| f.hint.as_deref()).unwrap_or(""))
            .time("created_at", self.created_at)
            .time("updated_at", self.updated_at)
            .opt_time("started_at", self.started_at)
            .opt_time("ended_at", self.ended_at)
            .time("heartbeat_at", self.heartbeat_at)
            .time("deadline_at", self.deadline_at)
            .text("job_title", self.title.clone())
            .text("program", self.program.to_string())
            .text("db", self.databases.first().map_or("", |d| d.name.as_str()))
            .text("databases_json", databases)
            .text("database_title", self.database_title.clone())
            .text("query_label", self.query_label.clone())
            .text("engine", self.engine.as_str())
            .int("queries_total", self.queries_total)
            .int("queries_done", self.queries_done)
            .int("letters_total", self.letters_total)
            .int("letters_done", self.letters_done)
            .int("hits", self.hits)
            .int("hsps", self.hsps)
            .int("without_hits", self.without_hits)
            .int("parts_done", self.parts_done)
            .int("attempts", self.attempts)
            .text("blast_version", self.blast_version.clone())
            .text("body_hash", self.body_hash.clone())
            .text("query_digest", self.query_digest.clone())
            .text("result", self.result.clone())
            .int("query_bytes", self.query_bytes)
            .text("warnings_json", warnings);
        if let Some(elastic) = &self.elastic {
            entity = elastic.write(entity);
        }
        if let Some(progress) = &self.progress {
            entity = entity.text("progress_json", serde_json::to_string(progress).unwrap_or_default());
            for (name, output) in progress.outputs() {
                entity = entity.text(&format!("{LAST_OUTPUT}{}", name.as_str()), output);
            }
        }
        if let Some(payload) = &self.payload {
            entity = entity.text("payload_json", payload.clone());
        }
        entity
    }

    /// The row from what was stored; without steps and payload where it was read as a summary.
    pub fn from_entity(entity: &Entity) -> Result<Self, RowError> {
        let bad = |name: &'static str| move |e: &dyn std::fmt::Display| entity.error(name, e.to_string());
        let json_list = |name: &str| match entity.get_text(name)? {
            "" => Ok("[]"),
            text => Ok::<_, RowError>(text),
        };
        let engine = entity.get_text("engine")?.parse().map_err(|e| bad("engine")(&e))?;
        let progress = entity.opt_text("progress_json")?;
        let mut progress: Option<Progress> = progress
            .map(|text| serde_json::from_str(&text).map_err(|e| bad("progress_json")(&e)))
            .transpose()?;
        if let Some(progress) = &mut progress {
            for name in StepName::ALL {
                let output = entity.opt_text(&format!("{LAST_OUTPUT}{}", name.as_str()))?;
                progress.restore_output(name, output);
            }
        }
        Ok(Self {
            id: entity.pk.parse().map_err(|e| bad("PartitionKey")(&e))?,
            phase: entity.get_text("phase")?.parse().map_err(|e| bad("phase")(&e))?,
            owner: entity.get_text("owner_oid")?.parse().map_err(|e| bad("owner_oid")(&e))?,
            owner_name: entity.get_text("owner_upn")?.to_owned(),
            tenant: entity.get_text("tenant_id")?.parse().map_err(|e| bad("tenant_id")(&e))?,
            fault: read_fault(entity)?,
            created_at: entity.get_time("created_at")?,
            updated_at: entity.get_time("updated_at")?,
            started_at: entity.opt_time_of("started_at")?,
            ended_at: entity.opt_time_of("ended_at")?,
            heartbeat_at: entity.get_time("heartbeat_at")?,
            deadline_at: entity.get_time("deadline_at")?,
            title: entity.get_text("job_title")?.to_owned(),
            program: entity.get_text("program")?.parse().map_err(|e| bad("program")(&e))?,
            databases: serde_json::from_str(json_list("databases_json")?)
                .map_err(|e| bad("databases_json")(&e))?,
            database_title: entity.get_text("database_title")?.to_owned(),
            query_label: entity.get_text("query_label")?.to_owned(),
            engine,
            elastic: (engine == Engine::Elastic).then(|| ElasticState::read(entity)).transpose()?,
            queries_total: entity.get_int("queries_total")?,
            queries_done: entity.get_int("queries_done")?,
            letters_total: entity.get_int("letters_total")?,
            letters_done: entity.get_int("letters_done")?,
            hits: entity.get_int("hits")?,
            hsps: entity.get_int("hsps")?,
            without_hits: entity.get_int("without_hits")?,
            parts_done: entity.get_int("parts_done")?,
            attempts: entity.get_int("attempts")?,
            blast_version: entity.get_text("blast_version")?.to_owned(),
            body_hash: entity.get_text("body_hash")?.to_owned(),
            query_digest: entity.get_text("query_digest")?.to_owned(),
            result: entity.get_text("result")?.to_owned(),
            query_bytes: entity.get_int("query_bytes")?,
            warnings: serde_json::from_str(json_list("warnings_json")?)
                .map_err(|e| bad("warnings_json")(&e))?,
            progress,
            payload: entity.opt_text("payload_json")?,
        })
    }

    /// The payload of a row that was read whole and keeps it inline.
    pub fn parse_payload(text: &str) -> Result<JobPayload, serde_json::Error> {
        serde_json::from_str(text)
    }
}

/// What the names of columns begin with that hold the end of what a step logged.
const LAST_OUTPUT: &str = "last_output_";

fn phase_of(step: StepName) -> Option<Phase> {
    Phase::ALL.into_iter().find(|phase| phase.step() == Some(step) && *phase != Phase::Submitted)
}

fn read_fault(entity: &Entity) -> Result<Option<Fault>, RowError> {
    let Some(code) = entity.opt_text("error_code")? else { return Ok(None) };
    Ok(Some(Fault {
        code: code.parse().unwrap_or(ErrorCode::InternalError),
        detail: entity.get_text("error_detail")?.to_owned(),
        hint: entity.opt_text("error_hint")?,
    }))
}
