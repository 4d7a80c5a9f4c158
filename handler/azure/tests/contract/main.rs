//! One suite that holds the parts in memory and those on Azurite to the same behaviour, and what only the real
//! parts have: faults on the way, and tokens over https.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a check that cannot go on fails its test"
)]

mod blobs;
mod blobs_large;
mod faults;
mod identity;
mod largest;
mod payloads;
mod queues;
mod start;
mod survey;
mod tables;
mod tables_batch;
mod tables_pages;
mod world;

/// Makes two tests of each check: one in memory, one on Azurite.
macro_rules! contract {
    ($($area:ident { $($check:ident),+ $(,)? })+) => {
        mod in_memory {
            $(mod $area {$(
                #[tokio::test]
                async fn $check() {
                    crate::$area::$check(&crate::world::World::in_memory().await).await;
                }
            )+})+
        }
        mod on_azurite {
            $(mod $area {$(
                #[tokio::test]
                async fn $check() {
                    crate::$area::$check(&crate::world::World::on_azurite().await).await;
                }
            )+})+
        }
    };
}

contract! {
    tables {
        every_type_comes_back_as_it_was_written,
        an_insert_meets_what_is_there,
        a_patch_merges_under_a_version,
        an_upsert_replaces_the_whole_row,
        a_select_brings_only_what_was_asked_for,
        a_delete_is_conditional_and_told_when_it_finds_nothing,
        keys_may_hold_what_the_service_allows,
        keys_that_the_service_forbids_are_refused,
        a_missing_table_is_an_error_and_not_an_absent_row,
    }
    tables_batch {
        a_batch_does_all_its_operations,
        a_failed_batch_leaves_nothing_and_names_the_operation,
        a_batch_that_the_service_does_not_take_is_refused,
        a_hundred_operations_fit_in_a_batch,
    }
    tables_pages {
        more_rows_than_a_page_come_to_the_last_one,
        a_range_of_row_keys_is_cut_where_it_says,
        pages_of_keys_in_any_script_follow_each_other,
        pages_survive_a_row_that_goes_away_between_them,
    }
    largest {
        a_text_of_the_largest_size_fits_and_a_larger_one_is_refused,
        a_row_near_its_largest_size_fits_and_a_larger_one_is_refused,
        a_message_of_the_largest_size_fits_and_a_larger_one_is_refused,
    }
    queues {
        a_message_comes_as_it_was_sent,
        a_delayed_message_is_not_seen_before_its_time,
        a_message_that_is_not_deleted_comes_again,
        a_queue_that_does_not_exist_holds_nothing_and_takes_nothing,
        what_the_service_does_not_take_is_refused,
    }
    blobs {
        a_blob_comes_back_and_goes,
        create_only_meets_what_is_there,
        an_empty_blob_reads_as_empty_in_every_way,
        a_missing_blob_is_told_apart_from_a_missing_container,
        ranges_are_cut_at_the_end,
        a_blob_larger_than_allowed_is_not_read,
        names_may_be_in_any_script,
        a_listing_goes_over_all_pages,
    }
    blobs_large {
        a_large_file_goes_up_and_comes_back,
        a_stream_never_mixes_two_versions,
        a_missing_file_is_a_local_fault,
    }
    survey {
        a_scan_comes_to_the_last_row_of_the_last_partition,
        a_message_that_is_peeked_at_stays_as_it_was,
        a_blob_is_deleted_only_in_the_version_that_was_listed,
    }
    payloads {
        a_large_payload_leaves_its_row_and_comes_back,
        a_payload_that_loses_the_race_for_its_id_leaves_the_winners_alone,
    }
}
