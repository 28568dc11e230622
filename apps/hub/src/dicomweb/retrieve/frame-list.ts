/** The frame list of a path (PS3.18 10.4.1.1.6): numbers from one, separated by commas. */
import { HubError } from '@modelbank/contracts';

export const MOST_FRAMES = 2000;
const LONGEST_LIST = 16 * 1024;

export function parseFrameList(text: string): readonly number[] {
  if (text.length > LONGEST_LIST) throw tooMany();
  const parts = text.split(',');
  if (parts.length > MOST_FRAMES) throw tooMany();
  if (parts.every((part) => /^[1-9]\d{0,9}$/.test(part))) return parts.map(Number);
  throw new HubError('INVALID_REQUEST', 'a frame list holds numbers from 1, separated by commas');
}

const tooMany = () => new HubError('INVALID_REQUEST', `at most ${MOST_FRAMES} frames can be asked for at a time`);
