import { expect } from 'chai';
import { unbundledModules } from '../../bench/coldstart/unbundled-modules.ts';

describe('what a bundle loads that is not in it', () => {
  it('is every module that is no part of Node, once', () => {
    const code = `var a=require("node:http"),b=require('fs/promises'),c=require("left-pad");try{require( \`left-pad\` )}catch{}require("@a/b")`;
    expect(unbundledModules(code)).to.deep.equal(['left-pad', '@a/b']);
  });

  it('is nothing that only stands in a text', () => {
    expect(unbundledModules(`x.code='require("ajv/dist/runtime/ucs2length").default'`)).to.deep.equal([]);
  });
});
