/** Tests that need something of the machine: where it is missing they count as skipped, with the reason printed. */

export function itWhen(isThere: boolean, reason: string): jest.It {
  if (!isThere) process.stderr.write(`skipped: ${reason}\n`);
  return isThere ? it : it.skip;
}
