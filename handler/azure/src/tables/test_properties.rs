//! What holds for any row and any answer.

use super::{
    address::Address,
    batch,
    wire::{read_entity, read_page, write_entity},
};
use azure_core::http::Url;
use blastline_jobs::{
    names::Table,
    ports::{BatchOp, Entity, Match, Prop},
};
use proptest::prelude::*;
use time::OffsetDateTime;

fn prop() -> impl Strategy<Value = Prop> {
    let seconds = -11_644_473_600_i64..=253_402_300_799;
    let time = (seconds, 0..10_000_000_i64).prop_map(|(seconds, ticks)| {
        let second = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Prop::Time(second + time::Duration::nanoseconds(ticks * 100))
    });
    prop_oneof![
        any::<String>().prop_map(Prop::Text),
        any::<i64>().prop_map(Prop::Int),
        any::<f64>().prop_filter("NaN equals nothing", |value| !value.is_nan()).prop_map(Prop::Float),
        any::<bool>().prop_map(Prop::Bool),
        time,
    ]
}

fn entity() -> impl Strategy<Value = Entity> {
    let props = proptest::collection::btree_map("[a-z_][a-zA-Z0-9_]{0,8}", prop(), 0..6);
    (any::<String>(), any::<String>(), props).prop_map(|(pk, rk, props)| Entity { pk, rk, props })
}

proptest! {
    #[test]
    fn a_row_that_is_written_and_read_is_the_same(entity in entity()) {
        let json = String::from_utf8(write_entity("insert", &entity).unwrap()).unwrap();
        prop_assert!(json.is_ascii());
        let answer = json.replacen('{', r#"{"odata.etag":"e","Timestamp":"now","#, 1);
        prop_assert_eq!(&read_entity("get", answer.as_bytes()).unwrap().entity, &entity);
        let page = format!(r#"{{"odata.metadata":"m","value":[{answer},{answer}]}}"#);
        prop_assert_eq!(read_page("query", page.as_bytes()).unwrap().len(), 2);
    }

    #[test]
    fn a_batch_is_ascii_and_no_text_breaks_out_of_it(entity in entity()) {
        let address = Address::new(Url::parse("http://127.0.0.1:1/acct").unwrap());
        let pk = entity.pk.clone();
        let ops = [BatchOp::Insert(entity.clone()), BatchOp::Patch(entity, Match::Any)];
        let body = String::from_utf8(batch::write("batch", &address, Table::JobState, &pk, &ops).unwrap().body).unwrap();
        prop_assert!(body.is_ascii());
        prop_assert_eq!(body.matches("\r\nContent-Type: application/http\r\n").count(), 2);
        prop_assert_eq!(body.matches(" HTTP/1.1\r\n").count(), 2);
    }

    #[test]
    fn no_answer_makes_the_readers_panic(bytes in any::<Vec<u8>>(), text in ".*\nHTTP/1.1 .*\\{.*\\}.*") {
        let ops = [BatchOp::Delete("r".into(), Match::Any)];
        for answer in [bytes.as_slice(), text.as_bytes()] {
            let _ = read_entity("get", answer);
            let _ = read_page("query", answer);
            let _ = batch::check("batch", &ops, answer);
        }
    }
}
