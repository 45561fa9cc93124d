import { summarize } from '../activations.ts';
import { type Answer, json, notFound, WireError } from '../answer.ts';
import { booleanQuery, type Call } from '../call.ts';
import { entryValue } from '../entities/types.ts';
import { epochMs, listPage } from './list.ts';

const ID_LENGTH = 32;

/** Records, the latest first: `since` and `upto` by start in epoch milliseconds, `name` as `action` or `package/action`. */
export function listActivations(call: Call): Answer {
  const { activations, namespace } = call.host;
  const since = epochMs(call, 'since') ?? 0;
  const upto = epochMs(call, 'upto') ?? Number.POSITIVE_INFINITY;
  const name = call.query.get('name');
  const found = activations.latest().filter((record) => {
    // A trigger's record has no path: its name is all.
    const path = entryValue(record.annotations, 'path') ?? `${namespace}/${record.name}`;
    const isNamed = name === null || path === `${namespace}/${name}`;
    return isNamed && record.start >= since && record.start <= upto;
  });
  const isWhole = booleanQuery(call, 'docs');
  return listPage(call, 'activations', found, (record) => (isWhole ? record : summarize(record)));
}

/** One stored record, or its `result` or `logs` alone. */
export function getActivation(call: Call, activationId: string, part: string | undefined): Answer {
  if (activationId.length !== ID_LENGTH) {
    throw new WireError(400, `Activation id length is ${activationId.length} but must be ${ID_LENGTH}.`);
  }
  const record = call.host.activations.get(activationId);
  if (record === undefined) throw notFound();
  switch (part) {
    case undefined:
      return json(200, record);
    case 'result':
      return json(200, record.response);
    case 'logs':
      return json(200, { logs: record.logs });
    default:
      throw notFound();
  }
}
