/*
 * The simulated tenant imitates Qlik Cloud, so that `npm start` and the tests need no real tenant. Some things happen
 * in Qlik without a call of the API, such as scheduled reloads. This file keeps what is planned.
 */

import type { App } from './apps.ts';
import type { Clock } from './clock.ts';
import type { ReloadType } from './reloads/record.ts';

/** Something that will happen at `dueAt` (epoch ms): a reload starts, or a load in the data load editor ends. */
export type PlannedReload = { readonly dueAt: number } & (
  | { readonly kind: 'reload'; readonly app: App; readonly type: ReloadType }
  | {
      /** A load in the data load editor ends. */
      readonly kind: 'editor-load-end';
      readonly app: App;
      readonly reloadId: string;
      readonly userId: string;
      readonly succeeded: boolean;
      readonly durationMs: number;
    }
);

/**
 * The reloads that people and schedules will start, and the loads that will end. `perform` does each when it is due.
 */
export class ReloadSchedule {
  readonly #clock: Clock;
  readonly #perform: (planned: PlannedReload) => void;
  readonly #waiting = new Set<PlannedReload>();

  constructor(clock: Clock, perform: (planned: PlannedReload) => void) {
    this.#clock = clock;
    this.#perform = perform;
  }

  add(planned: PlannedReload): void {
    this.#waiting.add(planned);
    this.#clock.after(planned.dueAt - this.#clock.now(), () => {
      this.#waiting.delete(planned);
      this.#perform(planned);
    });
  }

  saved(): readonly PlannedReload[] {
    return [...this.#waiting];
  }

  restore(planned: readonly PlannedReload[]): void {
    for (const each of planned) this.add(each);
  }
}
