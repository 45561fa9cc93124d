import { DEFAULT_LIMITS } from '../../../src/clients/openwhisk/invoker-port.ts';
import { type DurationMs, days } from '../../../src/core/units.ts';
import type { Activation } from './activation.ts';
import type { FaultName, Faults } from './faults.ts';
import { Host } from './host.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Retention } from './steps.ts';
import type { Trace } from './trace.ts';

/** The name of the command's activations. */
export const PURGE = 'purge';

interface PurgesWorld {
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly random: Random;
  /** Faults of its own, so that a purge changes no other fault of a world. */
  readonly faults: Faults;
  readonly violate: (kind: string, message: string) => void;
  readonly purge: (activation: Activation) => Promise<{ readonly removed: number }>;
  /** Called before each purge. Gives a check for after the purge, which returns what is wrong. */
  readonly watch: () => () => string | undefined;
}

const HOUR_MS = 3_600_000;
const TERMINAL_MS = 600_000;
const USUAL: Retention = { receiver: days(30), purge: days(30) };
/** The fewest hours of retention. A webhook may come six hours late, and must not be too old for the receiver then. */
const FEWEST_HOURS = 9;
const MOST_HOURS = 14;
const MOST_PURGES = 4;

/** A person's purges of the ledger. Every second day has some, with a retention of hours. */
export class Purges {
  readonly retention: Retention;
  readonly faults: Faults;
  readonly counts = new Map<FaultName, number>();
  readonly #host: Host;
  readonly #world: PurgesWorld;
  readonly #isOn: boolean;

  constructor(world: PurgesWorld) {
    const { scheduler, trace, random, faults, violate } = world;
    this.#world = world;
    this.faults = faults;
    this.#isOn = random.chance(0.5) && faults.may('purged');
    const hours = random.between(FEWEST_HOURS, MOST_HOURS);
    // The receiver ignores ends as too old an hour before the purge may remove their documents. In real settings it
    // does so a day before.
    const receiver = ((hours - 1) * HOUR_MS + days(1)) as DurationMs;
    this.retention = this.#isOn ? { receiver, purge: (hours * HOUR_MS) as DurationMs } : USUAL;
    this.#host = new Host({
      ...{ scheduler, trace, random, faults, violate },
      limits: DEFAULT_LIMITS,
      run: () => Promise.reject(new Error('A purge invokes nothing.')),
      isEndAfter: () => this.#strikes('purge-dies'),
    });
  }

  /** Plans purges at random times of the day. */
  plan(until: number): void {
    const { scheduler, random } = this.#world;
    if (!this.#isOn) return;
    const from = Math.min(until, scheduler.now + this.retention.purge);
    for (let count = random.between(1, MOST_PURGES); count > 0; count -= 1) {
      scheduler.at(random.between(from, until), () => {
        scheduler.start(() => this.#purge());
      });
    }
  }

  /** Purges once, without a fault. */
  async run(): Promise<void> {
    this.faults.isOn = false;
    if (this.#isOn) await this.#purge();
  }

  async #purge(): Promise<void> {
    const findLost = this.#world.watch();
    const outcome = await this.#host.runAction(PURGE, TERMINAL_MS, (activation) => this.#world.purge(activation));
    const problem = findLost();
    if (problem !== undefined) this.#world.violate('purged', problem);
    if (outcome.kind === 'done' && outcome.value.removed > 0) this.#count('purged');
  }

  #strikes(name: 'purge-dies'): boolean {
    if (!this.faults.draws(name)) return false;
    this.#count(name);
    return true;
  }

  #count(name: FaultName): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
  }
}
