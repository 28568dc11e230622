/** The SCP of libs/dimse with a memory behind it: keeps what came, notes every end and incident, for tests of the layer. */
import { readFile } from 'node:fs/promises';
import {
  createDimseServer,
  type AssociationPeer,
  type Authorisation,
  type DimseServer,
  type DimseServerOptions,
  type IssuedCertificate,
  type ScpIncident,
  type ScpLimits,
  type StoreRequest,
  type StoreSink,
} from '@modelbank/dimse';
import { STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES } from '@modelbank/dicom';

export interface CollectedInstance {
  readonly request: StoreRequest<string>;
  readonly bytes: number;
  /** Empty when the SCP only counts. */
  readonly dataSet: Buffer;
}

export interface CollectingOptions {
  readonly tls?: { readonly caPath: string; readonly server: Pick<IssuedCertificate, 'certPath' | 'keyPath'> };
  readonly limits?: Partial<ScpLimits>;
  readonly timers?: DimseServerOptions<string>['timers'];
  readonly authorise?: (peer: AssociationPeer) => Promise<Authorisation<string>>;
  /** Replaces what the sink does at the end, and its status. */
  readonly finish?: (request: StoreRequest<string>) => Promise<number>;
  readonly onWrite?: (chunk: Buffer) => Promise<void> | void;
  readonly onStore?: (request: StoreRequest<string>) => void;
  readonly countOnly?: boolean;
  readonly onAction?: DimseServerOptions<string>['onAction'];
}

export class CollectingScp {
  readonly instances: CollectedInstance[] = [];
  readonly incidents: ScpIncident[] = [];
  readonly ends: string[] = [];
  readonly peers: AssociationPeer[] = [];
  /** Sinks that were told that their data set will never be complete. */
  abortedSinks = 0;
  openSinks = 0;
  port = 0;
  server!: DimseServer;

  /** Listens on a free port of the loopback. */
  static async start(options: CollectingOptions = {}): Promise<CollectingScp> {
    const scp = new CollectingScp();
    const { tls } = options;
    scp.server = createDimseServer<string>({
      tls: tls && {
        ca: await readFile(tls.caPath),
        cert: await readFile(tls.server.certPath),
        key: await readFile(tls.server.keyPath),
      },
      // the peers of tests do not close by themselves
      limits: { lingerMs: 100, ...options.limits },
      timers: options.timers,
      presentationContexts: STORAGE_SOP_CLASSES.map(({ uid }) => ({
        abstractSyntax: uid,
        transferSyntaxes: TRANSFER_SYNTAXES.map((syntax) => syntax.uid),
      })),
      authorise: async (peer) => {
        scp.peers.push(peer);
        return options.authorise?.(peer) ?? { accept: true, context: peer.callingAeTitle };
      },
      onStore: (request) => scp.openSink(request, options),
      onAction: options.onAction,
      onAssociationEnd: (_association, outcome) => void scp.ends.push(outcome),
      onIncident: (incident) => void scp.incidents.push(incident),
    });
    scp.port = (await scp.server.listen(0)).port;
    return scp;
  }

  private openSink(request: StoreRequest<string>, options: CollectingOptions): StoreSink {
    options.onStore?.(request);
    const chunks: Buffer[] = [];
    let bytes = 0;
    this.openSinks += 1;
    return {
      write: (chunk) => {
        bytes += chunk.length;
        if (!options.countOnly) chunks.push(chunk);
        return options.onWrite?.(chunk);
      },
      finish: async () => {
        this.openSinks -= 1;
        const status = (await options.finish?.(request)) ?? 0;
        this.instances.push({ request, bytes, dataSet: Buffer.concat(chunks) });
        return status;
      },
      abort: () => {
        this.openSinks -= 1;
        this.abortedSinks += 1;
      },
    };
  }
}
