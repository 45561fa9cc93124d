import { expect } from 'chai';
import { withoutFunctions } from '../../build/without-functions.ts';

const MODULE = `
function declared() { return 1; }
class Box { method() { return 2; } }
const assigned = () => { return 3; };
api.field = function () { return 4; };
this.wrapped = wrap('wrapped', function (x) { return 5; }).bind(this);
export function kept() { return declared(); }
`;
/** A function's body after its code was taken out. */
const gone = (name: string): string => `{ throw new Error("The page uses no ${name}."); }`;

describe('functions taken out of a module', () => {
  it('throw an error with their name, and leave the rest of the text as it is', () => {
    expect(withoutFunctions(MODULE, ['declared', 'method', 'assigned', 'field', 'wrapped'])).to.equal(`
function declared() ${gone('declared')}
class Box { method() ${gone('method')} }
const assigned = () => ${gone('assigned')};
api.field = function () ${gone('field')};
this.wrapped = wrap('wrapped', function (x) ${gone('wrapped')}).bind(this);
export function kept() { return declared(); }
`);
  });

  it('have to be there: a new version of the module may have other functions', () => {
    expect(() => withoutFunctions(MODULE, ['kept', 'renamed', 'moved'])).to.throw('renamed, moved');
  });
});
