import { expect } from 'chai';
import { orderByHand } from '../../../actions/reload/by-hand.ts';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import type { ChainApp } from '../../../src/core/link.ts';
import type { AppId, TenantName } from '../../../src/core/names.ts';

const EXTRACT = '11111111-aaaa-4000-8000-000000000001';
const STRANGER = '99999999-aaaa-4000-8000-000000000009';

const app = (tenant: string, appId: string, ...names: readonly string[]): readonly [string, ChainApp] => [
  `${tenant}/${appId}`,
  { tenant: tenant as TenantName, appId: appId as AppId, label: names[0] ?? appId, names },
];
const apps = Object.fromEntries([
  app('default', EXTRACT, 'sales/extract'),
  app('acme-eu', '11111111-aaaa-4000-8000-000000000002', 'sales/report'),
  app('default', 'app-7', 'sales/twin'),
  app('default', 'app-8', 'stock/twin'),
]);

const order = (params: Readonly<Record<string, unknown>>) => orderByHand(params, apps, 'act1');

function refusal(params: Readonly<Record<string, unknown>>): string {
  try {
    order(params);
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'PARAMETERS_INVALID') return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a reload by hand', () => {
  const extract = { tenant: 'default', appId: EXTRACT, chain: 'by-hand', body: {} };

  it('is an order whose cause is the activation', () => {
    expect(order({ app: EXTRACT })).to.deep.equal({ ...extract, order: `order:default:${EXTRACT}:s:m.act1` });
  });

  it('takes what a reload takes', () => {
    const body = { partial: true, variables: { region: 'EMEA' }, weight: 10 };
    expect(order({ app: 'extract', ...body })).to.deep.equal({
      ...extract,
      order: `order:default:${EXTRACT}:s:m.act1`,
      body,
    });
  });

  const named: readonly (readonly [app: string, tenant: string | undefined, expected: string])[] = [
    [EXTRACT.toUpperCase(), undefined, `default/${EXTRACT}`],
    ['extract', undefined, `default/${EXTRACT}`],
    ['sales/extract', undefined, `default/${EXTRACT}`],
    ['sales/extract', 'default', `default/${EXTRACT}`],
    ['report', undefined, 'acme-eu/11111111-aaaa-4000-8000-000000000002'],
    ['11111111-aaaa-4000-8000-000000000002', undefined, 'acme-eu/11111111-aaaa-4000-8000-000000000002'],
    ['11111111-aaaa-4000-8000-000000000002', 'acme-eu', 'acme-eu/11111111-aaaa-4000-8000-000000000002'],
    ['stock/twin', undefined, 'default/app-8'],
    ['app-7', undefined, 'default/app-7'],
    [STRANGER, undefined, `default/${STRANGER}`],
    [STRANGER, 'acme-us', `acme-us/${STRANGER}`],
  ];
  for (const [name, tenant, expected] of named) {
    it(`finds the app "${name}"${tenant === undefined ? '' : ` in ${tenant}`}`, () => {
      const { tenant: foundTenant, appId } = order({ app: name, ...(tenant === undefined ? {} : { tenant }) });
      expect(`${foundTenant}/${appId}`).to.equal(expected);
    });
  }

  const refused: readonly (readonly [what: string, params: Readonly<Record<string, unknown>>, message: RegExp])[] = [
    ['nothing', {}, /must have required property 'app'.*Parameters are: app, tenant, partial, variables, weight/],
    ['a parameter that it does not take', { app: EXTRACT, force: true }, /unknown key "force"/],
    ['an app that is no text', { app: 7 }, /must be string at app/],
    ['a weight of 11', { app: EXTRACT, weight: 11 }, /must be <= 10 at weight/],
    ['a weight as text, as -p gives "5" in quotes', { app: EXTRACT, weight: '5' }, /at weight/],
    ['partial as text', { app: EXTRACT, partial: 'yes' }, /must be boolean at partial/],
    [
      'a variable’s value that is no Unicode',
      { app: EXTRACT, variables: { v: 'a\ud800' } },
      /must be Unicode, without half of a character at variables\.v/,
    ],
    [
      'a variable’s name that is no Unicode',
      { app: EXTRACT, variables: { '\udc00': 'a' } },
      /must be Unicode.* at variables/,
    ],
    ['an app that is no Unicode', { app: 'sales/\ud800' }, /must be Unicode.* at app/],
    ['a variable that is a number', { app: EXTRACT, variables: { v: 1 } }, /must be string at variables\.v/],
    ['a tenant in capitals', { app: EXTRACT, tenant: 'EU' }, /at tenant/],
    ['a name of two apps', { app: 'twin' }, /sales\/twin or stock\/twin/],
    ['a misspelt name', { app: 'extrakt' }, /Did you mean "extract"/],
    [
      'another tenant than the chains say',
      { app: 'report', tenant: 'default' },
      /is in tenant "acme-eu", not in "default"/,
    ],
  ];
  for (const [what, params, message] of refused) {
    it(`refuses ${what}`, () => {
      expect(refusal(params)).to.match(message);
    });
  }
});
