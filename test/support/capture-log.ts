/** Runs `work` as OpenWhisk's container would, with this environment. It keeps what `work` prints as the log. */
export async function captureLog<T>(
  environment: Readonly<Record<string, string>>,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: readonly string[] }> {
  const before = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  const print = console.log;
  const lines: string[] = [];
  console.log = (line: string) => {
    lines.push(line);
  };
  Object.assign(process.env, environment);
  try {
    return { result: await work(), lines };
  } finally {
    console.log = print;
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
