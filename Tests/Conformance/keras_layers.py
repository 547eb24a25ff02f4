"""One small .keras file for each row of the conformance table: layers and their options, losses, metrics, optimizers.

Run: python3 Tests/Conformance/keras_layers.py FOLDER [NAME ...]
     CAJAL_KERAS_MODELS=FOLDER swift test --filter KerasConformanceTests     writes back-NAME.keras besides
     python3 Tests/Conformance/keras_layers.py --check FOLDER     reads every back-NAME.keras in Keras
Beside NAME.keras lies NAME.json: inputs, outputs, gradients of a scalar with respect to inputs and weights, and for what
is trained targets, loss and metrics, and all weights after two more steps. The last call compares what Keras makes of
Cajal's file with that: outputs, gradients, training. `make conformance` does all three.
"""
import glob
import json
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras_rows import ROWS
from keras_training import TRAINING

L = keras.layers
warnings.filterwarnings("ignore", message="The structure of `inputs`")


def model(function, *shapes, dtype="float32"):
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    return keras.Model(inputs, function(*inputs))


def adapted():
    layer = L.Normalization()
    layer.adapt(np.random.normal(3, 2, (50, 4)).astype("float32"))
    return layer


S, V, IMAGE = (5, 2), (4,), (5, 7, 2)
MODELS = {
    "lstm": lambda: model(lambda x: L.LSTM(3, return_sequences=True)(x), S),
    "lstm_state": lambda: model(
        lambda x, h, c: L.LSTM(3, return_state=True)(x, initial_state=[h, c]), S, (3,), (3,)
    ),
    "gru": lambda: model(lambda x: L.GRU(3)(x), S),
    "gru_before": lambda: model(lambda x: L.GRU(3, reset_after=False, go_backwards=True)(x), S),
    "simple_rnn": lambda: model(lambda x: L.SimpleRNN(3)(x), S),
    "rnn_cells": lambda: model(lambda x: L.RNN([L.LSTMCell(3), L.GRUCell(2)])(x), S),
    "rnn": lambda: model(lambda x: L.RNN(L.SimpleRNNCell(3), return_sequences=True)(x), S),
    "bidirectional": lambda: model(
        lambda x: L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode="sum")(x), S
    ),
    "bidirectional_gru": lambda: model(lambda x: L.Bidirectional(L.GRU(3))(x), S),
    "time_distributed": lambda: model(lambda x: L.TimeDistributed(L.Conv2D(2, 2))(x), (3, 5, 5, 1)),
    "conv_lstm": lambda: model(lambda x: L.ConvLSTM2D(2, 2)(x), (3, 5, 5, 1)),
    "attention": lambda: model(lambda q, v: L.Attention(use_scale=True)([q, v]), (4, 5), (6, 5)),
    "additive_attention": lambda: model(lambda q, v: L.AdditiveAttention()([q, v]), (4, 5), (6, 5)),
    "heads": lambda: model(lambda q, v: L.MultiHeadAttention(2, 3)(q, v), (4, 5), (6, 5)),
    "heads_key": lambda: model(
        lambda q, v, k: L.MultiHeadAttention(2, 3, value_dim=4, output_shape=3)(q, v, key=k), (4, 5), (6, 5), (6, 2)
    ),
    "heads_causal": lambda: model(lambda q: L.MultiHeadAttention(2, 3)(q, q, use_causal_mask=True), (4, 5)),
    "grouped_heads": lambda: model(lambda q, v: L.GroupQueryAttention(3, 4, 2)(q, v), (4, 5), (6, 5)),
    "mask_zero": lambda: model(lambda x: L.LSTM(3)(L.Embedding(7, 4, mask_zero=True)(x)), (5,), dtype="int32"),
    "masking": lambda: model(lambda x: L.GRU(3)(L.Masking()(x)), S),
    "einsum": lambda: model(
        lambda x: L.EinsumDense("abc,cd->abd", output_shape=(None, 3), bias_axes="d")(x), S
    ),
    "rescaling": lambda: model(lambda x: L.Rescaling(1 / 255.0, offset=0.5)(x), S),
    "normalization": lambda: model(lambda x: adapted()(x), V),
    "rms_normalization": lambda: model(lambda x: L.RMSNormalization()(x), V),
    "spectral_normalization": lambda: model(lambda x: L.SpectralNormalization(L.Dense(3))(x), V),
    "adaptive_pooling": lambda: model(lambda x: L.AdaptiveAveragePooling2D((2, 3))(x), IMAGE),
    "center_crop": lambda: model(lambda x: L.CenterCrop(3, 3)(x), IMAGE),
    "resizing": lambda: model(lambda x: L.Resizing(3, 4)(x), IMAGE),
    "discretization": lambda: model(lambda x: L.Discretization(bin_boundaries=[-1.0, 0.0, 1.0])(x), V),
    "category_encoding": lambda: model(
        lambda x: L.CategoryEncoding(num_tokens=8, output_mode="multi_hot")(x), V, dtype="int32"
    ),
    "up_sampling": lambda: model(lambda x: L.UpSampling2D(2, interpolation="bilinear")(x), (4, 4, 1)),
    "transpose": lambda: model(lambda x: L.Conv2DTranspose(2, 3, strides=2, output_padding=1)(x), (4, 4, 1)),
    "flip": lambda: model(lambda x: L.RandomFlip()(x), (5, 7, 3)),
    "rotation": lambda: model(lambda x: L.RandomRotation(0.1)(x), (5, 7, 3)),
    "alpha_dropout": lambda: model(lambda x: L.AlphaDropout(0.2)(x), V),
    "noise_shape": lambda: model(lambda x: L.Dropout(0.2, noise_shape=(None, 1, 2))(x), S),
    "constraint": lambda: model(lambda x: L.Dense(3, kernel_constraint=keras.constraints.MaxNorm(2.0))(x), V),
    "orthogonal": lambda: model(lambda x: L.Dense(3, kernel_initializer=keras.initializers.Orthogonal(1.5))(x), V),
    "variance_scaling": lambda: model(
        lambda x: L.Dense(3, kernel_initializer=keras.initializers.VarianceScaling(3.0, "fan_avg"))(x), V
    ),
}


