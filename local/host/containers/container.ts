/*
 * The local host imitates OpenWhisk without Docker, so that `npm start` and the tests can run Cascade's actions on a
 * laptop. OpenWhisk runs each action in a container. Here a child process takes the container's place. It loads an
 * action's code, and then takes one request after another.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { type ReadBytes, readAtMost } from '../read-at-most.ts';
import { LogCollector } from './log-collector.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { endStragglers, type Guard } from './processes.ts';

/**
 * How long the host waits, after a process has ended, for its output to be closed. What the process wrote comes at
 * once. Only other processes can hold the output open; see `#live`.
 */
const PIPES_MS = 1_000;
const isWindows = process.platform === 'win32';

/** What a container needs from the machine. */
export interface ContainerPlace {
  /** The container's own folder: the working directory of its process, and the place of its socket. */
  readonly folder: string;
  /** The runtime proxy as plain JavaScript. */
  readonly proxyFile: string;
  /** The host's URL. Actions find it in the variable `__OW_API_HOST`. */
  readonly apiHost: string;
  readonly now: () => number;
  /** Ends the process if the host is killed. */
  readonly guard: Guard;
  /** Finds out whether the process uses too much memory. */
  readonly memory: MemoryWatch;
}

/** The limits of one request to a container. */
export interface RequestLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  /** About how many bytes of a reply are kept. */
  readonly replyBytes: number;
}

/**
 * How a request to a container ended. `gone`: no whole reply came, as a rule because the process has ended. `late`: the
 * time was up. `exhausted`: the container used too much memory.
 */
export type Reply =
  | ({ readonly kind: 'reply'; readonly status: number } & ReadBytes)
  | { readonly kind: 'gone' }
  | { readonly kind: 'late' }
  | { readonly kind: 'exhausted' };

/** One child process in a container's place. `/init` loads an action's code into it, `/run` runs the code. */
export class Container {
  /** Settles when the process takes requests, or when it has ended. */
  readonly ready: Promise<void>;
  /** Settles when the process has ended and its folder is removed. */
  readonly ended: Promise<void>;
  readonly #place: ContainerPlace;
  /**
   * The environment variable HOSTNAME, different for each container. The processes that the container starts usually
   * inherit it, so the host can find them.
   */
  readonly #hostName: string;
  readonly #socketPath: string;
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  #child: ChildProcess | undefined;
  #logs: LogCollector | undefined;
  #isFrozen = false;
  #isEnded = false;

