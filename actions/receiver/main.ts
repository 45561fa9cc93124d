import apps from 'cascade:app-keys';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { parseReceiverSettings } from '../../src/platform/settings/receiver-settings.ts';
import { receive } from './receive.ts';

const appKeys: ReadonlySet<string> = new Set(apps);

const NO_CHAINS = 'This build has no chains: nothing can follow. Put a file into chains/, then build and deploy again.';

/** The first step of `webhook`: a raw web request → `{ batch }`. */
export const main = defineAction({
  name: 'receiver',
  headers: ['content-type', 'qlik-signature', 'x-api-key'],
  work: async (params, { headers, now, activationId, log }) => {
    const settings = parseReceiverSettings(params);
    if (appKeys.size === 0) throw new CascadeError('NO_CHAINS', NO_CHAINS);
    const owBody = params['__ow_body'];
    const batch = receive(
      {
        ...(headers['content-type'] === undefined ? {} : { contentType: headers['content-type'] }),
        ...(headers['qlik-signature'] === undefined ? {} : { signature: headers['qlik-signature'] }),
        ...(headers['x-api-key'] === undefined ? {} : { apiKey: headers['x-api-key'] }),
        owBody: typeof owBody === 'string' ? owBody : '',
      },
      { settings, isInAChain: (app) => appKeys.has(app), receivedAt: now(), activationId, log },
    );
    log.info('Webhook accepted', { traceId: batch.traceId, events: batch.events, ignored: batch.ignored });
    return { batch };
  },
});
