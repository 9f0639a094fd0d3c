/** Server-sent events out of the pieces in which their text arrives. */

export interface ServerEvent {
  /** Empty: it has none. */
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

export class EventParser {
  #rest = '';

  /** The events that are whole now; comments and settings are none. */
  push(piece: string): readonly ServerEvent[] {
    const blocks = `${this.#rest}${piece}`.replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.flatMap((block) => eventIn(block) ?? []);
  }
}

const eventIn = (block: string): ServerEvent | null => {
  const fields = block.split('\n').map((line) => {
    const colon = line.indexOf(':');
    return { name: line.slice(0, colon), value: line.slice(colon + 1).replace(/^ /, '') };
  });
  const all = (wanted: string): readonly string[] =>
    fields.filter(({ name }) => name === wanted).map(({ value }) => value);
  const data = all('data');
  if (data.length === 0) return null;
  return { id: all('id').at(-1) ?? '', name: all('event').at(-1) ?? 'message', data: data.join('\n') };
};
