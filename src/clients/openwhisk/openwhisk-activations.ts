import { CascadeError } from '../../core/cascade-error.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { isJsonObject } from '../../core/json-fields.ts';
import { clipped } from '../../core/outside-text.ts';
import { type EpochMs, seconds } from '../../core/units.ts';
import { visible } from '../../core/visible.ts';
import { LARGEST_ANSWER_BYTES } from '../http-exchange.ts';
import { sendOnce } from '../send-once.ts';
import type { ActivationsPort, ListedActivation } from './activations-port.ts';
import { type OpenWhiskOptions, openWhiskApi } from './openwhisk-api.ts';

/** The longest time of one request, if the caller names none. */
const TIMEOUT = seconds(10);
/** How much of OpenWhisk's own words a message repeats, in UTF-16 units, so that it stays readable. */
const LONGEST_REASON = 200;

/**
 * Reads OpenWhisk's list of activations (runs of actions) over its REST API. The action `meter` counts the runs with
 * it.
 */
export function openWhiskActivations(options: OpenWhiskOptions): ActivationsPort {
  const ask = askForActivations(options);
  return {
    async page({ since, upto, skip }) {
      // `limit=0` means as many as the host allows (fact ow-activations-07).
      const query = new URLSearchParams({ limit: '0', skip: `${skip}`, since: `${since}`, upto: `${upto}` });
      const list = await ask({ path: `?${query}`, what: LIST, isRight: Array.isArray });
      // `ask` returned undefined: the host answered 404.
      if (!Array.isArray(list)) throw refused(404, undefined, LIST);
      return list.flatMap((entry) => activationIn(entry) ?? []);
    },
  };
}

const LIST = 'the list of activations';

/** A question to the host about its activations. */
interface ActivationsQuestion {
  /** The end of the address, below `…/activations`. */
  readonly path: string;
  /** What is asked for, for messages. */
  readonly what: string;
  /** Whether a body is of the kind that is asked for. */
  readonly isRight: (body: unknown) => boolean;
}

/**
 * Makes a function that reads what the host has below the address `…/activations`: the list, one activation, or its
 * log. The function returns the body of a 200, and undefined after a 404. Otherwise it throws CascadeError:
 * OPENWHISK_UNREACHABLE (no answer, 429, 5xx) or OPENWHISK_REFUSED (anything else, a body of another kind, or one of
 * more than 4 MiB).
 */
export function askForActivations(options: OpenWhiskOptions) {
  const { namespaces, headers } = openWhiskApi(options);
  return async ({ path, what, isRight }: ActivationsQuestion): Promise<unknown> => {
    const url = `${namespaces}/_/activations${path}`;
    const answer = await sendOnce({ method: 'GET', url, headers, timeout: options.timeout ?? TIMEOUT });
    if (answer.kind === 'no-answer') {
      if (answer.isTooLarge) throw tooLarge(what);
      throw unreachable(`gave ${answer.message}`, what);
    }
    const { status, json } = answer;
    if (status === 404) return undefined;
    if (status >= 500 || status === 429) throw unreachable(`answered ${status}`, what);
    if (status !== 200 || !isRight(json)) throw refused(status, json, what);
    return json;
  };
}

const unreachable = (problem: string, what: string): CascadeError =>
  new CascadeError('OPENWHISK_UNREACHABLE', `OpenWhisk ${problem} to ${what}. Try again later.`);

const tooLarge = (what: string): CascadeError =>
  new CascadeError('OPENWHISK_REFUSED', `OpenWhisk’s answer to ${what} has more than ${LARGEST_ANSWER_BYTES} bytes`);

function refused(status: number, json: unknown, what: string): CascadeError {
  const error = isJsonObject(json) ? json['error'] : undefined;
  const words = typeof error === 'string' ? `: ${visible(clipped(error, LONGEST_REASON))}` : '';
  return new CascadeError('OPENWHISK_REFUSED', `OpenWhisk answered ${status} to ${what}${words}`);
}

/** An entry of the list; undefined if it lacks its id, its start or its status. */
function activationIn(entry: unknown): ListedActivation | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { activationId, start, statusCode, duration } = entry;
  if (typeof activationId !== 'string' || typeof start !== 'number' || typeof statusCode !== 'number') return undefined;
  const path = annotationIn(entry['annotations'], 'path');
  const initTime = annotationIn(entry['annotations'], 'initTime');
  return {
    activationId,
    start: start as EpochMs,
    statusCode,
    durationMs: typeof duration === 'number' ? duration : 0,
    ...definedFields({
      path: typeof path === 'string' ? path : undefined,
      initMs: typeof initTime === 'number' ? initTime : undefined,
    }),
  };
}

/** The value of an annotation; undefined if there is none. */
export const annotationIn = (annotations: unknown, key: string): unknown =>
  Array.isArray(annotations)
    ? annotations.filter(isJsonObject).find((each) => each['key'] === key)?.['value']
    : undefined;
