import { CascadeError } from '../../../src/core/cascade-error.ts';

/** The message of the DEPLOY_FAILED with which `promise` rejects. Any other outcome fails the test. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof CascadeError && error.code === 'DEPLOY_FAILED') return error.message;
    throw error;
  }
  throw new Error('It was not refused.');
}
