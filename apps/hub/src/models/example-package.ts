/** The manifest of a small package, for the tests of the models stage. */
export const EXAMPLE_MODEL_YAML = `manifestVersion: 1
id: example-lungs
version: 1.2.0
title: Lungs on chest CT
owner: { organisation: Example Hospital, contact: ai@example.org }
task: lung-contouring
intendedPurpose: Contours both lungs.
dmcg: DAHANCA
deviceClass: none
inputs:
  - role: ct
    kind: series
    applicability:
      modalities: [CT]
preprocessing:
  orientation: LPS
networks:
  - name: lungs
    file: model.onnx
    input: { name: input, layout: NCDHW }
    output: { name: output, channels: 2 }
    axes: zyx
inference: { mode: whole, activation: softmax }
labels:
  - name: Lungs
    source: { type: argmax, channel: 1 }
    color: [0, 180, 180]
    interpretedType: ORGAN
limits: { timeoutSeconds: 600, memoryMiB: 4096 }
`;
