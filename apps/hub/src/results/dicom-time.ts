/** Times in DICOM's texts (PS3.5 6.2, VR DA and TM), in the time zone of the hospitals. */

const ZONE = 'Europe/Copenhagen';
const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

export interface DicomTime {
  /** DA, YYYYMMDD. */
  readonly date: string;
  /** TM, HHMMSS. */
  readonly time: string;
}

export function dicomTime(at: Date): DicomTime {
  const part = Object.fromEntries(FORMAT.formatToParts(at).map(({ type, value }) => [type, value]));
  return { date: `${part.year}${part.month}${part.day}`, time: `${part.hour}${part.minute}${part.second}` };
}
