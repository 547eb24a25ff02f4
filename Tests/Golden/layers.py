"""Golden values of layers, activation functions and architectures from Keras 3 (TensorFlow backend).

Run: python Tests/Golden/layers.py      (Keras 3.15, TensorFlow 2.x)
Writes activations.json, layer_values.json, layer_shapes.txt and application_weights.txt beside itself.
"""
import itertools
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras import layers

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(7)


def flat(values):
    return [float(f"{v:.7g}") for v in np.asarray(values, np.float64).ravel()]


def write(name, rows):
    head = {"source": f"Keras {keras.__version__}, TensorFlow {tf.__version__}, seed 7", "rows": rows}
    (HERE / name).write_text(json.dumps(head).replace('{"name"', '\n{"name"') + "\n")


def activation_rows():
    """Values, and the gradient of sum(w f(x)) with respect to x."""
    names = [
        "linear", "sigmoid", "tanh", "hard_sigmoid", "hard_tanh", "sparse_sigmoid", "softsign", "relu", "relu6",
        "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "hard_silu", "mish", "softplus", "log_sigmoid",
        "squareplus", "sparse_plus", "exponential", "soft_shrink", "hard_shrink", "tanh_shrink", "softmax",
        "log_softmax", "glu",
    ]
    x = np.concatenate([np.linspace(-8.3, 8.2, 30), [-90, 85, -0.31, 0.29, 1e-4, -1e-4]]).reshape(6, 6).astype("float32")
    for name in names:
        function = getattr(keras.activations, name)
        given = tf.constant(x if name not in ("exponential",) else np.clip(x, -90, 20))
        with tf.GradientTape() as tape:
            tape.watch(given)
            values = function(given)
            weights = tf.constant(np.linspace(0.5, 1.5, values.shape[-1]), tf.float32)
            total = tf.reduce_sum(values * weights)
        yield {"name": name, "x": flat(given), "y": flat(values), "gradient": flat(tape.gradient(total, given))}


