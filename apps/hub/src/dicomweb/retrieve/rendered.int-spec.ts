/** Rendered resources over the real door: windows, viewports and formats, and what is refused before any pixel is looked at. */
import { decode } from 'jpeg-js';
import { PNG } from 'pngjs';
import { element } from '../../../../../test/support/ct-slices';
import { webGet } from '../../../../../test/support/dicomweb-reader';
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { pixelFile, pixelFileUids, ramp } from '../../../../../test/support/pixel-files';
import { storeInstance } from '../../../../../test/support/stored-instances';

const ODENSE = { centre: 'odense' };
const SMALL = { seed: 'small', pixels: ramp(24) };
const small = pixelFileUids(SMALL);
const SMALL_INSTANCE = `studies/${small.study}/series/${small.series}/instances/${small.instance}`;

/** Decoders have to start. */
jest.setTimeout(60_000);

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open();
  await bench.enrol();
  const window = [element(0x00281050, 'DS', '12'), element(0x00281051, 'DS', '24')];
  await storeInstance(bench, 'odense', pixelFile({ ...SMALL, more: window }));
});
afterAll(() => bench.dispose());

const get = (path: string, accept?: string) => webGet(bench, path, ODENSE, accept === undefined ? {} : { accept });

describe('rendered pictures', () => {
  it('are PNG or JPEG with the window of the data set, or that of the request', async () => {
    const { headers, body } = await get(`${SMALL_INSTANCE}/rendered`, 'image/png');
    expect(headers['content-type']).toBe('image/png');
    const png = PNG.sync.read(body);
    expect([png.width, png.height]).toEqual([6, 4]);
    // PS3.3 C.11.2.1.2.1 with centre 12 and width 24
    expect([0, 5, 23].map((at) => png.data[at * 4])).toEqual([0, 55, 255]);
    const narrow = PNG.sync.read(
      (await get(`${SMALL_INSTANCE}/rendered?window=10.5,1,linear-exact`, 'image/png')).body,
    );
    expect([9, 10, 11, 12].map((at) => narrow.data[at * 4])).toEqual([0, 0, 255, 255]);
    const jpeg = decode((await get(`${SMALL_INSTANCE}/rendered?quality=100&viewport=12,12`)).body);
    expect([jpeg.width, jpeg.height]).toEqual([12, 8]);
  });

  it('stand for a series and a study, small as thumbnails', async () => {
    for (const level of [
      `studies/${small.study}`,
      `studies/${small.study}/series/${small.series}`,
      SMALL_INSTANCE,
      `${SMALL_INSTANCE}/frames/1`,
    ]) {
      const picture = await get(`${level}/rendered?accept=image/png`);
      expect([picture.status, picture.headers['content-type']]).toEqual([200, 'image/png']);
      const thumbnail = decode((await get(`${level}/thumbnail`)).body);
      expect([thumbnail.width, thumbnail.height]).toEqual([128, 85]);
    }
  });

  it('have an entity tag: the same one again costs no bytes', async () => {
    const { headers } = await get(`${SMALL_INSTANCE}/rendered`, 'image/png');
    const again = await webGet(bench, `${SMALL_INSTANCE}/rendered`, ODENSE, {
      accept: 'image/png',
      'if-none-match': String(headers.etag),
    });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(headers['cache-control']).toBe('private, no-store');
  });

  it.each([
    'window=1',
    'window=1,0',
    'window=NaN,2',
    'window=1,2,cubic',
    'window=1,2&window=3,4',
    'viewport=0,1',
    'viewport=8192,8192',
    'viewport=100,100,0,0,7,1',
    'viewport=1e9,1e9',
    'quality=0',
    'quality=101',
    'annotation=everything',
    'overlay=all',
    'structureSet=../../x',
    'legend=yes',
  ])('refuse %s', async (query) => {
    expect((await get(`${SMALL_INSTANCE}/rendered?${query}`)).status).toBe(400);
  });
});
