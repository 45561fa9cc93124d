import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bundledProgram } from '../support/bundled-program.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = await bundledProgram('test/simulation/main.ts');

function simulate(...args: readonly string[]) {
  return spawnSync(process.execPath, [PROGRAM, ...args], { cwd: repository, encoding: 'utf8', timeout: 60_000 });
}

describe('npm run simulate', () => {
  it('ends with one line of JSON, and writes the trace as lines of JSON', () => {
    const directory = mkdtempSync(join(tmpdir(), 'cascade-simulate-'));
    const file = join(directory, 'trace.jsonl');
    const { stdout, status } = simulate('--seed', '3', '--hours', '2', '--scenario', 'calm', '--trace', file, '--json');
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    rmSync(directory, { recursive: true });
    const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    expect(summary).to.have.all.keys('seeds', 'hours', 'events', 'violations', 'ratio');
    expect(summary).to.include({ seeds: 1, hours: 2, violations: 0 });
    expect(status).to.equal(0);
    expect(lines.length).to.be.greaterThan(100);
    for (const line of lines) expect(line).to.include.keys('at', 'actor', 'op', 'id');
  });

  it('runs several seeds in processes', () => {
    const { stdout, status } = simulate('--seeds', '2', '--hours', '1', '--scenario', 'calm', '--json');
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).to.include({ seeds: 2, hours: 2, violations: 0 });
    expect(status).to.equal(0);
  });

  it('tells its options', () => {
    const { stdout, status } = simulate('--help');
    for (const option of ['--seeds', '--seed', '--hours', '--scenario', '--trace', '--json'])
      expect(stdout).to.include(option);
    expect(status).to.equal(0);
  });

  for (const args of [
    ['--seeds', '0'],
    ['--hours', 'x'],
    ['--scenario', 'none'],
    ['--what'],
    ['--trace', 'f', '--seeds', '2'],
  ]) {
    it(`refuses ${args.join(' ')}`, () => {
      const { stderr, status } = simulate(...args);
      expect(status).to.equal(2);
      expect(stderr).to.match(/^error: /);
    });
  }
});
