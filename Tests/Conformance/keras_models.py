"""Whole models of keras.applications with random weights, at their usual size: part of `make conformance`.

Run: python3 Tests/Conformance/keras_models.py FOLDER [NAME ...]
     CAJAL_KERAS_MODELS=FOLDER swift test --filter KerasModelTests     writes back-NAME.keras besides
     python3 Tests/Conformance/keras_models.py --check FOLDER [NAME ...]     reads them in Keras
Beside NAME.keras lies NAME.npz with input_0 and output_0. The files take 2 GB.

Weights are random, but of sizes under which every layer matters: the statistics of batch normalization are those of the
images, changed at random with gammas and betas, and the scores have a standard deviation of 2.
"""
import glob
import os
import sys
import warnings

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

warnings.filterwarnings("ignore", message="The structure of `inputs`")
NAMES = [
    "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "InceptionV3", "MobileNet", "MobileNetV2", "EfficientNetB0",
    "DenseNet121", "Xception", "NASNetMobile",
]
TOLERANCE = 1e-4


def images(count, shape, rng):
    """Images with patches of all sizes, 0 to 1, each with a brightness of its own."""
    height, width, channels = shape
    sums = np.zeros((count, height, width, channels), "float32")
    for side in (3, 7, 14, 28, 56, 112):
        patches = rng.normal(0, 0.25, (count, side, side, channels)).astype("float32")
        sums += np.asarray(keras.ops.image.resize(patches, (height, width), interpolation="nearest"))
    strength = np.linspace(0.5, 1.0, count).reshape(-1, 1, 1, 1)
    return (np.clip(sums + 0.5, 0, 1) * strength).astype("float32")


def is_added(layer):
    """Whether a layer ends a branch: weighed less, as in trained networks; else 152 layers enlarge rounding."""
    return any(isinstance(node.operation, keras.layers.Add) for node in layer._outbound_nodes)


def randomize(model, x, rng):
    """Random weights under which no layer's values vanish or grow."""
    normalizations = [layer for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    for layer in model.layers:
        for weight in layer.weights:
            value = np.asarray(weight)
            if weight.path.endswith("kernel") and not normalizations:
                weight.assign(value * 2**0.5)  # what ReLU takes away
            elif weight.path.endswith("bias"):
                weight.assign(rng.normal(0, 0.1, value.shape))
            elif weight.path.endswith(("gamma", "beta")):
                low, high = (0.6, 1.4) if weight.path.endswith("gamma") else (-0.3, 0.3)
                weight.assign(rng.uniform(low, high, value.shape) * (0.25 if is_added(layer) else 1))
    # The statistics of such images; then somewhat others, as if of other images.
    momenta = [layer.momentum for layer in normalizations]
    for layer in normalizations:
        layer.momentum = 0.0
    if normalizations:
        model(x, training=True)
    for layer, momentum in zip(normalizations, momenta):
        layer.momentum = momentum
        mean, variance = np.asarray(layer.moving_mean), np.asarray(layer.moving_variance)
        # Channels that hardly change would enlarge rounding.
        layer.moving_variance.assign(variance * rng.uniform(0.7, 1.4, variance.shape) + 0.5 * mean**2 + 1e-3)
        layer.moving_mean.assign(mean + np.sqrt(variance) * rng.uniform(-0.2, 0.2, mean.shape))
    last = [layer for layer in model.layers if hasattr(layer, "kernel")][-1]
    features = np.asarray(keras.Model(model.inputs, last.input)(x, training=False))
    kernel = np.asarray(last.kernel)
    scores = features @ kernel.reshape(features.shape[-1], -1)
    last.kernel.assign(kernel * (2 / np.std(scores)))


def write(folder, name):
    keras.utils.set_random_seed(1)
    rng = np.random.default_rng(1)
    model = getattr(keras.applications, name)(weights=None)
    x = images(6, tuple(model.inputs[0].shape[1:]), rng)
    if name.startswith("EfficientNet"):
        x = x * 255  # divides by itself
    randomize(model, x, rng)
    x = x[::5]
    outputs = np.asarray(model(x, training=False))
    spread, apart = float(np.std(np.log(outputs + 1e-30))), float(np.max(np.abs(outputs[0] - outputs[1])))
    model.save(f"{folder}/{name}.keras")
    np.savez(f"{folder}/{name}.npz", input_0=x, output_0=outputs)
    print(
        f"{name}: {model.count_params():,} parameters, largest output {outputs.max():.3g}, deviation of the scores"
        f" {spread:.2g}, images apart by {apart:.2g}",
        flush=True,
    )
    if not (0.5 < spread < 8 and apart > 0.02 * outputs.max()):
        raise ValueError("the outputs are degenerate")


def check(folder, name):
    samples = np.load(f"{folder}/{name}.npz")
    model = keras.models.load_model(f"{folder}/back-{name}.keras")
    outputs, wanted = np.asarray(model(samples["input_0"], training=False)), samples["output_0"]
    deviation = float(np.max(np.abs(outputs - wanted)) / np.max(np.abs(wanted)))
    print(f"{name}: written by Cajal, read in Keras: deviation {deviation:.2g}", flush=True)
    return deviation


def check_cut(folder, name, layer):
    """A model of Cajal's that was cut at a layer and stands inside another: its features are those of the whole one."""
    x = np.load(f"{folder}/{name}.npz")["input_0"]
    whole, cut = keras.models.load_model(f"{folder}/{name}.keras"), keras.models.load_model(f"{folder}/cut-{name}.keras")
    wanted = np.asarray(keras.Model(whole.inputs, whole.get_layer(layer).output)(x, training=False))
    features = np.asarray(cut.layers[1](x, training=False))
    deviation = float(np.max(np.abs(features - wanted)) / np.max(np.abs(wanted)))
    print(f"{name} cut at {layer} by Cajal, with a new head, read in Keras: deviation {deviation:.2g}", flush=True)
    return deviation if cut(x, training=False).shape == (len(x), 3) else 1.0


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[0] == "--check":
        found = [os.path.basename(path)[5:-6] for path in sorted(glob.glob(f"{words[1]}/back-*.keras"))]
        names = words[2:] or found
        worst = max([check(words[1], name) for name in names], default=1.0)
        if "ResNet50" in names:
            worst = max(worst, check_cut(words[1], "ResNet50", "avg_pool"))
        print(f"Cajal to Keras: {len(names)} whole models, outputs within {worst:.2g}")
        sys.exit(not (worst <= 1e-6 and len(names) == len(words[2:] or NAMES)))
    os.makedirs(words[0], exist_ok=True)
    for name in words[1:] or NAMES:
        write(words[0], name)
