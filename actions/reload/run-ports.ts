import type { CouchPort } from '../../src/clients/couchdb/couchdb-port.ts';
import type { QlikPort } from '../../src/clients/qlik/qlik-port.ts';
import type { TenantName } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { EpochMs } from '../../src/core/units.ts';
import type { LedgerLog } from '../../src/ledger/ledger-log.ts';

/** What `reload` with a ledger needs from the world. */
export interface ReloadOrderPorts {
  readonly store: CouchPort;
  /** @throws CascadeError SETTINGS_INVALID for a tenant that the settings do not know. */
  readonly qlikOf: (
    tenant: TenantName,
  ) => Pick<QlikPort, 'startReload' | 'listReloads' | 'listEnded' | 'ownUserId' | 'getReload' | 'cancelReload'>;
  /** Where the settings say that a tenant is; undefined for one that they do not know. */
  readonly addressOf: (tenant: TenantName) => string | undefined;
  readonly times: TimeConstants;
  /** When this run has to be over, by `now`. */
  readonly deadline: EpochMs;
  /** The container's clock: a stopwatch until the deadline, and nothing else. */
  readonly now: () => EpochMs;
  readonly sleep: (durationMs: number) => Promise<void>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random: () => number;
  readonly log: LedgerLog;
  /** The activation's id. */
  readonly owner: string;
  /** Of one app, where hops cannot be counted. */
  readonly maxStartsPerHour: number;
}
