/** The centre's archive in a journey: takes RTSTRUCT over mutual TLS and keeps every instance that it ever acknowledged. */
import { part10Preamble, parseUid } from '@modelbank/dicom';
import { readStructureSet } from '@modelbank/structures';
import type { ReadStructureSet } from '@modelbank/structures';
import { CollectingScp } from '@modelbank/testing';
import type { ToolTls } from '@modelbank/testing';

export interface ReceivedStructureSet extends ReadStructureSet {
  readonly seriesReferenced: readonly string[];
}

export interface Receiver {
  readonly port: number;
  /** Every arrival, in order: the same SOP Instance UID may have come more than once. */
  arrivals(): readonly { readonly sopInstanceUid: string; readonly dataSet: Buffer }[];
  /** What it holds of one image series, one entry for each SOP Instance UID. */
  structureSetsOf(seriesInstanceUid: string): readonly ReceivedStructureSet[];
  /** From now on it takes the bytes and does not answer; until the returned function is called. */
  holdItsAnswers(): () => void;
  /** How many instances it has taken and not answered. */
  unanswered(): number;
  /** Starts again with empty shelves, for another hub. */
  forget(): void;
  close(): Promise<void>;
}

/** What the receiver does with an instance that has arrived whole. `storeThenDrop`: keeps it, and is gone before it says so. */
export type Mood = 'store' | 'refuse' | 'storeThenDrop';

const OUT_OF_RESOURCES = 0xa700;

export async function startReceiver(tls: ToolTls, mood: () => Mood = () => 'store'): Promise<Receiver> {
  const refused = new WeakSet<Request>();
  let mayAnswer: Promise<void> = Promise.resolve();
  let unanswered = 0;
  const scp = await CollectingScp.start({
    tls: { caPath: tls.caPath, server: tls },
    finish: async (request) => {
      unanswered += 1;
      await mayAnswer;
      unanswered -= 1;
      const now = mood();
      if (now === 'refuse') refused.add(request);
      // the association is gone before the response can be sent
      if (now === 'storeThenDrop') scp.server.cutByFingerprint(request.association.fingerprintSha256 ?? '');
      return now === 'refuse' ? OUT_OF_RESOURCES : 0;
    },
  });
  const kept = () => scp.instances.filter(({ request }) => !refused.has(request));
  const arrivals = () => kept().map(({ request, dataSet }) => ({ sopInstanceUid: request.sopInstanceUid, dataSet }));
  return {
    port: scp.port,
    arrivals,
    structureSetsOf: (seriesInstanceUid) => {
      const held = new Map(kept().map((instance) => [instance.request.sopInstanceUid, instance]));
      return [...held.values()]
        .map(({ request, dataSet }) => read(request, dataSet))
        .filter(({ seriesReferenced }) => seriesReferenced.includes(seriesInstanceUid));
    },
    holdItsAnswers: () => {
      let answer: () => void = () => undefined;
      mayAnswer = new Promise((resolve) => (answer = resolve));
      return () => answer();
    },
    unanswered: () => unanswered,
    forget: () => void scp.instances.splice(0),
    close: async () => {
      await scp.server.close();
    },
  };
}

type Request = CollectingScp['instances'][number]['request'];

function read({ sopClassUid, sopInstanceUid, transferSyntaxUid }: Request, dataSet: Buffer): ReceivedStructureSet {
  const preamble = part10Preamble({
    sopClassUid: parseUid(sopClassUid),
    sopInstanceUid: parseUid(sopInstanceUid),
    transferSyntaxUid: parseUid(transferSyntaxUid),
  });
  const set = readStructureSet(Buffer.concat([preamble, dataSet]));
  return { ...set, seriesReferenced: set.referencedSeries.map(({ seriesInstanceUid }) => seriesInstanceUid) };
}
