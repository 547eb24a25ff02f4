"""Whole models of keras.applications with random weights, for comparing outputs by hand.

Run: python3 Tests/Conformance/keras_models.py FOLDER [NAME ...]
     swift run KerasTrial compare FOLDER/VGG16.keras FOLDER/VGG16.npz 1e-4
     swift run KerasTrial copy FOLDER/VGG16.keras FOLDER/back-VGG16.keras
     python3 Tests/Conformance/keras_models.py --check FOLDER [NAME ...]     reads back-NAME.keras in Keras
"""
import os
import sys
import time

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

NAMES = ["VGG16", "ResNet50", "MobileNet", "InceptionV3", "EfficientNetB0", "MobileNetV2", "Xception", "DenseNet121"]


def write(folder, name):
    keras.utils.set_random_seed(1)
    model = getattr(keras.applications, name)(weights=None)
    for variable in model.weights:
        value = np.asarray(variable)
        if "moving" in variable.path or variable.path.endswith(("gamma", "beta", "bias")):
            variable.assign(value + np.random.uniform(0.01, 0.1, value.shape))
    shape = (2,) + tuple(model.inputs[0].shape[1:])
    inputs = np.random.uniform(0, 1, shape).astype("float32")
    outputs = np.asarray(model.predict(inputs, verbose=0))
    path = f"{folder}/{name}.keras"
    model.save(path)
    np.savez(f"{folder}/{name}.npz", input_0=inputs, output_0=outputs)
    start = time.perf_counter()
    again = keras.models.load_model(path)
    loaded = time.perf_counter() - start
    start = time.perf_counter()
    again.predict(inputs, verbose=0)
    print(
        f"{name}: {model.count_params():,} parameters, Keras loads it in {loaded:.2f} s,"
        f" first prediction {time.perf_counter() - start:.2f} s",
        flush=True,
    )


def check(folder, name):
    samples = np.load(f"{folder}/{name}.npz")
    model = keras.models.load_model(f"{folder}/back-{name}.keras")
    outputs, wanted = np.asarray(model.predict(samples["input_0"], verbose=0)), samples["output_0"]
    print(f"{name}: read back, deviation {np.max(np.abs(outputs - wanted)) / np.max(np.abs(wanted)):.2g}", flush=True)


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[0] == "--check":
        for name in words[2:] or NAMES:
            check(words[1], name)
    else:
        os.makedirs(words[0], exist_ok=True)
        for name in words[1:] or NAMES:
            write(words[0], name)
