//! Entity group transactions: one multipart request whose operations happen together or not at all.
//! Source: <https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions>.

use super::{JSON, address::Address, if_match, wire::write_entity};
use crate::error::{classify, odata_error};
use azure_core::{Uuid, http::Url};
use blastline_jobs::{
    names::Table,
    ports::{BatchOp, Match, StorageError, StorageErrorKind, StorageResult, limits::batch_op},
};

/// A batch to be sent.
pub struct Outgoing {
    /// `multipart/mixed` with the boundary.
    pub content_type: String,
    /// The parts.
    pub body: Vec<u8>,
}

/// Writes a batch.
pub fn write(
    what: &str,
    address: &Address,
    table: Table,
    pk: &str,
    ops: &[BatchOp],
) -> StorageResult<Outgoing> {
    let (batch, changes) = (format!("batch_{}", Uuid::new_v4()), format!("changeset_{}", Uuid::new_v4()));
    let mut body =
        format!("--{batch}\r\nContent-Type: multipart/mixed; boundary={changes}\r\n\r\n").into_bytes();
    for (index, op) in ops.iter().enumerate() {
        let what = batch_op(what, index, op);
        body.extend_from_slice(format!("--{changes}\r\n").as_bytes());
        body.extend_from_slice(
            b"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n",
        );
        match op {
            BatchOp::Insert(entity) => {
                let json = write_entity(&what, entity)?;
                push(&mut body, "POST", &address.table(table), None, Some(&json));
            }
            BatchOp::Patch(entity, condition) => {
                let json = write_entity(&what, entity)?;
                push(
                    &mut body,
                    "PATCH",
                    &address.entity(table, pk, &entity.rk),
                    Some(condition),
                    Some(&json),
                );
            }
            BatchOp::Delete(rk, condition) => {
                push(&mut body, "DELETE", &address.entity(table, pk, rk), Some(condition), None);
            }
        }
    }
    body.extend_from_slice(format!("--{changes}--\r\n--{batch}--\r\n").as_bytes());
    Ok(Outgoing { content_type: format!("multipart/mixed; boundary={batch}"), body })
}

fn push(body: &mut Vec<u8>, verb: &str, url: &Url, condition: Option<&Match>, json: Option<&[u8]>) {
    body.extend_from_slice(
        format!("{verb} {url} HTTP/1.1\r\nAccept: {JSON}\r\nPrefer: return-no-content\r\nDataServiceVersion: 3.0;NetFx\r\n")
            .as_bytes(),
    );
    if let Some(condition) = condition {
        body.extend_from_slice(format!("If-Match: {}\r\n", if_match(condition)).as_bytes());
    }
    if let Some(json) = json {
        body.extend_from_slice(
            format!("Content-Type: application/json\r\nContent-Length: {}\r\n", json.len()).as_bytes(),
        );
    }
    body.extend_from_slice(b"\r\n");
    body.extend_from_slice(json.unwrap_or_default());
    body.extend_from_slice(b"\r\n");
}

/// Reads the answer to a batch. The request as a whole succeeds even when the batch failed: then the answer holds
/// one part with the status of the operation that failed, its number leading the message.
pub fn check(what: &str, ops: &[BatchOp], body: &[u8]) -> StorageResult<()> {
    let text = String::from_utf8_lossy(body);
    let mut done = 0;
    // Each part's status line begins after the header block of its MIME part.
    for part in text.split("\nHTTP/1.1 ").skip(1) {
        let status: u16 = part.get(..3).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        if (200..300).contains(&status) {
            done += 1;
            continue;
        }
        return Err(failure(what, ops, done, status, part));
    }
    if done != ops.len() {
        let cause = format!("the answer speaks of {done} of {} operations", ops.len());
        return Err(StorageError::new(StorageErrorKind::Corrupt, what, cause));
    }
    Ok(())
}

fn failure(what: &str, ops: &[BatchOp], done: usize, status: u16, part: &str) -> StorageError {
    let json = part.find('{').zip(part.rfind('}')).and_then(|(start, end)| part.get(start..=end));
    let error = json.and_then(|json| odata_error(json.as_bytes()));
    let (code, message) = error.map(|error| (error.code, error.message)).unwrap_or_default();
    let index =
        message.split_once(':').and_then(|(index, _)| index.trim().parse::<usize>().ok()).unwrap_or(done);
    let what = match ops.get(index) {
        Some(op) => batch_op(what, index, op),
        None => format!("{what}: operation {index}"),
    };
    StorageError::new(classify(status, &code), what, format!("{status} {code}: {}", message.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use blastline_jobs::ports::Entity;

    fn ops() -> Vec<BatchOp> {
        vec![
            BatchOp::Insert(Entity::new("p", "a").text("t", "--x\r\nHTTP/1.1 500 no")),
            BatchOp::Patch(Entity::new("p", "b"), Match::Any),
            BatchOp::Delete("it's".into(), Match::Any),
        ]
    }

    #[test]
    fn a_batch_names_each_operation_with_its_condition() {
        let address = Address::new(Url::parse("http://127.0.0.1:1/acct").unwrap());
        let batch = write("batch t/p", &address, Table::JobState, "p", &ops()).unwrap();
        let text = String::from_utf8(batch.body).unwrap();
        assert!(text.contains("POST http://127.0.0.1:1/acct/jobstate HTTP/1.1\r\n"));
        assert!(
            text.contains(
                "DELETE http://127.0.0.1:1/acct/jobstate(PartitionKey='p',RowKey='it''s') HTTP/1.1"
            )
        );
        assert_eq!(text.matches("If-Match: *\r\n").count(), 2);
        // A text with line breaks stays inside its JSON.
        assert!(text.contains(r#""t":"--x\r\nHTTP/1.1 500 no""#));
    }

    #[test]
    fn a_failed_batch_is_an_error_that_names_the_operation() {
        let body = concat!(
            "--batchresponse_1\r\nContent-Type: multipart/mixed; boundary=changesetresponse_1\r\n\r\n",
            "--changesetresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n",
            "HTTP/1.1 412 Precondition Failed\r\nContent-Type: application/json\r\n\r\n",
            r#"{"odata.error":{"code":"UpdateConditionNotSatisfied","message":{"lang":"en","value":"1:no\nRequestId:x"}}}"#,
            "\r\n--changesetresponse_1--\r\n--batchresponse_1--\r\n"
        );
        let error = check("batch t/p", &ops(), body.as_bytes()).unwrap_err();
        assert_eq!(error.kind, StorageErrorKind::LostRace);
        assert_eq!(error.what, "batch t/p: operation 1 (patch b)");
    }

    #[test]
    fn an_answer_that_speaks_of_fewer_operations_is_no_success() {
        let part = "--c\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n";
        assert!(check("batch", &ops(), part.repeat(3).as_bytes()).is_ok());
        let error = check("batch", &ops(), part.repeat(2).as_bytes()).unwrap_err();
        assert_eq!(error.kind, StorageErrorKind::Corrupt);
        assert_eq!(check("batch", &ops(), b"").unwrap_err().kind, StorageErrorKind::Corrupt);
    }
}
