import './download.css';
import { Popover } from '@mantine/core';
import '@mantine/core/styles/Popover.layer.css';
import '@mantine/core/styles/Overlay.layer.css';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isActive, manifestQuery } from '../api/queries';
import type { Job, ResultManifest } from '../api/types';
import { bytes, count } from '../ui/format';
import { Icon } from '../ui/Icon';
import { ProblemNote } from '../ui/Note';
import { SkeletonRows } from '../ui/Skeleton';
import { usePhone } from '../ui/usePhone';
import { chipsOf, filterParams } from './filters';
import { useJobSearch } from './useJobSearch';

type Scope = 'job' | 'query' | 'filtered';

/** What to download, and in which format. */
export function DownloadMenu({ job }: { job: Job }) {
  const [open, setOpen] = useState(false);
  const phone = usePhone();
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-end"
      width={520}
      shadow="md"
      radius={8}
      trapFocus
      returnFocus
      withinPortal={false}
      withOverlay={phone}
      overlayProps={{ fixed: true }}
      classNames={{ dropdown: 'sheet pop-dl' }}
    >
      <Popover.Target>
        <button className="btn" type="button" aria-label="Download" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name="download" />
          <span className="hide-s">Download</span>
          <Icon name="down" />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Download">
        <Content job={job} />
      </Popover.Dropdown>
    </Popover>
  );
}

function Content({ job }: { job: Job }) {
  const [search] = useJobSearch();
  const [scope, setScope] = useState<Scope>('job');
  const answer = useQuery(manifestQuery(job.job_id, isActive(job)));
  const filtered = chipsOf(search).length > 0;
  if (answer.error && !answer.data) {
    return (
      <ProblemNote title="The files could not be listed" error={answer.error} retry={() => void answer.refetch()} />
    );
  }
  if (!answer.data) return <SkeletonRows rows={4} label="Reading the files" />;
  const manifest = answer.data;
  const soFar = manifest.status === 'partial' ? ' so far' : '';
  return (
    <>
      <div className="dl-hd row wrap">
        <span className="med">What</span>
        <div className="seg">
          <button type="button" aria-pressed={scope === 'job'} onClick={() => setScope('job')}>
            Whole job{soFar} <span className="n">{count(manifest.hits)}</span>
          </button>
          <button type="button" aria-pressed={scope === 'query'} onClick={() => setScope('query')}>
            This query
          </button>
          <button
            type="button"
            aria-pressed={scope === 'filtered'}
            disabled={!filtered}
            title={filtered ? undefined : 'No filter is set'}
            onClick={() => setScope('filtered')}
          >
            As filtered
          </button>
        </div>
      </div>
      <div className="dl-grid">
        <div>
          <p className="gh">Hits and alignments</p>
          {manifest.formats.map((format) => (
            <a
              className="mi"
              key={format.format}
              href={exportAddress(job.job_id, format.format, scope, search)}
              download
            >
              <span>{format.label}</span>
              <small>.{format.extension}</small>
            </a>
          ))}
        </div>
        <Files job={job} manifest={manifest} />
      </div>
    </>
  );
}

function Files({ job, manifest }: { job: Job; manifest: ResultManifest }) {
  return (
    <div>
      <p className="gh">Files of the job, whole</p>
      {manifest.files.length === 0 ? <p className="gh">They are written when the search ends.</p> : null}
      {manifest.files.map((file) => (
        <a
          className="mi"
          key={file.file_id}
          href={`/api/blast/jobs/${encodeURIComponent(job.job_id)}/results/files/${encodeURIComponent(file.file_id)}`}
          download
        >
          <span>{file.description || file.name}</span>
          <small>{bytes(file.size_bytes)}</small>
        </a>
      ))}
    </div>
  );
}

function exportAddress(job: string, format: string, scope: Scope, search: ReturnType<typeof useJobSearch>[0]): string {
  const params = new URLSearchParams({ format });
  if (scope === 'query') params.set('query', String(search.q ?? 0));
  if (scope === 'filtered') {
    for (const [name, value] of Object.entries(filterParams(search))) params.set(name, String(value));
  }
  return `/api/blast/jobs/${encodeURIComponent(job)}/results/export?${params}`;
}
