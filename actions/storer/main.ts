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

/** The only step of `record`: it ends the orders of ended reloads, and stores each app's last end. */
export const main = defineAction({
  name: 'storer',
  work: async (params, context) => {
    const record = readStepInput(params, 'record', endRecord);
    const traced = context.withTraceId(record.traceId);
    const { log } = traced;
    const store = openLedger(params, ACTION_LIMITS.storer.store, traced);
    if (store === undefined) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    const { deadline, now } = context;
    const stored = await storeEnds(record, { store, times, log, deadline, now, sleep, random: Math.random });
    log.info('Ends recorded', { ...stored });
    return stored;
  },
  failed: (error) => ({ error }),
});
