/** Frames as the parts of an answer, or the only one as its body. One is read ahead of the reader, never more. */
import type { FramePool } from '@modelbank/inference';
import type { FrameOffer } from './offers';
import { MultipartBody } from './response-body';
import type { ResponseBody } from './response-body';
import { sendPieces } from './retrieval';

export interface FramesToSend {
  readonly path: string;
  readonly numbers: readonly number[];
  readonly offer: FrameOffer;
  /** Of the instance. */
  readonly url: string;
}

export async function sendFrames(body: ResponseBody, pool: FramePool, wanted: FramesToSend): Promise<void> {
  const { path, numbers, offer, url } = wanted;
  const contentType = `${offer.type}; transfer-syntax=${offer.transferSyntaxUid}`;
  const read = async (frame: number) =>
    (await pool.run({ kind: 'frame', path, frame, as: offer.as }, body.signal)).bytes;
  if (!offer.multipart) {
    const [number] = numbers;
    return body.send(contentType, await read(number));
  }
  let parts: MultipartBody | undefined;
  for (const number of numbers) {
    if (body.signal.aborted) return;
    await sendPieces(body, one(read(number)), () => {
      parts ??= new MultipartBody(body, offer.type);
      return parts.begin(contentType, `${url}/frames/${number}`);
    });
  }
  if (!body.signal.aborted) await parts?.end();
}

async function* one(bytes: Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield await bytes;
}
