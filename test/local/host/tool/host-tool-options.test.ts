import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { CommandLine } from '../../../../local/command-line.ts';
import { type HostToolOptions, readHostToolOptions } from '../../../../local/host/tool/host-tool-options.ts';

const PACKAGE = fileURLToPath(new URL('../../../../package.json', import.meta.url));

/** Reads a command line; `said` is the text on stderr meanwhile. */
function read(...args: string[]): { readonly result: CommandLine<HostToolOptions>; readonly said: string } {
  let said = '';
  const write = process.stderr.write;
  process.stderr.write = ((text: string) => {
    said += text;
    return true;
  }) as typeof write;
  try {
    return { result: readHostToolOptions(args), said };
  } finally {
    process.stderr.write = write;
  }
}

describe('the command line of npm run host', () => {
  it('listens elsewhere with a key of its own, and lets in the origins that are named', () => {
    const auth = `id:${'k'.repeat(16)}`;
    const origins = ['http://localhost:8080', 'https://page.example'];
    const { result } = read('--listen', '0.0.0.0', '--auth', auth, ...origins.flatMap((o) => ['--allow-origin', o]));
    expect(result).to.deep.nested.include({ 'options.listen': '0.0.0.0', 'options.auth': auth });
    expect(result).to.deep.nested.include({ 'options.allowOrigins': origins });
  });

  for (const [what, args, says] of [
    ['the public key away from loopback', ['--listen', '0.0.0.0'], /--listen needs --auth/],
    ['a short key', ['--auth', 'a:b'], /at least 16/],
    ['an argument', ['up'], /too many arguments/],
    ['a port that is none', ['--port', '70000'], /65535/],
    ['limits that are none', ['--limits', 'some'], /no JSON file/],
    ['limits of another name', ['--limits', PACKAGE], /names "name"/],
    ['an origin with a path', ['--allow-origin', 'http://localhost/x'], /scheme, a name/],
  ] as const) {
    it(`refuses ${what}`, () => {
      const { result, said } = read(...args);
      expect(result).to.deep.equal({ kind: 'exit', code: 2 });
      expect(said).to.match(says);
    });
  }
});
