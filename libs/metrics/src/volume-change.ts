/** How the volume of a structure changed, by the volume rule of the geometry library. */
import { andNotMasks, maskVolumeMl, type Mask } from '@modelbank/geometry';

export interface VolumeChange {
  readonly beforeMl: number;
  readonly afterMl: number;
  readonly addedMl: number;
  readonly removedMl: number;
}

/** Volumes of two masks of one grid, and of what only one of them has. */
export function volumeChange(before: Mask, after: Mask): VolumeChange {
  return {
    beforeMl: maskVolumeMl(before),
    afterMl: maskVolumeMl(after),
    addedMl: maskVolumeMl(andNotMasks(after, before)),
    removedMl: maskVolumeMl(andNotMasks(before, after)),
  };
}
