import type { NewDocument } from '../../src/clients/couchdb/couchdb-port.ts';
import type { AppRef } from '../../src/core/names.ts';

/** The character that costs most in JSON: six bytes for one UTF-16 unit. */
const COSTLY = '\u0001';
const MOST_VARIABLES = 20;
const LONGEST_VARIABLE = 256;
const LONGEST_MESSAGE = 1_000;
const LONGEST_WORD = 200;
const SKIPS = 20;
/** The size of a dead letter's body. A webhook's body may have 256 KiB. */
export const DEAD_BODY_BYTES = 250_000;

const costly = (length: number): string => COSTLY.repeat(length);

/** As many variables as Qlik accepts, with names and values as long as Qlik accepts. */
const largestVariables = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Array.from({ length: MOST_VARIABLES }, (_, index) => [
      `${String(index).padStart(2, '0')}${costly(LONGEST_VARIABLE - 2)}`,
      costly(LONGEST_VARIABLE),
    ]),
  );

const reloadIdOf = (index: number): string => `large-${String(index).padStart(6, '0')}`;

/** The event of an app's end, with as much as its document keeps. The event is finished. */
export const largestEvent = ({ tenant, appId }: AppRef, index: number, endedAt: number): NewDocument => ({
  _id: `event:${tenant}:${reloadIdOf(index)}`,
  schema: 1,
  type: 'event',
  tenant,
  appId,
  reloadId: reloadIdOf(index),
  outcome: 'failed',
  endedAt,
  partial: false,
  startedBy: costly(LONGEST_WORD),
  eventId: costly(LONGEST_WORD),
  error: { code: costly(LONGEST_WORD), message: costly(LONGEST_MESSAGE) },
  source: 'webhook',
  traceId: `trace-${index}`,
  storedAt: endedAt,
  resolvedAt: endedAt,
  skips: Array.from({ length: SKIPS }, () => ({
    reason: 'outcome-not-matched',
    tenant,
    appId,
    reloadId: reloadIdOf(index),
    chain: 'row',
    target: { tenant, appId },
    on: 'succeeded',
    outcome: 'failed',
  })),
});

/** An order that follows `largestEvent(…, index, …)`. It waits, is due, and has the largest body. */
export const largestOrder = ({ tenant, appId }: AppRef, index: number, createdAt: number): NewDocument => ({
  _id: `order:${tenant}:${appId}:s:${reloadIdOf(index)}`,
  schema: 1,
  type: 'order',
  tenant,
  appId,
  chain: 'row',
  state: 'waiting',
  body: { variables: largestVariables() },
  causes: [reloadIdOf(index)],
  hops: 1,
  root: `event:${tenant}:${reloadIdOf(index)}`,
  traceId: `trace-${index}`,
  try: 1,
  claims: 1,
  ends: [],
  reason: { code: 'QLIK_QUOTA', message: costly(LONGEST_MESSAGE) },
  createdAt,
  dueAt: createdAt,
});

/** A body that nobody understood. */
export const largestDead = (index: number, storedAt: number, body = 'x'.repeat(DEAD_BODY_BYTES)): NewDocument => ({
  _id: `dead:${String(index).padStart(64, '0')}`,
  schema: 1,
  type: 'dead',
  tenant: 'default',
  body,
  isBase64: false,
  reason: { code: 'EVENT_MALFORMED', message: 'The body is authentic, but no reload event: data.appId is no app id.' },
  traceId: `trace-${index}`,
  storedAt,
});
