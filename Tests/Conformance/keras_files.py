"""Small .keras files made by Keras, with inputs and outputs, for Tests/SavingTests/KerasFileTests.swift.

Run: python3 Tests/Conformance/keras_files.py [FOLDER]     (Keras 3.15, TensorFlow)
     python3 Tests/Conformance/keras_files.py --check FOLDER
writes Tests/Golden/keras/*.keras and samples.json, or checks files that Cajal has written: that Keras reads them, gives
the same outputs, and has the same optimizer state.
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np

L = keras.layers


def sequential():
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            L.Conv2D(3, 3, padding="same", activation="relu", kernel_regularizer=keras.regularizers.L2(0.01)),
            L.BatchNormalization(),
            L.MaxPooling2D(),
            L.DepthwiseConv2D(2, activation="gelu"),
            L.Dropout(0.3),
            L.Flatten(),
            L.Dense(4, activation="softmax", kernel_initializer="he_normal"),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01, clipnorm=1.0), "categorical_crossentropy", metrics=["accuracy"])
    return model


def functional():
    left, right = keras.Input((5,), name="left"), keras.Input((5,), name="right")
    shared = L.Dense(4, activation="tanh", name="shared")
    inner_input = keras.Input((4,))
    hidden = L.Dense(3)(inner_input)
    inner = keras.Model(inner_input, [L.BatchNormalization()(hidden), L.LeakyReLU(0.1)(hidden)], name="inner")
    tail = keras.Sequential([keras.Input((3,)), L.Dense(2), L.ELU()], name="tail")
    a, b = shared(left), shared(right)
    joined = L.Concatenate()([a, L.Subtract()([a, b])])
    first, second = inner(b)
    one = tail(first)
    two = L.Dense(1, name="last")(joined * 2.0 + 1.0)
    three = tail(L.Add()([second, first]))
    model = keras.Model([left, right], [one, two, three], name="several")
    schedule = keras.optimizers.schedules.CosineDecay(0.1, 100)
    model.compile(
        keras.optimizers.SGD(schedule, momentum=0.9, nesterov=True),
        ["mse", keras.losses.Huber(), "mae"],
        loss_weights=[1.0, 0.5, 2.0],
    )
    return model


def frozen():
    base = keras.Sequential(
        [keras.Input((8, 3)), L.Conv1D(4, 3, activation="swish"), L.LayerNormalization()], name="base"
    )
    base.trainable = False
    model = keras.Sequential(
        [keras.Input((8, 3)), base, L.GlobalAveragePooling1D(), L.Dense(2, name="head"), L.Activation("sigmoid")]
    )
    model.compile(
        keras.optimizers.RMSprop(0.01, momentum=0.5, centered=True),
        keras.losses.BinaryCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.AUC(), "mae"],
    )
    return model


def many_layers():
    x = image = keras.Input((8, 8, 3))
    x = L.ZeroPadding2D(((1, 0), (0, 1)))(x)
    x = L.SeparableConv2D(4, 3, depth_multiplier=2)(x)
    x = L.PReLU(shared_axes=[1, 2], alpha_initializer="ones")(x)
    x = L.UpSampling2D(2)(x)
    x = L.Conv2DTranspose(2, 3, strides=2, padding="same")(x)
    x = L.GroupNormalization(2)(x)
    x = L.AveragePooling2D(2)(L.Cropping2D(1)(x))
    x = L.ReLU(6.0, negative_slope=0.1)(x)
    x = L.Permute((3, 1, 2))(x)
    x = L.Reshape((2, -1))(x)
    x = L.UnitNormalization()(L.SpatialDropout1D(0.1)(x))
    x = L.ZeroPadding1D(1)(x)
    y = L.Dot((1, 1))([x, x])
    z = L.Multiply()([L.GlobalMaxPooling1D()(y), L.GlobalAveragePooling1D()(y)])
    z = L.RepeatVector(2)(L.GaussianNoise(0.1)(z))
    words = keras.Input((4,), dtype="int32")
    e = L.Embedding(7, 3)(words)
    e = L.Maximum()([L.Softmax()(e), L.Identity()(e)])
    model = keras.Model([image, words], [L.Average()([z, z]), L.Minimum()([e, e])])
    return model


def optimizers():
    for name, optimizer in {
        "adamw_amsgrad": keras.optimizers.AdamW(0.01, amsgrad=True, weight_decay=0.01),
        "adagrad": keras.optimizers.Adagrad(0.05),
        "adadelta": keras.optimizers.Adadelta(0.5),
        "adamax": keras.optimizers.Adamax(0.01),
        "nadam": keras.optimizers.Nadam(0.01),
        "lion": keras.optimizers.Lion(0.001),
    }.items():
        model = keras.Sequential([keras.Input((3,)), L.Dense(4, activation="tanh"), L.Dense(2)])
        model.compile(optimizer, "mse")
        yield name, model


def keras_2(folder):
    """A whole model in the form of Keras 2.x, which Keras 3 does not write: put together by hand."""
    rng = np.random.default_rng(5)

    def initializer(name):
        return {"class_name": name, "config": {"seed": None} if "Uniform" in name else {}, "shared_object_id": 1}

    def layer(name, class_name, inbound, **config):
        config = {"name": name, "trainable": True, "dtype": "float32", **config}
        entry = {"class_name": class_name, "config": config, "name": name, "inbound_nodes": inbound}
        if inbound is None:
            del entry["name"], entry["inbound_nodes"]
        return entry

    def dense(name, units, inbound, activation="linear"):
        return layer(
            name, "Dense", inbound, units=units, activation=activation, use_bias=True,
            kernel_initializer=initializer("GlorotUniform"), bias_initializer=initializer("Zeros"),
            kernel_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None,
            bias_constraint=None,
        )

    def input_layer(name, size, inbound=()):
        entry = layer(name, "InputLayer", list(inbound), batch_input_shape=[None, size], sparse=False, ragged=False)
        del entry["config"]["trainable"]
        return entry

    inner = {
        "class_name": "Sequential",
        "config": {"name": "inner", "layers": [input_layer("i", 4), dense("d", 4, None, "tanh"), layer(
            "bn", "BatchNormalization", None, axis=[1], momentum=0.99, epsilon=0.001, center=True, scale=True,
            beta_initializer=initializer("Zeros"), gamma_initializer=initializer("Ones"),
            moving_mean_initializer=initializer("Zeros"), moving_variance_initializer=initializer("Ones"),
            beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None)]},
        "name": "inner",
        "inbound_nodes": [[["first", 0, 0, {}]], [["first", 1, 0, {}]]],
    }
    config = {
        "class_name": "Functional",
        "config": {
            "name": "model",
            "layers": [
                input_layer("a", 3), input_layer("b", 3),
                dense("first", 4, [[["a", 0, 0, {}]], [["b", 0, 0, {}]]], "relu"), inner,
                layer("sum", "Add", [[["inner", 1, 0, {}], ["inner", 2, 0, {}]]]),
                layer("leaky", "LeakyReLU", [[["sum", 0, 0, {}]]], alpha=0.25),
                dense("last", 2, [[["leaky", 0, 0, {}]]]),
            ],
            "input_layers": [["a", 0, 0], ["b", 0, 0]],
            "output_layers": [["last", 0, 0]],
        },
        "keras_version": "2.15.0",
        "backend": "tensorflow",
    }
    values = {
        "first": [("first/kernel:0", (3, 4)), ("first/bias:0", (4,))],
        "inner": [("d/kernel:0", (4, 4)), ("d/bias:0", (4,)), ("bn/gamma:0", (4,)), ("bn/beta:0", (4,)),
                  ("bn/moving_mean:0", (4,)), ("bn/moving_variance:0", (4,))],
        "last": [("last/kernel:0", (4, 2)), ("last/bias:0", (2,))],
    }
    known = {}
    with h5py.File(f"{folder}/keras_2.h5", "w") as file:
        file.attrs["keras_version"] = b"2.15.0"
        file.attrs["model_config"] = json.dumps(config).encode()
        file.attrs["training_config"] = json.dumps({
            "loss": "mse", "metrics": [[{"class_name": "MeanMetricWrapper", "config": {
                "name": "mae", "dtype": "float32", "fn": "mean_absolute_error"}}]], "weighted_metrics": None,
            "loss_weights": None, "optimizer_config": {"class_name": "Custom>Adam", "config": {
                "name": "Adam", "weight_decay": None, "clipnorm": None, "global_clipnorm": None, "clipvalue": None,
                "use_ema": False, "ema_momentum": 0.99, "ema_overwrite_frequency": None, "jit_compile": False,
                "is_legacy_optimizer": False, "learning_rate": 0.002, "beta_1": 0.9, "beta_2": 0.999,
                "epsilon": 1e-07, "amsgrad": False}}}).encode()
        weights = file.create_group("model_weights")
        weights.attrs["layer_names"] = [name.encode() for name in ("a", "b", "first", "inner", "sum", "leaky", "last")]
        for name in ("a", "b", "first", "inner", "sum", "leaky", "last"):
            group = weights.create_group(name)
            group.attrs["weight_names"] = [path.encode() for path, _ in values.get(name, [])]
            for path, shape in values.get(name, []):
                known[path] = rng.uniform(0.1, 1, shape).astype("float32") - (0 if "variance" in path else 0.4)
                group.create_dataset(path, data=known[path])
    x = rng.normal(size=(2, 4, 3)).astype("float32")

    def tower(x):
        y = np.maximum(x @ known["first/kernel:0"] + known["first/bias:0"], 0)
        y = np.tanh(y @ known["d/kernel:0"] + known["d/bias:0"])
        scale = known["bn/gamma:0"] / np.sqrt(known["bn/moving_variance:0"] + 1e-3)
        return (y - known["bn/moving_mean:0"]) * scale + known["bn/beta:0"]

    y = tower(x[0]) + tower(x[1])
    y = np.where(y > 0, y, 0.25 * y) @ known["last/kernel:0"] + known["last/bias:0"]
    return dict(
        inputs=[dict(shape=[4, 3], dtype="float32", values=v) for v in numbers(x)],
        outputs=[dict(shape=[4, 2], values=numbers([y])[0])],
    )


def samples(model):
    rng = np.random.default_rng(3)
    inputs = []
    for tensor in model.inputs:
        shape = (4,) + tuple(tensor.shape[1:])
        integers = tensor.dtype == "int32"
        inputs.append(rng.integers(0, 7, shape).astype("int32") if integers else rng.normal(size=shape).astype("float32"))
    outputs = [np.asarray(y) for y in as_list(model.predict(inputs, verbose=0))]
    return inputs, outputs


def as_list(x):
    return list(x) if isinstance(x, (list, tuple)) else [x]


def targets(model, outputs):
    rng = np.random.default_rng(4)
    made = []
    for y in outputs:
        if isinstance(model.loss, str) and "categorical" in model.loss:
            made.append(np.eye(y.shape[-1], dtype="float32")[rng.integers(0, y.shape[-1], y.shape[0])])
        else:
            made.append(rng.integers(0, 2, y.shape).astype("float32"))
    return made


def without_noise(model):
    """Dropout would differ: training goes on without it."""
    for layer in model._flatten_layers(include_self=False):
        if hasattr(layer, "rate"):
            layer.rate = 0.0
    return model


def state(model):
    return [np.asarray(v, dtype="float32").ravel().tolist() for v in model.weights]


def numbers(values):
    return [[float(f"{x:.9g}") for x in np.asarray(v, dtype="float64").ravel()] for v in values]


def write(folder):
    os.makedirs(folder, exist_ok=True)
    known = {}
    models = {"sequential": sequential, "functional": functional, "frozen": frozen, "many_layers": many_layers}
    made = [(name, build) for name, build in models.items()]
    made += [(name, (lambda m=model: m)) for name, model in optimizers()]
    for name, build in made:
        keras.utils.set_random_seed(7)
        model = without_noise(build())
        for weight in model.weights:  # nothing is to be at its first value
            if "seed" not in weight.path:
                weight.assign(np.abs(np.asarray(weight)) + np.random.uniform(0.01, 0.2, weight.shape))
        inputs, outputs = samples(model)
        entry = {}
        if model.compiled:
            y = targets(model, outputs)
            for _ in range(3):
                model.train_on_batch(inputs, y)
            inputs, outputs = samples(model)
            entry["targets"] = [dict(shape=list(t.shape), values=v) for t, v in zip(y, numbers(y))]
        model.save(f"{folder}/{name}.keras")
        if name in ("sequential", "functional"):
            model.save(f"{folder}/{name}.h5")
            model.save_weights(f"{folder}/{name}.weights.h5")
            with h5py.File(f"{folder}/{name}.weights.h5") as old, h5py.File(
                f"{folder}/{name}.newer.weights.h5", "w", libver=("v108", "v110")
            ) as new:  # the layout that newer versions of HDF5 write by themselves
                for key in old:
                    old.copy(key, new)
        entry["inputs"] = [
            dict(shape=list(x.shape), dtype=str(x.dtype), values=v) for x, v in zip(inputs, numbers(inputs))
        ]
        entry["outputs"] = [dict(shape=list(x.shape), values=v) for x, v in zip(outputs, numbers(outputs))]
        if model.compiled:
            for _ in range(2):
                model.train_on_batch(inputs, y)
            entry["trained"] = numbers(model.weights)
            entry["iterations"] = int(model.optimizer.iterations)
        known[name] = entry
    with open(f"{folder}/samples.json", "w") as file:
        json.dump(known, file)
    with open(f"{folder}/keras_2.json", "w") as file:
        json.dump(keras_2(folder), file)


def check(folder, golden):
    with open(f"{golden}/samples.json") as file:
        known = json.load(file)
    worst = 0.0
    for name, entry in known.items():
        model = keras.models.load_model(f"{folder}/{name}.keras")
        inputs = [np.asarray(x["values"], x["dtype"]).reshape(x["shape"]) for x in entry["inputs"]]
        wanted = [np.asarray(x["values"], "float32").reshape(x["shape"]) for x in entry["outputs"]]
        given = as_list(model.predict(inputs, verbose=0))
        apart = max(float(np.max(np.abs(a - b)) / max(np.max(np.abs(b)), 1e-9)) for a, b in zip(given, wanted))
        line = f"{name}: outputs {apart:.2g}"
        if "trained" in entry:
            y = [np.asarray(t["values"], "float32").reshape(t["shape"]) for t in entry["targets"]]
            for _ in range(2):
                model.train_on_batch(inputs, y)
            trained = numbers(model.weights)
            moved = max(
                float(np.max(np.abs(np.subtract(a, b))) / max(np.max(np.abs(b)), 1e-9))
                for a, b in zip(trained, entry["trained"])
            )
            line += f", after two more steps {moved:.2g}, iterations {int(model.optimizer.iterations)}"
            apart = max(apart, moved)
            if int(model.optimizer.iterations) != entry["iterations"]:
                apart = 1.0
        print(line, "" if apart < 1e-4 else "DIFFERS")
        worst = max(worst, apart)
    print("largest deviation", worst)
    sys.exit(worst >= 1e-4)


if __name__ == "__main__":
    golden = os.path.join(os.path.dirname(__file__), "..", "Golden", "keras")
    if len(sys.argv) > 2 and sys.argv[1] == "--check":
        check(sys.argv[2], golden)
    else:
        write(sys.argv[1] if len(sys.argv) > 1 else golden)
