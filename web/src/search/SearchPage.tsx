import './search.css';
import './pickers.css';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { jobsHeadQuery } from '../jobs/queries';
import { ProblemNote } from '../ui/Note';
import { Panel } from '../ui/Panel';
import { SkeletonRows } from '../ui/Skeleton';
import { Ago } from '../ui/Time';
import { useTitle } from '../ui/title';
import { Checks } from './Checks';
import { CommandLine } from './CommandLine';
import { DatabaseField } from './DatabaseField';
import { Examples, ExamplesRow } from './Examples';
import { FormatField } from './FormatField';
import { OptionsField } from './OptionsField';
import { ProgramField } from './ProgramField';
import { RunBar, RunCard } from './RunCard';
import { useRestore } from './restore';
import { SampleDatabases } from './SampleDatabases';
import { Sequences } from './Sequences';
import { type SearchModel, useSearchModel } from './useSearchModel';

export default function SearchPage() {
  useTitle('Search');
  const model = useSearchModel();
  const restored = useRestore(model.replace);
  const { data: jobs } = useQuery(jobsHeadQuery);
  const first = jobs?.jobs.length === 0;
  const empty = !model.hasSequences;
  return (
    <>
      <main className="page narrow" id="main">
        <div className="head">
          <div>
            <h1>Search</h1>
            {first && empty ? (
              <p className="sub">Nothing has been searched here yet. Start with an example or paste your own.</p>
            ) : null}
          </div>
          <HeadRemark model={model} />
        </div>
        {restored.error ? <ProblemNote title="The earlier search could not be read" error={restored.error} /> : null}
        <div className="search">
          <div className="stack-4">
            {first && empty ? (
              <Panel failed="The examples could not be shown">
                <Examples model={model} />
              </Panel>
            ) : null}
            <Form model={model} examples={!first && empty} restoring={restored.loading} />
            <Panel failed="The checks could not be shown">
              <Checks model={model} />
            </Panel>
            {model.preflight?.command_line ? <CommandLine text={model.preflight.command_line} /> : null}
          </div>
          <div className="side stack-4">
            <RunCard model={model} />
            {first && empty ? (
              <Panel failed="The sample databases could not be shown">
                <SampleDatabases model={model} />
              </Panel>
            ) : null}
          </div>
        </div>
      </main>
      <RunBar model={model} />
    </>
  );
}

function Form({ model, examples, restoring }: { model: SearchModel; examples: boolean; restoring: boolean }) {
  if (restoring) {
    return (
      <section className="card">
        <SkeletonRows rows={6} label="Reading the earlier search" />
      </section>
    );
  }
  return (
    <section className="card">
      <Sequences model={model} />
      {examples ? <ExamplesRow model={model} /> : null}
      {model.fault ? (
        <div className="field-note">
          <ProblemNote title="The form could not be loaded" error={model.fault} retry={model.reload} />
        </div>
      ) : (
        <>
          <DatabaseField model={model} />
          <ProgramField model={model} />
          <OptionsField model={model} />
          <FormatField model={model} />
        </>
      )}
    </section>
  );
}

function HeadRemark({ model }: { model: SearchModel }) {
  const { data: jobs } = useQuery(jobsHeadQuery);
  const last = jobs?.jobs[0];
  if (model.hasSequences) {
    const words = {
      nothing: '',
      kept: 'Draft kept on this device',
      'too-large': 'Sequences over 1 million letters are not kept on this device',
      closed: 'This browser keeps no draft',
    };
    return (
      <p className="small muted hide-s head-remark">
        {model.attached ? 'A chosen file is not kept after a reload' : words[model.kept]}
      </p>
    );
  }
  if (!last) return null;
  return (
    <p className="small muted hide-s head-remark">
      Last search:{' '}
      <Link to="/jobs/$jobId" params={{ jobId: last.job_id }}>
        {last.job_title}
      </Link>
      , <Ago iso={last.created_at} />
    </p>
  );
}
