#!/usr/bin/env python3
"""convert.py FOLDER OUTPUT - a Whisper model as CTranslate2 keeps it becomes what sherpa-onnx runs: two graphs with 8-bit
weights, encoder.int8.onnx and decoder.int8.onnx, and tokens.txt. The model.json beside them makes the folder one of callscope's
own models (docs/models.md), under the folder's name.

FOLDER holds model.bin (or model.bin.part1, model.bin.part2 ...) and tokenizer.json. For who gets weights only as CTranslate2's;
decision 0026 says which package was measured with it. Needs: pip install -r requirements.txt

The graphs are written out here layer by layer after the paper (Radford et al. 2022) and sherpa-onnx's inputs and outputs: the
decoder takes one or more tokens, the keys and values of earlier ones, and how many those are.
"""
import base64
import hashlib
import json
import os
import struct
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

DTYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
OPSET = 17


def read_variables(folder):
    """CTranslate2's model.bin, version 6: names, shapes, types, bytes; then names that mean another's."""
    parts = sorted(n for n in os.listdir(folder) if n == "model.bin" or n.startswith("model.bin.part"))
    if not parts:
        sys.exit(f"convert: {folder} holds no model.bin")
    data = b"".join(open(os.path.join(folder, name), "rb").read() for name in parts)
    at = 0

    def take(form):
        nonlocal at
        values = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize("<" + form)
        return values

    def take_text():
        (length,) = take("H")
        (text,) = take(f"{length}s")
        return text.rstrip(b"\0").decode()

    (version,) = take("I")
    kind, (_revision, count) = take_text(), take("II")
    if version != 6 or kind != "WhisperSpec":
        sys.exit(f"convert: model.bin is a {kind} of version {version}, not a WhisperSpec of version 6")
    variables = {}
    for _ in range(count):
        name, (rank,) = take_text(), take("B")
        shape = take(f"{rank}I") if rank else ()
        dtype, size = take("BI")
        if dtype not in DTYPES:
            sys.exit(f"convert: {name} is of a type that is not known: {dtype}")
        variables[name] = np.frombuffer(data, DTYPES[dtype], size // np.dtype(DTYPES[dtype]).itemsize, at).reshape(shape)
        at += size
    return variables


class Graph:
    """Nodes in the order in which they are named; weights as float32."""

    def __init__(self, variables):
        self.variables, self.nodes, self.weights, self.count = variables, [], {}, 0

    def add(self, kind, *inputs, out=None, **attributes):
        self.count += 1
        out = out or f"t{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def constant(self, value, dtype=np.int64):
        array = np.array(value, dtype)
        name = f"c_{array.dtype}_" + "_".join(str(v) for v in array.flatten()) + f"_{array.ndim}"
        self.weights[name] = array
        return name

    def weight(self, name, array):
        self.weights[name] = np.ascontiguousarray(array, np.float32)
        return name

    def linear(self, x, name, rows=slice(None)):
        weight = self.variables[name + "/weight"][rows].astype(np.float32).T
        key = f"{name}/{rows.start}"
        product = self.add("MatMul", x, self.weight(key + "/weight", weight))
        return self.add("Add", product, self.weight(key + "/bias", self.variables[name + "/bias"][rows]))

    def norm(self, x, name):
        gamma = self.weight(name + "/gamma", self.variables[name + "/gamma"])
        beta = self.weight(name + "/beta", self.variables[name + "/beta"])
        return self.add("LayerNormalization", x, gamma, beta, axis=-1, epsilon=1e-5)

    def gelu(self, x):
        erf = self.add("Erf", self.add("Div", x, self.constant(2**0.5, np.float32)))
        half = self.add("Mul", x, self.constant(0.5, np.float32))
        return self.add("Mul", half, self.add("Add", erf, self.constant(1, np.float32)))

    def heads(self, x, heads, order):
        split = self.add("Reshape", x, self.constant([0, -1, heads, self.variables["encoder/conv1/bias"].size // heads]))
        return self.add("Transpose", split, perm=order)

    def attend(self, q, k, v, heads, mask=None):
        """softmax(q k^T / sqrt(width of a head)) v"""
        width = self.variables["encoder/conv1/bias"].size // heads
        scaled = self.add("Mul", q, self.constant(width**-0.5, np.float32))
        scores = self.add("MatMul", self.heads(scaled, heads, [0, 2, 1, 3]), self.heads(k, heads, [0, 2, 3, 1]))
        scores = self.add("Add", scores, mask) if mask else scores
        mixed = self.add("MatMul", self.add("Softmax", scores, axis=-1), self.heads(v, heads, [0, 2, 1, 3]))
        return self.add("Reshape", self.add("Transpose", mixed, perm=[0, 2, 1, 3]), self.constant([0, 0, width * heads]))

    def feed_forward(self, x, layer):
        inner = self.gelu(self.linear(self.norm(x, layer + "/ffn/layer_norm"), layer + "/ffn/linear_0"))
        return self.add("Add", x, self.linear(inner, layer + "/ffn/linear_1"))

    def save(self, path, inputs, outputs, metadata):
        initial = [numpy_helper.from_array(array, name) for name, array in self.weights.items()]
        graph = helper.make_graph(self.nodes, "whisper", inputs, outputs, initial)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
        for key, value in metadata.items():
            model.metadata_props.add(key=key, value=str(value))
        onnx.checker.check_model(model)
        onnx.save(model, path)


def layers_of(variables, side):
    return len({name.split("/")[1] for name in variables if name.startswith(f"{side}/layer_") and name.count("/") > 2})


def make_encoder(variables, path, metadata):
    g, width = Graph(variables), variables["encoder/conv1/bias"].size
    layers, heads = layers_of(variables, "encoder"), int(variables["encoder/num_heads"])
    x = "mel"
    for name, stride in (("conv1", 1), ("conv2", 2)):
        weight = g.weight(name + "/w", variables[f"encoder/{name}/weight"])
        bias = g.weight(name + "/b", variables[f"encoder/{name}/bias"])
        x = g.gelu(g.add("Conv", x, weight, bias, kernel_shape=[3], pads=[1, 1], strides=[stride]))
    x = g.add("Transpose", x, perm=[0, 2, 1])
    length = g.add("Gather", g.add("Shape", x), g.constant([1]), axis=0)
    places = g.weight("places", variables["encoder/position_encodings/encodings"])
    x = g.add("Add", x, g.add("Slice", places, g.constant([0]), length, g.constant([0])))
    for i in range(layers):
        layer = f"encoder/layer_{i}"
        normed, fused = g.norm(x, layer + "/self_attention/layer_norm"), layer + "/self_attention/linear_0"
        q, k, v = (g.linear(normed, fused, slice(p * width, (p + 1) * width)) for p in range(3))
        x = g.add("Add", x, g.linear(g.attend(q, k, v, heads), layer + "/self_attention/linear_1"))
        x = g.feed_forward(x, layer)
    x = g.norm(x, "encoder/layer_norm")
    one = g.constant([0])
    for out, rows in (("k", slice(0, width)), ("v", slice(width, 2 * width))):
        each = [g.add("Unsqueeze", g.linear(x, f"decoder/layer_{i}/attention/linear_1", rows), one)
                for i in range(metadata["n_text_layer"])]
        g.add("Concat", *each, out=f"n_layer_cross_{out}", axis=0)
    shape = [metadata["n_text_layer"], "N", "length", width]
    g.save(path, [helper.make_tensor_value_info("mel", TensorProto.FLOAT, ["N", metadata["n_mels"], "T"])],
           [helper.make_tensor_value_info(f"n_layer_cross_{o}", TensorProto.FLOAT, shape) for o in "kv"], metadata)


def make_decoder(variables, path, metadata):
    g, width = Graph(variables), variables["encoder/conv1/bias"].size
    layers, heads, most = metadata["n_text_layer"], int(variables["decoder/num_heads"]), metadata["n_text_ctx"]
    words = g.weight("words", variables["decoder/embeddings/weight"])
    places = g.weight("places", variables["decoder/position_encodings/encodings"])
    count = g.add("Gather", g.add("Shape", "tokens"), g.constant([1]), axis=0)
    end, zero, one = g.add("Add", "offset", count), g.constant([0]), g.constant([1])
    here = g.add("Slice", places, "offset", end, zero)
    x = g.add("Add", g.add("Gather", words, "tokens"), here)
    # A token sees itself and what was before: column <= offset + row.
    scalar = g.constant([])
    columns = g.add("Range", g.constant(0), g.add("Reshape", end, scalar), g.constant(1))
    rows = g.add("Range", g.add("Reshape", "offset", scalar), g.add("Reshape", end, scalar), g.constant(1))
    later = g.add("Greater", columns, g.add("Unsqueeze", rows, one))
    mask = g.add("Where", later, g.constant(-1e9, np.float32), g.constant(0, np.float32))
    kept = {"k": [], "v": []}
    for i in range(layers):
        layer = f"decoder/layer_{i}"
        normed, fused = g.norm(x, layer + "/self_attention/layer_norm"), layer + "/self_attention/linear_0"
        q, k, v = (g.linear(normed, fused, slice(p * width, (p + 1) * width)) for p in range(3))
        whole = {}
        for name, new in (("k", k), ("v", v)):
            cache = g.add("Gather", f"in_n_layer_self_{name}_cache", g.constant(i), axis=0)
            whole[name] = g.add("Concat", g.add("Slice", cache, zero, "offset", one), new, axis=1)
            rest = g.add("Slice", cache, end, g.constant([most]), one)
            kept[name].append(g.add("Unsqueeze", g.add("Concat", whole[name], rest, axis=1), zero))
        x = g.add("Add", x, g.linear(g.attend(q, whole["k"], whole["v"], heads, mask), layer + "/self_attention/linear_1"))
        q = g.linear(g.norm(x, layer + "/attention/layer_norm"), layer + "/attention/linear_0")
        heard = [g.add("Gather", f"n_layer_cross_{name}", g.constant(i), axis=0) for name in "kv"]
        x = g.add("Add", x, g.linear(g.attend(q, *heard, heads), layer + "/attention/linear_2"))
        x = g.feed_forward(x, layer)
    for name, each in kept.items():
        g.add("Concat", *each, out=f"out_n_layer_self_{name}_cache", axis=0)
    g.add("MatMul", g.norm(x, "decoder/layer_norm"), g.add("Transpose", words, perm=[1, 0]), out="logits")

    def info(name, shape, kind=TensorProto.FLOAT):
        return helper.make_tensor_value_info(name, kind, shape)

    cache, cross = [layers, "N", most, width], [layers, "N", "length", width]
    g.save(path,
           [info("tokens", ["N", "count"], TensorProto.INT64), info("in_n_layer_self_k_cache", cache),
            info("in_n_layer_self_v_cache", cache), info("n_layer_cross_k", cross), info("n_layer_cross_v", cross),
            info("offset", [1], TensorProto.INT64)],
           [info("logits", ["N", "count", metadata["n_vocab"]]), info("out_n_layer_self_k_cache", cache),
            info("out_n_layer_self_v_cache", cache)], {})


def bytes_of_letters():
    """GPT-2 writes the 256 bytes as letters that can be seen: those that can be seen as they are, the others from U+0100 on."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters, more = {chr(b): b for b in seen}, 0
    for byte in range(256):
        if byte not in seen:
            letters[chr(256 + more)] = byte
            more += 1
    return letters


def read_tokens(folder):
    with open(os.path.join(folder, "tokenizer.json"), encoding="utf-8") as file:
        tokenizer = json.load(file)
    vocabulary = dict(tokenizer["model"]["vocab"])
    special = {added["content"]: added["id"] for added in tokenizer["added_tokens"]}
    letters, ordinary = bytes_of_letters(), {}
    for text, number in vocabulary.items():
        if text not in special and all(letter in letters for letter in text):
            ordinary[number] = bytes(letters[letter] for letter in text)
    return ordinary, special


def describe(variables, ordinary, special):
    end, start = special["<|endoftext|>"], special["<|startoftranscript|>"]
    languages = [(number, text[2:-2]) for text, number in sorted(special.items(), key=lambda item: item[1])
                 if start < number < special["<|translate|>"] and text.startswith("<|")]
    blank = next(number for number, text in ordinary.items() if text == b" ")
    is_many = len(languages) > 1
    return {
        "model_type": "whisper", "version": "1", "n_mels": variables["encoder/conv1/weight"].shape[1],
        "n_audio_ctx": variables["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": variables["encoder/conv1/bias"].size, "n_audio_head": int(variables["encoder/num_heads"]),
        "n_audio_layer": layers_of(variables, "encoder"), "n_vocab": variables["decoder/embeddings/weight"].shape[0],
        "n_text_ctx": variables["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": variables["encoder/conv1/bias"].size, "n_text_head": int(variables["decoder/num_heads"]),
        "n_text_layer": layers_of(variables, "decoder"), "sot": start, "sot_index": 0, "eot": end, "blank_id": blank,
        "sot_sequence": f"{start},{languages[0][0]},{special['<|transcribe|>']}" if is_many else start,
        "is_multilingual": int(is_many), "all_language_tokens": ",".join(str(number) for number, _ in languages),
        "all_language_codes": ",".join(code for _, code in languages), "transcribe": special["<|transcribe|>"],
        "translate": special["<|translate|>"], "sot_lm": special["<|startoflm|>"], "sot_prev": special["<|startofprev|>"],
        "no_timestamps": special["<|notimestamps|>"],
        "no_speech": special.get("<|nospeech|>", special.get("<|nocaptions|>", 0)),
    }


def write_description(output, metadata):
    files = []
    for role, name in (("encoder", "encoder.int8.onnx"), ("decoder", "decoder.int8.onnx"), ("tokens", "tokens.txt")):
        with open(os.path.join(output, name), "rb") as file:
            data = file.read()
        files.append({"role": role, "path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    name = os.path.basename(os.path.abspath(output))
    description = {
        "name": name, "upstream": name, "kind": "whisper", "about": "Whisper, made of CTranslate2's weights by tools/whisper-onnx.",
        "languages": metadata["all_language_codes"].replace(",", " "), "rate_hz": 16000,
        "licence": {"name": "MIT", "address": "https://github.com/openai/whisper/blob/main/LICENSE"},
        "files": files, "sources": [],
    }
    with open(os.path.join(output, "model.json"), "w", encoding="utf-8") as file:
        json.dump(description, file, indent=2)
        file.write("\n")


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: convert.py FOLDER OUTPUT")
    folder, output = sys.argv[1:]
    variables, (ordinary, special) = read_variables(folder), read_tokens(folder)
    metadata = describe(variables, ordinary, special)
    os.makedirs(output, exist_ok=True)
    with tempfile.TemporaryDirectory() as whole:
        for side, make in (("encoder", make_encoder), ("decoder", make_decoder)):
            path = os.path.join(whole, side + ".onnx")
            make(variables, path, metadata)
            quantize_dynamic(path, os.path.join(output, side + ".int8.onnx"), op_types_to_quantize=["MatMul"],
                             weight_type=QuantType.QInt8)
    with open(os.path.join(output, "tokens.txt"), "w", encoding="ascii") as file:
        for number in sorted(ordinary):
            file.write(f"{base64.b64encode(ordinary[number]).decode()} {number}\n")
    write_description(output, metadata)
    print(f"{metadata['n_audio_layer']} + {metadata['n_text_layer']} layers of {metadata['n_text_state']}, "
          f"{len(ordinary)} tokens, in {output}")


if __name__ == "__main__":
    main()
