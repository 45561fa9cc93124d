import chains from 'cascade:chains';
import { httpChannel } from '../../src/clients/outbound/http-channel.ts';
import { notifyRequest } from '../../src/contracts/generated/notify-request.cjs';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseChannelSettings } from '../../src/platform/settings/channel-settings.ts';
import { notify } from './notify.ts';

const NO_LEDGER = 'The setting COUCHDB_URL is missing: without a ledger there is nothing to notify of.';

/** The last step of `record`: `{ notify }` → messages to the channels. */
export const main = defineAction({
  name: 'notifier',
  work: async (params, context) => {
    const request = readStepInput(params, 'notify', notifyRequest);
    const { traceId } = request;
    const traced = context.withTraceId(traceId);
    const { log } = traced;
    const { deadline, now } = context;
    if (request.documents.length === 0) return { messages: 0, notices: 0 };
    const channels = parseChannelSettings(params);
    const store = openLedger(params, ACTION_LIMITS.notifier.store, traced);
    if (store === undefined) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    const world = { store, channels, send: httpChannel(now), chains, stopwatch: () => performance.now() };
    const notified = await notify(request, { ...world, traceId, deadline, now, log });
    log.info('Notified', { ...notified });
    return notified;
  },
  failed: (error) => ({ error }),
});
