import { isObject } from '../http/call.ts';
import { parseHeaders } from '../http/parse-headers.ts';

/** A failure to come: an answer instead of the work, a cut connection, or no answer. */
export type SlackFault =
  | {
      readonly kind: 'status';
      readonly times: number;
      readonly status: number;
      readonly body: string;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'drop' | 'hang'; readonly times: number };

/** The failures to come, in order; each is used up after its number of times. */
export class SlackFaults {
  #left: SlackFault[] = [];

  /** Forgets all and takes these; returns what is wrong with them, and then the former ones stay. */
  replace(value: unknown): string | undefined {
    if (!Array.isArray(value)) return 'The body must be an array of faults.';
    try {
      this.#left = value.map((fault: unknown) => parseFault(fault));
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  left(): readonly SlackFault[] {
    return this.#left;
  }

  /** The first one, counted as used once. */
  take(): SlackFault | undefined {
    const [first, ...rest] = this.#left;
    if (first === undefined) return undefined;
    this.#left = first.times > 1 ? [{ ...first, times: first.times - 1 }, ...rest] : rest;
    return first;
  }
}

function parseFault(value: unknown): SlackFault {
  if (!isObject(value)) throw new Error('A fault must be an object.');
  const { kind, times = 1, status = 500, body = 'rollup_error', headers } = value;
  if (typeof times !== 'number' || !Number.isInteger(times) || times < 1) throw new Error('times must be above 0.');
  if (kind === 'drop' || kind === 'hang') return { kind, times };
  if (kind !== 'status') throw new Error('kind must be status, drop or hang.');
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
    throw new Error('status must be from 200 to 599.');
  }
  if (typeof body !== 'string') throw new Error('body must be a string.');
  return { kind, times, status, body, headers: parseHeaders(headers, 'headers') };
}
