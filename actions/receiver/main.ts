/*
 * The action `receiver` is the first that a webhook from Qlik reaches. It checks who sent the webhook, and reads which
 * reload ended. This file reads the action's parameters and settings; receive.ts does the work.
 */

import apps from 'cascade:app-keys';
import timeFactor from 'cascade:time-factor';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { defineAction, type Params } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { parseRetention } from '../../src/platform/settings/ledger-settings.ts';
import { parseReceiverSettings } from '../../src/platform/settings/receiver-settings.ts';
import type { WebhookRequest } from './read-request.ts';
import { receive } from './receive.ts';

const appKeys: ReadonlySet<string> = new Set(apps);

const NO_CHAINS = 'This build has no chains: nothing can follow. Put a file into chains/, then build and deploy again.';

function requestOf(params: Params, headers: Readonly<Record<string, string>>): WebhookRequest {
  const owBody = params['__ow_body'];
  return {
    contentType: headers['content-type'],
    signature: headers['qlik-signature'],
    apiKey: headers['x-api-key'],
    owBody: typeof owBody === 'string' ? owBody : '',
  };
}

/** The action. It takes a raw web request, and returns a batch (which reload ended) for the next step, the resolver. */
export const main = defineAction({
  name: 'receiver',
  headers: ['content-type', 'qlik-signature', 'x-api-key'],
  work: async (params, context) => {
    const { headers, now, activationId, log } = context;
    const settings = parseReceiverSettings(params);
    const retention = parseRetention(params);
    const store = openLedger(params, 'receiver', context);
    if (appKeys.size === 0) throw new CascadeError('NO_CHAINS', NO_CHAINS);
    const request = requestOf(params, headers);
    const isInAChain = (app: string): boolean => appKeys.has(app);
    const ports = { settings, isInAChain, receivedAt: now(), activationId, log };
    const ledger = store === undefined ? {} : { ledger: { store, times: timeConstants(timeFactor), retention } };
    const batch = await receive(request, { ...ports, ...ledger });
    const { traceId, events, hints, ignored } = batch;
    log.info('Webhook accepted', { traceId, events, hints, ignored });
    return { batch };
  },
});
