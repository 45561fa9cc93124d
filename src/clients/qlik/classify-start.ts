import { fieldOf, isJsonObject, type JsonObject, objectOf, textOf } from '../../core/json-fields.ts';
import type { ReloadId } from '../../core/names.ts';
import { clipped } from '../../core/outside-text.ts';
import { type DurationMs, seconds } from '../../core/units.ts';
import { isReloadId } from '../../core/webhook/is-reload-id.ts';
import type { StartAnswer } from './qlik-port.ts';

/** Where a rate limit does not say how long: as long as its window's twentieth part. */
const UNSAID_WAIT = seconds(15);
/** The frequency quota's number is unknown (qlik-cloud.md §8 no. 4); hours are what its name suggests. */
const QUOTA_WAIT = seconds(3_600);

/** UTF-16 units of Qlik's own words that an order keeps. */
const LONGEST_REASON = 500;

/** A tenant that cannot be reached, or gives no token, is tried again after so long. */
const UNREACHABLE_WAIT = seconds(60);

/** Why a POST was not sent. */
export interface NotSent {
  readonly message: string;
  /** The tenant's word about the credential. */
  readonly isRefused?: boolean;
  /** The rate limit of tokens is spent for so long. */
  readonly retryAfter?: DurationMs;
}

/** What becomes of a POST that was not sent: it leaves no doubt. */
export function notStarted({ message, isRefused = false, retryAfter }: NotSent): StartAnswer {
  if (isRefused) return { kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message };
  if (retryAfter !== undefined) return { kind: 'wait', code: 'QLIK_RATE_LIMITED', retryAfter, message };
  return { kind: 'wait', code: 'QLIK_UNREACHABLE', retryAfter: UNREACHABLE_WAIT, message };
}

/** An answer of the tenant, as far as sorting it needs. */
export interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly json: unknown;
}

/** Sorts a tenant's answer to `POST /reloads`: the body's code decides before the status does (qlik-cloud.md §2.5). */
export function classifyStart({ status, retryAfter, json }: Answer): StartAnswer {
  const body = isJsonObject(json) ? json : {};
  const reason = reasonOf(body);
  const message = `Qlik answered ${status}${reason.text}`;
  if (status >= 200 && status < 300) return started(body, message);
  if (reason.code === 'RELOADS-013') return { kind: 'wait', code: 'QLIK_QUOTA', retryAfter: QUOTA_WAIT, message };
  if (reason.code === 'RELOADS-007' || (status === 429 && reason.code?.startsWith('RELOADS-'))) {
    return { kind: 'busy', message };
  }
  if (status === 429) return { kind: 'wait', code: 'QLIK_RATE_LIMITED', retryAfter: waitOf(retryAfter), message };
  if (status === 401) return { kind: 'permanent', code: 'QLIK_UNAUTHORIZED', message };
  if (status >= 500 || status === 408) return { kind: 'unknown', message };
  return { kind: 'permanent', code: 'QLIK_REFUSED', message };
}

function started(body: JsonObject, message: string): StartAnswer {
  const reloadId = textOf(body, 'id');
  // It becomes part of documents' ids: what is no id is not made one.
  if (reloadId === undefined || !isReloadId(reloadId)) {
    return { kind: 'unknown', message: `${message} without a reload id` };
  }
  return { kind: 'started', reloadId: reloadId as ReloadId, status: textOf(body, 'status') ?? 'QUEUED' };
}

function reasonOf(body: JsonObject): { readonly code?: string; readonly text: string } {
  const errors = fieldOf(body, 'errors');
  const first = objectOf({ first: Array.isArray(errors) ? errors[0] : undefined }, 'first');
  const code = textOf(first, 'code');
  const words = [code, textOf(first, 'title'), textOf(first, 'detail')].filter((word) => word !== undefined);
  const text = words.length === 0 ? '' : `: ${clipped(words.join(' · '), LONGEST_REASON)}`;
  return { ...(code === undefined ? {} : { code }), text };
}

/** Qlik's form is a whole number of seconds (fact q-rate-02); nobody means a wait of more than a week. */
const RETRY_AFTER = /^\d{1,6}$/;

/** How long a 429 asks to wait. */
export function waitOf(retryAfter: string | null): DurationMs {
  const text = (retryAfter ?? '').trim();
  return RETRY_AFTER.test(text) ? seconds(Number(text)) : UNSAID_WAIT;
}
