import { expect } from 'chai';
import { CascadeError, ERROR_CODES, isRetryable } from '../../src/core/cascade-error.ts';

describe('an expected failure', () => {
  it('may go away by itself for these codes alone', () => {
    expect(ERROR_CODES.filter(isRetryable)).to.deep.equal([
      'NOTHING_STARTED',
      'OPENWHISK_LIMIT',
      'OPENWHISK_UNREACHABLE',
      'QLIK_RATE_LIMITED',
      'QLIK_QUOTA',
      'QLIK_BUSY',
      'QLIK_UNREACHABLE',
      'QLIK_UNKNOWN',
      'STORE_UNAVAILABLE',
      'PORT_IN_USE',
      'STORE_IN_USE',
    ]);
  });

  it('is an Error with a code, a message and its cause', () => {
    const cause = new Error('below');
    const error = new CascadeError('INTERNAL', 'What happened.', { cause });
    expect(error).to.be.instanceOf(Error);
    expect([error.name, error.code, error.message, error.cause]).to.deep.equal([
      'CascadeError',
      'INTERNAL',
      'What happened.',
      cause,
    ]);
  });
});
