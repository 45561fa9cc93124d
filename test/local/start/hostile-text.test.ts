import { expect } from 'chai';
import { jsonReporter } from '../../../local/start/json-reporter.ts';
import type { Reporter } from '../../../local/start/reporter.ts';
import { textReporter } from '../../../local/start/text-reporter.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';

const HOSTILE = '\u001B[2J\u001B[31m\u009B1m\u202E\u2066\uFEFF\u2028HOSTILE\r\nFORGED\u0085FORGED';
const ESCAPE = '\u001B';
const OUR_COLOURS = new RegExp(`${ESCAPE}\\[(?:1|2|22|3[1236]|39)m`, 'g');

/** Calls every method of a reporter, with foreign text in every place that may have it. */
function sayAll(reporter: Reporter): void {
  const app = { tenant: 'default' as TenantName, appId: HOSTILE as AppId };
  const reload = {
    ...app,
    reloadId: HOSTILE,
    app: HOSTILE,
    after: HOSTILE,
    afterOutcome: 'failed',
    depth: 1,
    queuedAt: 0,
  } as const;
  reporter.step(HOSTILE);
  reporter.ready({
    openwhisk: { apihost: HOSTILE, auth: HOSTILE, namespace: HOSTILE },
    tenant: { url: HOSTILE, apiKey: HOSTILE },
    store: { url: HOSTILE, user: HOSTILE, password: HOSTILE },
    webhook: { url: HOSTILE, secret: HOSTILE },
    chains: { url: HOSTILE, apiKey: HOSTILE },
    metrics: { url: HOSTILE, apiKey: HOSTILE },
    dashboard: undefined,
    slack: { url: HOSTILE, messages: HOSTILE, leftOut: [HOSTILE] },
    stackExchange: { url: HOSTILE, control: HOSTILE },
    example: { name: HOSTILE, appId: HOSTILE },
    wsk: 'wsk',
  });
  reporter.seen({ kind: 'queued', at: 0, reload });
  reporter.seen({ kind: 'ended', at: 0, reload: { ...reload, outcome: 'failed' } });
  reporter.seen({ kind: 'delivered', at: 0, app, statusCode: 500, answer: HOSTILE });
  reporter.notice({ at: 0, channel: HOSTILE, kind: HOSTILE, about: HOSTILE, ticket: HOSTILE });
  reporter.message([HOSTILE]);
  for (const kind of ['failed', 'gave-up', 'waits', 'merged'] as const) {
    reporter.notStarted({ at: 0, app: HOSTILE, kind, code: HOSTILE, message: HOSTILE });
  }
  reporter.done({ ok: false, reloads: [], problems: [HOSTILE] });
}

function linesOf(reporterOf: (write: (text: string) => void) => Reporter): readonly string[] {
  let out = '';
  sayAll(
    reporterOf((text) => {
      out += text;
    }),
  );
  expect(out).to.contain('HOSTILE');
  return out.trimEnd().split('\n');
}

describe('npm start over text that would steer a terminal', () => {
  for (const colored of [false, true]) {
    it(`shows it, and is not steered, ${colored ? 'with' : 'without'} colours`, () => {
      for (const line of linesOf((write) => textReporter(write, colored))) {
        const plain = colored ? line.replace(OUR_COLOURS, '') : line;
        expect(plain).to.not.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        expect(plain).to.not.match(/^FORGED/);
      }
    });
  }

  it('prints JSON that is as harmless', () => {
    for (const line of linesOf(jsonReporter)) {
      expect(line).to.not.match(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(JSON.parse(line)).to.be.an('object');
    }
  });
});
