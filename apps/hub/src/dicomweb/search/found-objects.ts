/**
 * The read model of a search: studies with their series and instances, as the rows of intake have them, and the structure sets
 * that the hub made of them and that may be used. The centre is part of every query. What retention deleted is not found: it cannot
 * be retrieved. Its study still is, by the results that outlive it.
 */
import { Inject, Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import type { FindOperator, FindOptionsWhere, SelectQueryBuilder } from 'typeorm';
import { READ_STORE } from '@modelbank/contracts';
import type { InstanceDisposition } from '@modelbank/contracts';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import type { InstanceHeader } from '@modelbank/dicom';
import { InputSetEntity, InstanceEntity, JobEntity, ResultEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { inPieces } from './in-pieces';

/** An instance, as far as its row tells. */
export interface FoundObject {
  readonly centreId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  readonly objectKey: string;
  readonly header: Pick<InstanceHeader, 'modality' | 'instanceNumber' | 'rows' | 'columns' | 'numberOfFrames'>;
}

export interface FoundSeries {
  readonly sample: FoundObject;
  readonly instances: number;
}

export interface FoundStudy {
  readonly centreId: string;
  readonly studyInstanceUid: string;
  readonly series: readonly FoundSeries[];
}

type StudyName = Pick<FoundStudy, 'centreId' | 'studyInstanceUid'>;

/** What the rows are asked for; `centreId` is always there, except for those who see all centres. */
export interface RowFilter {
  readonly centreId?: FindOperator<string>;
  readonly studyInstanceUids?: readonly string[];
  readonly seriesInstanceUids?: readonly string[];
  readonly sopInstanceUids?: readonly string[];
  readonly patientKeys?: readonly string[];
}

/** A study of more instances is a mistake (bad-inputs.md). */
const MOST_INSTANCES = 20_000;
const MOST_RESULTS = 1000;

@Injectable()
export class FoundObjects {
  constructor(@Inject(READ_STORE) private readonly store: ReadStore) {}

  /** Names of studies by UID, a page of them. */
  async studies(filter: RowFilter, page: { offset: number; limit: number }): Promise<StudyName[]> {
    const query = this.store.manager.createQueryBuilder(InstanceEntity, 'instance');
    return query
      .select('instance.centreId', 'centreId')
      .addSelect('instance.studyInstanceUid', 'studyInstanceUid')
      .distinct()
      .where(await this.whereStudies(filter))
      .andWhere(
        `(instance.disposition <> :deleted OR instance.studyInstanceUid IN ${studiesWithResults(query, filter)})`,
        { deleted: 'deleted', built: 'built' },
      )
      .orderBy('instance.studyInstanceUid', 'ASC')
      .addOrderBy('instance.centreId', 'ASC')
      .offset(page.offset)
      .limit(page.limit)
      .getRawMany<StudyName>();
  }

  /** The series of each study, in the order of the names. */
  async contents(names: readonly StudyName[]): Promise<FoundStudy[]> {
    if (names.length === 0) return [];
    const where = { ...inStudies(names), ...KEPT };
    const groups = await this.store.manager
      .createQueryBuilder(InstanceEntity, 'instance')
      .select('MIN(instance.id)', 'id')
      .addSelect('COUNT(*)', 'instances')
      .where(where)
      .groupBy('instance.centreId')
      .addGroupBy('instance.studyInstanceUid')
      .addGroupBy('instance.seriesInstanceUid')
      .getRawMany<{ id: string; instances: string | number }>();
    const counts = new Map(groups.map(({ id, instances }) => [id, Number(instances)]));
    const samples = await this.byId([...counts.keys()]);
    const received = samples.map(({ id, ...sample }) => ({ sample, instances: counts.get(id) ?? 0 }));
    const made = seriesOf(await this.results(names));
    const all = [...received, ...made];
    const found = names.map((name) => ({ ...name, series: inOrder(all.filter(({ sample }) => isOf(sample, name))) }));
    // what was deleted between the two questions
    return found.filter(({ series }) => series.length > 0);
  }

  /** All instances of a study, by series and UID. */
  async instances(name: StudyName): Promise<FoundObject[]> {
    const received = await this.store.manager.find(InstanceEntity, {
      select: LIGHT,
      where: { centreId: name.centreId, studyInstanceUid: name.studyInstanceUid, ...KEPT },
      take: MOST_INSTANCES,
    });
    const known = new Set(received.map(({ sopInstanceUid }) => sopInstanceUid));
    const made = (await this.results([name])).filter(({ sopInstanceUid }) => !known.has(sopInstanceUid));
    return [...received, ...made].sort(byPlace);
  }

  /** A structure set of ours belongs to the study of its images, so a search for its UIDs looks there too. */
  private async whereStudies(filter: RowFilter): Promise<FindOptionsWhere<InstanceEntity>[]> {
    const { centreId, studyInstanceUids, patientKeys, seriesInstanceUids, sopInstanceUids } = filter;
    const study = {
      ...(centreId === undefined ? {} : { centreId }),
      ...(studyInstanceUids === undefined ? {} : { studyInstanceUid: In([...studyInstanceUids]) }),
      ...(patientKeys === undefined ? {} : { patientKey: In([...patientKeys]) }),
    };
    if (seriesInstanceUids === undefined && sopInstanceUids === undefined) return [study];
    const lower = {
      ...(seriesInstanceUids === undefined ? {} : { seriesInstanceUid: In([...seriesInstanceUids]) }),
      ...(sopInstanceUids === undefined ? {} : { sopInstanceUid: In([...sopInstanceUids]) }),
    };
    const ours = await this.store.manager.find(ResultEntity, {
      select: { jobId: true },
      where: { ...lower, ...(centreId === undefined ? {} : { centreId }) },
      take: MOST_RESULTS,
    });
    const studies = await this.studiesOfJobs(ours.map(({ jobId }) => jobId));
    const allowed = studies.filter((uid) => studyInstanceUids?.includes(uid) ?? true);
    return [
      { ...study, ...lower },
      { ...study, studyInstanceUid: In(allowed) },
    ];
  }

  private async studiesOfJobs(jobIds: readonly string[]): Promise<string[]> {
    const { manager } = this.store;
    const jobs = await inPieces(jobIds, (ids) =>
      manager.find(JobEntity, { select: { inputSetId: true }, where: { id: In(ids) } }),
    );
    const inputSetIds = jobs.map(({ inputSetId }) => inputSetId);
    const sets = await inPieces(inputSetIds, (ids) =>
      manager.find(InputSetEntity, { select: { studyInstanceUid: true }, where: { id: In(ids) } }),
    );
    return [...new Set(sets.map(({ studyInstanceUid }) => studyInstanceUid))];
  }

  /** Usable ones only: current, and made of a series that is complete. */
  private async results(names: readonly StudyName[]): Promise<FoundObject[]> {
    const { manager } = this.store;
    const sets = await manager.find(InputSetEntity, {
      select: { id: true, centreId: true, studyInstanceUid: true },
      where: { ...inStudies(names), state: 'complete' },
    });
    const inputSetIds = sets.map(({ id }) => id);
    const jobs = await inPieces(inputSetIds, (ids) =>
      manager.find(JobEntity, { select: { id: true, inputSetId: true }, where: { inputSetId: In(ids) } }),
    );
    const jobIds = jobs.map(({ id }) => id);
    const results = await inPieces(jobIds, (ids) =>
      manager.find(ResultEntity, { where: { jobId: In(ids), state: 'built' } }),
    );
    const setOfJob = new Map(jobs.map((job) => [job.id, sets.find(({ id }) => id === job.inputSetId)]));
    return results.flatMap((result) => {
      const set = setOfJob.get(result.jobId);
      return set === undefined ? [] : [objectOf(result, set.studyInstanceUid)];
    });
  }

  private byId(instanceIds: readonly string[]): Promise<InstanceEntity[]> {
    const select = { ...LIGHT, id: true };
    return inPieces(instanceIds, (ids) => this.store.manager.find(InstanceEntity, { select, where: { id: In(ids) } }));
  }
}

const LIGHT = {
  centreId: true,
  studyInstanceUid: true,
  seriesInstanceUid: true,
  sopInstanceUid: true,
  sopClassUid: true,
  transferSyntaxUid: true,
  objectKey: true,
  header: true,
} as const;

const KEPT = { disposition: Not<InstanceDisposition>('deleted') };

/** Those of which `results` finds something. Does not depend on the row: worked out once, however much was deleted. */
function studiesWithResults(query: SelectQueryBuilder<InstanceEntity>, { centreId }: RowFilter): string {
  return query
    .subQuery()
    .select('inputSet.studyInstanceUid')
    .from(InputSetEntity, 'inputSet')
    .innerJoin(JobEntity, 'job', 'job.inputSetId = inputSet.id')
    .innerJoin(ResultEntity, 'result', 'result.jobId = job.id AND result.state = :built')
    .where({ ...(centreId === undefined ? {} : { centreId }), state: 'complete' })
    .getQuery();
}

function objectOf(result: ResultEntity, studyInstanceUid: string): FoundObject {
  const { centreId, seriesInstanceUid, sopInstanceUid, sopClassUid, objectKey, kind } = result;
  return {
    ...{ centreId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, objectKey },
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    header: { modality: kind },
  };
}

function seriesOf(objects: readonly FoundObject[]): FoundSeries[] {
  const series = new Map<string, { sample: FoundObject; instances: number }>();
  for (const sample of objects) {
    const known = series.get(`${sample.centreId} ${sample.seriesInstanceUid}`);
    if (known === undefined) series.set(`${sample.centreId} ${sample.seriesInstanceUid}`, { sample, instances: 1 });
    else known.instances += 1;
  }
  return [...series.values()];
}

const inStudies = (names: readonly StudyName[]) => ({
  centreId: In([...new Set(names.map(({ centreId }) => centreId))]),
  studyInstanceUid: In([...new Set(names.map(({ studyInstanceUid }) => studyInstanceUid))]),
});

const isOf = (sample: FoundObject, name: StudyName) =>
  sample.centreId === name.centreId && sample.studyInstanceUid === name.studyInstanceUid;

const inOrder = (series: readonly FoundSeries[]) => [...series].sort((a, b) => byPlace(a.sample, b.sample));

const placeOf = ({ seriesInstanceUid, sopInstanceUid }: FoundObject) => `${seriesInstanceUid} ${sopInstanceUid}`;
const byPlace = (a: FoundObject, b: FoundObject) => (placeOf(a) < placeOf(b) ? -1 : 1);
