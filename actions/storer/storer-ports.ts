import type { ApplyContext } from '../../src/core/desk/apply-end-to-app.ts';
import type { CompiledChains } from '../../src/core/link.ts';
import type { AppRef } from '../../src/core/names.ts';
import type { TimeConstants } from '../../src/core/time-constants.ts';
import type { LedgerPorts } from '../../src/ledger/ledger-ports.ts';

/**
 * What the action `storer` needs from the world. The action stores how reloads ended, so that people can see it later:
 * in the orders (reloads that Cascade owed), in each app's counts, and in the tickets of failing apps.
 */
export interface StorerPorts extends LedgerPorts {
  readonly links: CompiledChains['links'];
  /** The channels (places such as Slack) where people hear that an app failed, and that it recovered. */
  readonly routesOf: (app: AppRef) => ApplyContext['routes'];
  readonly times: TimeConstants;
}
