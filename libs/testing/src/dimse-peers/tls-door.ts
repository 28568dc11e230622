/** An SCP behind TLS with a development PKI, and the ways in which a peer may knock: for tests of who is let in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { ensurePki, type DevelopmentPki, type ScpIncident } from '@modelbank/dimse';
import { CollectingScp, type CollectingOptions } from './collecting-scp';
import type { AuthorityFiles } from './openssl-certificates';
import { rawAssociateRequest } from './raw-pdu';
import { RawPeer, type PeerReply } from './raw-peer';
import { eventually } from './tool-process';

/** Time in which a second incident of the same connection would show. */
const SECOND_INCIDENT_MS = 50;

export class TlsDoor {
  scp!: CollectingScp;

  private constructor(
    readonly home: string,
    readonly pki: DevelopmentPki,
  ) {}

  /** A PKI with the centre `odense`; nothing listens yet. */
  static async make(): Promise<TlsDoor> {
    const home = await mkdtemp(join(tmpdir(), 'tls-door-'));
    return new TlsDoor(home, await ensurePki(home, ['odense'], new Date()));
  }

  get authority(): AuthorityFiles {
    return { certPath: this.pki.caPath, keyPath: join(this.home, 'pki', 'ca.key') };
  }

  async open(limits: CollectingOptions['limits'] = {}, caPath = this.pki.caPath): Promise<void> {
    this.scp = await CollectingScp.start({ tls: { caPath, server: this.pki.hub.server }, limits });
  }

  close(): Promise<void> {
    return this.scp.server.close(0);
  }

  dispose(): Promise<void> {
    return rm(this.home, { recursive: true });
  }

  /** What a client brings: its certificate, if any, and trust in the hub. */
  async clientTls(certificate?: AuthorityFiles, more: ConnectionOptions = {}): Promise<ConnectionOptions> {
    const shown = certificate && {
      cert: await readFile(certificate.certPath),
      key: await readFile(certificate.keyPath),
    };
    return { ca: await readFile(this.pki.caPath), ...shown, checkServerIdentity: () => undefined, ...more };
  }

  /** For `openssl s_client`. */
  opensslArguments({ certPath, keyPath }: AuthorityFiles, caPath = this.pki.caPath): string[] {
    const connect = ['-connect', `127.0.0.1:${this.scp.port}`];
    return ['s_client', ...connect, '-cert', certPath, '-key', keyPath, '-CAfile', caPath];
  }

  /** Asks for an association after the handshake; how the connection ended. For peers that are refused. */
  async knock(tls: ConnectionOptions | undefined): Promise<string> {
    try {
      const peer = await RawPeer.connect(this.scp.port, tls);
      const end = new Promise<string>((resolve) => {
        peer.socket.once('error', (error) => resolve(error.message));
        peer.socket.once('close', () => resolve('closed'));
      });
      peer.send(rawAssociateRequest());
      return await end;
    } catch (thrown) {
      return (thrown as Error).message;
    }
  }

  /** What a peer with this certificate gets for its request. */
  async associate(certificate: AuthorityFiles = this.pki.centres.odense.client): Promise<PeerReply> {
    const peer = await RawPeer.connect(this.scp.port, await this.clientTls(certificate));
    peer.send(rawAssociateRequest());
    const reply = await peer.next();
    peer.close();
    return reply;
  }

  /** The one incident there was, of a peer that got no association. */
  async onlyIncident(): Promise<ScpIncident> {
    const { incidents, peers } = this.scp;
    await eventually(() => incidents.length > 0);
    await new Promise((resolve) => setTimeout(resolve, SECOND_INCIDENT_MS));
    if (incidents.length > 1 || peers.length > 0) {
      throw new Error(`${incidents.length} incidents, ${peers.length} requests: ${JSON.stringify(incidents)}`);
    }
    return incidents[0];
  }
}
