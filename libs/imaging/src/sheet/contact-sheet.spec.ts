/** The sheet shows every orientation alike: the patient's left on the right, anterior on top, contours in the labels' colours. */
import { createMask, maskWhere, Vec3, voxelToPatient } from '@modelbank/geometry';
import { anthropomorphicPhantom, phantomVolume, SCAN_ORIENTATIONS } from '@modelbank/phantoms';
import { glyphRows } from './bitmap-font';
import { Picture, Rgb } from './canvas';
import { contactSheet } from './contact-sheet';

const COARSE = { rows: 76, columns: 104, slices: 40, pixelSpacingMm: 3.94, sliceSpacingMm: 7 };
const LEFT_LUNG: Rgb = [1, 2, 253];
const HEART: Rgb = [253, 3, 4];
const CANAL: Rgb = [5, 254, 6];

/** Centres of all pixels of a colour, relative to their tile of four by three. */
function centreInTile(picture: Picture, color: Rgb, headingHeight: number): readonly [number, number] {
  const tileWidth = picture.width / 4;
  const tileHeight = (picture.height - headingHeight - 36) / 3;
  let [count, x, y] = [0, 0, 0];
  for (let index = 0; index < picture.width * picture.height; index++) {
    const row = Math.floor(index / picture.width);
    if (row < headingHeight || row > picture.height - 40) continue;
    if (color.some((value, channel) => picture.rgba[index * 4 + channel] !== value)) continue;
    count++;
    x += ((index % picture.width) % tileWidth) / tileWidth;
    y += ((row - headingHeight) % tileHeight) / tileHeight;
  }
  expect(count).toBeGreaterThan(50);
  return [x / count, y / count];
}

describe.each(SCAN_ORIENTATIONS)('contact sheet of a scan %s', (orientation) => {
  it('is in radiological convention', () => {
    const phantom = anthropomorphicPhantom({ ...COARSE, orientation });
    const volume = phantomVolume(phantom);
    const { columns, rows } = volume.grid;
    const roi = (name: string, color: Rgb, condition: (point: Vec3, hu: number) => boolean) => ({
      name,
      color,
      mask: maskWhere(volume.grid, (index) => {
        const at = [index % columns, Math.floor(index / columns) % rows, Math.floor(index / (columns * rows))] as const;
        return condition(voxelToPatient(volume.grid, at), volume.voxels[index]);
      }),
    });
    const rois = [
      roi('Lung_L', LEFT_LUNG, ([x, y], hu) => hu < -412 && x > 10 && Math.hypot(x / 150, y / 98) < 1),
      roi('Heart', HEART, phantom.truth.Heart.inside),
      roi('SpinalCanal', CANAL, ([x, y]) => Math.hypot(x, y - 84) < 8),
    ];
    const picture = contactSheet({ volume, rois });
    expect(picture.rgba.length).toBe(picture.width * picture.height * 4);
    const [lungX] = centreInTile(picture, LEFT_LUNG, 74);
    const [heartX, heartY] = centreInTile(picture, HEART, 74);
    const [canalX, canalY] = centreInTile(picture, CANAL, 74);
    expect(lungX).toBeGreaterThan(0.6);
    expect(heartX).toBeGreaterThan(canalX);
    expect(heartY).toBeLessThan(canalY - 0.2);
  });
});

describe('contact sheet', () => {
  const volume = phantomVolume(anthropomorphicPhantom({ ...COARSE, slices: 4 }));

  it('shows the scan without labels, and with an empty label', () => {
    const plain = contactSheet({ volume, rois: [] });
    const empty = contactSheet({ volume, rois: [{ name: 'Nothing', color: HEART, mask: createMask(volume.grid) }] });
    expect(empty.width).toBe(plain.width);
    expect(empty.height).toBe(plain.height);
  });

  it('refuses a label of another grid', () => {
    const other = { ...volume.grid, columns: 5 };
    const ask = () => contactSheet({ volume, rois: [{ name: 'X', color: HEART, mask: createMask(other) }] });
    expect(ask).toThrow(expect.objectContaining({ code: 'GEOMETRY_MISMATCH' }));
  });

  it('has a glyph for everything that labels and numbers are written with', () => {
    const unknown = glyphRows('?').join();
    const needed = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+.,:/()%= ';
    expect([...needed].filter((character) => glyphRows(character).join() === unknown)).toEqual([]);
  });
});
