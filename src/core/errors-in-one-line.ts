import { visible } from './visible.ts';

/** How commander tells a mistake: in one line, also if an argument has line ends or steers a terminal. */
export const ERRORS_IN_ONE_LINE = {
  outputError: (text: string, show: (line: string) => void): void =>
    show(`${visible(text.trimEnd().replace(/\n(?=\(Did you mean .*\)$)/, ' '))}\n`),
};
