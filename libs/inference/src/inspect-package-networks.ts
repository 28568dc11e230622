/** Registration's look into a package: do the ONNX files open, and do they take and give what the manifest says? */
import { HubError } from '@modelbank/contracts';
import type { ModelManifest } from '@modelbank/registry';
import type { NetworkInspection } from './child-messages';
import { runChild } from './run-child';
import type { RunChildOptions } from './run-child';

const LIMITS: RunChildOptions = { timeoutMs: 60_000, memoryMiB: 4096 };

/** Throws PACKAGE_INVALID with every difference; returns what was found. A foreign file is opened in a child only. */
export async function inspectPackageNetworks(
  packageFolder: string,
  manifest: ModelManifest,
  options: Partial<RunChildOptions> = {},
): Promise<readonly NetworkInspection[]> {
  const request = { kind: 'inspectNetworks', packageFolder, networks: manifest.networks } as const;
  const { networks } = await runChild(request, { ...LIMITS, ...options });
  const problems = networks.flatMap(({ name, problems: own }) => own.map((problem) => `network "${name}": ${problem}`));
  if (problems.length > 0) {
    throw new HubError('PACKAGE_INVALID', problems.join('; '), {
      advice: 'correct networks[].input, output and their channels in model.yaml, or the ONNX file',
    });
  }
  return networks;
}
