import { expect } from 'chai';
import { httpQlik } from '../../../src/clients/qlik/http-qlik.ts';
import type { AppId, ReloadId, TenantName } from '../../../src/core/names.ts';
import type { DurationMs, EpochMs } from '../../../src/core/units.ts';
import { type Answerer, json, type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const APP = '002ff8c5-3c11-4464-a22b-68fb5e7ee5e8' as AppId;
const RELOAD = '6a849f7f18ec290e6ceb025d' as ReloadId;
const PATIENT = 10_000 as DurationMs;

let server: ScriptedServer;

async function askAt(answer: Answerer, timeoutMs: number = PATIENT) {
  server = await startScriptedServer(answer);
  const tenant = {
    name: 'default' as TenantName,
    origin: server.url,
    credential: { kind: 'api-key', apiKey: 'k1' },
  } as const;
  return httpQlik(tenant, () => Date.now() as EpochMs).logTail(APP, RELOAD, timeoutMs as DurationMs);
}

const text =
  (body: string | Buffer, status = 200): Answerer =>
  (response) => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=UTF-8' });
    response.end(body);
  };

/** Sends `bytes` bytes of lines without a `content-length`, as fast as they are taken; then `last`. */
const long =
  (bytes: number, last: string): Answerer =>
  (response) => {
    const piece = Buffer.from('0123456789abcde\n'.repeat(4_096));
    let left = bytes;
    const more = (): void => {
      while (left > 0) {
        left -= piece.length;
        if (!response.write(piece)) {
          response.once('drain', more);
          return;
        }
      }
      response.end(last);
    };
    more();
  };

describe('the end of a reload’s log over HTTP', () => {
  afterEach(() => server.close());

  it('is asked for by app and reload, and only its last 8 KiB', async () => {
    expect(await askAt(text('one\ntwo é\n', 206))).to.deep.equal({ kind: 'found', text: 'one\ntwo é\n' });
    const [asked] = server.received;
    expect(asked?.call).to.equal(`GET /api/v1/apps/${APP}/reloads/logs/${RELOAD}`);
    expect(asked?.headers).to.deep.include({ authorization: 'Bearer k1', range: 'bytes=-8192', accept: 'text/plain' });
    expect(asked?.headers).not.to.have.property('accept-encoding');
  });

  it('is not fetched from another address, which would get the key', async () => {
    const answer = await askAt((response) => {
      response.writeHead(302, { location: '/elsewhere' });
      response.end();
    });
    expect(answer.kind).to.equal('unavailable');
    expect(server.received).to.have.length(1);
  });

  it('is 8 KiB of a whole log if the tenant knows no ranges', async () => {
    const answer = await askAt(long(10 * 65_536, 'the end'));
    expect(answer.kind).to.equal('found');
    if (answer.kind !== 'found') return;
    expect(answer.text).to.have.length(8_192);
    expect(answer.text.endsWith('0123456789abcde\nthe end')).to.equal(true);
  });

  it('is absent if the log has more than 16 MiB, and the connection is closed', async () => {
    expect(await askAt(long(1_024 * 1_024 * 1_024, 'the end'))).to.deep.equal({
      kind: 'absent',
      message: 'Qlik gave no answer of at most 16777216 bytes',
    });
    await server.received[0]?.closed();
  });

  it('is given up after the time-out if the log trickles in, with the connection closed', async () => {
    const trickle: Answerer = (response) => void response.write('one\n');
    const answer = await askAt(trickle, 100);
    expect(answer.kind).to.equal('unavailable');
    // The client counts down what is left of the time.
    expect('message' in answer && answer.message).to.match(/^no answer within \d{1,3} ms$/);
    await server.received[0]?.closed();
  });

  it('is empty if the log is', async () => {
    expect(await askAt(text(''))).to.deep.equal({ kind: 'found', text: '' });
  });

  for (const status of [400, 403, 404, 410, 416]) {
    it(`is absent if the tenant answers ${status}`, async () => {
      expect(await askAt(json(status, { errors: [{ code: 'APPS-404' }] }))).to.deep.equal({
        kind: 'absent',
        message: `Qlik answered ${status} to a reload’s log`,
      });
    });
  }

  for (const status of [302, 401, 429, 500, 503]) {
    it(`may be had later if the tenant answers ${status}`, async () => {
      expect(await askAt(json(status, {}))).to.deep.equal({
        kind: 'unavailable',
        message: `Qlik answered ${status} to a reload’s log`,
      });
    });
  }
});
