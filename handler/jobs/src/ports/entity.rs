use std::collections::BTreeMap;
use time::OffsetDateTime;

/// A typed property of a table entity.
#[derive(Debug, Clone, PartialEq)]
pub enum Prop {
    /// Text, at most 32 Ki UTF-16 units.
    Text(String),
    /// A 64-bit integer (`Edm.Int64`).
    Int(i64),
    /// A double.
    Float(f64),
    /// A truth value.
    Bool(bool),
    /// A moment, kept to 100 ns or better.
    Time(OffsetDateTime),
}

/// A table entity: two keys and typed properties. Also used as a patch, holding only what changes.
///
/// A merge cannot take a property away, so "none" is written as an empty text.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entity {
    /// Partition key.
    pub pk: String,
    /// Row key.
    pub rk: String,
    /// Properties by name.
    pub props: BTreeMap<String, Prop>,
}

/// A stored row that lacks a property or holds it in another type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {pk}/{rk}: property `{name}` {problem}")]
pub struct RowError {
    /// Partition key of the row.
    pub pk: String,
    /// Row key of the row.
    pub rk: String,
    /// The property.
    pub name: String,
    /// What is wrong with it.
    pub problem: String,
}

impl Entity {
    /// An entity without properties.
    pub fn new(pk: impl Into<String>, rk: impl Into<String>) -> Self {
        Self { pk: pk.into(), rk: rk.into(), props: BTreeMap::new() }
    }

    /// Adds a text property.
    #[must_use]
    pub fn text(mut self, name: &str, value: impl Into<String>) -> Self {
        self.props.insert(name.to_owned(), Prop::Text(value.into()));
        self
    }

    /// Adds an integer property; values above `i64::MAX` are held at that bound.
    #[must_use]
    pub fn int(mut self, name: &str, value: u64) -> Self {
        self.props.insert(name.to_owned(), Prop::Int(i64::try_from(value).unwrap_or(i64::MAX)));
        self
    }

    /// Adds a floating-point property.
    #[must_use]
    pub fn float(mut self, name: &str, value: f64) -> Self {
        self.props.insert(name.to_owned(), Prop::Float(value));
        self
    }

    /// Adds a truth value.
    #[must_use]
    pub fn bool(mut self, name: &str, value: bool) -> Self {
        self.props.insert(name.to_owned(), Prop::Bool(value));
        self
    }

    /// Adds a moment.
    #[must_use]
    pub fn time(mut self, name: &str, value: OffsetDateTime) -> Self {
        self.props.insert(name.to_owned(), Prop::Time(value));
        self
    }

    /// Adds a moment where there is one, and an empty text where there is none.
    #[must_use]
    pub fn opt_time(self, name: &str, value: Option<OffsetDateTime>) -> Self {
        match value {
            Some(moment) => self.time(name, moment),
            None => self,
        }
    }

    /// A text property; an absent one reads as empty.
    pub fn get_text(&self, name: &str) -> Result<&str, RowError> {
        match self.props.get(name) {
            None => Ok(""),
            Some(Prop::Text(text)) => Ok(text),
            Some(_) => Err(self.error(name, "is not a text")),
        }
    }

    /// A text property, `None` where it is absent or empty.
    pub fn opt_text(&self, name: &str) -> Result<Option<String>, RowError> {
        Ok(Some(self.get_text(name)?).filter(|text| !text.is_empty()).map(str::to_owned))
    }

    /// A non-negative integer; an absent one reads as 0.
    pub fn get_int(&self, name: &str) -> Result<u64, RowError> {
        match self.props.get(name) {
            None => Ok(0),
            Some(Prop::Int(value)) => u64::try_from(*value).map_err(|_| self.error(name, "is negative")),
            Some(_) => Err(self.error(name, "is not an integer")),
        }
    }

    /// A floating-point property, also where it was stored as an integer; an absent one reads as 0.
    pub fn get_float(&self, name: &str) -> Result<f64, RowError> {
        match self.props.get(name) {
            None => Ok(0.0),
            Some(Prop::Float(value)) => Ok(*value),
            #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
            Some(Prop::Int(value)) => Ok(*value as f64),
            Some(_) => Err(self.error(name, "is not a number")),
        }
    }

    /// A truth value; an absent one reads as false.
    pub fn get_bool(&self, name: &str) -> Result<bool, RowError> {
        match self.props.get(name) {
            None => Ok(false),
            Some(Prop::Bool(value)) => Ok(*value),
            Some(_) => Err(self.error(name, "is not a truth value")),
        }
    }

    /// A moment that has to be there.
    pub fn get_time(&self, name: &str) -> Result<OffsetDateTime, RowError> {
        self.opt_time_of(name)?.ok_or_else(|| self.error(name, "is missing"))
    }

    /// A moment, `None` where it is absent or an empty text.
    pub fn opt_time_of(&self, name: &str) -> Result<Option<OffsetDateTime>, RowError> {
        match self.props.get(name) {
            None => Ok(None),
            Some(Prop::Text(text)) if text.is_empty() => Ok(None),
            Some(Prop::Time(moment)) => Ok(Some(*moment)),
            Some(_) => Err(self.error(name, "is not a moment")),
        }
    }

    /// The error for a property of this row.
    pub fn error(&self, name: &str, problem: impl Into<String>) -> RowError {
        RowError { pk: self.pk.clone(), rk: self.rk.clone(), name: name.to_owned(), problem: problem.into() }
    }
}
