import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { runCli } from '../../cli/run-cli.ts';
import { DOCUMENTS, REPOSITORY, sectionOf, textOf } from './support/documents.ts';

const COMMANDS = 'docs/commands.md';

/** The options that the commands on the ledger share have a section of their own. */
const SHARED_OPTIONS = sectionOf(COMMANDS, '## Options of runs, why, cancel, replay, ledger and rebuild');

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

describe('docs/commands.md', () => {
  it('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = DOCUMENTS.flatMap((document) =>
      [...textOf(document).matchAll(/npm (?:run )?(start|test|(?<=run )[a-z]+(?::[a-z]+)*)/g)].map(
        ([, script = '']) => script,
      ),
    );
    expect([...new Set(named)]).to.include.members(['start', 'test', 'bench', 'format', 'generate']);
    expect(Object.keys(scripts)).to.include.members(named);
  });

  it('tells every flag of npm start', () => {
    const help = execFileSync(process.execPath, ['local/start/main.js', '--help'], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    });
    const flags = flagsIn(help).filter((flag) => flag !== '--help');
    expect(flags).to.include.members(['--once', '--json', '--chains']);
    for (const flag of flags) expect(sectionOf(COMMANDS, '## npm start')).to.include(`\`${flag}`);
  });

  it('tells every command of cascade, with its flags', async () => {
    const [, list = ''] = (await helpOf()).split('Commands:');
    const commands = [...list.matchAll(/^ {2}([a-z]+) /gm)].map(([, command = '']) => command);
    expect(commands).to.include.members(['check', 'build', 'runs', 'why', 'cancel', 'replay', 'help']);
    for (const command of commands) {
      const section = sectionOf(COMMANDS, `## npx cascade ${command}`);
      const flags = command === 'help' ? [] : flagsIn(await helpOf(command)).filter((flag) => flag !== '--help');
      for (const flag of flags) expect(section, command).to.include(`\`${flag}`);
      if (flags.includes('--data')) {
        for (const flag of ['--json', '--chains', '--data']) expect(SHARED_OPTIONS).to.include(`| \`${flag}`);
      }
    }
  });

  it('tells every command of build.sh, with its flags', () => {
    const help = execFileSync('./build.sh', ['--help'], { cwd: REPOSITORY, encoding: 'utf8' });
    const section = sectionOf(COMMANDS, '## ./build.sh');
    const commands = [...help.matchAll(/^ {2}([a-z]+) (?: |\[(--[a-z]+)\])/gm)];
    expect(commands.map(([, command]) => command)).to.include.members(['tools', 'deploy', 'undeploy']);
    for (const [, command, flag = ''] of commands) {
      expect(section).to.include(`./build.sh ${command}`);
      expect(section).to.include(flag);
    }
  });
});
