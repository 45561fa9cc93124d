import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { requireTool } from '../../../support/require-tool.ts';
import type { Target } from '../../host/support/use-host.ts';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One of OpenWhisk's own clients, and a folder of its own to run it in. */
export interface ClientTool {
  /** Runs the tool against the host and returns its output, with `<id>` for activation ids and `<time>` for times. */
  run(...args: readonly string[]): Promise<Said>;
  write(name: string, content: string): Promise<void>;
}

/** The tool that `./build.sh tools` builds, for the tests of a `describe`. */
export function useClientTool(name: 'wsk' | 'wskdeploy', host: Target): ClientTool {
  let tool = '';
  const folder = mkdtempSync(path.join(os.tmpdir(), 'cascade-test-'));
  before(function () {
    tool = requireTool(this, name);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return {
    write: (file, content) => writeFile(path.join(folder, file), content),
    run: (...args) =>
      new Promise((resolve) => {
        // Keeps out the settings of whoever runs the tests, and proxies.
        const env = { PATH: process.env['PATH'], HOME: folder, WSK_CONFIG_FILE: path.join(folder, 'wskprops') };
        const all = ['--apihost', host.url, '--auth', host.auth, ...args];
        execFile(tool, all, { cwd: folder, env }, (error, stdout, stderr) => {
          const code = error === null ? 0 : Number(error.code ?? -1);
          resolve({ code, out: plain(stdout), err: plain(stderr) });
        });
      }),
  };
}

const ESCAPE = '\u001b';

/** The text without colours, and with names for the parts that differ from run to run. */
const plain = (text: string): string =>
  text
    .replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g'), '')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<id>')
    .replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+Z)?/g, '<time>');
