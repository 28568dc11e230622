/** Tells each instance what became of it in its series, so that every acknowledged instance is in exactly one disposition. */
import { In } from 'typeorm';
import type { InstanceDisposition } from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { isLocalizer } from './judge-series';
import { SERIES_CODE_PREFIX, inPieces } from './series-contents';
import type { SeriesContents } from './series-contents';

/** Localizers keep to themselves: they never belong to a volume. */
export async function disposeOf(
  tx: Transaction,
  contents: SeriesContents,
  disposition: InstanceDisposition,
  code: string | null,
): Promise<void> {
  const localizers = contents.instances.filter((instance) => isLocalizer(instance.header));
  const others = contents.instances.filter((instance) => !isLocalizer(instance.header));
  await disposeOfInstances(tx, others, disposition, code);
  await disposeOfInstances(tx, localizers, 'notApplicable', 'LOCALIZER');
}

export async function disposeOfInstances(
  tx: Transaction,
  instances: readonly InstanceEntity[],
  disposition: InstanceDisposition,
  code: string | null,
): Promise<void> {
  const dispositionCode = code === null ? null : `${SERIES_CODE_PREFIX}${code}`;
  const changed = instances
    .filter((instance) => instance.disposition !== disposition || instance.dispositionCode !== dispositionCode)
    .map((instance) => instance.id);
  await inPieces(changed, async (piece) => {
    await tx.manager.update(InstanceEntity, { id: In(piece) }, { disposition, dispositionCode });
    return [];
  });
}
