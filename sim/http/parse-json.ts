/** JSON that is nested deeper is not taken: whatever writes it out again would run out of stack. */
const MAX_DEPTH = 100;

/** The value of a JSON text. @throws Error if it is none, or nested deeper than 100 arrays and objects */
export function parseJson(text: string): unknown {
  if (isDeeperThan(text, MAX_DEPTH)) throw new Error(`nested deeper than ${MAX_DEPTH}`);
  return JSON.parse(text);
}

/** The value of a JSON text, or the text itself if `parseJson` does not take it. */
export function jsonOrText(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function isDeeperThan(text: string, depth: number): boolean {
  let open = 0;
  let isInString = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') isInString = !isInString;
    else if (isInString) at += letter === '\\' ? 1 : 0;
    else if (letter === '[' || letter === '{') open += 1;
    else if (letter === ']' || letter === '}') open -= 1;
    if (open > depth) return true;
  }
  return false;
}
