import { expect } from 'chai';
import { buildForTest } from '../../support/built-actions.ts';
import { captureLog } from '../../support/capture-log.ts';

describe('the receiver of a build without chains', () => {
  it('answers 500 and says so: nothing could follow, and a 200 would hide it', async () => {
    const actions = await buildForTest({ links: {}, apps: {} });
    try {
      const main = actions.load('receiver');
      const { result } = await captureLog({}, () => main({ WEBHOOK_API_KEY: 'key', __ow_headers: {}, __ow_body: '' }));
      expect(result).to.have.nested.property('error.statusCode', 500);
      expect(result).to.have.nested.property('error.body.error.code', 'NO_CHAINS');
    } finally {
      await actions.remove();
    }
  });
});
