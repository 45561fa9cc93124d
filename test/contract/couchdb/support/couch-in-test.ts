import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { type Answered, parseBody } from '../../support/answered.ts';
import { Feed } from './feed.ts';

/** A server's address and its administrator. */
export interface Server {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

export interface CallOptions {
  /** Credentials in place of the administrator's; null: none. */
  readonly as?: Login | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Login {
  readonly name: string;
  readonly password: string;
}

export const CONFLICT = { error: 'conflict', reason: 'Document update conflict.' };

/** The server of one test, which uses only HTTP. Closing it removes the databases and users that the test made. */
export class CouchInTest {
  readonly server: Server;
  /** Ends the server's process by a signal and starts it again. Only the embedded store has this. */
  readonly restart: (signal: 'SIGKILL' | 'SIGTERM') => Promise<void>;
  readonly #made: string[] = [];
  readonly #feeds: Feed[] = [];

  constructor(server: Server, restart: CouchInTest['restart'] = () => expect.fail('This server cannot be restarted.')) {
    this.server = server;
    this.restart = restart;
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) feed.close();
    await Promise.all(this.#made.splice(0).map((path) => this.#remove(path)));
  }

  /** Calls as administrator, as somebody else, or as nobody. A string is sent as it is, anything else as JSON. */
  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answered> {
    const sent = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const response = await fetch(`${this.server.url}${path}`, {
      method,
      headers: { ...this.#headers(options) },
      ...(sent === undefined ? {} : { body: typeof sent === 'string' ? sent : new Uint8Array(sent) }),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, body: parseBody(bytes) };
  }

  get(path: string, options: CallOptions = {}): Promise<Answered> {
    return this.call('GET', path, undefined, options);
  }

  put(path: string, body: unknown = {}, options: CallOptions = {}): Promise<Answered> {
    return this.call('PUT', path, body, options);
  }

  post(path: string, body: unknown = {}, options: CallOptions = {}): Promise<Answered> {
    return this.call('POST', path, body, options);
  }

  delete(path: string): Promise<Answered> {
    return this.call('DELETE', path);
  }

  /** A path with a new name. If the test makes something there, it is removed at the end. */
  newName(): string {
    const path = `/t${randomBytes(8).toString('hex')}`;
    this.#made.push(path);
    return path;
  }

  /** Makes a database and returns its path. */
  async db(...documents: object[]): Promise<string> {
    const path = this.newName();
    expect((await this.put(path)).status).to.be.oneOf([201, 202]);
    if (documents.length > 0) await this.bulk(path, documents);
    return path;
  }

  /** Writes documents and expects none to be refused; returns their revs by id. */
  async bulk(db: string, docs: readonly object[], newEdits = true): Promise<Record<string, string>> {
    const { status, body } = await this.post(`${db}/_bulk_docs`, { docs, new_edits: newEdits });
    expect(status, JSON.stringify(body)).to.equal(201);
    for (const row of body) expect(row).to.not.have.property('error');
    return Object.fromEntries(body.map(({ id, rev }: { id: string; rev: string }) => [id, rev]));
  }

  /** Writes one document, or deletes it by `_deleted`, and returns its rev. */
  async write(db: string, id: string, body: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const answered = await this.put(`${db}/${encodeURIComponent(id)}`, body);
    const expected = body['_deleted'] === true ? 200 : 201;
    expect(answered.status, JSON.stringify(answered.body)).to.equal(expected);
    return answered.body.rev;
  }

  /** Makes a user with these roles. */
  async user(...roles: string[]): Promise<Login> {
    const login = { name: `u${randomBytes(8).toString('hex')}`, password: randomBytes(8).toString('hex') };
    const path = `/_users/org.couchdb.user:${login.name}`;
    const { status } = await this.put(path, { ...login, type: 'user', roles });
    expect(status).to.equal(201);
    this.#made.push(path);
    return login;
  }

  /** Opens `_changes` and leaves it open until the end of the test. */
  feed(db: string, query: string, { body, ...options }: CallOptions & { readonly body?: object } = {}): Feed {
    const url = `${this.server.url}${db}/_changes?${query}`;
    const method = body === undefined ? 'GET' : 'POST';
    const feed = new Feed(url, { method, headers: this.#headers(options) }, body && JSON.stringify(body));
    this.#feeds.push(feed);
    return feed;
  }

  #headers({ as, headers }: CallOptions): Record<string, string> {
    const { name, password } =
      as === undefined ? { name: this.server.user, password: this.server.password } : (as ?? {});
    const basic = Buffer.from(`${name}:${password}`).toString('base64');
    return {
      'content-type': 'application/json',
      ...(as === null ? {} : { authorization: `Basic ${basic}` }),
      ...headers,
    };
  }

  async #remove(path: string): Promise<void> {
    if (!path.startsWith('/_users/')) {
      await this.delete(path);
      return;
    }
    const { body } = await this.get(path);
    await this.delete(`${path}?rev=${body._rev}`);
  }
}

/** Expects a refusal in CouchDB's form. */
export function expectRefusal({ status, body }: Answered, expected: number, error: string, reason?: string): void {
  expect([status, body.error]).to.deep.equal([expected, error]);
  if (reason !== undefined) expect(body.reason).to.equal(reason);
}
