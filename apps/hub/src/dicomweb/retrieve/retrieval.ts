/** What all retrieve routes share: where objects lie, the decoders, the journal of reads, and the addresses that answers hold. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { OBJECT_STORE } from '@modelbank/contracts';
import type { CalledAe, ObjectStore } from '@modelbank/contracts';
import { FramePool } from '@modelbank/inference';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { instancePath } from '../paths';
import { ReadJournal } from './read-journal';
import { ReaderGone } from './response-body';
import type { ResponseBody } from './response-body';
import { StoredObjects } from './stored-objects';
import type { StoredObject } from './stored-objects';

/** The service as the caller reached it. */
export interface ServiceRoot {
  /** `https://host:port` */
  readonly baseUrl: string;
  readonly calledAe: CalledAe;
}

@Injectable()
export class Retrieval implements OnModuleDestroy {
  readonly pool: FramePool;

  constructor(
    readonly objects: StoredObjects,
    readonly journal: ReadJournal,
    @Inject(OBJECT_STORE) private readonly files: ObjectStore,
    @Inject(CONFIGURATION) { dicomweb: { limits } }: Configuration,
  ) {
    const { decoders: children, decoderTimeoutMs: timeoutMs, decoderMemoryMiB: memoryMiB } = limits;
    this.pool = new FramePool({ children, timeoutMs, memoryMiB });
  }

  pathOf({ objectKey }: StoredObject): string {
    return this.files.pathOf(objectKey);
  }

  onModuleDestroy(): void {
    this.pool.close();
  }
}

export function instanceUrl({ baseUrl, calledAe }: ServiceRoot, object: StoredObject): string {
  return baseUrl + instancePath(calledAe, object);
}

/** Sends pieces as they come. The first is made before anything is sent, so that a failure up to then is told as a problem. */
export async function sendPieces(
  body: ResponseBody,
  pieces: AsyncGenerator<Uint8Array | string>,
  begin: () => void | Promise<void>,
): Promise<void> {
  try {
    const first = await pieces.next();
    await begin();
    if (first.done !== true) await body.write(first.value);
    for await (const piece of pieces) await body.write(piece);
  } catch (thrown) {
    if (!(thrown instanceof ReaderGone) && !body.signal.aborted) throw thrown;
  } finally {
    await pieces.return(undefined);
  }
}
