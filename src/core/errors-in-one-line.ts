import { visible } from './visible.ts';

/** commander prints a mistake in one line, even if an argument has line ends or characters that steer a terminal. */
export const ERRORS_IN_ONE_LINE = {
  outputError: (text: string, show: (line: string) => void): void =>
    show(`${visible(text.trimEnd().replace(/\n(?=\(Did you mean .*\)$)/, ' '))}\n`),
};
