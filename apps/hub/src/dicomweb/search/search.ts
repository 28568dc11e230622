/**
 * QIDO-RS (PS3.18 10.6): studies page by page from the rows, what is not in rows from one header of each, compared until
 * there are enough results or enough was looked at. A search that was cut short says so.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { CENTRE_SECRETS, patientKey } from '@modelbank/platform';
import type { CentreSecrets } from '@modelbank/platform';
import { CentreEntity, appendJournal } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { ofCentres } from '../../access';
import type { CallerScope } from '../../access';
import { FoundObjects } from './found-objects';
import type { FoundObject, FoundSeries, FoundStudy, RowFilter } from './found-objects';
import { ObjectHeaders } from './object-headers';
import { instanceAnswer, modalitiesOf, seriesAnswer, studyAnswer } from './search-answer';
import type { JsonDataSet, ServiceAddress } from './search-answer';
import type { SearchKey, SearchLevel } from './search-keys';
import type { SearchQuery } from './search-query';

/** A study in the path, or a series of it. */
export interface SearchPlace {
  readonly level: SearchLevel;
  readonly study?: string;
  readonly series?: string;
}

export interface SearchResults {
  readonly items: readonly JsonDataSet[];
  readonly warnings: readonly string[];
}

/** One thing that may match: a study, a series of it, or an instance. */
interface Candidate {
  readonly study: FoundStudy;
  readonly series?: FoundSeries;
  readonly object?: FoundObject;
}

const STUDIES_PER_PAGE = 100;
const MOST_STUDIES = 2_000;
const MOST_CANDIDATES = 40_000;
const CUT_SHORT = 'the search was cut short: give StudyInstanceUID or PatientID to look further';
const MORE = 'there are more results: ask for them with offset';

