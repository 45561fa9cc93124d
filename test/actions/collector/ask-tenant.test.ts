import { expect } from 'chai';
import { askTenants } from '../../../actions/collector/ask-tenant.ts';
import type { TenantName } from '../../../src/core/names.ts';
import { DEFAULT, rig } from './support/rig.ts';

const OTHER = 'other' as TenantName;

describe('a tenant that does not answer the sweep', () => {
  it('is asked two questions, and no third; another tenant is still asked', async () => {
    const { ports } = rig();
    const ask = askTenants(ports);
    const asked: TenantName[] = [];
    const question = (tenant: TenantName) =>
      ask(tenant, async () => {
        asked.push(tenant);
        return { kind: 'unavailable', message: '503' };
      });
    for (const tenant of [DEFAULT, DEFAULT, DEFAULT, OTHER, DEFAULT]) await question(tenant);
    expect(asked).to.deep.equal(['default', 'default', 'other']);
  });

  it('is asked on after one question without an answer', async () => {
    const { ports } = rig();
    const ask = askTenants(ports);
    await ask(DEFAULT, async () => ({ kind: 'unavailable', message: '503' }));
    expect(await ask(DEFAULT, async () => ({ kind: 'absent' }))).to.deep.equal({ kind: 'absent' });
    expect(await ask(DEFAULT, async () => ({ kind: 'absent' }))).to.deep.equal({ kind: 'absent' });
  });
});
