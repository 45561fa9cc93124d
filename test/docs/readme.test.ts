import { execFileSync } from 'node:child_process';
import { parseEnv } from 'node:util';
import { expect } from 'chai';
import { runCli } from '../../cli/run-cli.ts';
import { compileDirectory } from '../../src/chain-files/compile-directory.ts';
import { withDirectory } from '../chain-files/chain-directory.ts';
import { codeIn, REPOSITORY, rowsOf, sectionOf, textOf } from './support/documents.ts';

const README = textOf('README.md');
const COMMANDS = sectionOf('README.md', '## Commands');

/** The long flags that a help text lists. */
const flagsIn = (help: string): readonly string[] =>
  [...help.matchAll(/^ +(?:-\w, )?(--[a-z-]+)/gm)].map(([, flag = '']) => flag);

async function helpOf(...args: string[]): Promise<string> {
  let text = '';
  const write = (part: string): void => {
    text += part;
  };
  await runCli([...args, '--help'], { write, writeError: write, colored: false });
  return text;
}

describe('README.md', () => {
  it('has the picture and the two commands on its first screen', () => {
    const firstScreen = README.split('\n').slice(0, 16).join('\n');
    expect(firstScreen).to.include('(docs/images/how-it-works.svg)');
    expect(firstScreen).to.match(/^npm ci && npm start /m);
    expect(firstScreen).to.match(/^npm ci && npm test /m);
  });

  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = ['README.md', 'CONTRIBUTING.md', 'docs/operations.md', 'docs/decisions.md'].flatMap((document) =>
      [...textOf(document).matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+)/g)].map(([, script = '']) => script),
    );
    expect([...new Set(named)]).to.include.members(['start', 'test', 'bench', 'format', 'generate']);
    expect(Object.keys(scripts)).to.include.members(named);
  });

  it('lists every setting of .env.example, and no other', () => {
    const settings = rowsOf(sectionOf('README.md', '## Settings'))
      .flatMap(([names = '']) => codeIn(names))
      .filter((name) => /^[A-Z_]+$/.test(name));
    expect(settings).to.have.members(Object.keys(parseEnv(textOf('.env.example'))));
  });

  it('tells every flag of npm start', () => {
    const help = execFileSync(process.execPath, ['local/start/main.js', '--help'], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    });
    const flags = flagsIn(help);
    expect(flags).to.include.members(['--once', '--json', '--chains']);
    for (const flag of flags) expect(COMMANDS).to.include(flag);
  });

  it('tells every command of cascade, with its flags', async () => {
    const [, list = ''] = (await helpOf()).split('Commands:');
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, command = '']) => command);
    expect(commands).to.include.members(['check', 'build', 'runs', 'why', 'cancel', 'replay', 'help']);
    for (const command of commands) {
      const told = COMMANDS.split('\n').find((line) => line.startsWith(`| \`npx cascade ${command} `)) ?? '';
      expect(told, command).not.to.equal('');
      const flags = command === 'help' ? [] : flagsIn(await helpOf(command)).filter((flag) => flag !== '--help');
      for (const flag of flags) expect(told).to.include(flag);
    }
  });

  it('tells every command of build.sh, with its flags', () => {
    const help = execFileSync('./build.sh', ['--help'], { cwd: REPOSITORY, encoding: 'utf8' });
    const commands = [...help.matchAll(/^ {2}([a-z]+) (?: |\[(--[a-z]+)\])/gm)];
    expect(commands.map(([, command]) => command)).to.include.members(['tools', 'deploy', 'undeploy']);
    for (const [, command, flag = ''] of commands) {
      expect(COMMANDS).to.include(`./build.sh ${command}`);
      expect(COMMANDS).to.include(flag);
    }
  });

  it('has an example chain without problems, whose links do what its comments say', async () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(README) ?? [];
    await withDirectory({ 'finance.yaml': example }, async (directory) => {
      const { compiled, problems } = await compileDirectory(directory);
      expect(problems).to.deep.equal([]);
      const links = Object.values(compiled?.links ?? {}).flat();
      expect(
        links.map(({ after, on, target }) => [after.appId.slice(-1), on, target.appId.slice(-1)]),
      ).to.have.deep.members([
        ['1', 'succeeded', '2'],
        ['2', 'succeeded', '3'],
        ['4', 'succeeded', '3'],
        ['1', 'failed', '4'],
      ]);
    });
  });
});
