import { expect } from 'chai';
import { paintsOf, toTerminal } from '../../src/core/paint.ts';

describe('a line for a terminal', () => {
  it('has our colours as a terminal’s codes, and ends as ours did', () => {
    const { bold, dim, red, green, yellow, cyan } = paintsOf(true);
    expect(toTerminal(`${bold('a')}${dim('b')}${red('c')}${green('d')}${yellow('e')}${cyan('f')}\n`, true)).to.equal(
      '\u001B[1ma\u001B[22m\u001B[2mb\u001B[22m\u001B[31mc\u001B[39m\u001B[32md\u001B[39m\u001B[33me\u001B[39m\u001B[36mf\u001B[39m\n',
    );
  });

  it('has none of them where there are no colours', () => {
    expect(toTerminal(`${paintsOf(false).red('a')}\n`, false)).to.equal('a\n');
    expect(toTerminal(paintsOf(true).red('a'), false)).to.equal('a');
  });

  it('has no code, and no line end, of others: neither inside nor outside of a colour', () => {
    const hostile = '\u001B[31mx\u001B[0m\u009B1m\ny\r';
    const shown = '\\u001b[31mx\\u001b[0m\\u009b1m ⏎ y ⏎ ';
    expect(toTerminal(`${paintsOf(true).dim(hostile)} ${hostile}\n`, true)).to.equal(
      `\u001B[2m${shown}\u001B[22m ${shown}\n`,
    );
    expect(toTerminal(hostile, false)).to.equal(shown);
  });

  it('knows no marks but those of a look', () => {
    expect(toTerminal('\uFDD6a\uFDEF', true)).to.equal('a');
  });
});
