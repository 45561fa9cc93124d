import { expect } from 'chai';
import { runTenant } from '../../../sim/command/run-tenant.ts';
import { type SimTenant, startTenant } from '../../../sim/start-tenant.ts';

describe('sim: npm run tenant', () => {
  /** Runs the command until it writes a line or ends; then stops it. */
  async function run(...args: string[]) {
    const out: string[] = [];
    const errors: string[] = [];
    const stop = new AbortController();
    let wrote = (): void => undefined;
    const written = new Promise<void>((resolve) => {
      wrote = resolve;
    });
    const write = (line: string): void => {
      out.push(line);
      wrote();
    };
    const code = runTenant(args, { signal: stop.signal, write, writeError: (line) => errors.push(line) });
    await Promise.race([written, code]);
    return {
      out,
      errors,
      async end(): Promise<number> {
        stop.abort();
        return code;
      },
    };
  }

  it('starts a bare tenant, tells in one line of JSON where it is, and ends with 0 on Ctrl-C', async () => {
    const { out, errors, end } = await run('--port', '0', '--json');
    const { event, tenant } = JSON.parse(out.join('\n')) as { event: string; tenant: SimTenant };
    expect(event).to.equal('ready');
    expect(Object.keys(tenant)).to.deep.equal(['url', 'tenantId', 'apiKey', 'clientId', 'clientSecret']);
    const me = await fetch(`${tenant.url}/api/v1/users/me`, { headers: { authorization: `Bearer ${tenant.apiKey}` } });
    expect(me.status).to.equal(200);
    expect(await (await fetch(`${tenant.url}/_sim/apps`)).json()).to.deep.equal({ data: [] });
    expect(await end()).to.equal(0);
    expect(errors).to.deep.equal([]);
    expect(await fetch(tenant.url).catch((error: unknown) => error)).to.be.instanceOf(TypeError);
  });

  it('is not steered by an argument', async () => {
    for (const args of [
      ['--port', '\u001B[2J\u202E\nFORGED'],
      ['--state', '/no/such/\u001B[2J\u202E\nFORGED'],
    ]) {
      const { errors, end } = await run(...args);
      expect(await end()).to.be.greaterThan(0);
      expect(errors[0]).to.contain('\\u001b[2J\\u202e\\u000aFORGED');
      expect(errors.join(''))
        .to.not.match(/[\p{Cf}\p{Zl}]/u)
        .and.not.contain('\u001B');
    }
  });

  it('tells people the page, the key and the client', async () => {
    const { out, end } = await run('--port', '0', '--seed', 's');
    const text = out.join('\n');
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0];
    expect(text).to.contain(`${url}/_sim/`);
    expect(text)
      .to.match(/API key +[\w-]{64}\n/)
      .and.match(/client id +[0-9a-f]{24}\n/);
    await end();
  });

  for (const [clock, pace] of [
    ['real', 'real'],
    ['hand', 'hand'],
    ['3600', 3600],
    ['0.5', 0.5],
  ] as const) {
    it(`lets time pass as --clock ${clock} says`, async () => {
      const { out, end } = await run('--port', '0', '--json', '--clock', clock);
      const { url } = (JSON.parse(out.join('\n')) as { tenant: SimTenant }).tenant;
      expect(await (await fetch(`${url}/_sim/clock`)).json()).to.include({ pace });
      await end();
    });
  }

  it('gives the same key for the same seed', async () => {
    const first = await run('--port', '0', '--json', '--seed', 'mine');
    const second = await run('--port', '0', '--json', '--seed', 'mine');
    const keyOf = ({ out }: { out: string[] }) => JSON.parse(out.join('\n')).tenant.apiKey;
    expect(keyOf(second)).to.equal(keyOf(first));
    await Promise.all([first.end(), second.end()]);
  });

  it('ends with 1 and one line when the port is in use', async () => {
    const other = await startTenant({ port: 0 });
    const port = new URL(other.url).port;
    const { out, errors, end } = await run('--port', port);
    expect(await end()).to.equal(1);
    expect(out).to.deep.equal([]);
    expect(errors).to.deep.equal([`Port ${port} is in use: end what runs there, or choose another port with --port.`]);
    await other.close();
  });

  for (const args of [
    ['--port', '65536'],
    ['--port', 'x'],
    ['--clock', '0'],
    ['--clock', '-1'],
    ['--clock', 'fast'],
    ['--chains'],
    ['x'],
  ]) {
    it(`ends with 2 for ${args.join(' ')}`, async () => {
      const { errors, end } = await run(...args);
      expect(await end()).to.equal(2);
      expect(errors[0]).to.match(/^error: /);
    });
  }

  it('ends with 0 after --help', async () => {
    const { out, end } = await run('--help');
    expect(await end()).to.equal(0);
    expect(out.join('\n')).to.contain('--clock').and.contain('npm run tenant -- --clock hand');
  });
});
