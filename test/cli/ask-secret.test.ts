import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { askSecret } from '../../cli/ask-secret.ts';

/** The result of the question if a person types this, and what the person sees. */
async function typing(text: string) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = askSecret('Password: ', { input, output }).catch((error: { code: string }) => error.code);
  input.write(text);
  return { answer: await answer, seen: String(output.read()) };
}

describe('a question for a password', () => {
  it('shows nothing of what is typed', async () => {
    expect(await typing('open sesame\r')).to.deep.equal({ answer: 'open sesame', seen: 'Password: \n' });
    expect(await typing('wrong\u007f\u007fte\r')).to.deep.equal({ answer: 'wrote', seen: 'Password: \n' });
    expect(await typing('\r')).to.deep.equal({ answer: '', seen: 'Password: \n' });
  });

  it('may be broken off by Ctrl-C or Ctrl-D', async () => {
    for (const key of ['\u0003', 'half\u0003', '\u0004']) {
      expect(await typing(key)).to.deep.equal({ answer: 'PARAMETERS_INVALID', seen: 'Password: \n' });
    }
  });
});
