import { type JsonObject, textOf } from '../json-fields.ts';
import { clipped } from '../outside-text.ts';

const LONGEST_CODE = 200;
const LONGEST_MESSAGE = 1_000;

/** The error that an event's data or a reload record tells, cut to a length that documents can hold; nothing if there is none. */
export function toldError(data: JsonObject): { error?: { code: string; message: string } } {
  const code = textOf(data, 'errorCode');
  const message = textOf(data, 'errorMessage');
  if (code === undefined && message === undefined) return {};
  return { error: { code: clipped(code ?? '', LONGEST_CODE), message: clipped(message ?? '', LONGEST_MESSAGE) } };
}
