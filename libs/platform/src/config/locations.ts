/** Where things lie below MODELBANK_HOME: the one place that joins these paths. */
import { isAbsolute, join } from 'node:path';
import type { Configuration } from './configuration';

export interface Locations {
  readonly database: string;
  readonly objects: string;
  /** Holds what the marker of the objects folder must say. */
  readonly objectsMarker: string;
  readonly secrets: string;
  readonly backups: string;
  readonly models: string;
  readonly work: string;
  readonly pki: string;
  readonly operatorToken: string;
}

/** The hub's folders and files; `objects.folder` may be absolute. */
export function locationsOf(configuration: Configuration): Locations {
  const { home } = configuration;
  const { folder } = configuration.objects;
  return {
    database: join(home, 'modelbank.sqlite'),
    objects: isAbsolute(folder) ? folder : join(home, folder),
    objectsMarker: join(home, 'objects.id'),
    secrets: join(home, 'secrets'),
    backups: join(home, 'backups'),
    models: join(home, 'models'),
    work: join(home, 'work'),
    pki: join(home, 'pki'),
    operatorToken: join(home, 'operator.token'),
  };
}
