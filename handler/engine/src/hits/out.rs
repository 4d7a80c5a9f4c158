//! One output file: row groups that are encoded from batches, and row groups that are copied as they are.

use super::columns::WITH_STATISTICS;
use super::counts::HitCounts;
use super::error::{HitResult, HitStoreError};
use super::limits::{DICTIONARY_BYTES, PAGE_ROWS, RESIDUE_PAGE_BYTES, ROW_GROUP_BYTES, ROW_GROUP_ROWS};
use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// Settings of all three files: zstd level 1 is as small as gzip level 6 on such tables and 18 times cheaper.
fn common() -> Result<WriterPropertiesBuilder, ParquetError> {
    Ok(WriterProperties::builder()
        .set_created_by("blastline".to_owned())
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_statistics_enabled(EnabledStatistics::None)
        .set_column_statistics_enabled(ColumnPath::from("query"), EnabledStatistics::Page))
}

/// How the hits file is written.
pub(super) fn hits_properties() -> Result<WriterProperties, ParquetError> {
    let mut builder =
        common()?.set_data_page_row_count_limit(PAGE_ROWS).set_dictionary_page_size_limit(DICTIONARY_BYTES);
    for name in WITH_STATISTICS {
        builder = builder.set_column_statistics_enabled(ColumnPath::from(*name), EnabledStatistics::Chunk);
    }
    Ok(builder.build())
}

/// How the residues file is written: small pages, and no dictionary because residues hardly repeat.
pub(super) fn residues_properties() -> Result<WriterProperties, ParquetError> {
    let mut builder = common()?.set_data_page_row_count_limit(PAGE_ROWS);
    for name in ["qseq", "sseq"] {
        let path = ColumnPath::from(name);
        builder = builder
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_data_page_size_limit(path, RESIDUE_PAGE_BYTES);
    }
    // Values are measured in batches, so the batch has to be small for the page limit to hold.
    Ok(builder.set_write_batch_size(32).build())
}

/// How the queries file is written.
pub(super) fn queries_properties() -> Result<WriterProperties, ParquetError> {
    Ok(common()?.set_data_page_row_count_limit(PAGE_ROWS).build())
}

struct RowGroup {
    columns: Vec<ArrowColumnWriter>,
    rows: usize,
}

/// A file in the making. It is not valid before [`OutFile::finish`].
pub(super) struct OutFile {
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<BufWriter<File>>,
    factory: ArrowRowGroupWriterFactory,
    open: Option<RowGroup>,
    row_groups: usize,
}

impl OutFile {
    /// Creates or empties a local file.
    pub(super) fn create(path: PathBuf, schema: SchemaRef, properties: WriterProperties) -> HitResult<Self> {
        let file = File::create(&path).map_err(|e| HitStoreError::local("create", &path, e))?;
        let writing = |e| HitStoreError::writing(&path, e);
        let writer =
            ArrowWriter::try_new(BufWriter::new(file), schema.clone(), Some(properties)).map_err(writing)?;
        let (writer, factory) = writer.into_serialized_writer().map_err(writing)?;
        Ok(Self { path, schema, writer, factory, open: None, row_groups: 0 })
    }

    /// Encodes a batch; closes the row group when it is full.
    pub(super) fn write(&mut self, batch: Result<RecordBatch, ArrowError>) -> HitResult<()> {
        let path = self.path.clone();
        self.try_write(batch).map_err(|e| HitStoreError::writing(&path, e))
    }

    fn try_write(&mut self, batch: Result<RecordBatch, ArrowError>) -> Result<(), ParquetError> {
        let batch = batch?;
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let group = match &mut self.open {
            Some(group) => group,
            none => {
                let columns = self.factory.create_column_writers(self.row_groups)?;
                none.insert(RowGroup { columns, rows: 0 })
            }
        };
        let mut writers = group.columns.iter_mut();
        for (field, column) in self.schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, column)? {
                let writer =
                    writers.next().ok_or_else(|| ParquetError::General("a column too many".into()))?;
                writer.write(&leaf)?;
            }
        }
        group.rows += batch.num_rows();
        let bytes: usize = group.columns.iter().map(ArrowColumnWriter::get_estimated_total_bytes).sum();
        if group.rows >= ROW_GROUP_ROWS || bytes >= ROW_GROUP_BYTES {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let Some(group) = self.open.take() else { return Ok(()) };
        let mut out = self.writer.next_row_group()?;
        for column in group.columns {
            column.close()?.append_to_row_group(&mut out)?;
        }
        out.close()?;
        self.row_groups += 1;
        Ok(())
    }

    /// Copies a row group of another file of the same schema without decoding it.
    pub(super) fn copy(
        &mut self,
        from: &File,
        metadata: &ParquetMetaData,
        row_group: usize,
    ) -> HitResult<()> {
        let path = self.path.clone();
        self.try_copy(from, metadata, row_group).map_err(|e| HitStoreError::writing(&path, e))
    }

    fn try_copy(
        &mut self,
        from: &File,
        metadata: &ParquetMetaData,
        row_group: usize,
    ) -> Result<(), ParquetError> {
        self.flush()?;
        let group = metadata.row_group(row_group);
        let rows = u64::try_from(group.num_rows()).map_err(|e| ParquetError::General(e.to_string()))?;
        let index = metadata.page_index_for_row_group(row_group);
        let mut out = self.writer.next_row_group()?;
        for (number, column) in group.columns().iter().enumerate() {
            let (_, bytes_written) = column.byte_range();
            out.append_column(
                from,
                ColumnCloseResult {
                    bytes_written,
                    rows_written: rows,
                    metadata: column.clone(),
                    bloom_filter: None,
                    column_index: index.column_index(number).cloned(),
                    offset_index: index.offset_index(number).cloned(),
                },
            )?;
        }
        out.close()?;
        self.row_groups += 1;
        Ok(())
    }

    /// Writes the footer with the counts. The file is on its way to the storage, so it is not synced to the disk.
    pub(super) fn finish(mut self, counts: &HitCounts) -> HitResult<PathBuf> {
        let path = self.path.clone();
        let writing = |e| HitStoreError::writing(&path, e);
        self.flush().map_err(writing)?;
        for entry in counts.metadata() {
            self.writer.append_key_value_metadata(entry);
        }
        let out = self.writer.into_inner().map_err(writing)?;
        out.into_inner().map_err(|e| HitStoreError::local("write", &path, e.into_error()))?;
        Ok(path)
    }
}

/// Names of the three files in a directory.
pub(super) fn file_names(dir: &Path) -> [PathBuf; 3] {
    [dir.join("hits.parquet"), dir.join("residues.parquet"), dir.join("queries.parquet")]
}
