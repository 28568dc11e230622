export { dice } from './dice';
export { volumeChange, type VolumeChange } from './volume-change';
