import { createHash } from 'node:crypto';

/** A state, or what changed of it: fields are replaced as a whole, records never change and are added. */
export interface StateParts {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly records: Readonly<Record<string, readonly object[]>>;
}

const FORMAT = 'simulated-tenant-1';

/** Knows what was written, and finds what was not. */
export class StateChanges {
  readonly #texts = new Map<string, string>();
  readonly #written = new WeakSet<object>();

  /** A line with what is new in `parts` since the last call: the first time all of it. */
  lineOf({ fields, records }: StateParts): string {
    const changed = Object.entries(fields).filter(([name, value]) => this.#isNew(name, JSON.stringify(value)));
    const added = Object.entries(records).map(([name, all]) => [name, all.filter((one) => this.#isAdded(one))]);
    const json = JSON.stringify({ fields: Object.fromEntries(changed), records: Object.fromEntries(added) });
    return `${FORMAT} ${digestOf(json)} ${json}\n`;
  }

  #isNew(name: string, text: string): boolean {
    const isNew = this.#texts.get(name) !== text;
    this.#texts.set(name, text);
    return isNew;
  }

  #isAdded(record: object): boolean {
    const isAdded = !this.#written.has(record);
    this.#written.add(record);
    return isAdded;
  }
}

/** The lines of a file, as far as they are whole: the last one may be half written, any other not; undefined if one is. */
export function readLines(content: string): readonly StateParts[] | undefined {
  const lines = content.split('\n');
  const parts = lines.slice(0, -1).map(readLine);
  const isLastBroken = parts.length > 1 && parts.at(-1) === undefined;
  const whole = isLastBroken ? parts.slice(0, -1) : parts;
  const known = whole.flatMap((part) => part ?? []);
  return known.length > 0 && known.length === whole.length ? known : undefined;
}

function readLine(line: string): StateParts | undefined {
  const [, digest, json = ''] = /^simulated-tenant-1 ([0-9a-f]{64}) (.*)$/.exec(line) ?? [];
  // What has its digest is what we wrote.
  return digest === digestOf(json) ? (JSON.parse(json) as StateParts) : undefined;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
