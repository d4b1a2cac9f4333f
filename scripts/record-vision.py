#!/usr/bin/env python3
"""Records what the nets of crates/vision must give, with other people's arithmetic.

    pip install numpy==1.26.4 jax==0.7.1 jaxlib==0.7.1 tflite==2.18.0 flatbuffers ai-edge-litert
    python scripts/record-vision.py

The graphs of the .tflite files and of face-api's TypeScript sources are run here with JAX convolutions in double
precision; LiteRT runs what it can (it lacks the custom operators) and must agree. The inputs are a drawn face made of
integers, the same in Rust (crates/vision/src/reference.rs). The outputs go to crates/vision/tests/recorded as rows of
little-endian f32, long ones thinned out.
"""

import json
import pathlib

import jax
import numpy as np
import tflite
from flatbuffers import flexbuffers

jax.config.update("jax_enable_x64", True)
ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
OUT = ROOT / "crates/vision/tests/recorded"
NAMES = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
TYPES = {0: "<f4", 1: "<f2", 2: "<i4"}


def drawn_face(side):
    """A face of circles and boxes on a gradient, with noise: bytes, side x side x 3."""
    picture = np.zeros((side, side, 3), np.uint8)
    state = 1
    for y in range(side):
        for x in range(side):
            u, v = (2 * x - side) * 100 // side, (2 * y - side) * 100 // side
            colour = (60 + x * 120 // side, 90, 140)
            if u * u * 16 + v * v * 9 < 60000:
                colour = (205, 165, 140)
            for eye in (-25, 25):
                d = (u - eye) * (u - eye) + 3 * (v + 15) * (v + 15)
                if d < 150:
                    colour = (235, 235, 235)
                if (u - eye) * (u - eye) + (v + 15) * (v + 15) < 36:
                    colour = (40, 30, 30)
                if abs(u - eye) < 16 and -32 < v < -27:
                    colour = (60, 45, 40)
            if abs(u) < 5 and -5 < v < 16:
                colour = (185, 140, 120)
            if u * u + 12 * (v - 36) * (v - 36) < 450:
                colour = (170, 70, 75)
            for c in range(3):
                state = (state * 1664525 + 1013904223) % 2**32
                picture[y, x, c] = colour[c] + (state >> 28)
    return picture


def drawn_bust():
    """The face over dark shoulders before a light wall: 256 x 256, the face being every second pixel of the drawn one."""
    picture = np.empty((256, 256, 3), np.uint8)
    picture[:] = (200, 205, 210)
    picture[40:168, 64:192] = drawn_face(256)[::2, ::2]
    picture[168:, 30:226] = (40, 50, 80)
    return picture


def convolve(x, kernel, stride, same, groups=1):
    """NHWC x HWIO."""
    padding = "SAME" if same else "VALID"
    numbers = ("NHWC", "HWIO", "NHWC")
    out = jax.lax.conv_general_dilated(x, kernel, stride, padding, dimension_numbers=numbers, feature_group_count=groups)
    return np.asarray(out)


def pool(x, size, stride, same, mean):
    start, operation = (0.0, jax.lax.add) if mean else (-np.inf, jax.lax.max)
    out = jax.lax.reduce_window(x, start, operation, (1, *size, 1), (1, *stride, 1), "SAME" if same else "VALID")
    return np.asarray(out) / (size[0] * size[1] if mean else 1)


def crop_matrix(landmarks, options):
    """MediaPipe's Landmarks2TransformMatrix: a levelled box around a subset, in matrices as its authors write it."""
    points = landmarks.reshape(-1, 3)
    left, right = points[options["left_rotation_idx"]], points[options["right_rotation_idx"]]
    r = options["target_rotation_radians"] - np.arctan2(right[1] - left[1], right[0] - left[0])
    turn = lambda a: np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    levelled = points[options["subset_idxs"], :2] @ turn(r).T
    low, high = levelled.min(0), levelled.max(0)
    centre = turn(-r) @ ((low + high) / 2)
    size = np.array([options["output_width"], options["output_height"]])
    scale = (high - low) * [options["scale_x"], options["scale_y"]] / size
    shift, rotate, stretch, origin = (np.eye(4) for _ in range(4))
    shift[:2, 3], rotate[:2, :2], origin[:2, 3] = centre, turn(-r), -size / 2
    stretch[0, 0], stretch[1, 1] = scale
    return (shift @ rotate @ stretch @ origin)[None]


def sample(features, matrix, height, width):
    """MediaPipe's TransformTensorBilinear: cell centres at half positions, zero outside."""
    m, out = matrix.reshape(4, 4), np.zeros((1, height, width, features.shape[3]))
    for y in range(height):
        for x in range(width):
            px = m[0, 0] * (x + 0.5) + m[0, 1] * (y + 0.5) + m[0, 3] - 0.5
            py = m[1, 0] * (x + 0.5) + m[1, 1] * (y + 0.5) + m[1, 3] - 0.5
            for j in (int(np.floor(py)), int(np.floor(py)) + 1):
                for i in (int(np.floor(px)), int(np.floor(px)) + 1):
                    if 0 <= j < features.shape[1] and 0 <= i < features.shape[2]:
                        out[0, y, x] += (1 - abs(px - i)) * (1 - abs(py - j)) * features[0, j, i]
    return out


def resize(x, height, width):
    """Bilinear with half-pixel centres."""
    def along(x, axis, size):
        at = np.clip((np.arange(size) + 0.5) * x.shape[axis] / size - 0.5, 0, x.shape[axis] - 1)
        low = at.astype(int)
        high = np.minimum(low + 1, x.shape[axis] - 1)
        share = (at - low).reshape([-1 if a == axis else 1 for a in range(4)])
        return np.take(x, low, axis) * (1 - share) + np.take(x, high, axis) * share
    return along(along(x, 1, height), 2, width)


def options_of(kind, operator):
    options = kind()
    options.Init(operator.BuiltinOptions().Bytes, operator.BuiltinOptions().Pos)
    return options


def run_tflite(model_bytes, image):
    model = tflite.Model.GetRootAsModel(model_bytes, 0)
    graph = model.Subgraphs(0)
    values = {}
    for i in range(graph.TensorsLength()):
        tensor = graph.Tensors(i)
        buffer = model.Buffers(tensor.Buffer())
        if buffer.DataLength():
            data = np.frombuffer(buffer.DataAsNumpy().tobytes(), TYPES[tensor.Type()])
            values[i] = data.reshape(tensor.ShapeAsNumpy()) if tensor.ShapeLength() else data
    values[graph.Inputs(0)] = image.astype(np.float64)
    for i in range(graph.OperatorsLength()):
        operator = graph.Operators(i)
        code = model.OperatorCodes(operator.OpcodeIndex())
        name = NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        name = code.CustomCode().decode() if name == "CUSTOM" else name
        shape = graph.Tensors(operator.Outputs(0)).ShapeAsNumpy()
        inputs = [values[t] for t in operator.InputsAsNumpy()]
        values[operator.Outputs(0)] = run_operator(name, operator, inputs, shape)
    return [values[t] for t in graph.OutputsAsNumpy()]


def run_operator(name, operator, inputs, shape):
    x = inputs[0]
    custom = flexbuffers.Loads(bytes(operator.CustomOptionsAsNumpy())) if operator.CustomOptionsLength() and "2D" not in name else None
    if name == "DEQUANTIZE":
        return x.astype(np.float64)
    if name in ("CONV_2D", "DEPTHWISE_CONV_2D"):
        options = options_of(tflite.Conv2DOptions if name == "CONV_2D" else tflite.DepthwiseConv2DOptions, operator)
        assert options.FusedActivationFunction() == 0
        stride, same = (options.StrideH(), options.StrideW()), options.Padding() == 0
        if name == "CONV_2D":
            return convolve(x, inputs[1].transpose(1, 2, 3, 0), stride, same) + inputs[2]
        return convolve(x, inputs[1].transpose(1, 2, 0, 3), stride, same, x.shape[3]) + inputs[2]
    if name in ("MAX_POOL_2D", "AVERAGE_POOL_2D"):
        o = options_of(tflite.Pool2DOptions, operator)
        return pool(x, (o.FilterHeight(), o.FilterWidth()), (o.StrideH(), o.StrideW()), o.Padding() == 0, name[0] == "A")
    if name == "Convolution2DTransposeBias":
        kernel = inputs[1]
        spread = np.einsum("nhwc,oabc->nhawbo", x, kernel)
        return spread.reshape(shape) + inputs[2]
    simple = {
        "ADD": lambda: x + inputs[1],
        "MUL": lambda: x * inputs[1],
        "RELU": lambda: np.maximum(x, 0),
        "PRELU": lambda: np.where(x > 0, x, x * inputs[1]),
        "HARD_SWISH": lambda: x * np.clip(x + 3, 0, 6) / 6,
        "LOGISTIC": lambda: 1 / (1 + np.exp(np.minimum(-x, 100))),
        "PAD": lambda: np.pad(x, inputs[1]),
        "RESHAPE": lambda: x.reshape(shape),
        "STRIDED_SLICE": lambda: x.reshape(shape),
        "CONCATENATION": lambda: np.concatenate(inputs, 1),
        "RESIZE_BILINEAR": lambda: resize(x, shape[1], shape[2]),
        "Landmarks2TransformMatrix": lambda: crop_matrix(x, custom),
        "TransformTensorBilinear": lambda: sample(x, inputs[1], shape[1], shape[2]),
        "TransformLandmarks": lambda: x @ inputs[1][0, :2, :2].T + inputs[1][0, :2, 3],
    }
    return simple[name]()


def face_api_weights(name):
    folder = MODULES / "@vladmandic/face-api/model"
    data, at, weights = (folder / f"{name}_model.bin").read_bytes(), 0, {}
    for group in json.loads((folder / f"{name}_model-weights_manifest.json").read_text()):
        for entry in group["weights"]:
            count, q = int(np.prod(entry["shape"])), entry.get("quantization")
            values = np.frombuffer(data, "u1" if q else "<f4", count, at).astype(np.float64)
            at += count * (1 if q else 4)
            weights[entry["name"]] = (values * q["scale"] + q["min"] if q else values).reshape(entry["shape"])
    return weights


def normalised(picture):
    return ((picture.astype(np.float64) - [122.782, 117.001, 104.298]) / 255)[None]


def descriptor(picture):
    """faceRecognitionNet/FaceRecognitionNet.ts."""
    w, relu = face_api_weights("face_recognition"), lambda x: np.maximum(x, 0)

    def layer(x, name, stride=1, same=True):
        x = convolve(x, w[f"{name}/conv/filters"], (stride, stride), same) + w[f"{name}/conv/bias"]
        return x * w[f"{name}/scale/weights"] + w[f"{name}/scale/biases"]

    def residual(x, name):
        return relu(layer(relu(layer(x, f"{name}/conv1")), f"{name}/conv2") + x)

    def residual_down(x, name):
        out = layer(relu(layer(x, f"{name}/conv1", 2, False)), f"{name}/conv2")
        pooled = pool(x, (2, 2), (2, 2), False, True)
        if pooled.shape[1:3] != out.shape[1:3]:
            out = np.pad(out, ((0, 0), (0, 1), (0, 1), (0, 0)))
        if pooled.shape[3] != out.shape[3]:
            pooled = np.concatenate([pooled, np.zeros_like(pooled)], 3)
        return relu(pooled + out)

    x = pool(relu(layer(normalised(picture), "conv32_down", 2, False)), (3, 3), (2, 2), False, False)
    for name in "32_1 32_2 32_3 64_down 64_1 64_2 64_3 128_down 128_1 128_2 256_down 256_1 256_2 256_down_out".split():
        x = (residual_down if "down" in name else residual)(x, f"conv{name}")
    return x.mean((1, 2)) @ w["fc"]


def expression(picture):
    """faceExpressionNet/FaceExpressionNet.ts over faceFeatureExtractor/denseBlock.ts, before the softmax."""
    w, relu = face_api_weights("face_expression"), lambda x: np.maximum(x, 0)

    def separable(x, name, stride=1):
        kernel = w[f"{name}/depthwise_filter"].transpose(0, 1, 3, 2)
        x = convolve(x, kernel, (stride, stride), True, x.shape[3])
        return convolve(x, w[f"{name}/pointwise_filter"], (1, 1), True) + w[f"{name}/bias"]

    x = normalised(picture)
    for block in range(4):
        name = f"dense{block}"
        first = convolve(x, w[f"{name}/conv0/filters"], (2, 2), True) + w[f"{name}/conv0/bias"] if block == 0 else separable(x, f"{name}/conv0", 2)
        out1 = relu(first)
        out2 = separable(out1, f"{name}/conv1")
        out3 = separable(relu(out1 + out2), f"{name}/conv2")
        out4 = separable(relu(out1 + out2 + out3), f"{name}/conv3")
        x = relu(out1 + out2 + out3 + out4)
    return pool(x, (7, 7), (2, 2), False, True).reshape(1, -1) @ w["fc/weights"] + w["fc/bias"]


def check_with_litert(model_bytes, image, outputs):
    from ai_edge_litert.interpreter import Interpreter
    interpreter = Interpreter(model_content=model_bytes, num_threads=1)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], image.astype(np.float32))
    interpreter.invoke()
    for detail, ours in zip(interpreter.get_output_details(), outputs):
        worst = np.abs(interpreter.get_tensor(detail["index"]) - ours).max()
        print(f"  LiteRT differs by at most {worst:.2e} (values to {np.abs(ours).max():.0f})")
        assert worst < 1e-3


