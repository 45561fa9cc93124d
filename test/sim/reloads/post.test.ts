import { expect } from 'chai';
import { useTenant } from '../support/use-tenant.ts';

describe('sim: POST /api/v1/reloads', () => {
  const tenant = useTenant({ clock: 'hand' });

  const malformed: Record<string, unknown> = {
    'an empty appId': { appId: '' },
    'partial that is no boolean': { appId: 'a', partial: 'yes' },
    'a variable that is no string': { appId: 'a', variables: { v: 1 } },
    'variables that are an array': { appId: 'a', variables: ['v'] },
    'a resourceId that is no string': { appId: 'a', resourceId: 7 },
  };
  for (const [what, body] of Object.entries(malformed)) {
    it(`${what} is 400, and no reload is made`, async () => {
      await tenant.app('a');
      const answer = await tenant.call('POST', '/api/v1/reloads', body);
      expect(answer.status).to.equal(400);
      expect((await tenant.call('GET', '/api/v1/reloads?appId=a')).body.data).to.deep.equal([]);
    });
  }
});
