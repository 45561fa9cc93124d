/** Settings by name: environment variables as in `process.env`, or the content of `.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;
