import chains from 'cascade:chains';
import timeFactor from 'cascade:time-factor';
import { endRecord } from '../../src/contracts/generated/end-record.cjs';
import type { NotifyRequest } from '../../src/contracts/notify-request.ts';
import type { ChannelName } from '../../src/core/desk/notice.ts';
import { routesOf } from '../../src/core/desk/routes-of.ts';
import type { AppRef } from '../../src/core/names.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseChannelSettings } from '../../src/platform/settings/channel-settings.ts';
import { settingOr } from '../../src/platform/settings/setting-or.ts';
import { storeEnds } from './store-ends.ts';

const times = timeConstants(timeFactor);

/**
 * The action `storer`, the first step of the sequence `record`. It stores how reloads ended, so that people can see it
 * later: how the orders (reloads that Cascade owed) ended, how their apps stand, and a ticket for each app that is
 * failing. It passes to the second step, the notifier, the ids of the documents that owe people notices.
 */
export const main = defineAction({
  name: 'storer',
  work: async (params, context) => {
    const record = readStepInput(params, 'record', endRecord);
    const traced = context.withTraceId(record.traceId);
    const { log } = traced;
    const store = neededLedger(params, 'storer', traced);
    // If the settings cannot be read, any name counts. The notices then wait in the ledger until somebody mended them.
    const meanwhile = 'The ends are recorded. Their notices wait until the setting is right.';
    const namesOf = () => new Set(parseChannelSettings(params).map(({ name }) => name));
    const channels = settingOr<Pick<ReadonlySet<ChannelName>, 'has'>>(namesOf, { has: () => true }, meanwhile, log);
    const routes = (app: AppRef) => ({
      failed: routesOf(app, 'failed', chains, channels),
      recovered: routesOf(app, 'recovered', chains, channels),
    });
    const world = { ...traced, store, links: chains.links, routesOf: routes, times };
    const { owing, ...done } = await storeEnds(record, world);
    log.info('Ends recorded', { ...done, reloads: record.events.map(({ reloadId }) => reloadId) });
    const documents = [...owing, ...(record.owing ?? [])];
    const swept = record.owing !== undefined && { isSwept: true };
    return { ...done, notify: { traceId: record.traceId, documents, ...swept } satisfies NotifyRequest };
  },
  failed: (error) => ({ error }),
});
