import { CascadeError } from '../../core/cascade-error.ts';
import { definedFields } from '../../core/defined-fields.ts';
import { isJsonObject } from '../../core/json-fields.ts';
import { clipped } from '../../core/outside-text.ts';
import { type EpochMs, seconds } from '../../core/units.ts';
import { visible } from '../../core/visible.ts';
import { sendOnce } from '../send-once.ts';
import type { ActivationsPort, ListedActivation } from './activations-port.ts';
import { type OpenWhiskOptions, openWhiskApi } from './openwhisk-api.ts';

const TIMEOUT = seconds(10);
/** How much of OpenWhisk's own words a message repeats, in UTF-16 units. */
const LONGEST_REASON = 200;

/** OpenWhisk's list of activations over its REST API. */
export function openWhiskActivations(options: OpenWhiskOptions): ActivationsPort {
  const { namespaces, headers } = openWhiskApi(options);
  return {
    async page({ since, upto, skip }) {
      // `limit=0` means as many as the host allows (fact ow-activations-07).
      const query = new URLSearchParams({ limit: '0', skip: `${skip}`, since: `${since}`, upto: `${upto}` });
      const url = `${namespaces}/_/activations?${query}`;
      const answer = await sendOnce({ method: 'GET', url, headers, timeout: options.timeout ?? TIMEOUT });
      if (answer.kind === 'no-answer') throw unreachable(`gave ${answer.message}`);
      const { status, json } = answer;
      if (status >= 500 || status === 429) throw unreachable(`answered ${status}`);
      if (status !== 200 || !Array.isArray(json)) throw refused(status, json);
      return json.flatMap((entry) => activationIn(entry) ?? []);
    },
  };
}

const unreachable = (problem: string): CascadeError =>
  new CascadeError('OPENWHISK_UNREACHABLE', `OpenWhisk ${problem} to the list of activations. Try again later.`);

function refused(status: number, json: unknown): CascadeError {
  const error = isJsonObject(json) ? json['error'] : undefined;
  const words = typeof error === 'string' ? `: ${visible(clipped(error, LONGEST_REASON))}` : '';
  return new CascadeError('OPENWHISK_REFUSED', `OpenWhisk answered ${status} to the list of activations${words}`);
}

/** An entry of the list; undefined for one that cannot be counted. */
function activationIn(entry: unknown): ListedActivation | undefined {
  if (!isJsonObject(entry)) return undefined;
  const { activationId, start, statusCode, duration } = entry;
  if (typeof activationId !== 'string' || typeof start !== 'number' || typeof statusCode !== 'number') return undefined;
  const path = annotationIn(entry['annotations'], 'path');
  const initTime = annotationIn(entry['annotations'], 'initTime');
  return {
    ...{ activationId, start: start as EpochMs, statusCode, durationMs: typeof duration === 'number' ? duration : 0 },
    ...definedFields({
      path: typeof path === 'string' ? path : undefined,
      initMs: typeof initTime === 'number' ? initTime : undefined,
    }),
  };
}

const annotationIn = (annotations: unknown, key: string): unknown =>
  Array.isArray(annotations)
    ? annotations.filter(isJsonObject).find((each) => each['key'] === key)?.['value']
    : undefined;
