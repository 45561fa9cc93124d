/*
 * The simulated tenant imitates a tenant of Qlik Cloud, for `npm start` and for tests. This file keeps what is planned
 * for later, such as scheduled reloads.
 */

import type { App } from './apps.ts';
import type { Clock } from './clock.ts';
import type { ReloadType } from './reloads/record.ts';

/** Something that will happen: a reload starts, or a load in the data load editor ends. */
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

/** The reloads that people and schedules will start, and the loads that will end. Each happens when it is due. */
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
