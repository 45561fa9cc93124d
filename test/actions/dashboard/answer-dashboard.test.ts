import { expect } from 'chai';
import { answerDashboard } from '../../../actions/dashboard/answer-dashboard.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';

const page = {
  html: ['<script type="application/json">', '</script>'] as const,
  scriptHash: 'sha256-AAA',
  styleHash: 'sha256-BBB',
  serviceWorker: 'the worker',
};
const settings = { storeUrl: 'https://couch.example:6984/db', database: 'cascade' };
interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
const answer = (path: string, given: object = settings) =>
  answerDashboard(path, given as typeof settings, page) as Answer;

describe('the action dashboard', () => {
  it('serves the page at its own address, with and without a slash, with where the store is, and which build it is', () => {
    for (const path of ['', '/']) {
      expect(answer(path)).to.include({
        statusCode: 200,
        body: '<script type="application/json">{"storeUrl":"https://couch.example:6984/db","database":"cascade","build":"sha256-AAA"}</script>',
      });
    }
  });

  it('lets nothing run but the page’s own script and style, and nothing be reached but its host and the store', () => {
    expect(answer('').headers['content-security-policy']).to.equal(
      "default-src 'none'; script-src 'sha256-AAA'; style-src 'sha256-BBB'; connect-src 'self' https://couch.example:6984; " +
        "worker-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(answer('', { database: 'cascade' }).headers['content-security-policy']).to.include("connect-src 'self';");
    expect(answer('').headers).to.include({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
  });

  it('cannot be left by a database’s name', () => {
    expect(answer('', { database: '</script><script>alert(1)' }).body.match(/<\/script>/g)).to.have.lengthOf(1);
  });

  it('lets its service worker serve the page itself, one folder above the worker', () => {
    const { headers, body } = answer('/sw.js');
    expect(body).to.equal('the worker');
    expect(headers).to.include({
      'content-type': 'text/javascript; charset=utf-8',
      'service-worker-allowed': '../dashboard',
      'cache-control': 'no-cache',
    });
  });

  it('has nothing at another path', () => {
    expect(() => answer('/other'))
      .to.throw(CascadeError)
      .with.property('code', 'NOT_FOUND');
  });
});
