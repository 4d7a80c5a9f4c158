//! Claims about the children that search parts.

use super::model::Running;
use super::{Found, Model};
use crate::simulator::world::{Event, Line};
use blastline_jobs::names::Table;
use blastline_jobs::state::Phase;
use time::Duration;

/// How long a child may live on whose process stood still while its job was cancelled.
const GRACE: Duration = Duration::seconds(5);

pub fn see(model: &mut Model, line: &Line, found: &mut Found) {
    match &line.event {
        Event::Task { word: "part-starts", task, detail } => {
            let mut child =
                Running { job: task.clone(), who: line.who.clone(), since: line.at, gone_by: None };
            if is_cancelled(model, task) {
                late(model, line, &mut child, found);
            }
            model.running.insert(detail.clone(), child);
        }
        Event::Task { word: "part-gone", detail, .. } => {
            if let Some(child) = model.running.remove(detail) {
                overdue(&child, line, found);
            }
        }
        Event::Row { table: Table::JobState, new: Some(new), .. } if is_cancelled(model, &new.pk) => {
            let folders: Vec<String> = model.running.keys().cloned().collect();
            for folder in folders {
                let Some(mut child) = model.running.remove(&folder) else { continue };
                if child.job == new.pk && child.gone_by.is_none() {
                    late(model, line, &mut child, found);
                }
                model.running.insert(folder, child);
            }
        }
        // Who stands still again before its time was up could not do anything meanwhile.
        Event::Frozen { until } => {
            for child in model.running.values_mut().filter(|child| child.who == line.who) {
                let later = *until + GRACE;
                child.gone_by = child.gone_by.map(|by| if line.at <= by { by.max(later) } else { by });
            }
        }
        Event::Called { function: "timer", .. } => {
            for child in model.running.values() {
                overdue(child, line, found);
            }
        }
        Event::Blob { path, bytes: Some(_) } => {
            let job = path.strip_prefix("results/").and_then(|rest| rest.split_once('/'));
            if let Some((job, file)) = job
                && !file.starts_with("parts/")
                && !file.ends_with("/config.ini")
            {
                found.claim(!is_cancelled(model, job), "nothing-after-cancelled", || {
                    format!("{path} is written, and the job is cancelled")
                });
            }
        }
        _ => {}
    }
    signs(model, line, found);
}

fn is_cancelled(model: &Model, job: &str) -> bool {
    model.jobs.get(job).is_some_and(|row| row.phase == Phase::Cancelled)
}

/// A child of a cancelled job: forgiven for a moment where its process stands still or just stood still.
fn late(model: &Model, line: &Line, child: &mut Running, found: &mut Found) {
    let frozen = model.frozen.get(&child.who).copied();
    let frozen = frozen.filter(|until| *until + GRACE > line.at);
    child.gone_by = frozen.map(|until| until.max(line.at) + GRACE);
    found.claim(frozen.is_some(), "nothing-after-cancelled", || {
        format!("{} is cancelled, and a part of it runs in {}", child.job, child.who)
    });
}

fn overdue(child: &Running, line: &Line, found: &mut Found) {
    found.claim(child.gone_by.is_none_or(|by| line.at <= by), "nothing-after-cancelled", || {
        format!("{} is cancelled, and a part of it runs on in {}", child.job, child.who)
    });
}

/// Long after the last fault, a part's row is as young as its heartbeat.
fn signs(model: &Model, line: &Line, found: &mut Found) {
    let settled = Duration::minutes(4);
    if model.calm_since.is_none_or(|since| line.at - since < settled) {
        return;
    }
    let most = model.heartbeat * 2 + model.cancel_poll * 2 + Duration::seconds(3).unsigned_abs();
    for (folder, child) in &model.running {
        if line.at - child.since < most {
            continue;
        }
        let parts = model.parts.get(&child.job).into_iter().flatten();
        let held =
            parts.map(|(_, part)| part).find(|part| !part.claim.is_empty() && folder.ends_with(&part.claim));
        let Some(part) = held else { continue };
        let age = line.at - part.last_seen();
        found.claim(age <= most, "signs-of-life", || {
            format!("{} part {} is silent for {} s", child.job, part.first_query, age.whole_seconds())
        });
    }
}
