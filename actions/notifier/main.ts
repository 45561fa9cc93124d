/*
 * The action `notifier` sends people notices by channels, such as Slack: that an app failed, for example. It is the
 * second step of two sequences. `record` stores how reloads ended, and `qhandler` stores questions of a Stack Exchange
 * site. In both, the first step says which documents may owe people notices. This file reads the action's parameters
 * and settings.
 */

import chains from 'cascade:chains';
import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { Channel } from '../../src/clients/outbound/channel-port.ts';
import { httpChannel } from '../../src/clients/outbound/http-channel.ts';
import { notifyRequest } from '../../src/contracts/generated/notify-request.cjs';
import { CascadeError } from '../../src/core/cascade-error.ts';
import type { RefusalPorts } from '../../src/ledger/alert-refusals.ts';
import { raiseAlert } from '../../src/ledger/raise-alert.ts';
import { defineAction, type Params } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseChannelSettings } from '../../src/platform/settings/channel-settings.ts';
import { pageAddress } from '../../src/platform/settings/page-address.ts';
import { settingOr } from '../../src/platform/settings/setting-or.ts';
import { notify } from './notify.ts';

/** The action. It takes the ids of documents that may owe notices, and sends these notices. */
export const main = defineAction({
  name: 'notifier',
  work: async (params, context) => {
    const request = readStepInput(params, 'notify', notifyRequest);
    const traced = context.withTraceId(request.traceId);
    const { now, log } = traced;
    if (request.documents.length === 0) return { messages: 0, notices: 0 };
    const store = neededLedger(params, 'notifier', traced);
    const channels = await readChannels(params, { ...traced, store });
    // Without the page's address people hear all the same.
    const noLinks = 'Messages have no links to the dashboard until the setting is right.';
    const page = settingOr(() => pageAddress(params, traced), undefined, noLinks, log);
    const world = {
      ...traced,
      store,
      channels,
      page,
      send: httpChannel(now),
      chains,
      stopwatch: () => performance.now(),
    };
    const notified = await notify(request, world);
    log.info('Notified', { ...notified });
    return notified;
  },
  failed: (error) => ({ error }),
});

/**
 * The channels of the settings. If they cannot be read, no notice can be sent: it stays due, and this raises an alert.
 *
 * @throws CascadeError SETTINGS_INVALID if they cannot be read.
 */
async function readChannels(
  params: Params,
  { store, traceId, now, log }: RefusalPorts & { readonly store: CouchPort },
): Promise<readonly Channel[]> {
  try {
    return parseChannelSettings(params);
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    const message = `${error.message} Nobody hears of anything until this setting is right and deployed. What is owed waits.`;
    const at = store.now() ?? now();
    await raiseAlert(store, { kind: 'channels-unreadable', subject: 'NOTIFY_CHANNELS', message, traceId, at }, log);
    throw error;
  }
}
