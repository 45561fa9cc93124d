import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startStore } from '../../../../local/store/start-store.ts';
import { bundledProgram } from '../../../support/bundled-program.ts';
import { givenTarget } from '../../support/target.ts';
import type { Server } from './couch-in-test.ts';

/** A server under test that can be ended. */
export interface RunningServer extends Server {
  close(): Promise<void>;
}

/**
 * The address of a real CouchDB, if the environment has one, with its administrator: `http://name:password@host:5984`.
 */
export const REAL = givenTarget('COUCHDB_URL');

/** Gives the real CouchDB, or starts an embedded store on disk. */
export async function startServer(): Promise<RunningServer> {
  if (REAL !== undefined) {
    const { origin, username, password } = new URL(REAL);
    const close = async (): Promise<void> => {};
    return { url: origin, user: decodeURIComponent(username), password: decodeURIComponent(password), close };
  }
  const directory = await mkdtemp(path.join(os.tmpdir(), 'cascade-store-'));
  const store = await startStore({ port: 0, directory });
  const close = async (): Promise<void> => {
    await store.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { ...store, close };
}

const CHILD = await bundledProgram('test/contract/couchdb/support/store-process.ts');

/** An embedded store in a process of its own. A test can kill the process and start it again in the same directory. */
export class StoreProcess {
  readonly server: Server = { url: '', user: 'admin', password: 'of the test' };
  readonly #maxFileKib: number | undefined;
  #child: ChildProcess | undefined;
  #directory = '';

  /** @param maxFileKib - no file of the process may become larger than this. It imitates a full disk. */
  constructor(maxFileKib?: number) {
    this.#maxFileKib = maxFileKib;
  }

  /** The error output of a process that tries to open a store in `directory`, although it must not. */
  static async refusedAt(directory: string): Promise<string> {
    const child = spawn(process.execPath, [CHILD, '0', directory, 'a', 'b'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    await once(child, 'close');
    return text;
  }

  async start(): Promise<void> {
    this.#directory = await mkdtemp(path.join(os.tmpdir(), 'cascade-store-'));
    await this.#spawn('0');
  }

  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#end(signal);
    await this.#spawn(new URL(this.server.url).port);
  }

  async close(): Promise<void> {
    await this.#end('SIGKILL');
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #spawn(port: string): Promise<void> {
    const { user, password } = this.server;
    const args = [CHILD, port, this.#directory, user, password];
    const limited = ['-c', `trap '' XFSZ; ulimit -f ${this.#maxFileKib}; exec "$@"`, 'sh', process.execPath, ...args];
    const [program, given] = this.#maxFileKib === undefined ? [process.execPath, args] : ['bash', limited];
    // A store whose disk is full prints that. The test's own output does not need it.
    const child = spawn(program, given, {
      stdio: ['ignore', 'pipe', this.#maxFileKib === undefined ? 'inherit' : 'ignore'],
    });
    this.#child = child;
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    Object.assign(this.server, { url });
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
