import { CopyButton } from '../ui/Copy';
import { Fold } from '../ui/Fold';

/** The same search as a command, for a terminal or a script. */
export function CommandLine({ text }: { text: string }) {
  return (
    <Fold title="Same search on the command line">
      <div className="cmd">
        {text}
        <CopyButton className="btn s ghost" label="Copy" text={text} />
      </div>
    </Fold>
  );
}
