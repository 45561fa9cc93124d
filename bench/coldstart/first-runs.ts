import { createHmac, randomBytes } from 'node:crypto';
import type { BuiltAction } from '../../build/build-actions.ts';
import { targetOf, upstreamOf } from '../support/fan-out-chains.ts';
import type { TenantReady } from '../support/processes.ts';
import { webhookBody } from '../support/webhook-body.ts';
import type { FirstRun } from './first-run.ts';

/** The size of the fan-out for which the webhook calls. */
export const SIZE = 1;

const TRACE_ID = '0123456789abcdef'.repeat(2);
const RELOAD_ID = '673f0c2e9b1d4a0012345678';

/** Each bundle with the parameters that it really gets as a step of one webhook. */
export function firstRuns(bundles: readonly BuiltAction[], tenant: TenantReady, apiHost: string): readonly FirstRun[] {
  const secret = randomBytes(24).toString('hex');
  const event = { ...upstreamOf(SIZE), reloadId: RELOAD_ID, outcome: 'succeeded', endedAt: Date.now(), partial: false };
  const step = { traceId: TRACE_ID, source: 'webhook', receivedAt: Date.now() };
  const target = targetOf(0);
  const order = { ...target, order: `order:default:${target.appId}:s:${RELOAD_ID}`, body: {}, chain: 'fan-out-1' };
  const inputs: Readonly<Record<string, Pick<FirstRun, 'params' | 'isFine'>>> = {
    receiver: {
      params: { ...webRequest(secret, tenant.tenantId), WEBHOOK_SECRET: secret },
      isFine: ({ batch }) => (batch as { events: unknown[] } | undefined)?.events.length === 1,
    },
    resolver: {
      params: { batch: { ...step, events: [event], ignored: [] } },
      isFine: ({ plan }) => (plan as { orders: unknown[] } | undefined)?.orders.length === SIZE,
    },
    invoker: {
      params: { plan: { ...step, orders: [order], skips: [], ignored: [] } },
      isFine: ({ statusCode }) => statusCode === 202,
    },
    reload: {
      params: { request: { traceId: TRACE_ID, order }, QLIK_TENANT_URL: tenant.url, QLIK_API_KEY: tenant.apiKey },
      isFine: ({ reloadId }) => typeof reloadId === 'string',
    },
  };
  return bundles.flatMap(({ name, file }) => {
    const input = inputs[name];
    const key = name === 'invoker' ? { apiKey: `${'0'.repeat(8)}-bench:key` } : {};
    return input === undefined ? [] : [{ name, file, apiHost, ...key, ...input }];
  });
}

/** A raw web action's parameters, as the host makes them of Qlik's POST: the body in base64. */
function webRequest(secret: string, tenantId: string): object {
  const body = webhookBody(upstreamOf(SIZE), tenantId, RELOAD_ID, new Date());
  return {
    __ow_method: 'post',
    __ow_path: '',
    __ow_query: '',
    __ow_headers: {
      'content-type': 'application/json',
      'qlik-signature': createHmac('sha256', secret).update(body).digest('hex'),
    },
    __ow_body: Buffer.from(body).toString('base64'),
  };
}
