/*
 * A sink takes Cascade's messages in place of Slack or of a bot, in `npm start` and in tests. A fault is a failure that
 * a test asks for, to see that Cascade survives it. This file reads such faults.
 */

import { refuseHeaders } from '../http/refuse-headers.ts';
import { HEADERS, ONE_OR_MORE, parseEach, parserOf, TEXT, wholeNumber } from '../http/schema.ts';

/**
 * A failure to come of a sink.
 *
 * - `status`: the sink answers with `status`, `body` and `headers`, and keeps nothing.
 * - `drop`: the sink cuts the connection and keeps nothing.
 * - `lost`: the sink keeps the message, then cuts the connection: its answer never arrives.
 * - `slow`: the sink keeps the message, and answers after `ms`.
 * - `hang`: the sink keeps nothing and never answers.
 */
export interface SinkFault {
  readonly kind: 'status' | 'drop' | 'lost' | 'slow' | 'hang';
  /** How many messages the fault hits. */
  readonly times: number;
  /** The fault waits for a message whose body holds this text. If it is absent, any message will do. */
  readonly match: string | undefined;
  readonly ms: number;
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** An hour: the longest time that a sink keeps a caller waiting. */
const LONGEST_MS = 3_600_000;

const parseFault = parserOf<SinkFault>('A fault', {
  type: 'object',
  required: ['kind'],
  additionalProperties: false,
  properties: {
    kind: { enum: ['status', 'drop', 'lost', 'slow', 'hang'] },
    times: { ...ONE_OR_MORE, default: 1 },
    match: TEXT,
    ms: { ...wholeNumber(1, LONGEST_MS), default: 1000 },
    status: { ...wholeNumber(200, 599), default: 500 },
    // Slack's own word for a failure on its side.
    body: { type: 'string', default: 'rollup_error' },
    headers: HEADERS,
  },
});

/** The body of `PUT /_sim/faults`. @throws Refusal 400 */
export function parseSinkFaults(body: unknown): readonly SinkFault[] {
  const faults = parseEach(body, parseFault);
  for (const { headers } of faults) refuseHeaders(headers, 'headers');
  return faults;
}
