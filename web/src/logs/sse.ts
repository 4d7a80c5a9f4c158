/** One server-sent event; `name` is empty for a comment line, which only says that the connection lives. */
export interface ServerEvent {
  name: string;
  data: string;
  /** The last id that the stream gave, this event's or an earlier one's. */
  id: string;
}

/** Reads server-sent events (WHATWG HTML, "Server-sent events") out of pieces of text, cut anywhere. */
export class EventReader {
  private rest = '';
  private id = '';
  private nextId: string | undefined;
  private name = '';
  private data: string[] = [];

  /** The events that a piece completes. */
  read(piece: string): ServerEvent[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    const events: ServerEvent[] = [];
    for (const line of lines) {
      const event = this.line(line.endsWith('\r') ? line.slice(0, -1) : line);
      if (event) events.push(event);
    }
    return events;
  }

  private line(line: string): ServerEvent | undefined {
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return { name: '', data: '', id: this.id };
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') this.name = value;
    else if (field === 'data') this.data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.nextId = value;
    return undefined;
  }

  /** An event counts once it is whole: an id without its empty line is not taken. */
  private dispatch(): ServerEvent | undefined {
    this.id = this.nextId ?? this.id;
    const event =
      this.data.length > 0 ? { name: this.name || 'message', data: this.data.join('\n'), id: this.id } : undefined;
    this.name = '';
    this.data = [];
    this.nextId = undefined;
    return event;
  }
}