# How far results may be apart, and where Cajal's may be further away, and why.
LIMITS = {"outputs": 1e-5, "gradients": 1e-5, "training": 1e-4}
TOLERANCES = {
    # Keras 3.15 on TensorFlow reads z after its update, the paper before it.
    "optimizer_ScheduleFreeAdamW": {"training": 1e-2},
    # Logarithms of small powers enlarge the rounding of the transform, which Keras does by another method.
    "MelSpectrogram": {"gradients": 1e-4},
    # Fifty layers, each with its rounding, and weights that nobody has trained.
    "fine_tuning_frozen": {"outputs": 1e-4, "gradients": 1e-3},
    "fine_tuning_unfrozen": {"outputs": 1e-4, "gradients": 1e-3, "training": 1e-3},
}


def as_list(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def numbers(values):
    return [float(f"{x:.9g}") for x in np.asarray(values, dtype="float64").ravel()]


def described(arrays):
    return [dict(shape=list(a.shape), dtype=str(a.dtype), values=numbers(a)) for a in arrays]


def made_targets(kinds, outputs, rng):
    targets = []
    for kind, y in zip(kinds, outputs):
        if kind == "one_hot":
            targets.append(np.eye(y.shape[-1], dtype="float32")[rng.integers(0, y.shape[-1], y.shape[:-1])])
        elif kind == "labels":
            targets.append(rng.integers(0, y.shape[-1], y.shape[:-1]).astype("int32"))
        elif kind == "binary":
            targets.append(rng.integers(0, 2, y.shape).astype("float32"))
        else:
            targets.append(rng.uniform(0.1, 0.9, y.shape).astype("float32"))
    return targets


def is_trained(made):
    """What draws random numbers while training, or makes no floats, is not trained on."""
    random = any("seed" in v.path for v in made.non_trainable_variables)
    floats = all(str(y.dtype).startswith("float") for y in made.outputs)
    return bool(made.trainable_weights) and floats and not random


def adapt_statistics(network, x):
    """Moving statistics that fit the weights, without which the values of a deep network grow from layer to layer."""
    normalizations = [layer for layer in network.layers if isinstance(layer, L.BatchNormalization)]
    momenta, trainable = [layer.momentum for layer in normalizations], network.trainable
    network.trainable = True
    for layer in normalizations:
        layer.momentum = 0.0
    network(x, training=True)
    network.trainable = trainable
    for layer, momentum in zip(normalizations, momenta):
        layer.momentum = momentum


def write(folder, name):
    keras.utils.set_random_seed(3)
    kinds = None
    if name in TRAINING:
        made, kinds = TRAINING[name]()
    else:
        made = {**ROWS, **MODELS}[name]()
    is_deep = name.startswith("fine_tuning")  # kernels of one sign would let values grow too
    for weight in made.weights:
        if "seed" in weight.path or "int" in str(weight.dtype) or weight.path.startswith("normalization"):
            continue
        if not (is_deep and weight.path.endswith("kernel")):
            weight.assign(np.asarray(weight) + np.random.uniform(0.05, 0.2, weight.shape))
    rng = np.random.default_rng(1)
    inputs = []
    for tensor in made.inputs:
        shape = (4,) + tuple(tensor.shape[1:])
        integers = tensor.dtype == "int32"
        inputs.append(rng.integers(0, 7, shape).astype("int32") if integers else rng.normal(size=shape).astype("float32"))

    if is_deep:
        adapt_statistics(made.get_layer("resnet"), inputs[0])

    def computed():
        return [np.asarray(y) for y in as_list(made(inputs if len(inputs) > 1 else inputs[0], training=False))]

    outputs = computed()
    entry = {}
    if kinds is None and is_trained(made):
        made.compile(keras.optimizers.SGD(0.05, momentum=0.5), "mse", run_eagerly=True)
        kinds = "floats"
    if kinds is not None:
        y = made_targets([kinds] * len(outputs) if isinstance(kinds, str) else kinds, outputs, rng)
        for _ in range(3):
            made.train_on_batch(inputs, y)
        outputs = computed()
        entry["targets"] = described(y)
        if name in TRAINING:
            entry["evaluated"] = evaluated(made, inputs, y)
    slopes = gradients(made, inputs)
    if slopes is not None:
        entry["gradients"] = slopes
    entry.update(inputs=described(inputs), outputs=described(outputs))
    made.save(f"{folder}/{name}.keras")
    if kinds is not None:
        made.fit(inputs, y, batch_size=4, epochs=2, shuffle=False, verbose=0)
        entry["trained"] = [numbers(w) for w in made.weights]
    entry["tolerance"] = {**LIMITS, **TOLERANCES.get(name, {})}
    arrays = {f"input_{i}": x for i, x in enumerate(inputs)}
    arrays.update({f"output_{i}": y for i, y in enumerate(outputs)})
    np.savez(f"{folder}/{name}.npz", **arrays)
    with open(f"{folder}/{name}.json", "w") as file:
        json.dump(entry, file)


def gradients(made, inputs):
    """Of the sum of all outputs, each times cos of its number: with respect to float inputs and trained weights."""
    given = [tf.constant(x) for x in inputs]
    floats = {i: x for i, x in enumerate(given) if x.dtype.is_floating}
    weights = {i: w for i, w in enumerate(made.weights) if any(w is t for t in made.trainable_weights)}
    with tf.GradientTape() as tape:
        tape.watch(list(floats.values()))
        outputs = as_list(made(given if len(given) > 1 else given[0], training=False))
        if not all(y.dtype.is_floating for y in outputs):
            return None
        scalar = sum(tf.reduce_sum(y * np.cos(np.arange(tf.size(y))).astype("float32").reshape(y.shape)) for y in outputs)
    sources = {**{("inputs", i): x for i, x in floats.items()}, **{("weights", i): w.value for i, w in weights.items()}}
    slopes = tape.gradient(scalar, list(sources.values()))
    result = {"inputs": {}, "weights": {}}
    for (kind, index), slope in zip(sources, slopes):
        if slope is not None:
            result[kind][str(index)] = numbers(tf.convert_to_tensor(slope))
    return result if result["inputs"] or result["weights"] else None


def evaluated(made, inputs, targets):
    """Loss and metrics, those of one output after those of another; Keras has the outputs' own losses at the end.

    A metric of several thresholds or classes has a value for each."""
    made.evaluate(inputs, targets, batch_size=4, verbose=0)
    values = [float(made.metrics[0].result())]
    for metric in made.metrics[1:]:
        results = metric.result()
        results = results if isinstance(results, dict) else {metric.name: results}
        values += [float(x) for v in results.values() for x in np.asarray(v).ravel()]
    outputs = len(made.outputs)
    return values[:-outputs] if outputs > 1 else values


def distance(given, wanted):
    """The largest distance, in parts of the largest number."""
    given, wanted = (np.asarray(x, dtype="float64").ravel() for x in (given, wanted))
    if not wanted.size:
        return 0.0
    return float(np.max(np.abs(given - wanted))) / max(float(np.max(np.abs(wanted))), 1e-6)


def deviations(folder, name):
    """How far what Keras computes, derives and trains with Cajal's file is from what it did with its own."""
    samples = np.load(f"{folder}/{name}.npz")
    with open(f"{folder}/{name}.json") as file:
        entry = json.load(file)
    made = keras.models.load_model(f"{folder}/back-{name}.keras")
    inputs = [samples[f"input_{i}"] for i in range(len(made.inputs))]
    outputs = as_list(made(inputs if len(inputs) > 1 else inputs[0], training=False))
    found = {"outputs": max(distance(y, samples[f"output_{i}"]) for i, y in enumerate(outputs))}
    wanted = entry.get("gradients")
    if wanted is not None:
        given = gradients(made, inputs)
        largest = max(abs(x) for kind in wanted.values() for values in kind.values() for x in values)
        found["gradients"] = max(
            float(np.max(np.abs(np.subtract(given[kind][key], values))))
            / max(float(np.max(np.abs(values))), 1e-2 * largest, 1e-6)
            for kind in wanted for key, values in wanted[kind].items())
    if "trained" in entry:
        made.run_eagerly = True
        targets = [np.asarray(t["values"], t["dtype"]).reshape(t["shape"]) for t in entry["targets"]]
        made.fit(inputs, targets, batch_size=4, epochs=2, shuffle=False, verbose=0)
        pairs = zip(made.weights, entry["trained"], strict=True)
        found["training"] = max(distance(w, values) for w, values in pairs if "int" not in str(w.dtype))
    return found


def check(folder):
    limits = {**LIMITS, "outputs": 1e-6}  # Keras against itself
    worst = {what: (0.0, "none") for what in limits}
    counts, failures = dict.fromkeys(limits, 0), 0
    paths = sorted(glob.glob(f"{folder}/back-*.keras"))
    for path in paths:
        name = os.path.basename(path)[len("back-") : -len(".keras")]
        try:
            found = deviations(folder, name)
        except Exception as error:
            print(name, "FAILS:", str(error)[-200:], flush=True)
            failures += 1
            continue
        for what, value in found.items():
            counts[what] += 1
            worst[what] = max(worst[what], (value, name))
        apart = {what: value for what, value in found.items() if not value <= limits[what]}
        if apart:
            print(name, "differs:", apart, flush=True)
            failures += 1
    rows = sum(1 for path in glob.glob(f"{folder}/*.json"))
    parts = ", ".join(f"{what} of {counts[what]} within {worst[what][0]:.2g} ({worst[what][1]})" for what in limits)
    print(f"Cajal to Keras: {len(paths)} of {rows} rows, {failures} differ; {parts}")
    sys.exit(failures > 0 or len(paths) != rows)


if __name__ == "__main__":
    if sys.argv[1] == "--check":
        check(sys.argv[2])
    os.makedirs(sys.argv[1], exist_ok=True)
    failures = []
    for name in sys.argv[2:] or [*ROWS, *MODELS, *TRAINING]:
        try:
            write(sys.argv[1], name)
        except Exception as error:
            failures.append(name)
            print(name, "is not made:", str(error).strip()[-300:])
    made = [path for path in glob.glob(f"{sys.argv[1]}/*.keras") if not os.path.basename(path).startswith("back-")]
    print(f"{len(made)} models, {len(failures)} not made")
    sys.exit(bool(failures))
