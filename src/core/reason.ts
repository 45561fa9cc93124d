/** Why something is as it is: a code for scripts, a sentence for people. */
export interface Reason {
  readonly code: string;
  readonly message: string;
}
