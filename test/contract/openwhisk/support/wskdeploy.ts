import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlteringProxy, startAlteringProxy } from '../../../support/altering-proxy.ts';
import { requireTool } from '../../../support/require-tool.ts';
import type { Target } from './use-host.ts';

/** What wskdeploy did: how it ended, what it printed on both streams, and what it sent. */
interface Deployment {
  readonly code: number;
  readonly text: string;
  /** `PUT packages/p?overwrite=true`, …: below `namespaces/_/`, in the order in which they were sent. */
  readonly requests: readonly string[];
}

/** Runs the real wskdeploy against a host, with a folder of its own for each test. */
export interface Wskdeploy {
  /** Writes a file into the folder. */
  write(name: string, content: string | Buffer): Promise<void>;
  /** Runs it with the folder's `manifest.yaml` and no other variables than these. */
  run(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<Deployment>;
}

/** The tool for the tests of a `describe`; without it they are skipped, see `requireTool`. */
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
      // Other runs on the same host are not in the way: everything goes through this proxy alone.
      return { code, text, requests };
    },
  };
}
