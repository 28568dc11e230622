/** The child works in another folder than the hub, so that every path it gets must be absolute. */
import { resolve } from 'node:path';
import type { JobInstance } from '@modelbank/contracts';
import type { ChildRequest } from './child-messages';

/** The same request with its paths resolved against the hub's working folder. */
export function withAbsolutePaths(request: ChildRequest): ChildRequest {
  if (request.kind === 'imageFacts') return { ...request, instances: request.instances.map(absolute) };
  if (request.kind === 'inspectStructureSet') return { ...request, instance: absolute(request.instance) };
  if (request.kind === 'compareContent') {
    return { ...request, first: absolute(request.first), second: absolute(request.second) };
  }
  if (request.kind === 'inspectNetworks') return { ...request, packageFolder: resolve(request.packageFolder) };
  const inputs = Object.entries(request.inputs).map(([role, instances]) => [role, instances.map(absolute)] as const);
  return {
    ...request,
    packageFolder: resolve(request.packageFolder),
    outputFolder: resolve(request.outputFolder),
    inputs: Object.fromEntries(inputs),
  };
}

function absolute(instance: JobInstance): JobInstance {
  return { ...instance, path: resolve(instance.path) };
}
