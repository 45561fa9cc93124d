import { expect } from 'chai';
import { launchBrowser } from '../../bench/page/launch-browser.ts';

const MESSAGE = 'The page is not tested: no Chromium or Chrome is installed. Set CHROMIUM to its path.';

/** Asks for a browser on a machine that has none. */
async function launchNone(environment: NodeJS.ProcessEnv) {
  const said: string[] = [];
  const none = { find: async () => undefined, environment, say: (text: string) => void said.push(text) };
  const browser = await launchBrowser(none).catch((error: unknown) => error);
  return { browser, said };
}

describe('a machine without a browser', () => {
  it('fails the tests of the page with a sentence if CI is set', async () => {
    const { browser, said } = await launchNone({ CI: 'true' });
    expect(browser).to.be.an('error').with.property('message', MESSAGE);
    expect(said).to.deep.equal([]);
  });

  for (const environment of [{}, { CI: '' }]) {
    it(`else skips them and says so (${JSON.stringify(environment)})`, async () => {
      expect(await launchNone(environment)).to.deep.equal({ browser: undefined, said: [MESSAGE] });
    });
  }
});
