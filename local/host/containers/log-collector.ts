/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. Actions run in containers, which are child processes. A container runs one activation (one run of an action)
 * after another. This file finds out which printed lines belong to which activation.
 */

import type { Readable } from 'node:stream';
import { ACTION_LIMIT_RANGES, MEGABYTE } from '../limits.ts';
import { within } from '../within.ts';

/** OpenWhisk's own text. The container's program prints it at the end of an activation. */
const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX';
// The program prints the sentinels just before it answers. If nothing comes for 1 s after the answer, the action has
// probably broken its own output.
const PATIENCE_MS = 1_000;
/** `cut` waits at most 20 times 1 s for the sentinels while the action still prints. */
const MOST_WAITS = 20;
/** In characters. If a line without an end gets longer than this, it is cut. */
const LONGEST_LINE = MEGABYTE;
/** The most that any action's `logs` limit allows. More need not be kept. */
const MOST_BYTES = ACTION_LIMIT_RANGES.logs.most * MEGABYTE;

/**
 * Splits a container's output into the logs of its activations. After each activation the container's program prints a
 * line of its own, the *sentinel*, to stdout and to stderr, as OpenWhisk's program does.
 */
export class LogCollector {
  readonly #now: () => number;
  #lines: string[] = [];
  #bytes = 0;
  #sentinelsMissing = 2;
  #isEnded = false;
  #chunks = 0;
  #whenCut = (): void => {};
  readonly #within: typeof within;

  /** @param atMost - waits for a promise, at most some milliseconds. Default: with a timer. */
  constructor(stdout: Readable, stderr: Readable, now: () => number, atMost = within) {
    this.#now = now;
    this.#within = atMost;
    // An activation's record has no lines of stderr (fact ow-activations-03). Only the sentinel on stderr matters.
    this.#follow(stdout, (line) => this.#keep(line));
    this.#follow(stderr, () => {});
  }

  /** Takes the lines of the activation that was just answered. `isWhole` is false if a sentinel is missing. */
  async cut(maxBytes: number): Promise<{ readonly lines: readonly string[]; readonly isWhole: boolean }> {
    if (this.#isWaiting) {
      const sentinels = new Promise<void>((resolve) => {
        this.#whenCut = resolve;
      });
      for (let waits = 0, seen = -1; waits < MOST_WAITS && this.#chunks !== seen && this.#isWaiting; waits += 1) {
        seen = this.#chunks;
        await this.#within(sentinels, PATIENCE_MS);
      }
    }
    const result = { lines: this.#truncated(maxBytes), isWhole: this.#sentinelsMissing <= 0 };
    this.#lines = [];
    this.#bytes = 0;
    this.#sentinelsMissing = 2;
    return result;
  }

  /** Call this when the process has ended: no more lines come. */
  end(): void {
    this.#isEnded = true;
    this.#whenCut();
  }

  get #isWaiting(): boolean {
    return this.#sentinelsMissing > 0 && !this.#isEnded;
  }

  #follow(stream: Readable, keep: (line: string) => void): void {
    let partial = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      this.#chunks += 1;
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) this.#take(line, keep);
      if (partial.length <= LONGEST_LINE) return;
      // A line without an end must not fill the memory.
      keep(partial);
      partial = '';
    });
    stream.on('end', () => {
      if (partial !== '') keep(partial);
    });
  }

  #take(line: string, keep: (line: string) => void): void {
    const isEnd = line.endsWith(SENTINEL);
    const text = isEnd ? line.slice(0, -SENTINEL.length) : line;
    if (!isEnd || text !== '') keep(text);
    if (!isEnd) return;
    this.#sentinelsMissing -= 1;
    if (this.#sentinelsMissing <= 0) this.#whenCut();
  }

  #keep(line: string): void {
    if (this.#bytes > MOST_BYTES) return;
    // A time stamp of OpenWhisk has nanoseconds: `2026-11-21T07:00:00.123000000Z`.
    const stamped = `${new Date(this.#now()).toISOString().slice(0, -1)}000000Z ${line}`;
    this.#bytes += Buffer.byteLength(stamped);
    this.#lines.push(stamped);
  }

  #truncated(maxBytes: number): readonly string[] {
    // With a limit of 0 the log is empty, and has no line about truncation (fact ow-activations-12).
    if (maxBytes === 0) return [];
    if (this.#bytes <= maxBytes) return this.#lines;
    let bytes = 0;
    const kept = this.#lines.filter((line) => {
      bytes += Buffer.byteLength(line);
      return bytes <= maxBytes;
    });
    return [...kept, `Logs were truncated because the total bytes size exceeds the limit of ${maxBytes} bytes.`];
  }
}
