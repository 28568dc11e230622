/** The demonstration centre's receiver: a DICOM storage SCP with mutual TLS that keeps what it gets as files. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, parseUid, part10Preamble } from '@modelbank/dicom';
import { createDimseServer } from '@modelbank/dimse';
import type { IssuedCertificate, StoreRequest, StoreSink } from '@modelbank/dimse';
import { RT_STRUCTURE_SET_STORAGE } from '@modelbank/structures';

const SUCCESS = 0x0000;

export interface DemoReceiver {
  readonly port: number;
  /** Path of the file by SOP Instance UID, once it was acknowledged. */
  pathOf(sopInstanceUid: string): string | undefined;
  close(): Promise<void>;
}

export async function startReceiver(
  folder: string,
  certificate: IssuedCertificate,
  caPath: string,
): Promise<DemoReceiver> {
  await mkdir(folder, { recursive: true });
  const received = new Map<string, string>();
  const [ca, cert, key] = await Promise.all(
    [caPath, certificate.certPath, certificate.keyPath].map((path) => readFile(path)),
  );
  const server = createDimseServer<null>({
    tls: { ca, cert, key },
    presentationContexts: [
      {
        abstractSyntax: RT_STRUCTURE_SET_STORAGE,
        transferSyntaxes: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN],
      },
    ],
    authorise: () => Promise.resolve({ accept: true, context: null }),
    onStore: (request) => fileSink(folder, request, received),
  });
  const { port } = await server.listen(0, '127.0.0.1');
  return { port, pathOf: (uid) => received.get(uid), close: () => server.close() };
}

function fileSink(folder: string, request: StoreRequest<null>, received: Map<string, string>): StoreSink {
  const { sopInstanceUid } = request;
  const meta = {
    sopClassUid: parseUid(request.sopClassUid),
    sopInstanceUid,
    transferSyntaxUid: parseUid(request.transferSyntaxUid),
  };
  const chunks: Buffer[] = [];
  return {
    write: (chunk) => void chunks.push(Buffer.from(chunk)),
    finish: async () => {
      const path = join(folder, `RS.${sopInstanceUid}.dcm`);
      await writeFile(path, [part10Preamble(meta), ...chunks]);
      received.set(sopInstanceUid, path);
      return SUCCESS;
    },
    abort: () => undefined,
  };
}
