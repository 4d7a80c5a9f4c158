//! The command line of `elastic-blast`.

use crate::standin::api::uid;

/// What was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arguments {
    /// The configuration: `-` for standard input, else a file.
    pub config: String,
    /// Whether the last line is JSON.
    pub json: bool,
    /// The id of the search: the key, or a fresh one.
    pub id: String,
    /// What the answer names.
    pub correlation: Option<String>,
}

impl Arguments {
    /// Reads the arguments; the words of an error.
    pub fn read(argv: &[String]) -> Result<Self, String> {
        let usage = |what: String| {
            format!("usage: elastic-blast submit [-h] --cfg CFG …\nelastic-blast: error: {what}")
        };
        let mut words = argv.iter();
        match words.next().map(String::as_str) {
            Some("submit") => {}
            Some(other) => {
                return Err(usage(format!(
                    "argument subcommand: invalid choice: '{other}' (here only 'submit')"
                )));
            }
            None => return Err(usage("the following arguments are required: subcommand".to_owned())),
        }
        let (mut config, mut json, mut key, mut correlation) = (None, false, None, None);
        while let Some(word) = words.next() {
            let mut value = || {
                let value = words.next().filter(|value| *value == "-" || !value.starts_with('-'));
                value.cloned().ok_or_else(|| usage(format!("argument {word}: expected one argument")))
            };
            match word.as_str() {
                "--cfg" => config = Some(value()?),
                "--json" => json = true,
                "--idempotency-key" => key = Some(value()?),
                "--correlation-id" => correlation = Some(value()?),
                "--logfile" => _ = value()?,
                "--loglevel" => {
                    let level = value()?;
                    if !["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"].contains(&level.as_str()) {
                        return Err(usage(format!("argument --loglevel: invalid choice: '{level}'")));
                    }
                }
                other => return Err(usage(format!("unrecognized arguments: {other}"))),
            }
        }
        let config = config.ok_or_else(|| usage("the following arguments are required: --cfg".to_owned()))?;
        if let Some(key) = &key
            && !is_key(key)
        {
            return Err(usage(format!("argument --idempotency-key: invalid value: '{key}'")));
        }
        let fresh = || format!("job-{}", uid().replace('-', ""));
        Ok(Self { config, json, id: key.map_or_else(fresh, |key| key.to_lowercase()), correlation })
    }
}

fn is_key(text: &str) -> bool {
    let end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let inside = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=63).contains(&text.len())
        && text.bytes().all(inside)
        && end(text.bytes().next())
        && end(text.bytes().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Arguments, String> {
        Arguments::read(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn arguments_are_those_of_the_real_one() {
        let read_well =
            read("submit --cfg - --json --idempotency-key Job-1 --correlation-id c --logfile stderr")
                .unwrap();
        assert_eq!((read_well.config.as_str(), read_well.json, read_well.id.as_str()), ("-", true, "job-1"));
        assert_ne!(read("submit --cfg -").unwrap().id, read("submit --cfg -").unwrap().id);
        for bad in [
            "status --cfg -",
            "submit",
            "submit --cfg",
            "submit --cfg - --key x",
            "submit --cfg - --idempotency-key -x",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
