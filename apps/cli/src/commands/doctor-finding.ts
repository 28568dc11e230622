/** One line of what `modelbank doctor` says. */
export interface Finding {
  readonly check: string;
  readonly ok: boolean;
  readonly observed: string;
  readonly advice?: string;
}
