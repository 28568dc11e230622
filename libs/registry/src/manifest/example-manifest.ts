/** A complete `model.yaml` that the tests of this library start from; docs/model-packages.md shows the same one. */
export const EXAMPLE_MANIFEST = `manifestVersion: 1
id: example-lungs
version: 1.2.0
title: Lungs on chest CT
owner:
  organisation: Example Hospital
  contact: ai@example.org
task: lung-contouring
intendedPurpose: >
  Contours both lungs on planning CT of the chest,
  as a proposal that a clinician corrects.
dmcg: DAHANCA
deviceClass: none
inputs:
  - role: ct
    kind: series
    applicability:
      sopClasses: [CTImageStorage]
      modalities: [CT]
      bodyParts: { anyOf: [CHEST], orMissing: true }
      descriptions:
        anyOf: ['chest|thorax', '^RT\\b']
        noneOf: ['\\blow dose\\b']
      sliceSpacingMm: { min: 0.5, max: 5 }
      pixelSpacingMm: { max: 2 }
      slices: { min: 30 }
      extentMm:
        craniocaudal: { min: 150 }
      orientations: [axial]
      patientPositions: [HFS, FFS]
      ageYears: { min: 18, orMissing: true }
      image:
        lungVolumeMl: { min: 500 }
    ranking:
      - { by: imageType, prefer: [ORIGINAL] }
      - { by: kernel, prefer: [B30f, Br40] }
      - { by: sliceThicknessMm, closestTo: 2 }
parameters:
  - name: operatedSide
    type: enum
    values: [left, right, none]
    description: Side of an earlier operation.
    default: none
preprocessing:
  orientation: LPS
  spacingMm: [2, 2, 2]
  interpolation: linear
  paddingValue: -1024
  intensity:
    - { type: window, min: -1000, max: 400 }
    - { type: scale, fromMin: -1000, fromMax: 400, toMin: 0, toMax: 1 }
networks:
  - name: lungs
    file: model.onnx
    input: { name: input, layout: NCDHW }
    output: { name: output, channels: 2 }
    axes: zyx
inference:
  mode: slidingWindow
  window: [96, 96, 96]
  overlap: 0.5
  activation: softmax
labels:
  - name: Lungs
    source: { type: argmax, channel: 1 }
    color: [0, 180, 180]
    interpretedType: ORGAN
    internal: true
  - name: Lung_L
    color: [0, 200, 255]
    interpretedType: ORGAN
  - name: Lung_R
    color: [0, 120, 255]
    interpretedType: ORGAN
    mayBeEmpty: true
postprocessing:
  - { step: largestComponents, label: Lungs, count: 2 }
  - { step: splitSides, label: Lungs, left: Lung_L, right: Lung_R }
  - { step: minimumVolume, label: Lung_L, ml: 10 }
limits:
  timeoutSeconds: 600
  memoryMiB: 4096
`;
