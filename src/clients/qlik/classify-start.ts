/*
 * Decides what Qlik's answer to the start of a reload means: started, try again later, give up, or unknown. The action
 * `reload` goes by that. A wrong "not started" would reload the app twice.
 */

import { fieldOf, isJsonObject, type JsonObject, textOf } from '../../core/json-fields.ts';
import type { ReloadId } from '../../core/names.ts';
import { clipped } from '../../core/outside-text.ts';
import { type DurationMs, seconds } from '../../core/units.ts';
import { isReloadId } from '../../core/webhook/event-fields.ts';
import type { StartAnswer } from './qlik-port.ts';

/**
 * How long to wait if a 429 does not say it: a twentieth of the rate limit's window of five minutes (fact q-rate-01).
 */
const UNSAID_WAIT = seconds(15);
/**
 * How long a reload waits if its app was reloaded as often as the plan allows. Qlik does not say how long that lasts
 * (fact q-unknown-10), and hours are likely.
 */
const QUOTA_WAIT = seconds(3_600);
/** How long a reload waits for a tenant that cannot be reached or gives no token. A minute keeps the calls few. */
const UNREACHABLE_WAIT = seconds(60);

/** How much of Qlik's own words a message repeats, in UTF-16 units, so that it stays readable. */
const LONGEST_REASON = 500;

/** Why a POST was not sent. */
export interface NotSent {
  readonly message: string;
  /** The tenant refused the credential. */
  readonly isRefused?: boolean;
  /** For how long the tenant gives no token. */
  readonly retryAfter?: DurationMs;
}

/** The outcome of a POST that was not sent: certainly no reload was started. */
export function notStarted({ message, isRefused = false, retryAfter }: NotSent): StartAnswer {
  if (isRefused) return { kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message };
  if (retryAfter !== undefined) return { kind: 'wait', code: 'QLIK_RATE_LIMITED', retryAfter, message };
  return { kind: 'wait', code: 'QLIK_UNREACHABLE', retryAfter: UNREACHABLE_WAIT, message };
}

/** The parts of a tenant's answer that decide what it means. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: unknown;
}

/**
 * Sorts a tenant's answer to `POST /reloads`. If a refusal has one of two known error codes in its body, the code
 * decides before the status (facts q-reloads-post-13, -14): RELOADS-013 is the frequency quota of the app, and
 * RELOADS-007 means that a reload of the app is already pending. A 429 with another RELOADS code counts as pending,
 * too.
 */
export function classifyStart({ status, retryAfter, json }: Answer): StartAnswer {
  const body = isJsonObject(json) ? json : {};
  const error = firstErrorIn(body);
  const code = textOf(error, 'code');
  const message = `Qlik answered ${status}${wordsOf(error)}`;
  if (status >= 200 && status < 300) return started(body, message);
  if (code === 'RELOADS-013') return { kind: 'wait', code: 'QLIK_QUOTA', retryAfter: QUOTA_WAIT, message };
  if (code === 'RELOADS-007' || (status === 429 && code?.startsWith('RELOADS-'))) return { kind: 'busy', message };
  if (status === 429) return { kind: 'wait', code: 'QLIK_RATE_LIMITED', retryAfter: waitOf(retryAfter), message };
  if (status === 401) return { kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message };
  if (status >= 500 || status === 408) return { kind: 'unknown', message };
  return { kind: 'permanent', code: 'QLIK_REFUSED', message };
}

function started(body: JsonObject, message: string): StartAnswer {
  const reloadId = textOf(body, 'id');
  // The id becomes part of document ids. So a text that does not look like a reload's id counts as no id.
  if (reloadId === undefined || !isReloadId(reloadId)) {
    return { kind: 'unknown', message: `${message} without a reload id` };
  }
  return { kind: 'started', reloadId: reloadId as ReloadId, status: textOf(body, 'status') ?? 'QUEUED' };
}

function firstErrorIn(body: JsonObject): JsonObject {
  const errors = fieldOf(body, 'errors');
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return isJsonObject(first) ? first : {};
}

function wordsOf(error: JsonObject): string {
  const words = ['code', 'title', 'detail'].flatMap((name) => textOf(error, name) ?? []);
  return words.length === 0 ? '' : `: ${clipped(words.join(' · '), LONGEST_REASON)}`;
}

/**
 * Qlik sends a whole number of seconds, such as `42` (fact q-rate-02). More than six digits would be more than a week.
 */
const RETRY_AFTER = /^\d{1,6}$/;

/** How long a 429 asks to wait by its `retry-after`; 15 s if that cannot be read. */
export function waitOf(retryAfter: string | null): DurationMs {
  const text = (retryAfter ?? '').trim();
  return RETRY_AFTER.test(text) ? seconds(Number(text)) : UNSAID_WAIT;
}
