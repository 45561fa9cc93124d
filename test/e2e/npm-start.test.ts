import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs it through npm, as people and scripts do; npm must not add to its output, nor change its exit code. */
const npmStart = (...args: readonly string[]) =>
  spawn('npm', ['start', '--silent', '--', ...args, '--no-ledger', '--host-port', '0', '--tenant-port', '0'], {
    cwd: repository,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

describe('npm start through npm', () => {
  it('--silent prints JSON lines only, and Ctrl-C, which the whole process group gets, ends it with 0', async () => {
    const child = npmStart('--json', '--no-demo');
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    const exited = once(child, 'exit');
    for await (const line of reader) {
      lines.push(line);
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
      break;
    }
    expect(await exited).to.deep.equal([0, null]);
    expect(JSON.parse(lines[0] ?? '')).to.include({ event: 'ready' });
  });

  it('ends with 2 after misuse', async () => {
    expect(await once(npmStart('--nonsense'), 'exit')).to.deep.equal([2, null]);
  });
});
