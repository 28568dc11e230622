/**
 * Registers a model package: copied and digested, read, its networks opened in a child, put on the shelf, and then in one
 * transaction its row, the event and the journal entry. The same package again is no error; another one under the same
 * id and version is.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';
import { CLOCK, CRASH_POINTS_PORT, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints } from '@modelbank/contracts';
import { CONFIGURATION, locationsOf, uuidv7 } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { describeProblem, packageDigest } from '@modelbank/registry';
import type { ManifestReading } from '@modelbank/registry';
import { appendJournal, insertRow, ModelVersionEntity } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { copyPackage } from './copy-package';
import { NETWORK_INSPECTOR } from './network-inspector';
import type { NetworkInspector } from './network-inspector';
import { invalid } from './package-rules';
import { PackageShelf } from './package-shelf';
import { readPackage } from './read-package';

export interface Registration {
  readonly modelVersion: ModelVersionEntity;
  /** False when the same package was registered before. */
  readonly isNew: boolean;
  readonly warnings: readonly string[];
}

interface StagedPackage {
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
  readonly reading: ManifestReading;
  readonly digest: string;
}

@Injectable()
export class RegisterPackage implements OnModuleInit {
  private readonly shelf: PackageShelf;
  /** Registrations run one after the other: two of the same version would share a folder. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
    @Inject(NETWORK_INSPECTOR) private readonly inspector: NetworkInspector,
  ) {
    this.shelf = new PackageShelf(locationsOf(configuration).models);
  }

  async onModuleInit(): Promise<void> {
    await this.shelf.clear();
  }

  /** `folder`: absolute path on the hub's machine. Throws PACKAGE_INVALID, MANIFEST_INVALID or CONFLICT. */
  register(folder: string, actor: string): Promise<Registration> {
    const registration = this.last.then(() => this.registerNow(folder, actor));
    this.last = registration.catch(() => undefined);
    return registration;
  }

  private async registerNow(folder: string, actor: string): Promise<Registration> {
    const source = await packageFolder(folder, this.configuration.home);
    const staging = await this.shelf.stage();
    try {
      const staged = await this.stage(source, staging);
      const { id, version } = staged.reading.manifest;
      const existing = await this.unitOfWork.run((tx) => findVersion(tx, id, version));
      if (existing !== null) return sameOrConflict(existing, staged);
      await this.inspector.inspect(staging, staged.reading.manifest);
      await this.shelf.place(staging, id, version);
      return await this.record(staged, actor);
    } finally {
      await this.shelf.discard(staging);
    }
  }

  private async stage(source: string, staging: string): Promise<StagedPackage> {
    const files = await copyPackage(source, staging);
    const reading = await readPackage(staging, files);
    return { folder: staging, files, reading, digest: packageDigest(files) };
  }

  private async record({ files, reading, digest }: StagedPackage, actor: string): Promise<Registration> {
    const { manifest } = reading;
    const modelVersion: ModelVersionEntity = {
      id: uuidv7(this.clock),
      modelId: manifest.id,
      version: manifest.version,
      task: manifest.task,
      packageDigest: digest,
      files: { ...files },
      manifest,
      folder: relative(this.configuration.home, this.shelf.folderOf(manifest.id, manifest.version)),
      state: 'registered',
      registeredAt: this.clock.now(),
    };
    await this.unitOfWork.run(async (tx) => {
      await insertRow(tx.manager, ModelVersionEntity, modelVersion);
      await tx.emit('model.registered', '', { modelVersionId: modelVersion.id }, modelVersion.id);
      await appendJournal(tx, this.clock, {
        kind: 'model.registered',
        actor,
        subjectId: modelVersion.id,
        text: `${manifest.id} ${manifest.version} was registered for the task ${manifest.task}.`,
        details: { packageDigest: digest },
      });
      this.crashPoints.reach('models.beforeCommit');
    });
    return { modelVersion, isNew: true, warnings: warningsOf(reading) };
  }
}

function findVersion(tx: Transaction, modelId: string, version: string): Promise<ModelVersionEntity | null> {
  return tx.manager.findOneBy(ModelVersionEntity, { modelId, version });
}

function sameOrConflict(existing: ModelVersionEntity, { digest, reading }: StagedPackage): Registration {
  if (existing.packageDigest === digest) return { modelVersion: existing, isNew: false, warnings: warningsOf(reading) };
  throw new HubError('CONFLICT', `${existing.modelId} ${existing.version} is registered with other content`, {
    advice: 'A registered version never changes: raise `version` in model.yaml and register again.',
  });
}

function warningsOf({ warnings }: ManifestReading): string[] {
  return warnings.map(describeProblem);
}

/** The folder with links resolved; one inside the hub's own home would copy itself. */
async function packageFolder(folder: string, home: string): Promise<string> {
  const advice = "Give the absolute path of a folder on the hub's own machine.";
  if (!isAbsolute(folder)) throw invalid('the folder is not an absolute path', advice);
  const real = await realpath(folder).catch(() => undefined);
  if (real === undefined || !(await stat(real)).isDirectory()) throw invalid('there is no such folder', advice);
  const models = await realpath(home).then((path) => `${path}${sep}models`);
  if (real === models || real.startsWith(`${models}${sep}`))
    throw invalid('the folder is the own folder of the hub', advice);
  return real;
}
