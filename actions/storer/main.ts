import chains from 'cascade:chains';
import timeFactor from 'cascade:time-factor';
import { endRecord } from '../../src/contracts/generated/end-record.cjs';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { sleep } from '../../src/platform/sleep.ts';
import { storeEnds } from './store-ends.ts';

const times = timeConstants(timeFactor);
const NO_LEDGER = 'The setting COUCHDB_URL is missing: without a ledger there is nothing to record into.';

/** No channel is set: nobody is to be told. */
const NO_ROUTES = { failed: [], recovered: [] };

/** The one step of `record`: ends the orders of ended reloads, and makes each end part of its app and its ticket. */
export const main = defineAction({
  name: 'storer',
  work: async (params, context) => {
    const record = readStepInput(params, 'record', endRecord);
    const traced = context.withTraceId(record.traceId);
    const { log } = traced;
    const store = openLedger(params, ACTION_LIMITS.storer.store, traced);
    if (store === undefined) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    const { deadline, now } = context;
    const world = { store, links: chains.links, routesOf: () => NO_ROUTES, times, log };
    const stored = await storeEnds(record, { ...world, deadline, now, sleep, random: Math.random });
    log.info('Ends recorded', { ...stored });
    return stored;
  },
  failed: (error) => ({ error }),
});
