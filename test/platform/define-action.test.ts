import { expect } from 'chai';
import { CascadeError } from '../../src/core/cascade-error.ts';
import {
  type ActionContext,
  type ActionDefinition,
  defineAction,
  type Params,
} from '../../src/platform/define-action.ts';
import { captureLog } from '../support/capture-log.ts';

const ENVIRONMENT = {
  __OW_ACTIVATION_ID: 'act1',
  __OW_ACTION_NAME: '/guest/cascade/receiver',
  __OW_API_HOST: 'http://host:3233',
  __OW_DEADLINE: '1800000000000',
};

const run = (definition: Omit<ActionDefinition, 'name'>, params: unknown) =>
  captureLog(ENVIRONMENT, () => defineAction({ name: 'receiver', ...definition })(params));

describe('an action', () => {
  it('tells the trace id in a failure and its log line, once it is known', async () => {
    const { result, lines } = await run(
      {
        work: async (_, context) => {
          context.withTraceId('4bf92f3577b34da6a3ce929d0e0e4736');
          throw new CascadeError('EVENT_MALFORMED', 'no');
        },
      },
      {},
    );
    expect(result).to.have.nested.property('error.body.error.traceId', '4bf92f3577b34da6a3ce929d0e0e4736');
    expect(JSON.parse(lines[0] ?? '')).to.include({
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      activationId: 'act1',
    });
  });

  it('sees its parameters without the request’s headers, and only the headers that it asked for', async () => {
    let seen: { params: Params; context: ActionContext } | undefined;
    const __ow_headers = { authorization: 'Basic key', 'content-type': 'application/json', 'x-api-key': 5 };
    await run(
      {
        headers: ['content-type', 'x-api-key', 'qlik-signature'],
        work: async (params, context) => {
          seen = { params, context };
          return {};
        },
      },
      { a: 1, __ow_headers, __ow_body: 'x' },
    );
    expect(seen?.params).to.deep.equal({ a: 1, __ow_body: 'x' });
    expect(seen?.context.headers).to.deep.equal({ 'content-type': 'application/json' });
  });

  it('knows its activation, its name, its host and its deadline', async () => {
    let seen: ActionContext | undefined;
    await run(
      {
        work: async (_, context) => {
          seen = context;
          return {};
        },
      },
      {},
    );
    expect([seen?.activationId, seen?.actionName, seen?.apiHost, seen?.deadline]).to.deep.equal([
      'act1',
      '/guest/cascade/receiver',
      'http://host:3233',
      1_800_000_000_000,
    ]);
  });

  const bugs: readonly (readonly [what: string, work: ActionDefinition['work']])[] = [
    ['rejects', () => Promise.reject(new TypeError('sesame is not a function'))],
    [
      'throws at once',
      () => {
        throw new TypeError('sesame is not a function');
      },
    ],
    ['throws no Error', () => Promise.reject('sesame')],
    ['throws nothing', () => Promise.reject(undefined)],
  ];
  for (const [what, work] of bugs) {
    it(`answers 500 with a fixed text where its work ${what}, and logs the whole`, async () => {
      const { result, lines } = await run({ work }, { a: 'sesame' });
      expect(result).to.deep.equal({
        error: {
          statusCode: 500,
          headers: { 'content-type': 'application/json' },
          body: {
            error: {
              code: 'INTERNAL',
              message: 'Cascade failed. The activation log says why.',
              traceId: 'act1',
            },
          },
        },
      });
      expect(lines).to.have.length(1);
      expect(JSON.parse(lines[0] ?? '')).to.include({ level: 'error', code: 'INTERNAL', activationId: 'act1' });
      expect(JSON.parse(lines[0] ?? '')).to.have.property('stack');
    });
  }

  it('takes no parameters at all', async () => {
    const work = async (params: Params) => ({ count: Object.keys(params).length });
    expect((await run({ work }, undefined)).result).to.deep.equal({ count: 0 });
    expect((await run({ work }, null)).result).to.deep.equal({ count: 0 });
  });

  const statuses = {
    EVENT_MALFORMED: 400,
    PARAMETERS_INVALID: 400,
    UNAUTHORIZED: 401,
    NOT_FOUND: 404,
    BODY_TOO_LARGE: 413,
    NOTHING_STARTED: 502,
    SETTINGS_INVALID: 500,
    NO_CHAINS: 500,
  } as const;
  for (const [code, statusCode] of Object.entries(statuses) as [keyof typeof statuses, number][]) {
    it(`answers ${statusCode} to ${code}, with the error’s own text`, async () => {
      const work = () => Promise.reject(new CascadeError(code, 'What and why.'));
      const { result, lines } = await run({ work }, {});
      expect(result).to.deep.equal({
        error: {
          statusCode,
          headers: { 'content-type': 'application/json' },
          body: { error: { code, message: 'What and why.', traceId: 'act1' } },
        },
      });
      expect(JSON.parse(lines[0] ?? '')).to.deep.include({
        level: statusCode < 500 ? 'warn' : 'error',
        message: 'What and why.',
        code,
      });
    });
  }

  it('may fail in a form of its own', async () => {
    const { result } = await run(
      { work: () => Promise.reject(new CascadeError('QLIK_BUSY', 'Busy.')), failed: ({ code }) => ({ told: code }) },
      {},
    );
    expect(result).to.deep.equal({ told: 'QLIK_BUSY' });
  });

  it('logs below info where LOG_LEVEL says so, and under the event’s trace id', async () => {
    const work: ActionDefinition['work'] = async (_, { log, withTraceId }) => {
      log.debug('mine');
      withTraceId('trace7').log.debug('the event’s');
      return {};
    };
    const traceIds = (lines: readonly string[]) =>
      lines.map((line) => (JSON.parse(line) as { traceId: string }).traceId);
    expect(traceIds((await run({ work }, { LOG_LEVEL: 'debug' })).lines)).to.deep.equal(['act1', 'trace7']);
    expect((await run({ work }, { LOG_LEVEL: '' })).lines).to.deep.equal([]);
  });
});
