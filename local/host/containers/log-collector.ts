import type { Readable } from 'node:stream';
import { ACTION_LIMIT_RANGES, MEGABYTE } from '../limits.ts';
import { within } from '../within.ts';

const SENTINEL = 'XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX';
// A sentinel is in the pipes at once, if it comes at all.
const PATIENCE_MS = 1_000;
/** Characters. */
const LONGEST_LINE = MEGABYTE;
/** The most that any action's `logs` limit allows. */
const MOST_BYTES = ACTION_LIMIT_RANGES.logs.most * MEGABYTE;

/** Cuts a container's output into the log lines of its activations, at the sentinels the runtime prints after each run. */
export class LogCollector {
  readonly #now: () => number;
  #lines: string[] = [];
  #bytes = 0;
  #sentinelsMissing = 2;
  #isEnded = false;
  #whenCut = (): void => {};

  constructor(stdout: Readable, stderr: Readable, now: () => number) {
    this.#now = now;
    // Lines of stderr are not in an activation's record (facts, ow-activations-03); its sentinel still counts.
    this.#follow(stdout, (line) => this.#keep(line));
    this.#follow(stderr, () => {});
  }

  /** The lines of the run that has just been answered; `isWhole` is false when it did not end in order. */
  async cut(maxBytes: number): Promise<{ readonly lines: readonly string[]; readonly isWhole: boolean }> {
    if (this.#sentinelsMissing > 0 && !this.#isEnded) {
      const sentinels = new Promise<void>((resolve) => {
        this.#whenCut = resolve;
      });
      await within(sentinels, PATIENCE_MS);
    }
    const result = { lines: this.#truncated(maxBytes), isWhole: this.#sentinelsMissing <= 0 };
    this.#lines = [];
    this.#bytes = 0;
    this.#sentinelsMissing = 2;
    return result;
  }

  /** The container is gone: what came is all there is. */
  end(): void {
    this.#isEnded = true;
    this.#whenCut();
  }

  #follow(stream: Readable, keep: (line: string) => void): void {
    let partial = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (partial + chunk).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) this.#take(line, keep);
      if (partial.length <= LONGEST_LINE) return;
      // What never ends its line must not grow without bound.
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
    const stamped = `${new Date(this.#now()).toISOString().slice(0, -1)}000000Z ${line}`;
    this.#bytes += Buffer.byteLength(stamped);
    this.#lines.push(stamped);
  }

  #truncated(maxBytes: number): readonly string[] {
    // An action without room for logs has no line about that either (facts, ow-activations-12).
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
