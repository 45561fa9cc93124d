import { expect } from 'chai';
import { classifyStart } from '../../../src/clients/qlik/classify-start.ts';

const problem = (code: string, title: string, detail?: string) => ({
  errors: [{ code, title, ...(detail === undefined ? {} : { detail }) }],
  traceId: 'qlik-trace',
});
const classify = (status: number, json: unknown, retryAfter: string | null = null) =>
  classifyStart({ status, json, retryAfter });

describe('Qlik’s answer to POST /reloads', () => {
  it('201 is a started reload with Qlik’s word for its state', () => {
    const started = { kind: 'started', reloadId: '6a84', status: 'QUEUED' };
    expect(classify(201, { id: '6a84', status: 'QUEUED' })).to.deep.equal(started);
    expect(classify(201, { id: '6a84' })).to.deep.equal(started);
    expect(classify(200, { id: '6a84', status: 'RELOADING' })).to.deep.equal({ ...started, status: 'RELOADING' });
  });

  it('a success that names no reload is unknown', () => {
    const unknown = (status: number) => ({ kind: 'unknown', message: `Qlik answered ${status} without a reload id` });
    expect(classify(201, {})).to.deep.equal(unknown(201));
    expect(classify(201, undefined)).to.deep.equal(unknown(201));
    expect(classify(204, undefined)).to.deep.equal(unknown(204));
    expect(classify(201, { id: 7 })).to.deep.equal(unknown(201));
    expect(classify(201, { id: 'r\ufffd' })).to.deep.equal(unknown(201));
    expect(classify(201, { id: 'r/1' })).to.deep.equal(unknown(201));
  });

  it('Qlik’s words are cut to 500 units and stay well-formed, though a character lies across the cut', () => {
    const { message } = classify(403, problem('RELOADS-003', `${'x'.repeat(485)}😀 and so on`)) as { message: string };
    expect(message).to.equal(`Qlik answered 403: RELOADS-003 · ${'x'.repeat(485)}`);
    expect(message.isWellFormed()).to.equal(true);
  });

  it('RELOADS-003 and RELOADS-004 are permanent, in Qlik’s words', () => {
    expect(classify(403, problem('RELOADS-003', 'Forbidden.'))).to.deep.equal({
      kind: 'permanent',
      code: 'QLIK_REFUSED',
      message: 'Qlik answered 403: RELOADS-003 · Forbidden.',
    });
    const detail = 'The resource either never existed, or may have been deleted.';
    expect(classify(404, problem('RELOADS-004', 'Resource not found.', detail))).to.deep.equal({
      kind: 'permanent',
      code: 'QLIK_REFUSED',
      message: `Qlik answered 404: RELOADS-004 · Resource not found. · ${detail}`,
    });
  });

  it('RELOADS-013 waits for hours, though it is a 403', () => {
    expect(classify(403, problem('RELOADS-013', 'Quota.'))).to.deep.equal({
      kind: 'wait',
      code: 'QLIK_QUOTA',
      retryAfter: 3_600_000,
      message: 'Qlik answered 403: RELOADS-013 · Quota.',
    });
  });

  it('RELOADS-007 is busy, though it is a 429, and whatever Retry-After says', () => {
    expect(classify(429, problem('RELOADS-007', 'Pending.'), '13')).to.deep.equal({
      kind: 'busy',
      message: 'Qlik answered 429: RELOADS-007 · Pending.',
    });
  });

  const waits: readonly (readonly [retryAfter: string | null, retryAfterMs: number])[] = [
    ['13', 13_000],
    ['0', 0],
    [' 7 ', 7_000],
    [null, 15_000],
    ['', 15_000],
    ['soon', 15_000],
    ['-5', 15_000],
    ['1.5', 15_000],
    ['1e3', 15_000],
    ['0x10', 15_000],
    ['99999999999999999999', 15_000],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 15_000],
  ];
  for (const [retryAfter, retryAfterMs] of waits) {
    it(`HTTP-429 waits ${retryAfterMs} ms where Retry-After is ${JSON.stringify(retryAfter)}`, () => {
      expect(classify(429, problem('HTTP-429', 'API rate limit reached.'), retryAfter)).to.deep.equal({
        kind: 'wait',
        code: 'QLIK_RATE_LIMITED',
        retryAfter: retryAfterMs,
        message: 'Qlik answered 429: HTTP-429 · API rate limit reached.',
      });
    });
  }

  it('429 with any other RELOADS code is no rate limit, but a reload that is in the way', () => {
    expect(classify(429, problem('RELOADS-009', 'Pending.'), '13')).to.deep.equal({
      kind: 'busy',
      message: 'Qlik answered 429: RELOADS-009 · Pending.',
    });
  });

  it('429 without a body is the rate limit', () => {
    expect(classify(429, undefined)).to.deep.include({ kind: 'wait', code: 'QLIK_RATE_LIMITED' });
  });

  it('401 is a credential that is not accepted', () => {
    expect(classify(401, { errors: [] })).to.deep.equal({
      kind: 'permanent',
      code: 'QLIK_UNAUTHORIZED',
      message: 'Qlik answered 401',
    });
  });

  for (const status of [400, 404, 405, 409, 413, 422, 301, 302, 307]) {
    it(`${status} is permanent`, () => {
      expect(classify(status, undefined)).to.deep.equal({
        kind: 'permanent',
        code: 'QLIK_REFUSED',
        message: `Qlik answered ${status}`,
      });
    });
  }

  for (const status of [408, 500, 502, 503, 504]) {
    it(`${status} leaves it unknown`, () => {
      expect(classify(status, '<html>')).to.deep.equal({ kind: 'unknown', message: `Qlik answered ${status}` });
    });
  }

  it('is sorted whatever shape its errors have', () => {
    for (const errors of [null, {}, [null], ['x'], [[]], [{ code: 7 }]]) {
      expect(classify(400, { errors })).to.deep.include({ kind: 'permanent', message: 'Qlik answered 400' });
    }
  });

  it('tells at most 500 characters of what Qlik says', () => {
    const { message } = classify(400, problem('X', 'y'.repeat(9_000))) as { message: string };
    expect(message).to.equal(`Qlik answered 400: X · ${'y'.repeat(496)}`);
  });
});
