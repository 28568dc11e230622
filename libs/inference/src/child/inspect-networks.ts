/** What the networks of a package really take and give, compared with what the manifest says (at registration). */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import type { ManifestNetwork } from '@modelbank/registry';
import type { InferenceSession } from 'onnxruntime-node';
import type { InspectNetworksOutcome, InspectNetworksSpec, NetworkInspection } from '../child-messages';
import { openSession } from './sessions';

/** Opens each network on the CPU; one that cannot be opened at all throws. */
export async function inspectNetworks(spec: InspectNetworksSpec): Promise<InspectNetworksOutcome> {
  const networks: NetworkInspection[] = [];
  for (const network of spec.networks) {
    const bytes = await readFile(join(spec.packageFolder, network.file)).catch(() => {
      throw new HubError('PACKAGE_INVALID', `the package has no file "${network.file}"`);
    });
    const { session } = await openSession(network.name, bytes, 'cpu', 1);
    networks.push(inspectionOf(network, session));
    await session.release();
  }
  return { kind: 'inspectNetworks', networks };
}

function inspectionOf(network: ManifestNetwork, session: InferenceSession): NetworkInspection {
  const { inputNames, outputNames, inputMetadata, outputMetadata } = session;
  return {
    name: network.name,
    inputNames: [...inputNames],
    outputNames: [...outputNames],
    problems: [
      ...otherInputs(network, inputNames),
      ...tensorProblems('input', network.input.name, inputMetadata, 1),
      ...tensorProblems('output', network.output.name, outputMetadata, network.output.channels),
    ],
  };
}

function otherInputs(network: ManifestNetwork, inputNames: readonly string[]): string[] {
  const others = inputNames.filter((name) => name !== network.input.name);
  return others.length === 0 ? [] : [`it also needs ${others.join(', ')}, which no manifest can give`];
}

/** One named tensor: there, float32, N x C x three axes, with the channels of the manifest (a dynamic axis may be any). */
function tensorProblems(
  end: 'input' | 'output',
  name: string,
  metadata: readonly InferenceSession.ValueMetadata[],
  channels: number,
): string[] {
  const found = metadata.find((candidate) => candidate.name === name);
  if (found === undefined) {
    return [`it has no ${end} "${name}" but ${metadata.map((candidate) => `"${candidate.name}"`).join(', ')}`];
  }
  if (!found.isTensor || found.type !== 'float32') return [`${end} "${name}" is not a float32 tensor`];
  const { shape } = found;
  if (shape.length === 0) return [];
  if (shape.length !== 5) return [`${end} "${name}" has ${shape.length} axes, NCDHW has 5`];
  const count = shape[1];
  const differs = typeof count === 'number' && count > 0 && count !== channels;
  return differs ? [`${end} "${name}" has ${count} channels, not ${channels}`] : [];
}
