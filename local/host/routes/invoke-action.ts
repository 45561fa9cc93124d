import type { ActivationRecord } from '../activations.ts';
import { type Answer, json } from '../answer.ts';
import { booleanQuery, type Call, readJsonObject } from '../call.ts';
import { malformedQuery } from '../errors.ts';
import { startAction } from '../invoke/start-action.ts';
import { within } from '../invoke/within.ts';
import { wholeNumber } from './list.ts';

const MAX_TIMEOUT_MS = 60_000;

/** Invokes an action or a sequence: 202 with the id, or when blocking the record, the result, or 202 when it takes too long. */
export async function invokeAction(call: Call, key: string): Promise<Answer> {
  const { host, transactionId } = call;
  const payload = await readJsonObject(call);
  host.throttle.admitCall();
  const isBlocking = booleanQuery(call, 'blocking');
  const wantsResult = booleanQuery(call, 'result');
  const timeoutMs = readTimeout(call);
  const { activationId, ended } = startAction(host, key, payload, transactionId);
  const header = [['x-openwhisk-activation-id', activationId]] as const;
  const record = isBlocking ? await within(ended, Math.min(timeoutMs, host.waitCeilingMs)) : undefined;
  if (record === undefined) return json(202, { activationId }, header);
  const isBare = wantsResult || Array.isArray(record.response.result);
  return json(statusOf(record), isBare ? record.response.result : record, header);
}

function statusOf({ response: { status } }: ActivationRecord): number {
  if (status === 'success') return 200;
  return status === 'whisk internal error' ? 500 : 502;
}

function readTimeout(call: Call): number {
  const refusal = (): string => `Timeout must be number of milliseconds up to ${MAX_TIMEOUT_MS}.`;
  const timeoutMs = wholeNumber(call, 'timeout', refusal) ?? MAX_TIMEOUT_MS;
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMEOUT_MS) return timeoutMs;
  throw malformedQuery('timeout', refusal());
}
