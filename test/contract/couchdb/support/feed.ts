import http from 'node:http';
import { expect } from 'chai';

const PATIENCE_MS = 5000;

/** An open `_changes` feed, read line by line as it comes. */
export class Feed {
  readonly lines: string[] = [];
  readonly #request: http.ClientRequest;
  readonly #look = new Set<() => void>();
  #status = 0;
  #hasEnded = false;
  #headers: http.IncomingHttpHeaders = {};

  constructor(url: string, options: http.RequestOptions, body?: string) {
    this.#request = http.request(url, { ...options, agent: false });
    this.#request.on('error', () => this.#end());
    this.#request.on('response', (response) => {
      this.#status = response.statusCode ?? 0;
      this.#headers = response.headers;
      let rest = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        const parts = (rest + text).split('\n');
        rest = parts.pop() ?? '';
        this.lines.push(...parts);
        this.#news();
      });
      response.on('error', () => {}).on('close', () => this.#end());
      this.#news();
    });
    this.#request.end(body);
  }

  /** Resolves to status and headers as soon as they have come. */
  async opened(): Promise<{ readonly status: number; readonly headers: http.IncomingHttpHeaders }> {
    await this.#until(() => this.#status !== 0 || this.#hasEnded, 'an answer');
    return { status: this.#status, headers: this.#headers };
  }

  /** The rows so far, as JSON; empty lines are heartbeats. */
  rows(): readonly { readonly id?: string; readonly seq?: unknown; readonly changes?: unknown }[] {
    return this.lines
      .filter((line) => line.startsWith('{"') && !line.startsWith('{"results"'))
      .map((line) => JSON.parse(line.replace(/,$/, '')));
  }

  /** Resolves when a row with this id has come; fails after five seconds. */
  untilRow(id: string): Promise<void> {
    return this.#until(() => this.rows().some((row) => row.id === id), `a row of ${id}`);
  }

  untilLines(count: number): Promise<void> {
    return this.#until(() => this.lines.length >= count, `${count} lines`);
  }

  untilEnded(): Promise<void> {
    return this.#until(() => this.#hasEnded, 'the end');
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves to the whole body as JSON when it has ended. */
  // biome-ignore lint/suspicious/noExplicitAny: bodies are what the tests are about
  async whole(): Promise<any> {
    await this.untilEnded();
    return JSON.parse(this.lines.join('\n'));
  }

  close(): void {
    this.#request.destroy();
  }

  #until(isSo: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#look.delete(look);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`The feed has not brought ${what} in ${PATIENCE_MS} ms: ${this.lines.join('|')}`));
      }, PATIENCE_MS);
      const look = (): void => {
        if (!isSo()) return;
        done();
        resolve();
      };
      this.#look.add(look);
      look();
    });
  }

  #news(): void {
    for (const look of this.#look) look();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#news();
  }
}

/** Expects a feed to open with 200. */
export async function expectOpen(feed: Feed): Promise<void> {
  expect((await feed.opened()).status).to.equal(200);
}
