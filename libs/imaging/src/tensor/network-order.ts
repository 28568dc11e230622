/** A tensor's voxels in the order a network wants: NCDHW with depth, height, width being z, y, x (our own order) or x, y, z. */
import { Triple } from './tensor-frame';

export type NetworkAxes = 'zyx' | 'xyz';

/** Depth, height and width of a tensor for the network. */
export function networkShape(size: Triple, axes: NetworkAxes): Triple {
  return axes === 'zyx' ? [size[2], size[1], size[0]] : size;
}

/** Our order (x fastest) to the network's; returns the same array where nothing has to move. */
export function toNetworkOrder(voxels: Float32Array, size: Triple, axes: NetworkAxes): Float32Array {
  return axes === 'zyx' ? voxels : reverseAxes(voxels, size, 1);
}

/** The network's output, all channels, back to our order. */
export function fromNetworkOrder(
  output: Float32Array,
  size: Triple,
  axes: NetworkAxes,
  channels: number,
): Float32Array {
  return axes === 'zyx' ? output : reverseAxes(output, [size[2], size[1], size[0]], channels);
}

function reverseAxes(voxels: Float32Array, [fast, middle, slow]: Triple, channels: number): Float32Array {
  const reversed = new Float32Array(voxels.length);
  let from = 0;
  for (let channel = 0; channel < channels; channel++) {
    const first = channel * fast * middle * slow;
    for (let c = 0; c < slow; c++) {
      for (let b = 0; b < middle; b++) {
        let to = first + b * slow + c;
        for (let a = 0; a < fast; a++, to += middle * slow) reversed[to] = voxels[from++];
      }
    }
  }
  return reversed;
}
