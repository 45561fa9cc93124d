import { expect } from 'chai';
import { CascadeError } from '../../../src/core/cascade-error.ts';
import { settingOr } from '../../../src/platform/settings/setting-or.ts';

function world() {
  const errors: string[] = [];
  const log = { debug() {}, info() {}, warn() {}, error: (message: string) => void errors.push(message) };
  const read = (parse: () => string) => settingOr(parse, 'else', 'No links until then.', log);
  return { errors, read };
}

describe('a setting that an action can do without', () => {
  it('is what it says', () => {
    const { errors, read } = world();
    expect(read(() => 'right')).to.equal('right');
    expect(errors).to.deep.equal([]);
  });

  it('is logged if it is malformed, and another value counts', () => {
    const { errors, read } = world();
    const malformed = () => {
      throw new CascadeError('SETTINGS_INVALID', 'NOTIFY_LOG has to be on or off.');
    };
    expect(read(malformed)).to.equal('else');
    expect(errors).to.deep.equal(['NOTIFY_LOG has to be on or off. No links until then.']);
  });

  it('hides no bug', () => {
    const { errors, read } = world();
    const bug = () => {
      throw new TypeError('undefined is not a function');
    };
    expect(() => read(bug)).to.throw(TypeError, 'undefined is not a function');
    expect(errors).to.deep.equal([]);
  });
});
