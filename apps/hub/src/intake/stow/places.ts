/** A fixed number of places, taken in the order of asking: what bounds how much is done side by side. */
export interface Places {
  /** Resolves when a place is free; the returned function gives it back, once. */
  enter(): Promise<() => void>;
}

export function places(most: number): Places {
  let free = most;
  const waiting: (() => void)[] = [];
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const once = (): (() => void) => {
    let isTaken = true;
    return () => {
      if (isTaken) leave();
      isTaken = false;
    };
  };
  return {
    async enter() {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return once();
    },
  };
}
