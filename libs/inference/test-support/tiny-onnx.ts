/**
 * Writes ONNX graphs of a few nodes for tests, as protocol buffers (onnx.proto3): so a test can say `Log(Neg(x))` and needs
 * neither Python nor binary files in the repository.
 */

export interface TinyNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Integer attributes, e.g. `{ axis: 1 }`. */
  readonly integers?: Readonly<Record<string, number>>;
}

export interface TinyGraph {
  readonly nodes: readonly TinyNode[];
  readonly input: string;
  readonly output: string;
  /** Channels of the output. */
  readonly channels: number;
  /** 1024 floats whose values lie in a file beside the network. */
  readonly weightInFile?: { readonly name: string; readonly file: string };
}

const FLOAT32 = 1;
const ATTRIBUTE_IS_INTEGER = 2;
const IS_EXTERNAL = 1;

/** A model with one float32 input N x 1 x D x H x W and one output. */
export function tinyOnnx(graph: TinyGraph): Buffer {
  const nodes = graph.nodes.map((node) => message(1, nodeProto(node)));
  const body = Buffer.concat([
    ...nodes,
    text(2, 'tiny'),
    ...(graph.weightInFile === undefined ? [] : [message(5, externalTensor(graph.weightInFile))]),
    message(11, valueInfo(graph.input, 1)),
    message(12, valueInfo(graph.output, graph.channels)),
  ]);
  const opset = message(8, Buffer.concat([text(1, ''), integer(2, 13)]));
  return Buffer.concat([integer(1, 8), text(2, 'modelbank-tests'), message(7, body), opset]);
}

function nodeProto({ operator, inputs, output, integers = {} }: TinyNode): Buffer {
  const attributes = Object.entries(integers).map(([name, value]) =>
    message(5, Buffer.concat([text(1, name), integer(3, value), integer(20, ATTRIBUTE_IS_INTEGER)])),
  );
  return Buffer.concat([
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(3, output),
    text(4, operator),
    ...attributes,
  ]);
}

function externalTensor({ name, file }: { readonly name: string; readonly file: string }): Buffer {
  const location = message(13, Buffer.concat([text(1, 'location'), text(2, file)]));
  return Buffer.concat([integer(1, 1024), integer(2, FLOAT32), text(8, name), location, integer(14, IS_EXTERNAL)]);
}

function valueInfo(name: string, channels: number): Buffer {
  const dimensions = [
    integer(1, 1),
    integer(1, channels),
    ...['depth', 'height', 'width'].map((axis) => text(2, axis + name)),
  ];
  const shape = Buffer.concat(dimensions.map((dimension) => message(1, dimension)));
  const tensor = Buffer.concat([integer(1, FLOAT32), message(2, shape)]);
  return Buffer.concat([text(1, name), message(2, message(1, tensor))]);
}

function integer(field: number, value: number): Buffer {
  return Buffer.from([...varint(field << 3), ...varint(value)]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value, 'utf8'));
}

function message(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from([...varint((field << 3) | 2), ...varint(bytes.length)]), bytes]);
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}
