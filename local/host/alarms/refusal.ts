/** Why a feed was not set up; the feed action answers it as `{ error: { error: <message>, message?: <detail> } }`. */
export class FeedRefusal extends Error {
  readonly detail: string | undefined;

  constructor(message: string, detail?: string) {
    super(message);
    this.detail = detail;
  }
}