@Injectable()
export class Search {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CENTRE_SECRETS) private readonly secrets: CentreSecrets,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly objects: FoundObjects,
    private readonly headers: ObjectHeaders,
  ) {}

  async run(
    scope: CallerScope,
    place: SearchPlace,
    query: SearchQuery,
    address: ServiceAddress,
  ): Promise<SearchResults> {
    const filter = await this.rowFilter(scope, place, query);
    if (place.study !== undefined) await this.requireStudy(filter, place.study);
    const warnings = new Set(query.warnings);
    const found = await this.collect(filter, place, query, warnings);
    const items: JsonDataSet[] = [];
    for (const candidate of found) items.push(await this.answer(candidate, place, address));
    await this.journal(scope, place, items.length);
    return { items, warnings: [...warnings] };
  }

  /** The rows skip where every study is a result; else what matches is counted. */
  private async collect(
    filter: RowFilter,
    place: SearchPlace,
    query: SearchQuery,
    warnings: Set<string>,
  ): Promise<Candidate[]> {
    const skipsRows = place.level === 'study' && query.filters.length === 0;
    const found: Candidate[] = [];
    let skip = skipsRows ? 0 : query.offset;
    let looked = 0;
    for await (const candidate of this.candidates(filter, place, skipsRows ? query.offset : 0, warnings)) {
      looked += 1;
      if (looked > MOST_CANDIDATES) {
        warnings.add(CUT_SHORT);
        break;
      }
      if (!(await this.matches(candidate, place, query))) continue;
      if (skip > 0) {
        skip -= 1;
        continue;
      }
      if (found.length === query.limit) {
        warnings.add(MORE);
        break;
      }
      found.push(candidate);
    }
    return found;
  }

  private async *candidates(
    filter: RowFilter,
    { level }: SearchPlace,
    first: number,
    warnings: Set<string>,
  ): AsyncGenerator<Candidate> {
    for (let looked = 0; looked < MOST_STUDIES; looked += STUDIES_PER_PAGE) {
      const names = await this.objects.studies(filter, { offset: first + looked, limit: STUDIES_PER_PAGE });
      for (const study of await this.objects.contents(names)) yield* this.within(study, level);
      if (names.length < STUDIES_PER_PAGE) return;
    }
    warnings.add(CUT_SHORT);
  }

  private async *within(study: FoundStudy, level: SearchLevel): AsyncGenerator<Candidate> {
    if (level === 'study') yield { study };
    if (level === 'series') yield* study.series.map((series) => ({ study, series }));
    if (level !== 'instance') return;
    for (const object of await this.objects.instances(study)) yield { study, series: seriesOf(study, object), object };
  }

  private async rowFilter(scope: CallerScope, { study, series }: SearchPlace, query: SearchQuery): Promise<RowFilter> {
    const { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID } = query.uids;
    return {
      ...ofCentres(scope),
      studyInstanceUids: both(study, StudyInstanceUID),
      seriesInstanceUids: both(series, SeriesInstanceUID),
      sopInstanceUids: SOPInstanceUID,
      patientKeys: query.patient === undefined ? undefined : await this.patientKeys(scope, query.patient),
    };
  }

  /** The same patient has another digest in each centre. */
  private async patientKeys(scope: CallerScope, { id, issuer }: { id: string; issuer: string }): Promise<string[]> {
    const centreIds =
      scope.centreIds === 'all'
        ? (await this.readStore.manager.find(CentreEntity, { select: { id: true } })).map((centre) => centre.id)
        : scope.centreIds;
    return Promise.all(centreIds.map(async (centreId) => patientKey(await this.secrets.keyOf(centreId), issuer, id)));
  }

  /** Another centre's study and one that is not there look alike. */
  private async requireStudy({ centreId }: RowFilter, study: string): Promise<void> {
    const found = await this.objects.studies({ centreId, studyInstanceUids: [study] }, { offset: 0, limit: 1 });
    if (found.length === 0) throw new HubError('NOT_FOUND', 'there is no such study');
  }

  private async matches(
    candidate: Candidate,
    { series }: SearchPlace,
    { filters, uids }: SearchQuery,
  ): Promise<boolean> {
    const seriesUid = candidate.series?.sample.seriesInstanceUid;
    if (series !== undefined && seriesUid !== series) return false;
    if (candidate.series !== undefined && !(uids.SeriesInstanceUID?.includes(seriesUid ?? '') ?? true)) return false;
    if (candidate.object !== undefined && !hasUids(candidate.object, uids)) return false;
    for (const { key, matches } of filters) {
      if (!matches(await this.valuesOf(candidate, key))) return false;
    }
    return true;
  }

  private async valuesOf(
    { study, series, object }: Candidate,
    { keyword, level }: SearchKey,
  ): Promise<readonly string[]> {
    if (keyword === 'ModalitiesInStudy') return modalitiesOf(study);
    if (keyword === 'Modality') return series === undefined ? [] : [series.sample.header.modality];
    if (keyword === 'InstanceNumber') return [String(object?.header.instanceNumber ?? '')];
    const sample = level === 'study' ? study.series[0].sample : series?.sample;
    if (sample === undefined) return [];
    const texts: Readonly<Record<string, readonly string[]>> = await this.headers.textsOf(sample.objectKey);
    return texts[keyword] ?? [];
  }

  private async answer(
    { study, series, object }: Candidate,
    place: SearchPlace,
    address: ServiceAddress,
  ): Promise<JsonDataSet> {
    const ofStudy = async () =>
      studyAnswer(study, await this.headers.textsOf(study.series[0].sample.objectKey), address);
    if (series === undefined) return ofStudy();
    const own =
      object === undefined
        ? seriesAnswer(series, await this.headers.textsOf(series.sample.objectKey), address)
        : instanceAnswer(object, address);
    // where the path does not say which study it is (PS3.18 10.6.3.3)
    return place.study === undefined ? { ...(await ofStudy()), ...own } : own;
  }

  /** A search shows who was examined: it is a read of patient data. */
  private async journal({ actor, centreIds }: CallerScope, { level }: SearchPlace, results: number): Promise<void> {
    if (results === 0) return;
    const centreId = centreIds === 'all' ? null : centreIds[0];
    const text = `a search showed ${results} ${level === 'series' ? 'series' : level === 'study' ? 'studies' : 'instances'}`;
    await this.unitOfWork.run((tx) =>
      appendJournal(tx, this.clock, { kind: 'dicomweb.searched', centreId, actor, text, details: { level, results } }),
    );
  }
}

function both(fromPath: string | undefined, fromQuery: readonly string[] | undefined): readonly string[] | undefined {
  if (fromPath === undefined) return fromQuery;
  return fromQuery === undefined || fromQuery.includes(fromPath) ? [fromPath] : [];
}

function seriesOf({ series }: FoundStudy, { seriesInstanceUid }: FoundObject): FoundSeries | undefined {
  return series.find(({ sample }) => sample.seriesInstanceUid === seriesInstanceUid);
}

function hasUids(object: FoundObject, { SOPInstanceUID, SOPClassUID }: SearchQuery['uids']): boolean {
  return (
    (SOPInstanceUID?.includes(object.sopInstanceUid) ?? true) && (SOPClassUID?.includes(object.sopClassUid) ?? true)
  );
}
