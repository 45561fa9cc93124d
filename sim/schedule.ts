import type { App } from './apps.ts';
import type { Clock } from './clock.ts';
import type { ReloadType } from './reloads/record.ts';

/** Something that somebody in the tenant will do. */
export type Planned = { readonly dueAt: number } & (
  | { readonly kind: 'reload'; readonly app: App; readonly type: ReloadType }
  | {
      /** The end of a load in the data load editor. */
      readonly kind: 'editor-load-end';
      readonly app: App;
      readonly reloadId: string;
      readonly userId: string;
      readonly succeeded: boolean;
      readonly durationMs: number;
    }
);

/** What people and schedules will do. */
export class Schedule {
  readonly #clock: Clock;
  readonly #perform: (planned: Planned) => void;
  readonly #waiting = new Set<Planned>();

  constructor(clock: Clock, perform: (planned: Planned) => void) {
    this.#clock = clock;
    this.#perform = perform;
  }

  add(planned: Planned): void {
    this.#waiting.add(planned);
    this.#clock.after(planned.dueAt - this.#clock.now(), () => {
      this.#waiting.delete(planned);
      this.#perform(planned);
    });
  }

  saved(): readonly Planned[] {
    return [...this.#waiting];
  }

  restore(planned: readonly Planned[]): void {
    for (const each of planned) this.add(each);
  }
}
