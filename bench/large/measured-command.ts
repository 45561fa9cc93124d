import { runCli } from '../../cli/run-cli.ts';

/** The cost of one call of the command. The process prints it as its last line. */
export interface Measured {
  readonly code: number;
  readonly ms: number;
  /** The most memory that this process has had, in MB. */
  readonly peakMb: number;
  /** The first characters of what it wrote to standard error. */
  readonly error: string;
}

const startedAt = performance.now();
let error = '';
const code = await runCli(process.argv.slice(2), {
  write: () => {},
  writeError: (text) => {
    error += text;
  },
  colored: false,
});
const measured: Measured = {
  code,
  ms: performance.now() - startedAt,
  peakMb: process.resourceUsage().maxRSS / 1_024,
  error: error.slice(0, 500),
};
console.log(JSON.stringify(measured));
