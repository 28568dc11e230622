#!/usr/bin/env python3
"""Builds model.onnx of reference-ct-anatomy: Hounsfield thresholds and morphology by pooling, no training, no random numbers.

Input `hounsfield` [1, 1, Z, Y, X] at 2 mm; output `scores` [1, 4, Z, Y, X]. Each score is 0.5 at the tissue's border and
linear in HU around it (1000 HU span 0..1), so that a score interpolated on the scan's grid crosses 0.5 where the border is.
The same input always gives the same bytes: `build_model.py [target]` writes the file and prints its SHA-256.
"""
import hashlib
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

BODY_BORDER_HU = -500.0
LUNG_BORDER_HU = -400.0
BONE_BORDER_HU = 220.0
LUMEN_HU = -930.0
SPAN_HU = 1000.0
IN_PLANE = (1, 3, 3)


class Graph:
    """Collects nodes and constants under readable names."""

    def __init__(self):
        self.nodes = []
        self.constants = []

    def constant(self, name, value):
        self.constants.append(numpy_helper.from_array(numpy.array(value, dtype=numpy.float32), name))
        return name

    def node(self, operator, inputs, output, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def dilate(self, source, output, size=(3, 3, 3)):
        """Grey dilation by a box (z, y, x); MaxPool pads with minus infinity, so the border of the volume does not leak in."""
        reach = [length // 2 for length in size]
        return self.node("MaxPool", [source], output, kernel_shape=list(size), pads=reach + reach)

    def erode(self, source, output, size=(3, 3, 3)):
        negative = self.node("Neg", [source], output + "_negative")
        return self.node("Neg", [self.dilate(negative, output + "_dilated", size)], output)

    def mean(self, source, output):
        """Mean of the 3 x 3 x 3 neighbours that exist."""
        return self.node(
            "AveragePool", [source], output, kernel_shape=[3] * 3, pads=[1] * 6, count_include_pad=0
        )

    def score(self, source, output, border_hu, rising):
        """clip(0.5 +- (HU - border) / span, 0, 1)."""
        sign = 1.0 if rising else -1.0
        slope = self.constant(output + "_slope", sign / SPAN_HU)
        offset = self.constant(output + "_offset", 0.5 - sign * border_hu / SPAN_HU)
        scaled = self.node("Mul", [source, slope], output + "_scaled")
        shifted = self.node("Add", [scaled, offset], output + "_shifted")
        return self.node("Clip", [shifted, "zero", "one"], output)


def body(graph):
    """Grey opening: what is thinner than about 6 mm (couch shell, mattress cover, wires) disappears, the skin stays in place."""
    opened = graph.dilate(graph.erode("hounsfield", "body_eroded"), "body_opened")
    return graph.score(opened, "body", BODY_BORDER_HU, rising=True)


def lung(graph):
    return graph.score("hounsfield", "lung", LUNG_BORDER_HU, rising=False)


def bone(graph, mean):
    """Half the noise, then grey closing in plane: spongy bone between two cortices belongs to the bone, discs between vertebrae do not."""
    total = graph.node("Add", ["hounsfield", mean], "bone_sum")
    half = graph.node("Mul", [total, "half"], "bone_smooth")
    closed = graph.erode(graph.dilate(half, "bone_dilated", IN_PLANE), "bone_closed", IN_PLANE)
    return graph.score(closed, "bone", BONE_BORDER_HU, rising=True)


def lumen(graph, mean, lung_score):
    """Air purer than lung tissue, grown back by two voxels but never beyond the border of air: trachea and large bronchi."""
    core = graph.score(mean, "lumen_core", LUMEN_HU, rising=False)
    centred = graph.node("Sub", [core, "half"], "lumen_centred")
    steep = graph.node("Mul", [centred, "ten"], "lumen_steep")
    sharp = graph.node("Add", [steep, "half"], "lumen_sharp")
    grown = graph.dilate(sharp, "lumen_grown", (5, 5, 5))
    inside = graph.node("Min", [grown, lung_score], "lumen_inside")
    return graph.node("Clip", [inside, "zero", "one"], "lumen")


def build():
    graph = Graph()
    for name, value in (("zero", 0.0), ("one", 1.0), ("half", 0.5), ("ten", 10.0)):
        graph.constant(name, value)
    mean = graph.mean("hounsfield", "mean")
    lung_score = lung(graph)
    channels = [body(graph), lung_score, bone(graph, mean), lumen(graph, mean, lung_score)]
    graph.node("Concat", channels, "scores", axis=1)
    shape = ["z", "y", "x"]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "reference_ct_anatomy",
            [helper.make_tensor_value_info("hounsfield", TensorProto.FLOAT, [1, 1, *shape])],
            [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, len(channels), *shape])],
            initializer=graph.constants,
        ),
        producer_name="modelbank",
        opset_imports=[helper.make_opsetid("", 13)],
    )
    model.ir_version = 8
    onnx.checker.check_model(model)
    return model.SerializeToString(deterministic=True)


def main():
    default = pathlib.Path(__file__).resolve().parent.parent / "model.onnx"
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    content = build()
    target.write_bytes(content)
    print(hashlib.sha256(content).hexdigest())


if __name__ == "__main__":
    main()
