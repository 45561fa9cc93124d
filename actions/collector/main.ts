/*
 * The action `collector` is the first step of the sweep, which runs every 5 minutes, because a webhook may get lost and
 * an action may die. It finds reloads that ended without a webhook, and work that was left undone. This file reads the
 * action's parameters and settings; collect.ts does the work.
 */

import apps from 'cascade:apps';
import timeFactor from 'cascade:time-factor';
import { hintRef } from '../../src/contracts/generated/hint-ref.cjs';
import { timeConstants } from '../../src/core/time-constants.ts';
import { defineAction } from '../../src/platform/define-action.ts';
import { neededLedger } from '../../src/platform/open-ledger.ts';
import { readStepInput } from '../../src/platform/read-step-input.ts';
import { parseRetention } from '../../src/platform/settings/ledger-settings.ts';
import { parseNotifyLog } from '../../src/platform/settings/notify-log.ts';
import { parseReloadSettings } from '../../src/platform/settings/reload-settings.ts';
import { settingOr } from '../../src/platform/settings/setting-or.ts';
import { addressesIn, tenantPort } from '../../src/platform/tenant-ports.ts';
import { collect } from './collect.ts';

/**
 * The action. It returns a batch for the resolver: what was found. It needs no parameters, so that any cron can start a
 * sweep. The invoker passes the parameter `hint` to have one hint checked (something that Cascade heard, and about
 * which it must ask Qlik). Then the action does nothing else.
 */
export const main = defineAction({
  name: 'collector',
  work: async (params, context) => {
    const { now, actionName, log } = context;
    const hint = 'hint' in params ? readStepInput(params, 'hint', hintRef) : undefined;
    const { tenants } = parseReloadSettings(params);
    const store = neededLedger(params, 'collector', context);
    // A log may hold secrets. If the setting is malformed, nobody knows whether tickets may show it.
    const noLogs = 'Tickets get no logs until the setting is right.';
    const isShowingLogs = settingOr(() => parseNotifyLog(params), false, noLogs, log);
    const batch = await collect(
      { hint },
      {
        ...context,
        store,
        qlikOf: (tenant) => tenantPort(tenant, tenants, now),
        tenants: tenants.map(({ name }) => name),
        addressOf: addressesIn(tenants),
        apps,
        isShowingLogs,
        retention: parseRetention(params),
        times: timeConstants(timeFactor),
        webhookPath: `/web${actionName.slice(0, actionName.lastIndexOf('/'))}/webhook`,
      },
    );
    context
      .withTraceId(batch.traceId)
      .log.info('Swept', { events: batch.events.length, due: batch.due?.length ?? 0, hint });
    return { batch };
  },
  failed: ({ code, message, traceId }) => ({ error: { code, message, traceId } }),
});
