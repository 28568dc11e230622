/** A gateway's listening side, raw: accepts (or refuses) that the caller is the SCP, and takes its event reports. */
import { RAW_EXPLICIT, rawAssociateAccept, rawCommandSet, rawData, rawItem, rawPdu } from './raw-pdu';
import { ScriptedScp, type RawPeer } from './raw-peer';

const COMMITMENT = '1.2.840.10008.1.20.1';

export interface TakenReport {
  readonly eventTypeId: number;
  readonly dataSet: Buffer;
}

export interface ReportTakerOptions {
  /** Absent: the role is not answered, which refuses it. */
  readonly acceptsRole?: boolean;
  /** The answer to the n-th report, from 0. */
  readonly statusOf?: (index: number) => number;
}

export class ReportTaker {
  readonly reports: TakenReport[] = [];
  private scp!: ScriptedScp;

  static async listen(options: ReportTakerOptions = {}, port = 0): Promise<ReportTaker> {
    const taker = new ReportTaker();
    taker.scp = await ScriptedScp.listen((peer) => taker.serve(peer, options), port);
    return taker;
  }

  get port(): number {
    return this.scp.port;
  }

  close(): Promise<void> {
    return this.scp.close();
  }

  private async serve(peer: RawPeer, { acceptsRole = true, statusOf = () => 0 }: ReportTakerOptions): Promise<void> {
    await peer.next();
    const uid = Buffer.from(COMMITMENT, 'latin1');
    const role = rawItem(0x54, Buffer.concat([Buffer.from([0, uid.length]), uid, Buffer.from([0, 1])]));
    const contexts = [{ id: 1, abstractSyntax: COMMITMENT, transferSyntaxes: [RAW_EXPLICIT] }];
    peer.send(rawAssociateAccept({ contexts, userItems: acceptsRole ? [role] : [] }));
    let command = Buffer.alloc(0);
    let dataSet = Buffer.alloc(0);
    for (let pdu = await peer.next(); pdu !== 'closed' && pdu.type === 4; pdu = await peer.next()) {
      const control = pdu.bytes[11];
      const fragment = pdu.bytes.subarray(12);
      if (control & 1) command = Buffer.concat([command, fragment]);
      else dataSet = Buffer.concat([dataSet, fragment]);
      if (control !== 2) continue;
      this.reports.push({ eventTypeId: shortOf(command, 0x1002), dataSet });
      peer.send(rawData(1, 3, responseTo(command, statusOf(this.reports.length - 1))));
      [command, dataSet] = [Buffer.alloc(0), Buffer.alloc(0)];
    }
    peer.send(rawPdu(6));
  }
}

function responseTo(command: Buffer, status: number): Buffer {
  return rawCommandSet({ 0x0100: 0x8100, 0x0120: shortOf(command, 0x0110), 0x0800: 0x0101, 0x0900: status });
}

function shortOf(command: Buffer, element: number): number {
  for (let at = 0; at + 8 <= command.length; at += 8 + command.readUInt32LE(at + 4)) {
    if (command.readUInt16LE(at + 2) === element) return command.readUInt16LE(at + 8);
  }
  return -1;
}
