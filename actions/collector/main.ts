/*
 * The action `collector` is the first step of the sweep, which runs every 5 minutes, because a webhook may get lost and
 * an action may die. It finds reloads that ended without a webhook, and work that was left undone. This file reads the
 * action's parameters and settings; collect.ts does the work.
 */

import apps from 'cascade:apps';
import timeFactor from 'cascade:time-factor';
import { hintRef } from '../../src/contracts/generated/hint-ref.cjs';
import { ACTION_LIMITS } from '../../src/core/action-limits.ts';
import { CascadeError } from '../../src/core/cascade-error.ts';
import { timeConstants } from '../../src/core/time-constants.ts';
import { defineAction, type Params } from '../../src/platform/define-action.ts';
import type { Log } from '../../src/platform/log.ts';
import { openLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseNotifyLog } from '../../src/platform/settings/notify-log.ts';
import { parseReloadSettings } from '../../src/platform/settings/reload-settings.ts';
import { addressesIn, tenantPort } from '../../src/platform/tenant-ports.ts';
import { collect } from './collect.ts';

const NO_LEDGER =
  'The sweep needs a ledger: the setting COUCHDB_URL is missing. Set it and deploy again, or switch the sweep’s trigger off.';

/**
 * The action. It returns a batch for the resolver: what was found. It needs no parameters, so that any cron can start a
 * sweep. The invoker passes the parameter `hint` to have one hint checked (something that Cascade heard, and about
 * which it must ask Qlik). Then the action does nothing else.
 */
export const main = defineAction({
  name: 'collector',
  work: async (params, { now, deadline, activationId, actionName, log, withTraceId }) => {
    const hint = 'hint' in params ? readStepInput(params, 'hint', hintRef) : undefined;
    const { tenants } = parseReloadSettings(params);
    const store = openLedger(params, ACTION_LIMITS.collector.store, { traceId: activationId, now, log });
    if (store === undefined) throw new CascadeError('SETTINGS_INVALID', NO_LEDGER);
    const batch = await collect(
      { hint },
      {
        store,
        qlikOf: (tenant) => tenantPort(tenant, tenants, now),
        tenants: tenants.map(({ name }) => name),
        addressOf: addressesIn(tenants),
        apps,
        isShowingLogs: isShowingLogs(params, log),
        times: timeConstants(timeFactor),
        webhookPath: `/web${actionName.slice(0, actionName.lastIndexOf('/'))}/webhook`,
        deadline,
        now,
        traceId: activationId,
        log,
      },
    );
    withTraceId(batch.traceId).log.info('Swept', { events: batch.events.length, due: batch.due?.length ?? 0, hint });
    return { batch };
  },
  failed: ({ code, message, traceId }) => ({ error: { code, message, traceId } }),
});

/**
 * Whether tickets show the end of a failed reload's log. If the setting is malformed, they do not, because a log may
 * hold secrets and nobody knows what was meant. The sweep does the rest of its work all the same.
 */
function isShowingLogs(params: Params, log: Log): boolean {
  try {
    return parseNotifyLog(params);
  } catch (error) {
    if (!(error instanceof CascadeError)) throw error;
    log.error(`${error.message} Tickets get no logs until the setting is right.`);
    return false;
  }
}
