/**
 * An adult chest made of solids (LPS mm, origin between the lungs). The right lung is larger than the left; both are joined by
 * air-filled bronchi at the trachea, as in a real scan, so that their sides must truly be found.
 */
import { Vec3 } from '@modelbank/geometry';
import { box, column, ellipsoid, rod, slabs } from '../solids/primitives';
import { differenceOf, intersectionOf, Solid, unionOf } from '../solids/solid';

/** What a solid is made of; later parts replace earlier ones where they overlap. */
export interface Part {
  readonly solid: Solid;
  readonly hu: number;
}

export const AIR_HU = -1000;

/** Names are the labels' (TG-263 where there is one). */
export const TRUTH_NAMES = ['External', 'Lung_L', 'Lung_R', 'Heart', 'SpinalCanal', 'Trachea', 'Bone'] as const;
export type TruthName = (typeof TRUTH_NAMES)[number];

export interface Thorax {
  /** In the order of painting. The table comes first and lies outside the body. */
  readonly parts: readonly Part[];
  /** Overlaps belong to: the airways before the lungs; heart, aorta and diaphragm before the lungs; canal before bone. */
  readonly truth: Readonly<Record<TruthName, Solid>>;
}

/** Beyond any scan: columns of this half length are cut by the scan's ends. */
const ENDLESS_MM = 600;
const WHOLE_HEIGHT: readonly [number, number] = [-ENDLESS_MM, ENDLESS_MM];
const FAT_MM = 12;
const SKIN_TO_TABLE_MM = 5;

/** `tableBelow` is posterior for a patient on the back, anterior for one lying prone. */
export function adultThorax(tableBelow: 'posterior' | 'anterior'): Thorax {
  const body = torso(0);
  const airways = airwaysOf();
  const heart = ellipsoid([20, -32, -48], [56, 46, 54]);
  const aorta = unionOf(rod([26, 44, -ENDLESS_MM], [26, 44, 40], 11), rod([26, 44, 40], [8, -8, 52], 12));
  const [domeRight, domeLeft] = [ellipsoid([-78, 0, -150], [90, 104, 92]), ellipsoid([80, 4, -164], [86, 100, 92])];
  const lungs = lungsOf([heart, aorta, domeRight, domeLeft], airways);
  const canal = rod([0, 84, -ENDLESS_MM], [0, 84, ENDLESS_MM], 8);
  const bone = differenceOf(bonesOf(), canal);
  const cage = column([0, 0], [147, 97], WHOLE_HEIGHT);
  return {
    parts: [
      ...tableOf(tableBelow),
      { solid: body, hu: -90 },
      { solid: torso(FAT_MM), hu: 25 },
      { solid: intersectionOf(domeRight, cage), hu: 60 },
      { solid: intersectionOf(domeLeft, cage), hu: 50 },
      { solid: unionOf(lungs.right, lungs.left), hu: -850 },
      { solid: aorta, hu: 42 },
      { solid: heart, hu: 45 },
      { solid: discsOf(), hu: 90 },
      { solid: bone, hu: 450 },
      { solid: canal, hu: 15 },
      { solid: airways, hu: AIR_HU },
    ],
    truth: {
      External: body,
      Lung_L: lungs.left,
      Lung_R: lungs.right,
      Heart: heart,
      SpinalCanal: canal,
      Trachea: airways,
      Bone: bone,
    },
  };
}

/** Chest, rounded shoulders and neck, smaller by an inset: the skin, or the border between fat and muscle. */
function torso(insetMm: number): Solid {
  const [width, depth] = [176 - insetMm, 122 - insetMm];
  return unionOf(
    column([0, 0], [width, depth], [-ENDLESS_MM, 105]),
    ellipsoid([0, 0, 105], [width, depth, 78 - insetMm]),
    column([0, 14], [62 - insetMm / 2, 66 - insetMm / 2], [105, ENDLESS_MM]),
  );
}

/** Ellipsoids kept inside the rib cage, less the middle of the chest and the organs that press into them. */
function lungsOf(organs: readonly Solid[], airways: Solid): { readonly right: Solid; readonly left: Solid } {
  const cage = column([0, 0], [146, 96], WHOLE_HEIGHT);
  const middle = column([0, 14], [24, 62], WHOLE_HEIGHT);
  const lung = (centre: Vec3, semiAxes: Vec3) =>
    intersectionOf(differenceOf(ellipsoid(centre, semiAxes), middle, ...organs, airways), cage);
  return { right: lung([-76, 2, -14], [74, 98, 132]), left: lung([78, 4, -14], [66, 94, 128]) };
}

/** Trachea down to the carina, then a main bronchus into each lung. */
function airwaysOf(): Solid {
  const carina: Vec3 = [0, 24, 34];
  return unionOf(rod(carina, [0, 18, ENDLESS_MM], 9), rod(carina, [-46, 27, 10], 7), rod(carina, [50, 29, 4], 6.5));
}

const VERTEBRA_MM = 26;
const DISC_MM = 6;
const VERTEBRAE = 19;
const LOWEST_VERTEBRA_MM = -9 * VERTEBRA_MM;
/** Part of a vertical distance that is left along the slanted spinous processes. */
const UPRIGHT = 1 / Math.hypot(0.4, 1);

function bonesOf(): Solid {
  const bodies = differenceOf(column([0, 60], [19, 15], WHOLE_HEIGHT), discGaps());
  const arches = column([0, 85], [14, 14], WHOLE_HEIGHT);
  const spines = intersectionOf(
    column([0, 104], [4, 9], WHOLE_HEIGHT),
    slabs([0, 100, LOWEST_VERTEBRA_MM - 8], [0, -0.4, 1], 13, VERTEBRA_MM * UPRIGHT, VERTEBRAE),
  );
  const sternum = column([0, -101], [19, 5.5], [-70, 78]);
  return unionOf(bodies, arches, spines, sternum, ribsOf());
}

/** Rings of an elliptic shell, cut by planes that fall towards the front; open at the sternum's cartilage. */
function ribsOf(): Solid {
  const shell = differenceOf(column([0, 0], [157, 107], [-ENDLESS_MM, 108]), column([0, 0], [149, 99], WHOLE_HEIGHT));
  const rings = slabs([0, 0, -160], [0, -0.36, 1], 10, VERTEBRA_MM / Math.hypot(0.36, 1), 10);
  const cartilage = box([0, -107, 0], [84, 40, 2 * ENDLESS_MM]);
  return differenceOf(intersectionOf(shell, rings), cartilage);
}

function discsOf(): Solid {
  return intersectionOf(column([0, 60], [18, 14], WHOLE_HEIGHT), discGaps());
}

function discGaps(): Solid {
  return slabs([0, 60, LOWEST_VERTEBRA_MM + VERTEBRA_MM / 2], [0, 0, 1], DISC_MM, VERTEBRA_MM, VERTEBRAE);
}

/** A couch top of foam between two skins, a little away from the body. */
function tableOf(side: 'posterior' | 'anterior'): readonly Part[] {
  const sign = side === 'posterior' ? 1 : -1;
  const at = (depthMm: number) => sign * (122 + SKIN_TO_TABLE_MM + depthMm);
  const plate = (depthMm: number, thicknessMm: number) => box([0, at(depthMm), 0], [400, thicknessMm, 2 * ENDLESS_MM]);
  return [
    { solid: plate(8, 16), hu: -120 },
    { solid: plate(8, 12), hu: -920 },
  ];
}
