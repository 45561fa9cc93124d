import { expect } from 'chai';
import { useHost } from './support/use-host.ts';

describe('responses', () => {
  const host = useHost();

  for (const [accept, status] of [
    ['text/plain', 406],
    ['application/json;q=0, text/*', 406],
    ['application/json', 200],
    ['text/html, application/*;q=0.8', 200],
    ['*/*', 200],
  ] as const) {
    it(`a JSON answer to a caller who accepts ${accept} is ${status}`, async () => {
      await host.action('object', 'function main() { return { body: { a: 1 } } }', { 'web-export': true });
      const answer = await host.web('t/object', { headers: { accept } });
      expect(answer.status).to.equal(status);
      const error = 'Resource representation is only available with these types:\napplication/json';
      if (status === 406) expect(JSON.parse(answer.text).error).to.equal(error);
    });
  }
});
