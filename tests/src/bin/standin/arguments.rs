//! The command line.

use blastline_tests::standin::{Fault, HISTORIES, Plan, history};
use std::{fs, path::PathBuf};

/// What is printed with `--help`, and with an argument that is none.
pub const USAGE: &str = "standin: a cluster for looking at, on an Azurite that runs

  --azurite TEXT       connection string of the storage account (AzureWebJobsStorage where it is not given)
  --kubeconfig FILE    where the kubeconfig is written; its path is printed
  --nodes N            machines that take searches (3)
  --time-scale X       durations are divided by this (1)
  --port N             port of the API server (a free one)
  --context NAME       name of the kubeconfig's context (standin)
  --cluster-name NAME  a configuration has to name this cluster (any)
  --warm-shortcut      as ElasticBLAST: once some database is on the nodes, no other is brought
  --history NAME       what goes wrong; may be given several times
  --faults FILE        the same as JSON: a list of faults
  --list               lists the histories";

/// What was asked for.
#[derive(Debug)]
pub enum Asked {
    /// To serve, and where the kubeconfig goes.
    Serve(Box<Plan>, Option<PathBuf>),
    /// To say something and end.
    Say(String),
}

/// Reads the arguments; the words of an error.
pub fn read(mut words: impl Iterator<Item = String>, storage: Option<String>) -> Result<Asked, String> {
    let (mut connection, mut kubeconfig, mut changes) = (storage, None, Vec::<Change>::new());
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value"));
        match word.as_str() {
            "--help" | "-h" => return Ok(Asked::Say(USAGE.to_owned())),
            "--list" => return Ok(Asked::Say(histories())),
            "--azurite" => connection = Some(value()?),
            "--kubeconfig" => kubeconfig = Some(PathBuf::from(value()?)),
            "--warm-shortcut" => changes.push(Box::new(Plan::warm_shortcut)),
            "--nodes" => {
                let nodes = number(&word, &value()?)?;
                changes.push(Box::new(move |plan| plan.nodes(nodes)));
            }
            "--port" => {
                let port = number(&word, &value()?)?;
                changes.push(Box::new(move |plan| plan.port(port)));
            }
            "--time-scale" => {
                let scale: f64 = number(&word, &value()?)?;
                if !(scale.is_finite() && scale > 0.0) {
                    return Err("--time-scale has to be above 0".to_owned());
                }
                changes.push(Box::new(move |plan| plan.time_scale(scale)));
            }
            "--context" => {
                let name = value()?;
                changes.push(Box::new(move |plan| plan.context(&name)));
            }
            "--cluster-name" => {
                let name = value()?;
                changes.push(Box::new(move |plan| plan.cluster_name(&name)));
            }
            "--history" => {
                let name = value()?;
                let faults = history(&name)
                    .ok_or_else(|| format!("there is no history {name:?}; see --list"))?
                    .faults();
                changes.push(with(faults));
            }
            "--faults" => {
                let file = value()?;
                let text = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
                let faults = serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))?;
                changes.push(with(faults));
            }
            other => return Err(format!("{other} is no argument\n\n{USAGE}")),
        }
    }
    let connection = connection.filter(|text| !text.is_empty());
    let connection = connection.ok_or("--azurite or AzureWebJobsStorage has to name the storage account")?;
    let plan = changes.into_iter().fold(Plan::on(&connection), |plan, change| change(plan));
    Ok(Asked::Serve(Box::new(plan), kubeconfig))
}

type Change = Box<dyn FnOnce(Plan) -> Plan>;

fn with(faults: Vec<Fault>) -> Change {
    Box::new(|plan| faults.into_iter().fold(plan, Plan::fault))
}

fn number<T: std::str::FromStr>(word: &str, text: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{word} wants a number, not {text:?}"))
}

fn histories() -> String {
    let lines: Vec<_> = HISTORIES.iter().map(|one| format!("{:<22} {}", one.name, one.story)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_line(line: &str) -> Result<Asked, String> {
        read(line.split_whitespace().map(str::to_owned), None)
    }

    #[test]
    fn arguments_are_taken_or_refused_with_a_reason() {
        let fine =
            "--azurite UseDevelopmentStorage=true --nodes 5 --time-scale 10 --history fine --kubeconfig k";
        assert!(matches!(read_line(fine), Ok(Asked::Serve(_, Some(_)))));
        assert!(matches!(read_line("--list"), Ok(Asked::Say(text)) if text.contains("batch-fails")));
        for (line, reason) in [
            ("", "--azurite"),
            ("--nodes many", "wants a number"),
            ("--azurite", "wants a value"),
            ("--time-scale 0", "above 0"),
            ("--history none", "no history"),
            ("--faults /nowhere", "/nowhere"),
            ("--verbose", "is no argument"),
        ] {
            let error = read_line(line).unwrap_err();
            assert!(error.contains(reason), "{line}: {error}");
        }
    }
}
