import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** A container of one action. It has a clock, and its modules remember things from one activation to the next. */
export class Container {
  /** How far its clock is ahead of the world's, in ms. */
  clockOffset = 0;
  /** Since when it is idle, at world time; 0 while it is at work. */
  idleSince = 0;
  readonly #memory = new Map<string, unknown>();

  /** The value that it remembers under a name. If there is none, `make` makes it. */
  remembered<T>(name: string, make: () => T): T {
    if (!this.#memory.has(name)) this.#memory.set(name, make());
    return this.#memory.get(name) as T;
  }
}

export interface ContainersWorld {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
}

const FARTHEST_CLOCK_MS = 5 * 60_000;
/** OpenWhisk removes a container that was idle for this long. */
const LONGEST_IDLE_MS = 10 * 60_000;

/** The containers of all actions. A container runs one activation at a time, and is used again while it is warm. */
export class Containers {
  readonly #world: ContainersWorld;
  readonly #idle = new Map<string, Container[]>();

  constructor(world: ContainersWorld) {
    this.#world = world;
  }

  /** Gives the idle container that was used last, or a new one. */
  take(action: string): Container {
    const { now } = this.#world.scheduler;
    const warm = (this.#idle.get(action) ?? []).filter(({ idleSince }) => now - idleSince < LONGEST_IDLE_MS);
    const container = warm.pop();
    this.#idle.set(action, warm);
    if (container === undefined) return this.#cold();
    this.#world.faults.count('container-reused');
    return container;
  }

  /** An activation ended well: its container waits for the next. */
  giveBack(action: string, container: Container): void {
    container.idleSince = this.#world.scheduler.now;
    this.#idle.get(action)?.push(container);
  }

  #cold(): Container {
    const { faults, random } = this.#world;
    const container = new Container();
    if (faults.strikes('clock-off')) container.clockOffset = random.between(-FARTHEST_CLOCK_MS, FARTHEST_CLOCK_MS);
    return container;
  }
}
