/** GET /api/v1/series/:seriesInstanceUid/explanation: why a series was, or was not, given to which model. */
import { Controller, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { In } from 'typeorm';
import { HubError, READ_STORE } from '@modelbank/contracts';
import { isUid } from '@modelbank/dicom';
import { nearestMisses } from '@modelbank/registry';
import {
  CandidateEntity,
  HeldItemEntity,
  ImageFactsEntity,
  InputSetEntity,
  InstanceEntity,
  ModelVersionEntity,
  SeriesEntity,
  TaskSelectionEntity,
} from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { RequirePermission, Scope, ofCentres } from '../access';
import type { CallerScope } from '../access';
import { ExplainedInputSet, ExplainedSeries } from './explanation.views';
import type { CandidateView, TaskSelectionView } from './explanation.views';

type Versions = ReadonlyMap<string, Pick<ModelVersionEntity, 'modelId' | 'version'>>;

@ApiTags('selection')
@Controller('api/v1/series')
export class ExplanationController {
  constructor(@Inject(READ_STORE) private readonly readStore: ReadStore) {}

  /** The same series UID may exist at several centres: each is its own series. */
  @Get(':seriesInstanceUid/explanation')
  @RequirePermission('selection:read')
  @ApiOkResponse({ type: [ExplainedSeries] })
  async explain(
    @Param('seriesInstanceUid') seriesInstanceUid: string,
    @Scope() scope: CallerScope,
  ): Promise<ExplainedSeries[]> {
    if (!isUid(seriesInstanceUid)) throw new HubError('UID_INVALID', 'this is not a Series Instance UID');
    const { manager } = this.readStore;
    const where = { seriesInstanceUid, ...ofCentres(scope) };
    const series = await manager.find(SeriesEntity, { where, order: { centreId: 'ASC' } });
    if (series.length === 0) throw notAssembled(await manager.findOneBy(InstanceEntity, where));
    const versions = await this.versions();
    return Promise.all(series.map((row) => this.explainSeries(row, versions)));
  }

  private async versions(): Promise<Versions> {
    const rows = await this.readStore.manager.find(ModelVersionEntity, {
      select: { id: true, modelId: true, version: true },
    });
    return new Map(rows.map((row) => [row.id, row]));
  }

  private async explainSeries(series: SeriesEntity, versions: Versions): Promise<ExplainedSeries> {
    const { id: seriesId, centreId, seriesInstanceUid, state, stateCode } = series;
    const sets = await this.readStore.manager.find(InputSetEntity, { where: { seriesId }, order: { id: 'DESC' } });
    const inputSets = await Promise.all(sets.map((set) => this.explainInputSet(set, versions)));
    return { seriesId, centreId, seriesInstanceUid, state, stateCode, inputSets };
  }

  private async explainInputSet(set: InputSetEntity, versions: Versions): Promise<ExplainedInputSet> {
    const { manager } = this.readStore;
    const { id, revision, state, purpose, digest, assembledAt } = set;
    const rows = await manager.find(TaskSelectionEntity, { where: { inputSetId: id }, order: { task: 'ASC' } });
    const held = await manager.findBy(HeldItemEntity, {
      kind: 'selection',
      subjectId: In([id, ...rows.map((row) => row.id)]),
      state: 'held',
    });
    const candidates = (await manager.findBy(CandidateEntity, { inputSetId: id }))
      .map((row) => candidateView(row, versions))
      .sort((a, b) => Number(b.applies) - Number(a.applies) || (nameOf(a) < nameOf(b) ? -1 : 1));
    const tasks = rows.map((row) => taskView(row, held, versions));
    const facts = await manager.findOneBy(ImageFactsEntity, { id: digest });
    const ownHeld = heldView(held, id);
    return {
      ...{ id, revision, state, purpose, digest, assembledAt },
      outcome: outcomeOf(tasks, ownHeld !== null, candidates.length),
      imageFacts: facts?.facts ?? null,
      held: ownHeld,
      tasks,
      candidates,
      nearestMisses: nearestMisses(candidates).map(({ modelId, version, missed }) => ({ modelId, version, missed })),
    };
  }
}

/** Instances that no stage assembles are kept without a series: a mammogram, a report, a plan. */
function notAssembled(instance: InstanceEntity | null): HubError {
  switch (instance?.disposition) {
    case undefined:
      return new HubError('NOT_FOUND', 'no instance of this series was stored', {
        advice: 'The Series Instance UID stands in `modelbank series`, and in the images themselves.',
      });
    case 'held':
      return new HubError('NOT_FOUND', 'the instances of this series are held and not assembled into a series', {
        advice: 'See why: modelbank held list',
      });
    case 'notApplicable':
      return new HubError(
        'NOT_FOUND',
        'the instances of this series are kept, but no stage assembles this kind into series yet, so no model was weighed',
        { advice: `Only CT images are given to models (${instance.dispositionCode}).` },
      );
    default:
      return new HubError('NOT_FOUND', 'the instances of this series are stored and its assembly has not begun yet', {
        advice: 'Ask again in a moment.',
      });
  }
}

/** `waiting`: not evaluated yet, or nothing is registered. */
function outcomeOf(
  tasks: readonly TaskSelectionView[],
  isHeld: boolean,
  candidates: number,
): ExplainedInputSet['outcome'] {
  const states = tasks.map(({ state }) => state);
  if (states.includes('selected')) return 'selected';
  if (isHeld || states.includes('held')) return 'held';
  return candidates === 0 ? 'waiting' : 'notApplicable';
}

function candidateView(row: CandidateEntity, versions: Versions): CandidateView {
  const { modelVersionId, task, applies, criteria, release, evaluatedAt } = row;
  const { modelId = '', version = '' } = versions.get(modelVersionId) ?? {};
  return { modelVersionId, modelId, version, task, applies, criteria, release, evaluatedAt };
}

function taskView(row: TaskSelectionEntity, held: readonly HeldItemEntity[], versions: Versions): TaskSelectionView {
  const { id, task, state, stateCode, modelVersionId, parameters, decidedAt } = row;
  const version = versions.get(modelVersionId ?? '');
  return {
    ...{ id, task, state, stateCode, modelVersionId, parameters, decidedAt },
    modelId: version?.modelId ?? null,
    version: version?.version ?? null,
    held: heldView(held, id),
  };
}

function heldView(held: readonly HeldItemEntity[], subjectId: string) {
  const item = held.find((one) => one.subjectId === subjectId);
  return item === undefined ? null : { id: item.id, code: item.code, reason: item.reason };
}

function nameOf({ modelId, version }: CandidateView): string {
  return `${modelId} ${version}`;
}
