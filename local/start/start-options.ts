import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type CommandLine, parsePort, readCommandLine } from '../command-line.ts';

/** What `npm start` was asked for. */
export interface StartOptions {
  /** End when the examples have run. */
  readonly once: boolean;
  /** Print JSON lines only. */
  readonly json: boolean;
  /** 0 = any free port. */
  readonly hostPort: number;
  /** 0 = any free port. */
  readonly tenantPort: number;
  /** Of the embedded store; 0 = any free port. */
  readonly storePort: number;
  /** Where everything is kept, as an absolute path; undefined: the usual place, or with `once` a fresh one. */
  readonly data: string | undefined;
  /** With a store, and what happened kept on disk. */
  readonly ledger: boolean;
  /** Start the examples' first apps. */
  readonly demo: boolean;
  /** Where the chain files are, as an absolute path; undefined for the examples. */
  readonly chains: string | undefined;
}

const EXAMPLES = `
Examples:
  $ npm start                            everything, with the example chains, until Ctrl-C
  $ npm start -- --chains my-chains      your chains; start a reload with the curl line that is printed
  $ npm start --silent -- --once --json  for scripts: exit 0 only if exactly the listed reloads happened`;

function newCommand(): Command {
  const port = (flags: string, text: string, fallback: number) =>
    new Option(`${flags} <port>`, text).argParser(parsePort).default(fallback);
  return new Command('npm start --')
    .description(
      'Run Cascade on this machine: a simulated Qlik Cloud tenant, a local OpenWhisk host, a store, the actions, a webhook.\nCOUCHDB_URL in the environment puts a real CouchDB in place of the store.',
    )
    .option('--once', 'end when the examples have run; exit 0 only if exactly the listed reloads happened')
    .option('--json', 'print JSON lines only, one for each thing that happens')
    .addOption(port('--host-port', 'port of the local OpenWhisk host, 0 = any free one', 3233))
    .addOption(port('--tenant-port', 'port of the simulated tenant, 0 = any free one', 4848))
    .addOption(port('--store-port', 'port of the embedded store, 0 = any free one', 5985))
    .option(
      '--data <directory>',
      'keep everything here, and go on with it (default: .cascade; with --once a fresh one)',
    )
    .option('--no-ledger', 'without a store: nothing is remembered, and nothing kept')
    .option('--no-demo', 'start no reload')
    .option('--chains <directory>', 'use these chain files instead of the examples; implies --no-demo')
    .addHelpText('after', EXAMPLES);
}

/** npm runs us in the repository, wherever it was called. */
const fromCaller = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? '.', path);

/** Reads the command line of `npm start`. */
export function readStartOptions(args: readonly string[]): CommandLine<StartOptions> {
  const command = newCommand();
  return readCommandLine(command, args, () => {
    const given = command.opts<{
      once?: true;
      json?: true;
      hostPort: number;
      tenantPort: number;
      storePort: number;
      ledger: boolean;
      demo: boolean;
      chains?: string;
      data?: string;
    }>();
    if (command.args.length > 0) command.error(`error: nothing is known of "${command.args[0]}"`);
    if (given.once && (given.chains !== undefined || !given.demo)) {
      command.error('error: --once runs the examples, so it goes with neither --chains nor --no-demo');
    }
    if (!given.ledger && given.data !== undefined) {
      command.error('error: --no-ledger keeps nothing, so it does not go with --data');
    }
    const { once = false, json = false, hostPort, tenantPort, storePort, ledger } = given;
    const [chains, data] = [given.chains, given.data].map(fromCaller);
    const demo = given.demo && chains === undefined;
    return { once, json, hostPort, tenantPort, storePort, data, ledger, demo, chains };
  });
}
