import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { type StackExchange, startStackExchange } from '../../../sim/stack-exchange/start-stack-exchange.ts';

/** The key by which the suite asks the real API; undefined: it asks the simulated one. */
export const REAL_KEY = process.env['STACK_EXCHANGE_KEY'] || undefined;

/** What an answer of the API may have. */
export interface ApiWrapper {
  readonly items?: readonly {
    readonly question_id: number;
    readonly title: string;
    readonly tags: readonly string[];
    readonly creation_date: number;
    readonly last_activity_date: number;
  }[];
  readonly has_more?: boolean;
  readonly backoff?: number;
  readonly quota_max?: number;
  readonly quota_remaining?: number;
  readonly error_id?: number;
  readonly error_name?: string;
  readonly error_message?: string;
}

interface ApiQuery {
  readonly path: string;
  readonly query: Readonly<Record<string, string | number>>;
}

/** The API in a test: a simulated one with a clock of its own, or the real one. */
export class ApiInTest {
  readonly isReal = REAL_KEY !== undefined;
  #sim: StackExchange | undefined;
  #now = 1_795_316_220_000;

  async start(): Promise<void> {
    if (!this.isReal) this.#sim = await startStackExchange({ now: () => this.#now });
  }

  async close(): Promise<void> {
    await this.#sim?.close();
  }

  /** Lets time pass in the simulated API. */
  pass(ms: number): void {
    this.#now += ms;
  }

  /** Calls the API. @returns status 0 if the connection was cut. */
  async get(call: ApiQuery): Promise<{ readonly status: number; readonly body: ApiWrapper }> {
    try {
      const answer = await fetch(this.#address(call));
      return { status: answer.status, body: (await answer.json()) as ApiWrapper };
    } catch {
      return { status: 0, body: {} };
    }
  }

  /** The encoding of an answer to a caller that does not say which ones it takes. `fetch` always says it. */
  encodingWithoutAsking(call: ApiQuery): Promise<string | undefined> {
    const address = this.#address(call);
    const request = address.startsWith('https:') ? secureRequest : plainRequest;
    return new Promise((resolve, reject) => {
      const sent = request(address, (response) => {
        response.resume();
        resolve(response.headers['content-encoding']);
      });
      sent.on('error', reject).end();
    });
  }

  /** Adds or changes a question of the simulated API; the real one has its own. */
  put = (question: object): Promise<void> => this.#control('POST', '/questions', question);
  remove = (id: number): Promise<void> => this.#control('DELETE', `/questions/${id}`);
  plan = (faults: object): Promise<void> => this.#control('PUT', '/faults', faults);

  async #control(method: string, path: string, body?: object): Promise<void> {
    if (this.#sim === undefined) return;
    const { status } = await fetch(`${this.#sim.control}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (status !== 200) throw new Error(`${method} ${path} answered ${status}`);
  }

  #address({ path, query }: ApiQuery): string {
    const address = new URL(`${this.#sim?.url ?? 'https://api.stackexchange.com/2.3'}${path}`);
    const key = REAL_KEY === undefined ? {} : { key: REAL_KEY };
    for (const [name, value] of Object.entries({ ...query, ...key })) address.searchParams.set(name, String(value));
    return address.href;
  }
}
