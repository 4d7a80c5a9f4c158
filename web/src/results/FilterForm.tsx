import { type FormEvent, useId, useState } from 'react';
import type { HitFilters } from '../job/search';
import { QUANTITIES, type Quantity, without } from './filters';
import { useJobSearch } from './useJobSearch';

interface Limits {
  label: string;
  key: Exclude<keyof HitFilters, 'org'>;
  min: number;
  max: number;
  example: string;
}

const LIMITS: Record<Exclude<Quantity, 'organism'>, Limits[]> = {
  evalue: [{ label: 'At most', key: 'e', min: 0, max: Number.POSITIVE_INFINITY, example: '1e-10' }],
  identity: [
    { label: 'At least, %', key: 'idMin', min: 0, max: 100, example: '40' },
    { label: 'At most, %', key: 'idMax', min: 0, max: 100, example: '100' },
  ],
  bits: [{ label: 'At least, bits', key: 'bits', min: 0, max: Number.POSITIVE_INFINITY, example: '80' }],
  cover: [{ label: 'At least, %', key: 'cover', min: 0, max: 100, example: '80' }],
};

/** What is wrong with the typed limits, or null. */
function faultOf(limits: Limits[], typed: Record<string, string>): string | null {
  const values = limits.map((limit) => (typed[limit.key] ?? '').trim().replace('−', '-'));
  if (values.every((value) => value === '')) return 'Type a number.';
  for (const [at, limit] of limits.entries()) {
    const value = values[at] ?? '';
    if (value === '') continue;
    const number = Number(value);
    if (Number.isNaN(number)) return `“${value}” is no number.`;
    if (number < limit.min || number > limit.max) {
      return limit.max === 100 ? 'Percentages lie between 0 and 100.' : 'The limit cannot be below 0.';
    }
  }
  const [low, high] = values;
  if (low && high && Number(low) > Number(high)) return `${low} is above ${high}: no hit can pass.`;
  return null;
}

export function FilterForm({ onDone }: { onDone: () => void }) {
  const id = useId();
  const [search, change] = useJobSearch();
  const [quantity, setQuantity] = useState<Quantity>('evalue');
  const [typed, setTyped] = useState<Record<string, string>>(() => textsOf(search));
  const [tried, setTried] = useState(false);
  const limits = quantity === 'organism' ? [] : LIMITS[quantity];
  const organism = typed.org ?? '';
  const fault = quantity === 'organism' ? (organism.trim() === '' ? 'Type a name.' : null) : faultOf(limits, typed);

  const add = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (fault) return;
    change((before) => {
      const next: HitFilters = quantity === 'organism' ? { org: organism.trim() } : numbersOf(limits, typed);
      const keys = QUANTITIES.find((candidate) => candidate.name === quantity)?.keys ?? [];
      return { ...without(before, keys), ...next };
    });
    onDone();
  };

  const field = (key: string, label: string, example: string, mode: 'decimal' | 'text') => (
    <label className="flt-field" key={key}>
      <span className="hint">{label}</span>
      <input
        className="in"
        inputMode={mode}
        autoComplete="off"
        placeholder={example}
        aria-invalid={tried && fault !== null}
        aria-describedby={tried && fault ? `${id}-fault` : undefined}
        value={typed[key] ?? ''}
        onChange={(event) => setTyped({ ...typed, [key]: event.target.value })}
      />
    </label>
  );

  return (
    <form className="flt" onSubmit={add}>
      <label className="flt-field">
        <span className="lab">Filter by</span>
        <select
          className="sel"
          value={quantity}
          onChange={(event) => {
            setTried(false);
            setQuantity(event.target.value as Quantity);
          }}
        >
          {QUANTITIES.map((candidate) => (
            <option key={candidate.name} value={candidate.name}>
              {candidate.label}
            </option>
          ))}
        </select>
      </label>
      {quantity === 'organism'
        ? field('org', 'Part of the name', 'Vibrio', 'text')
        : limits.map((limit) => field(limit.key, limit.label, limit.example, 'decimal'))}
      {tried && fault ? (
        <p className="fault" role="alert" id={`${id}-fault`}>
          {fault}
        </p>
      ) : null}
      <div className="row">
        <button className="btn s primary" type="submit">
          Add
        </button>
        <button className="btn s ghost" type="button" onClick={onDone}>
          Close
        </button>
      </div>
    </form>
  );
}

const textsOf = (filters: HitFilters): Record<string, string> =>
  Object.fromEntries(
    (['e', 'idMin', 'idMax', 'bits', 'cover', 'org'] as const)
      .filter((key) => filters[key] !== undefined)
      .map((key) => [key, String(filters[key])]),
  );

function numbersOf(limits: Limits[], typed: Record<string, string>): HitFilters {
  const entries = limits
    .map((limit) => [limit.key, (typed[limit.key] ?? '').trim().replace('−', '-')] as const)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => [key, Number(value)]);
  return Object.fromEntries(entries) as HitFilters;
}