def write(name, arrays, step=1):
    values = np.concatenate([np.ravel(a)[::step] for a in arrays]).astype("<f4")
    (OUT / f"{name}.f32").write_bytes(values.tobytes())
    print(f"{name}: {len(values)} values from {values.min():.3f} to {values.max():.3f}")


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    pack = (MODULES / "@mediapipe/face_mesh/face_mesh_solution_packed_assets.data").read_bytes()
    as_shares = lambda side: drawn_face(side)[None].astype(np.float32) / np.float32(255)
    detector, image = pack[3757224:3986256], as_shares(128) * 2 - 1
    outputs = run_tflite(detector, image)
    check_with_litert(detector, image, outputs)
    write("detector", outputs, 7)
    plain, image = pack[2495952:3737848], as_shares(192)
    outputs = run_tflite(plain, image)
    check_with_litert(plain, image, outputs)
    write("mesh478", run_tflite(pack[:2495952], image))
    selfie = (MODULES / "@mediapipe/selfie_segmentation/selfie_segmentation.tflite").read_bytes()
    write("person", run_tflite(selfie, drawn_bust()[None].astype(np.float32) / np.float32(255)), 17)
    write("descriptor", [descriptor(drawn_face(150))])
    write("expression", [expression(drawn_face(112))])


if __name__ == "__main__":
    main()
