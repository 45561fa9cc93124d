/*
 * `npm run host` runs an OpenWhisk host on this machine, for developing actions without Docker. This file reads its
 * command line.
 */

import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CommandLine, parsePort, readCommandLine } from '../../command-line.ts';
import { isLoopbackHost } from '../doors.ts';
import { DEFAULT_HOST_LIMITS, type HostLimits, RAISED_LIMITS } from '../start-host.ts';

/** The options of `npm run host`. */
export interface HostToolOptions {
  /** 0 = any free port. */
  readonly port: number;
  readonly listen: string;
  /** `uuid:key`. */
  readonly auth: string;
  readonly limits: HostLimits;
  readonly allowOrigins: readonly string[];
  /** Print each activation as it ends. */
  readonly log: boolean;
  /** Print JSON lines only. */
  readonly json: boolean;
}

/**
 * The key of OpenWhisk's standalone version. It is public. Scripts that were written for the standalone version use it.
 */
const PUBLIC_AUTH =
  '23bc46b1-71f6-4ed5-8c54-816aa4f8c502:123zO3xZCLrMN6v2BKK1dXYFpXlPkccOFqm12CdAsMgRU4VrNZ9lyGVCGuMDGIwP';

const EXAMPLES = `
Examples:
  $ npm run host                         on port 3233, with the key of OpenWhisk's standalone
  $ npm run host -- --log                print each activation, with its logs
  $ npm run host -- --port 0 --json      any free port; the first line of output says which

docs/local-host.md says what it does and what it does not.`;

/**
 * Reads the command line of `npm run host`. A host that other machines can reach needs a key of its own, because it
 * runs the code that it is sent.
 */
export function readHostToolOptions(args: readonly string[]): CommandLine<HostToolOptions> {
  const command = newCommand();
  return readCommandLine(command, args, () => {
    const { allowOrigin, log = false, json = false, ...given } = command.opts<GivenOptions>();
    if (given.auth === PUBLIC_AUTH && !isLoopbackHost(given.listen)) {
      command.error('error: --listen needs --auth with a key of your own: everybody knows the one of the standalone.');
    }
    return { ...given, log, json, allowOrigins: allowOrigin };
  });
}

type GivenOptions = Pick<HostToolOptions, 'port' | 'listen' | 'auth' | 'limits'> & {
  readonly allowOrigin: readonly string[];
  readonly log?: true;
  readonly json?: true;
};

const newCommand = (): Command =>
  new Command('npm run host --')
    .description('Run an OpenWhisk host on this machine, without Docker, for developing actions in Node.')
    .option('--port <port>', 'port, 0 = any free one', parsePort, 3233)
    .addOption(
      new Option('--limits <limits>', 'none, default (as OpenWhisk), or a JSON file')
        .argParser(parseLimits)
        .default(DEFAULT_HOST_LIMITS, 'default'),
    )
    .option('--log', 'print each activation as it ends, with its duration, status and logs')
    .option('--json', 'print JSON lines only: {"event":"ready",…}, and with --log {"event":"activation",…}')
    .addOption(
      new Option('--auth <key>', 'the namespace’s key, uuid:key')
        .argParser(parseAuth)
        .default(PUBLIC_AUTH, 'the public one of OpenWhisk’s standalone'),
    )
    .option('--listen <address>', 'address to listen on; others than loopback’s need --auth', '127.0.0.1')
    .addOption(
      new Option('--allow-origin <origin>', 'let web pages of this origin use the REST API (may be repeated)')
        .argParser(parseOrigin)
        .default([], 'none'),
    )
    .addHelpText('after', EXAMPLES);

function parseAuth(text: string): string {
  if (/^[^:\s]+:[^:\s]{16,}$/.test(text)) return text;
  throw new InvalidArgumentError('A key is uuid:key, the second part of at least 16 characters.');
}

function parseOrigin(text: string, previous: readonly string[]): readonly string[] {
  if (URL.canParse(text) && new URL(text).origin === text) return [...previous, text];
  throw new InvalidArgumentError('An origin is a scheme, a name and perhaps a port: http://localhost:8080.');
}

function parseLimits(text: string): HostLimits {
  if (text === 'none') return RAISED_LIMITS;
  if (text === 'default') return DEFAULT_HOST_LIMITS;
  const given = readJson(text);
  const known = Object.keys(DEFAULT_HOST_LIMITS);
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) {
      throw new InvalidArgumentError(`${text} names "${name}"; known are ${known.join(', ')}.`);
    }
    if (!Number.isSafeInteger(value) || Number(value) < 0) {
      throw new InvalidArgumentError(`${name} in ${text} is not a whole number.`);
    }
  }
  return { ...DEFAULT_HOST_LIMITS, ...given };
}

function readJson(file: string): object {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InvalidArgumentError(`It is neither none nor default, and no JSON file: ${(error as Error).message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new InvalidArgumentError(`${file} is not a JSON object.`);
}
