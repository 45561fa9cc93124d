import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlteringProxy, startAlteringProxy } from '../../../support/altering-proxy.ts';
import { requireTool } from '../../../support/require-tool.ts';
import type { Target } from './use-host.ts';

/** One run of wskdeploy: its exit code, its output on both streams, and its requests. */
interface Deployment {
  readonly code: number;
  readonly text: string;
  /** The requests below `namespaces/_/`, as `PUT packages/p?overwrite=true`, in the order in which they were sent. */
  readonly requests: readonly string[];
}

/** Runs the real wskdeploy against a host. Each test has a folder of its own. */
export interface Wskdeploy {
  /** Writes a file into the folder. */
  write(name: string, content: string | Buffer): Promise<void>;
  /** Runs wskdeploy with the folder's `manifest.yaml` and with only these variables. */
  run(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Deployment>;
}

/** The tool for the tests of a `describe`. If it is not built, they are skipped (see `requireTool`). */
export function useWskdeploy(host: Target): Wskdeploy {
  let program = '';
  let folder = '';
  let proxy: AlteringProxy | undefined;
  let requests: string[] = [];
  before(async function () {
    program = requireTool(this, 'wskdeploy');
    const request = (asked: { method: string; path: string }) => {
      requests.push(`${asked.method} ${asked.path.replace(/^\/api\/v1\/namespaces\/[^/]+\//, '')}`);
      return asked;
    };
    proxy = await startAlteringProxy(host.url, { request: request as never });
  });
  after(() => proxy?.close());
  beforeEach(async () => {
    requests = [];
    folder = await mkdtemp(join(tmpdir(), 'contract-wskdeploy-'));
    await writeFile(join(folder, 'wskprops'), `APIHOST=${proxy?.url}\nAUTH=${host.auth}\nNAMESPACE=${host.ns}\n`);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  return {
    write: (name, content) => writeFile(join(folder, name), content),
    async run(args = [], env = {}) {
      requests = [];
      const given = { cwd: folder, env: { ...env, HOME: folder, WSK_CONFIG_FILE: join(folder, 'wskprops') } };
      const [code, text] = await new Promise<[number, string]>((resolve) => {
        execFile(program, [...args, '-m', 'manifest.yaml'], given, (error, stdout, stderr) =>
          resolve([typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout + stderr]),
        );
      });
      // Only this run goes through the proxy, so it sees no requests of other runs on the same host.
      return { code, text, requests };
    },
  };
}
