import { useId, useState } from 'react';
import type { FieldProblem, OptionForm, OptionValue } from '../api/types';
import { faultText } from './fault';
import { defaultOf, evalueAsTyped, parse, say } from './options';

interface OptionInputProps {
  option: OptionForm;
  task: string;
  /** What the draft says; the default where it says nothing. */
  value: OptionValue | undefined;
  faults: FieldProblem[];
  onChange: (value: OptionValue | undefined) => void;
}

/** One option: label, whether it was changed and from what, its help, its faults. */
export function OptionInput({ option, task, value, faults, onChange }: OptionInputProps) {
  const id = useId();
  const usual = defaultOf(option, task);
  const changed = value !== undefined && value !== usual;
  return (
    <div>
      <span className="lab">
        <label htmlFor={id}>{option.label}</label>
        {changed ? <span className="ch">changed, default {say(option, usual)}</span> : null}
      </span>
      <Control
        id={id}
        option={option}
        usual={usual}
        value={value}
        changed={changed}
        bad={faults.length > 0}
        onChange={onChange}
      />
      <span className="hint" id={`${id}-hint`}>
        {option.help}
      </span>
      {faults.map((fault) => (
        <p className="fault" role="alert" key={fault.code}>
          {faultText(fault)}
        </p>
      ))}
    </div>
  );
}

interface ControlProps {
  id: string;
  option: OptionForm;
  usual: OptionValue | undefined;
  value: OptionValue | undefined;
  changed: boolean;
  bad: boolean;
  onChange: (value: OptionValue | undefined) => void;
}

function Control({ id, option, usual, value, changed, bad, onChange }: ControlProps) {
  const shown = value ?? usual;
  const common = { id, 'aria-invalid': bad, 'aria-describedby': `${id}-hint` };
  const take = (next: OptionValue | undefined) => onChange(next === usual ? undefined : next);
  if (option.kind === 'bool') {
    return (
      <select
        className={changed ? 'sel ch' : 'sel'}
        {...common}
        value={String(shown)}
        onChange={(e) => take(e.target.value === 'true')}
      >
        <option value="true">On</option>
        <option value="false">Off</option>
      </select>
    );
  }
  if (option.choices.length > 0) {
    return (
      <select
        className={changed ? 'sel ch' : 'sel'}
        {...common}
        value={String(shown ?? '')}
        onChange={(event) => take(typeof usual === 'number' ? Number(event.target.value) : event.target.value)}
      >
        {option.choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
          </option>
        ))}
      </select>
    );
  }
  return (
    <TextControl
      common={common}
      option={option}
      shown={shown}
      changed={changed}
      onText={(text) => take(parse(option, text))}
    />
  );
}

interface TextControlProps {
  common: { id: string; 'aria-invalid': boolean; 'aria-describedby': string };
  option: OptionForm;
  shown: OptionValue | undefined;
  changed: boolean;
  onText: (text: string) => void;
}

/** Keeps what is being typed ("1e-") apart from the value that it means. */
function TextControl({ common, option, shown, changed, onText }: TextControlProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const said =
    shown === undefined ? '' : option.name === 'evalue' ? evalueAsTyped(shown).replace('−', '-') : String(shown);
  return (
    <input
      className={changed ? 'in ch' : 'in'}
      {...common}
      inputMode={option.kind === 'int' ? 'numeric' : option.kind === 'float' ? 'decimal' : 'text'}
      autoComplete="off"
      spellCheck={false}
      placeholder="not set"
      value={typed ?? said}
      onChange={(event) => {
        setTyped(event.target.value);
        onText(event.target.value);
      }}
      onBlur={() => setTyped(null)}
    />
  );
}
