#!/usr/bin/env python3
"""make.py OUTPUT - MOCK: a recogniser that hears nothing but loudness, in a kilobyte: for tests of the path of models that take a
piece as a whole (WeNet's CTC shape), through the real library. Where it is loud it says 喂, else nothing. It never enters docs/benchmarks.
What it made is kept in tests/cases/models/mock-ctc; needs: pip install onnx numpy
"""
import hashlib
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SUBSAMPLING, LOUD = 4, 10.0  # of the mean log energy of a frame's 80 bands, samples within 1


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make.py OUTPUT")
    output = sys.argv[1]
    os.makedirs(output, exist_ok=True)
    weights = {
        "from": np.array([0], np.int64), "to": np.array([2**31 - 1], np.int64), "axis": np.array([1], np.int64),
        "step": np.array([SUBSAMPLING], np.int64), "most": np.array(SUBSAMPLING - 1, np.int64),
        "by": np.array(SUBSAMPLING, np.int64), "loud": np.array(LOUD, np.float32),
        "slope": np.array([[-1, 0, 1]], np.float32), "unlikely": np.array([0, -100, 0], np.float32),
    }
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["energy"], axes=[2], keepdims=1),
        helper.make_node("Slice", ["energy", "from", "to", "axis", "step"], ["fewer"]),
        helper.make_node("Sub", ["fewer", "loud"], ["louder"]),
        helper.make_node("MatMul", ["louder", "slope"], ["sloped"]),
        helper.make_node("Add", ["sloped", "unlikely"], ["scores"]),
        helper.make_node("LogSoftmax", ["scores"], ["log_probs"], axis=-1),
        helper.make_node("Add", ["x_lens", "most"], ["rounded"]),
        helper.make_node("Div", ["rounded", "by"], ["log_probs_lens"]),
    ]
    graph = helper.make_graph(
        nodes, "mock",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", "T", 80]),
         helper.make_tensor_value_info("x_lens", TensorProto.INT64, ["N"])],
        [helper.make_tensor_value_info("log_probs", TensorProto.FLOAT, ["N", "t", 3]),
         helper.make_tensor_value_info("log_probs_lens", TensorProto.INT64, ["N"])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    for key, value in {"model_type": "wenet_ctc", "version": 1, "vocab_size": 3, "subsampling_factor": SUBSAMPLING}.items():
        model.metadata_props.add(key=key, value=str(value))
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(output, "model.onnx"))
    with open(os.path.join(output, "tokens.txt"), "w", encoding="utf-8") as file:
        file.write("<blk> 0\n<unk> 1\n喂 2\n")
    files = []
    for role, name in (("model", "model.onnx"), ("tokens", "tokens.txt")):
        with open(os.path.join(output, name), "rb") as file:
            data = file.read()
        files.append({"role": role, "path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    name = os.path.basename(os.path.abspath(output))
    with open(os.path.join(output, "model.json"), "w", encoding="utf-8") as file:
        json.dump({"name": name, "upstream": name, "kind": "wenet-ctc", "about": "MOCK: hears loudness alone.", "languages": "zh",
                   "licence": {"name": "Apache-2.0", "address": "https://www.apache.org/licenses/LICENSE-2.0"},
                   "files": files, "sources": []}, file, indent=2)
        file.write("\n")
    print(f"MOCK {name}: {files[0]['bytes']} bytes in {output}")


if __name__ == "__main__":
    main()
