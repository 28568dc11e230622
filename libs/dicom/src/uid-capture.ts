/** Catches the UIDs of the instance, its study and its series while a data set streams by (PS3.3 C.12.1, C.7.2, C.7.3). */
import { DicomError } from './dicom-error';
import { parseUid, type Uid } from './uid';

export interface InstanceUids {
  readonly sopClassUid?: Uid;
  readonly sopInstanceUid?: Uid;
  readonly studyInstanceUid?: Uid;
  readonly seriesInstanceUid?: Uid;
}

const CAPTURED: ReadonlyMap<number, keyof InstanceUids> = new Map([
  [0x00080016, 'sopClassUid'],
  [0x00080018, 'sopInstanceUid'],
  [0x0020000d, 'studyInstanceUid'],
  [0x0020000e, 'seriesInstanceUid'],
]);
/** Most elements come behind it. */
const LAST_CAPTURED = Math.max(...CAPTURED.keys());

export class UidCapture {
  private readonly found: { -readonly [K in keyof InstanceUids]: Uid } = {};
  private current?: keyof InstanceUids;
  private text = '';

  get active(): boolean {
    return this.current !== undefined;
  }

  get values(): InstanceUids {
    return { ...this.found };
  }

  /** Starts with the element when it is one of ours. A second one, or one too long to be a UID, is refused. */
  begin(tag: number, length: number): void {
    if (tag > LAST_CAPTURED) return;
    const name = CAPTURED.get(tag);
    if (name === undefined || length === 0) return;
    if (length > 64) throw new DicomError('UID_INVALID', `${name} is longer than 64 characters`);
    if (this.found[name] !== undefined) throw new DicomError('DATASET_MALFORMED', `${name} is there twice`);
    this.current = name;
    this.text = '';
  }

  take(bytes: Uint8Array): void {
    for (const byte of bytes) this.text += String.fromCharCode(byte);
  }

  end(): void {
    if (this.current === undefined) return;
    this.found[this.current] = parseUid(unpadUid(this.text));
    this.current = undefined;
  }
}

/** Without its padding: one NUL (PS3.5 6.2), or the spaces that some senders use instead. */
export function unpadUid(text: string): string {
  return text.endsWith('\0') ? text.slice(0, -1) : text.trimEnd();
}
