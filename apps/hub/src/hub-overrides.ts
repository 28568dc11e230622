/** What a test replaces in a hub; everything else is what runs in production. */
import type { TransportFactory } from '@modelbank/broker';
import type { PlatformParts } from '@modelbank/platform';
import type { Caller } from './access';

export interface HubOverrides extends PlatformParts {
  /** Another broker adapter, e.g. the hostile one. */
  readonly transport?: TransportFactory;
  /** Callers by token, beside the operator. */
  readonly callers?: Readonly<Record<string, Caller>>;
}
