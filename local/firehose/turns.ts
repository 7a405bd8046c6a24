/** Lets so many at once; the others wait in line. Each is given what gives its place back. */
export function createTurns(most: number): () => Promise<() => void> {
  const line: (() => void)[] = [];
  let taken = 0;

  function giveBack(): void {
    const next = line.shift();
    if (next === undefined) taken--;
    else next();
  }

  return async () => {
    if (taken < most) taken++;
    else await new Promise<void>((resolve) => line.push(resolve));
    return giveBack;
  };
}
