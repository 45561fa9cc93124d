import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  scripts: Readonly<Record<string, string>>;
};
/** Scripts that are other people's programs, or take nothing that they could repeat. */
const NOT_OURS = [
  'test',
  'test:page',
  'check',
  'test:contract',
  'test:contract:qlik',
  'generate',
  'lint',
  'types',
  'format',
];
const HOSTILE = '--x\u001B[31m\u202E\u2028HOSTILE\r\nFORGED';

describe('a program over an argument that would steer a terminal', () => {
  for (const [name, script] of Object.entries(scripts).filter(([each]) => !NOT_OURS.includes(each))) {
    it(`repeats it in one line, and is not steered: npm run ${name}`, () => {
      const [program = '', ...args] = script.replace(/^exec /, '').split(' ');
      // A program that takes the argument for nothing may run on: then its end here is a failure, and not a test that
      // hangs.
      const options = { cwd: REPOSITORY, encoding: 'utf8', timeout: 60_000 } as const;
      const { status, stdout, stderr } = spawnSync(program, [...args, HOSTILE], options);
      expect([status, stdout]).to.deep.equal([2, '']);
      const lines = stderr.trimEnd().split('\n');
      expect(lines[0]).to.contain('\\u001b[31m\\u202e').and.contain('HOSTILE');
      for (const line of lines) expect(line).to.not.match(/[\p{Cc}\p{Cf}\p{Zl}]|^FORGED/u);
    });
  }
});