def layer_rows():
    """Outputs for inference with given weights; `weights` in Keras's order."""
    image, series, volume = (1, 7, 6, 4), (1, 9, 4), (1, 4, 5, 3, 2)
    cases = [
        ("dense", layers.Dense(3, activation="tanh"), (2, 5)),
        ("dense-sequence", layers.Dense(3), (2, 4, 5)),
        ("conv1d-causal", layers.Conv1D(3, 3, padding="causal", dilation_rate=2), series),
        ("conv2d-same-stride", layers.Conv2D(5, (3, 2), strides=2, padding="same", activation="relu"), image),
        ("conv2d-groups-dilation", layers.Conv2D(6, 3, groups=2, dilation_rate=(2, 1)), image),
        ("conv3d", layers.Conv3D(3, 2, padding="same"), volume),
        ("depthwise1d", layers.DepthwiseConv1D(3, depth_multiplier=2), series),
        ("depthwise2d", layers.DepthwiseConv2D(3, strides=2, padding="same", depth_multiplier=2), image),
        ("separable1d", layers.SeparableConv1D(5, 3, padding="same"), series),
        ("separable2d", layers.SeparableConv2D(5, 3, depth_multiplier=2), image),
        ("conv1d-transpose", layers.Conv1DTranspose(3, 4, strides=3, padding="valid"), series),
        ("conv2d-transpose-same", layers.Conv2DTranspose(3, 3, strides=2, padding="same"), image),
        ("conv2d-transpose-output", layers.Conv2DTranspose(3, 4, strides=3, padding="same", output_padding=1), image),
        ("conv2d-transpose-short", layers.Conv2DTranspose(3, 2, strides=3), image),
        ("conv3d-transpose", layers.Conv3DTranspose(2, 2, strides=2), volume),
        ("max2d-same", layers.MaxPooling2D(3, 2, padding="same"), image),
        ("average2d-same", layers.AveragePooling2D(3, 2, padding="same"), image),
        ("average1d", layers.AveragePooling1D(2), series),
        ("max3d", layers.MaxPooling3D(2, 1), volume),
        ("global-average2d", layers.GlobalAveragePooling2D(keepdims=True), image),
        ("global-max1d", layers.GlobalMaxPooling1D(), series),
        ("batch-normalization", layers.BatchNormalization(), image),
        ("batch-normalization-axis", layers.BatchNormalization(axis=1, scale=False), image),
        ("layer-normalization", layers.LayerNormalization(), image),
        ("layer-normalization-axes", layers.LayerNormalization(axis=[1, 3]), image),
        ("group-normalization", layers.GroupNormalization(2), image),
        ("unit-normalization", layers.UnitNormalization(), image),
        ("prelu-shared", layers.PReLU(shared_axes=[1, 2]), image),
        ("relu-options", layers.ReLU(max_value=0.8, negative_slope=0.1, threshold=0.2), image),
        ("zero-padding2d", layers.ZeroPadding2D(((0, 1), (2, 0))), image),
        ("cropping2d", layers.Cropping2D(((1, 2), (0, 1))), image),
        ("upsampling2d", layers.UpSampling2D((2, 3)), image),
        ("reshape", layers.Reshape((-1, 8)), image),
        ("permute", layers.Permute((3, 1, 2)), image),
        ("repeat", layers.RepeatVector(3), (2, 5)),
    ]
    for name, layer, shape in cases:
        model = keras.Sequential([keras.Input(shape[1:], batch_size=shape[0]), layer])
        model.set_weights([random.uniform(0.2, 1, w.shape) * (1 if "var" in w.path else random.choice([-1, 1], w.shape))
                           for w in model.weights])
        x = random.normal(size=shape).astype("float32")
        y = model(x, training=False)
        yield {
            "name": name, "inputShape": list(shape), "x": flat(x), "outputShape": list(y.shape), "y": flat(y),
            "weightNames": [w.path.split("/")[-1] for w in model.weights],
            "weightShapes": [list(w.shape) for w in model.weights], "weights": [flat(w) for w in model.weights],
        }


def shape_rows():
    """Sizes of one spatial axis: layer, input, kernel, stride, padding, dilation, output padding, output."""
    def size(layer, n):
        return keras.Sequential([keras.Input((n, 3)), layer]).output_shape[1]

    for n, k, s, p, d, o in itertools.product((1, 5, 6), (1, 2, 3, 4), (1, 2, 3), ("valid", "same"), (1, 2), (None, 0, 1, 2)):
        if (d > 1 and s > 1) or (o is not None and o >= s):
            continue
        layer = layers.Conv1DTranspose(2, k, strides=s, padding=p, output_padding=o, dilation_rate=d)
        yield f"Conv1DTranspose {n} {k} {s} {p} {d} {o} {size(layer, n)}"
    for n, k, s, p, d in itertools.product((5, 8), (1, 2, 3), (1, 2, 3), ("valid", "same", "causal"), (1, 2)):
        if d > 1 and s > 1:
            continue
        yield f"Conv1D {n} {k} {s} {p} {d} None {size(layers.Conv1D(2, k, strides=s, padding=p, dilation_rate=d), n)}"
    for n, k, s, p in itertools.product((4, 7), (2, 3), (1, 2, 3), ("valid", "same")):
        yield f"MaxPooling1D {n} {k} {s} {p} 1 None {size(layers.MaxPooling1D(k, s, padding=p), n)}"


def application_rows():
    """Every weight of the architectures in order: architecture, path, sizes."""
    for name in ("VGG16", "ResNet50", "MobileNet"):
        for weight in getattr(keras.applications, name)(weights=None).weights:
            yield f"{name} {weight.path} {','.join(map(str, weight.shape))}"


write("activations.json", list(activation_rows()))
write("layer_values.json", list(layer_rows()))
(HERE / "layer_shapes.txt").write_text("\n".join(shape_rows()) + "\n")
(HERE / "application_weights.txt").write_text("\n".join(application_rows()) + "\n")
