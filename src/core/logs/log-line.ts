/*
 * An OpenWhisk host keeps a log of each activation (one run of an action). Cascade writes lines of JSON there, the host
 * puts an instant before each, and a crash leaves lines of plain text. `cascade logs` reads all of them with this file.
 */

import { isJsonObject, type JsonObject } from '../json-fields.ts';
import { parseOutsideJson } from '../outside-text.ts';
import type { EpochMs } from '../units.ts';

/** One line of an activation's log. */
export interface LogLine {
  /** The instant in the line itself, else the host's; undefined if the line has neither. */
  readonly at?: EpochMs;
  /** The line without what the host puts before it. */
  readonly text: string;
  /** The fields of a line of JSON, as Cascade writes it; undefined for any other line. */
  readonly fields?: JsonObject;
}

/**
 * The host writes an instant before each line, with nanoseconds. Some hosts then write the name of the stream, such as
 * `2026-11-22T02:14:05.123456789Z stdout: {…}` (fact ow-activations-03).
 */
const STAMPED = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) +(?:(?:stdout|stderr): ?)?(.*)$/s;

/** OpenWhisk itself writes a line that begins like this, at the end of a log that is not whole. */
const NOT_WHOLE =
  /^(?:Logs were truncated because the total bytes size exceeds|There was an issue while collecting your logs)/;

/** Reads a line of a log, as the host has it. */
export function readLogLine(raw: string): LogLine {
  const [, stamp, rest] = STAMPED.exec(raw) ?? [];
  const text = rest ?? raw;
  const fields = fieldsIn(text);
  const at = instantOf(fields?.['time']) ?? instantOf(stamp);
  return { text, ...(at !== undefined && { at }), ...(fields !== undefined && { fields }) };
}

/** Whether the host says in this line that other lines of the log are missing. */
export const saysNotWhole = ({ text }: LogLine): boolean => NOT_WHOLE.test(text);

/** The trace id that a line has, if Cascade wrote it; undefined for any other line. */
export function traceIdOf({ fields }: LogLine): string | undefined {
  const traceId = fields?.['traceId'];
  return typeof traceId === 'string' ? traceId : undefined;
}

function fieldsIn(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = parseOutsideJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function instantOf(text: unknown): EpochMs | undefined {
  const at = typeof text === 'string' ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : (at as EpochMs);
}
