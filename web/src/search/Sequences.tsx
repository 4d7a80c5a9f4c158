import { type ClipboardEvent, type DragEvent, useId, useRef, useState } from 'react';
import { bytes } from '../ui/format';
import { Icon } from '../ui/Icon';
import { isLongText, MAX_BYTES, type Taken, takeFiles, textAsFile } from './files';
import { Seen } from './Seen';
import type { SearchModel } from './useSearchModel';

const ACCEPT = '.fa,.fasta,.fna,.faa,.ffn,.fas,.txt,.gz';

export function Sequences({ model }: { model: SearchModel }) {
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [over, setOver] = useState(false);

  const take = (taken: Taken) => {
    setRefused('refused' in taken ? taken.refused : null);
    if ('text' in taken) {
      model.attach(undefined);
      model.change({ text: taken.text });
    } else if ('attached' in taken) model.attach(taken.attached);
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const files = [...event.dataTransfer.files];
    if (files.length > 0) void takeFiles(files).then(take);
  };
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const text = event.clipboardData.getData('text/plain');
    if (!isLongText(text)) return;
    event.preventDefault();
    void textAsFile(text).then(take);
  };

  return (
    <>
      <div className="seq-head">
        <h2 id={`${id}-h`}>Sequences</h2>
        <div className="row">
          {model.hasSequences || model.draft.text !== '' ? (
            <button
              className="btn s ghost"
              type="button"
              onClick={() => {
                setRefused(null);
                model.clear();
              }}
            >
              Clear
            </button>
          ) : null}
          <label className="btn s file-button">
            <Icon name="upload" />
            Choose files
            <input
              className="vh"
              type="file"
              multiple
              accept={ACCEPT}
              onChange={(event) => {
                const files = [...(event.target.files ?? [])];
                event.target.value = '';
                if (files.length > 0) void takeFiles(files).then(take);
              }}
            />
          </label>
        </div>
      </div>
      {model.attached ? (
        <AttachedFile model={model} />
      ) : (
        <textarea
          ref={field}
          className={over ? 'qtext over' : 'qtext'}
          data-filled={model.hasSequences}
          aria-labelledby={`${id}-h`}
          aria-describedby={`${id}-seen`}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          placeholder={`Paste FASTA or a bare sequence, or drop files here (.fa, .fasta, .fna, .faa, .gz; up to ${bytes(MAX_BYTES)})`}
          value={model.draft.text}
          onChange={(event) => model.change({ text: event.target.value })}
          onPaste={onPaste}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={onDrop}
        />
      )}
      <div id={`${id}-seen`}>
        {refused ? (
          <p className="seen fault" role="alert">
            {refused}
          </p>
        ) : null}
        <Seen model={model} field={field} />
      </div>
    </>
  );
}

function AttachedFile({ model }: { model: SearchModel }) {
  const { attached } = model;
  if (!attached) return null;
  return (
    <div className="attached">
      <div className="grow">
        <p className="med ell">{attached.file.name}</p>
        <p className="hint">
          {bytes(attached.file.size)}
          {attached.whole ? '' : ', of which the beginning was looked at; the rest is read when it is searched'}
        </p>
      </div>
      <button className="btn s ghost" type="button" onClick={() => model.attach(undefined)}>
        <Icon name="cross" />
        Remove
      </button>
    </div>
  );
}
