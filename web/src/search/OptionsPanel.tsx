import type { OptionForm, OptionValue, ProgramForm } from '../api/types';
import { Fold } from '../ui/Fold';
import { OptionInput } from './OptionInput';
import { taskOf } from './options';
import type { SearchModel } from './useSearchModel';

const GROUPS: Record<string, string> = {
  general: 'General',
  scoring: 'Scoring',
  filters: 'Filters',
  translation: 'Translation',
  limits: 'Limits',
};

/** The form of a program's options, made from the server's definitions. */
export function OptionsPanel({ model, program }: { model: SearchModel; program: ProgramForm }) {
  const { options } = model.draft;
  const task = taskOf(program, options);
  const set = (name: string, value: OptionValue | undefined) => {
    const { [name]: _, ...others } = options;
    model.change({ options: value === undefined ? others : { ...others, [name]: value } });
  };
  const shown = program.options.filter((option) => option.name !== 'task');
  const plain = shown.filter((option) => !option.advanced);
  const advanced = shown.filter((option) => option.advanced);
  const input = (option: OptionForm) => (
    <OptionInput
      key={`${program.program}/${option.name}`}
      option={option}
      task={task}
      value={options[option.name]}
      faults={model.faults.filter((fault) => fault.field === `options.${option.name}`)}
      onChange={(value) => set(option.name, value)}
    />
  );
  const touched = advanced.some((option) => options[option.name] !== undefined);
  return (
    <div className="stack">
      <div className="optf">
        {program.tasks.length > 1 ? (
          <TaskInput program={program} task={task} onChange={(name) => set('task', name)} />
        ) : null}
        {plain.map(input)}
      </div>
      {advanced.length > 0 ? (
        <Fold title="More options" open={touched}>
          {[...new Set(advanced.map((option) => option.group))].map((group) => (
            <fieldset key={group}>
              <legend className="opt-group">{GROUPS[group] ?? group}</legend>
              <div className="optf">{advanced.filter((option) => option.group === group).map(input)}</div>
            </fieldset>
          ))}
        </Fold>
      ) : null}
      <button
        className="btn s"
        type="button"
        disabled={Object.keys(options).length === 0}
        onClick={() => model.change({ options: {} })}
      >
        Back to defaults
      </button>
    </div>
  );
}

function TaskInput({
  program,
  task,
  onChange,
}: {
  program: ProgramForm;
  task: string;
  onChange: (name: string | undefined) => void;
}) {
  const usual = program.tasks[0]?.name;
  const chosen = program.tasks.find((candidate) => candidate.name === task);
  return (
    <label>
      <span className="lab">
        <span>Task</span>
        {task === usual ? null : <span className="ch">changed, default {usual}</span>}
      </span>
      <select
        className="sel"
        value={task}
        onChange={(event) => onChange(event.target.value === usual ? undefined : event.target.value)}
      >
        {program.tasks.map((candidate) => (
          <option key={candidate.name} value={candidate.name}>
            {candidate.name}: {firstSentence(candidate.description)}
          </option>
        ))}
      </select>
      <span className="hint">
        {chosen ? chosen.description.slice(firstSentence(chosen.description).length + 1).trim() : null}
      </span>
    </label>
  );
}

/** The short name of a task stands before the first full stop of its description. */
const firstSentence = (text: string): string => text.split('. ')[0]?.replace(/\.$/, '') ?? text;
