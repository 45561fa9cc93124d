import { openWhiskActivations } from '../../src/clients/openwhisk/openwhisk-activations.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { meter } from './meter.ts';

const NO_KEY =
  'The meter has no API key: deploy it with the annotation provide-api-key set to true, as manifest.yaml does.';

/**
 * The action `meter`. It counts how often each action ran, and stores the counts in the ledger (Cascade's memory),
 * because OpenWhisk forgets. The action `metrics` prints them for Prometheus. An alarm starts `meter` every 5 minutes;
 * it needs no parameters, so any cron can do that.
 */
export const main = defineAction({
  name: 'meter',
  work: async (params, context) => {
    const apiKey = process.env['__OW_API_KEY'];
    const transactionId = process.env['__OW_TRANSACTION_ID'];
    const { actionName, apiHost, log } = context;
    const store = neededLedger(params, 'meter', context);
    if (apiKey === undefined) throw new CascadeError('SETTINGS_INVALID', NO_KEY);
    const metered = await meter({
      ...context,
      store,
      activations: openWhiskActivations({ apiHost, apiKey, transactionId }),
      packagePath: actionName.slice(1, actionName.lastIndexOf('/') + 1),
    });
    log.info('Metered', { ...metered });
    return metered;
  },
  failed: ({ code, message, traceId }) => ({ error: { code, message, traceId } }),
});
