import type { FieldProblem } from '../api/types';

/** A fault in words, with what would be taken where the message does not say so itself. */
export function faultText({ message, allowed }: FieldProblem): string {
  return allowed && !message.includes(allowed) ? `${message} ${allowed}` : message;
}