  constructor(place: ContainerPlace) {
    const { folder } = place;
    this.#place = place;
    this.#hostName = `${path.basename(path.dirname(folder))}-${path.basename(folder)}`;
    this.#socketPath = isWindows ? `\\\\.\\pipe\\${folder.replaceAll('\\', '-')}` : path.join(folder, 's');
    let onReady = (): void => {};
    const ready = new Promise<void>((resolve) => {
      onReady = resolve;
    });
    this.ended = this.#live(onReady).catch(() => {
      this.#isEnded = true;
    });
    this.ready = Promise.race([ready, this.ended]);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /**
   * POSTs JSON text to `/init` or `/run`. If the request takes too long or too much memory, this ends the container.
   */
  async post(url: '/init' | '/run', body: string, limits: RequestLimits): Promise<Reply> {
    await this.ready;
    const pid = this.#child?.pid;
    if (this.#isEnded || pid === undefined) return { kind: 'gone' };
    const { memory } = this.#place;
    let ending: 'late' | 'exhausted' | undefined;
    const end = (kind: 'late' | 'exhausted'): void => {
      ending ??= kind;
      this.kill();
    };
    const timer = setTimeout(end, limits.timeoutMs, 'late');
    const unwatch = memory.watch({ pid, hostName: this.#hostName, limitBytes: limits.memoryBytes }, () =>
      end('exhausted'),
    );
    const reply = await this.#request(url, body, limits.replyBytes);
    clearTimeout(timer);
    unwatch();
    // A peak between two checks of the watch counts, too.
    if (ending === undefined && memory.hasExceeded(pid, limits.memoryBytes)) end('exhausted');
    return ending === undefined ? reply : { kind: ending };
  }

  /**
   * Takes the log lines of the activation (one run of the action) that was just answered. `isWhole` is false if the end
   * of its log was not found.
   */
  async cutLogs(maxBytes: number): Promise<{ readonly lines: readonly string[]; readonly isWhole: boolean }> {
    if (this.#logs === undefined) return { lines: [], isWhole: false };
    return this.#logs.cut(maxBytes);
  }

  /** Pauses the process, as OpenWhisk pauses idle containers. On Windows this does nothing. */
  freeze(): void {
    if (this.#isFrozen || isWindows) return;
    this.#isFrozen = true;
    this.#signal('SIGSTOP');
  }

  /** Resumes a frozen process. */
  thaw(): void {
    if (!this.#isFrozen) return;
    this.#isFrozen = false;
    this.#signal('SIGCONT');
  }

  /** Ends the process at once, frozen or not, and on POSIX the other processes of its group. */
  kill(): void {
    this.#isEnded = true;
    this.#signal('SIGKILL');
    this.#agent.destroy();
  }

  /** Starts the process. Settles when the process has ended and its folder is removed. */
  async #live(onReady: () => void): Promise<void> {
    const { folder, proxyFile, apiHost, guard, now } = this.#place;
    await mkdir(folder, { recursive: true });
    if (this.#isEnded) return;
    const child = spawn(process.execPath, [proxyFile, this.#socketPath], {
      cwd: folder,
      env: { ...systemEnvironment(), HOSTNAME: this.#hostName, __OW_API_HOST: apiHost },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      // The process gets a process group of its own. So the host can signal the whole group, and Ctrl-C does not reach
      // the process.
      detached: !isWindows,
    });
    const [stdout, stderr, lifeline] = child.stdio.slice(1) as [Readable, Readable, Readable];
    // An action can close the other ends of the pipes. That must not end the host.
    for (const pipe of [stdout, stderr, lifeline]) pipe.on('error', () => {});
    // The first byte means that the process takes requests. Later bytes come from an action, and mean nothing.
    lifeline.on('data', onReady);
    const { pid } = child;
    if (pid !== undefined) guard.watch(pid);
    this.#child = child;
    const logs = new LogCollector(stdout, stderr, now);
    this.#logs = logs;
    await new Promise<void>((resolve) => {
      // The event `close` comes only after all pipes are closed. Processes that this one started may hold them open.
      child.once('exit', () => {
        this.#signal('SIGKILL');
        endStragglers(this.#hostName);
        // A process that no signal has reached may hold the pipes for ever.
        setTimeout(() => void [stdout, stderr, lifeline].map((pipe) => pipe.destroy()), PIPES_MS).unref();
      });
      child.once('error', () => resolve()).once('close', () => resolve());
    });
    // The process is gone. This marks the container as ended, and closes its connections.
    this.kill();
    this.#child = undefined;
    logs.end();
    if (pid !== undefined) guard.release(pid);
    await rm(folder, { recursive: true, force: true });
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(isWindows ? pid : -pid, signal);
    } catch {
      // The group has ended already.
    }
  }

  async #request(url: string, body: string, maxBytes: number): Promise<Reply> {
    const request = http.request({
      socketPath: this.#socketPath,
      agent: this.#agent,
      method: 'POST',
      path: url,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
    });
    // Without this listener, an error during the answer would end the host. The code below sees the error in the
    // answer.
    request.on('error', () => {}).end(body);
    try {
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      return { kind: 'reply', status: response.statusCode ?? 0, ...(await readAtMost(response, maxBytes)) };
    } catch {
      return { kind: 'gone' };
    }
  }
}

/** The environment variables that a process needs. The other variables of the host may be secrets. */
function systemEnvironment(): Record<string, string> {
  const names = isWindows ? ['PATH', 'SystemRoot'] : ['PATH'];
  return Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']));
}

/**
 * Bundles the program of a container as plain JavaScript into `folder`, and returns the file. With tsx, which compiles
 * TypeScript at each start, a container would start ten times slower.
 */
export function buildProxy(folder: string): string {
  const outfile = path.join(folder, 'proxy.cjs');
  const source = fileURLToPath(new URL('../proxy/proxy.ts', import.meta.url));
  // `buildSync`, because `build` would leave a process of esbuild running.
  buildSync({ entryPoints: [source], outfile, bundle: true, format: 'cjs', target: 'node20', platform: 'node' });
  return outfile;
}
