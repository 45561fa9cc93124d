/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Actions run in containers, which are child processes. Starting one takes time, so a container runs the same
 * action again and again. The pool keeps the containers and hands them out.
 */

import path from 'node:path';
import { Container } from './container.ts';
import { MemoryWatch } from './memory-watch.ts';
import { type Guard, startGuard } from './processes.ts';

// OpenWhisk's own values. A stem cell is a container that was started in advance.
const FREEZE_AFTER_MS = 10_000;
const REMOVE_AFTER_MS = 600_000;
const STEM_CELL_MEMORY_MB = 256;

export interface PoolOptions {
  /** A folder for sockets and working directories. The host removes it when it ends. */
  readonly folder: string;
  readonly proxyFile: string;
  readonly apiHost: string;
  readonly now: () => number;
  /** The most megabytes that the memory limits of all containers may add up to. */
  readonly memoryMb: number;
}

/** A container that belongs to one activation (one run of an action) until it is released or killed. */
export interface Lease {
  readonly container: Container;
  /** True if the container does not have the action's code yet: it first needs `/init`. */
  readonly isCold: boolean;
}

interface Idle {
  readonly revision: string;
  readonly container: Container;
  readonly since: number;
}

/**
 * The containers of all actions. A container that has run an action is warm, and runs the same revision of that action
 * again (each change of an action makes a new revision). As in OpenWhisk, the pool freezes an idle container after 10
 * seconds, and ends it after 10 minutes.
 */
export class ContainerPool {
  readonly #options: PoolOptions;
  /** All containers, with the megabytes of their limits. */
  readonly #all = new Map<Container, number>();
  /** The idle containers; the one that has been idle longest comes first. */
  #idle: Idle[] = [];
  /** A container that was started in advance, for the next action that needs a new one. */
  #stemCell: Container | undefined;
  /** Revisions of actions that were overwritten or deleted. */
  readonly #retired = new Set<string>();
  /** Each function wakes one `acquire` that waits for room. */
  readonly #waiting: (() => void)[] = [];
  readonly #guard: Guard;
  readonly #memory = new MemoryWatch();
  readonly #idleCheck: NodeJS.Timeout;
  #count = 0;
  #isClosed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#guard = startGuard(options.folder);
    this.#idleCheck = setInterval(() => this.#checkIdle(), 1_000).unref();
    this.#growStemCell();
  }

  /**
   * Gives a warm container of this revision of an action, or a new (cold) one. While the pool's memory is used up, this
   * waits.
   */
  async acquire(revision: string, memoryMb: number): Promise<Lease> {
    for (;;) {
      const warm = this.#takeIdle(revision);
      if (warm !== undefined) return { container: warm, isCold: false };
      // The stem cell has the default memory. As in OpenWhisk, only actions with this limit get it.
      const stemCell = memoryMb === STEM_CELL_MEMORY_MB && this.#takeStemCell();
      if (stemCell) {
        // The next stem cell starts a little later, so that its start does not slow down the activation in this one.
        setImmediate(() => this.#growStemCell());
        return { container: stemCell, isCold: true };
      }
      this.#makeRoom(memoryMb);
      if (this.#hasRoom(memoryMb)) return { container: this.#create(memoryMb), isCold: true };
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Takes back a container that can run the action again. It ends the container if nobody needs it any more. */
  release(revision: string, container: Container): void {
    if (container.isEnded || this.#isClosed || this.#retired.has(revision)) {
      container.kill();
    } else {
      this.#idle.push({ revision, container, since: this.#options.now() });
      this.#waiting.shift()?.();
    }
  }

  /** Ends the containers of a revision that was overwritten or deleted, each as soon as it is idle. */
  retire(revision: string): void {
    this.#retired.add(revision);
    for (const idle of this.#idle) if (idle.revision === revision) idle.container.kill();
  }

  /** Ends all containers, even those that work. Settles when the containers and the guard have ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#idleCheck);
    const all = [...this.#all.keys()];
    for (const container of all) container.kill();
    await Promise.all(all.map((container) => container.ended));
    await this.#guard.close();
  }

  #takeIdle(revision: string): Container | undefined {
    const found = this.#idle.findLast((idle) => idle.revision === revision && !idle.container.isEnded);
    if (found === undefined) return undefined;
    this.#idle = this.#idle.filter((idle) => idle !== found);
    found.container.thaw();
    return found.container;
  }

  #create(memoryMb: number): Container {
    this.#count += 1;
    const { folder, ...rest } = this.#options;
    const place = { ...rest, folder: path.join(folder, `${this.#count}`), guard: this.#guard, memory: this.#memory };
    const container = new Container(place);
    this.#all.set(container, memoryMb);
    if (this.#isClosed) container.kill();
    void container.ended.then(() => this.#forget(container));
    return container;
  }

  #forget(container: Container): void {
    this.#all.delete(container);
    this.#idle = this.#idle.filter((idle) => idle.container !== container);
    if (this.#stemCell === container) this.#stemCell = undefined;
    this.#waiting.shift()?.();
  }

  #growStemCell(): void {
    if (this.#isClosed || this.#stemCell !== undefined || !this.#hasRoom(STEM_CELL_MEMORY_MB)) return;
    this.#stemCell = this.#create(STEM_CELL_MEMORY_MB);
  }

  #takeStemCell(): Container | undefined {
    const taken = this.#stemCell;
    this.#stemCell = undefined;
    return taken;
  }

  #hasRoom(memoryMb: number): boolean {
    const used = [...this.#all.values()].reduce((sum, megabytes) => sum + megabytes, 0);
    return used + memoryMb <= this.#options.memoryMb;
  }

  /**
   * Ends unused containers until there is room, or none is left. The one that has been idle longest goes first. Its
   * memory counts as free at once.
   */
  #makeRoom(memoryMb: number): void {
    while (!this.#hasRoom(memoryMb)) {
      const container = this.#idle.shift()?.container ?? this.#takeStemCell();
      if (container === undefined) return;
      container.kill();
      this.#all.set(container, 0);
    }
  }

  /** Freezes or ends the containers that have been idle for long. */
  #checkIdle(): void {
    const now = this.#options.now();
    for (const { container, since } of this.#idle) {
      if (now - since > REMOVE_AFTER_MS) container.kill();
      else if (now - since > FREEZE_AFTER_MS) container.freeze();
    }
  }
}
