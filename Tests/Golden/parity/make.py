"""Losses of LeNet-5 in Keras: 50 steps of SGD with momentum and of Adam from formula-made weights and digits.

Run with Keras 3.15 on TensorFlow: python make.py; writes sgd.txt and adam.txt beside itself, one loss a line.
The formulas stand again in ParityTests.swift.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np

BATCH, BATCHES, STEPS = 32, 8, 50


def noise(count, stream):
    """Numbers in [-1, 1): a multiplicative hash of the index and the stream."""
    z = np.arange(count, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(stream) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z ^= z >> np.uint64(31)
    return ((z >> np.uint64(40)).astype(np.float64) / 2**23 - 1).astype(np.float32)


def weights(shape, stream):
    if len(shape) == 1:
        return np.zeros(shape, np.float32)
    window = int(np.prod(shape[:-2]))
    limit = np.float32(np.sqrt(6 / (window * shape[-2] + window * shape[-1])))
    return (noise(int(np.prod(shape)), stream) * limit).reshape(shape)


def data():
    labels = (np.arange(BATCH * BATCHES) * 7 + np.arange(BATCH * BATCHES) // 10) % 10
    digits = noise(10 * 784, 1000).reshape(10, 784)
    pictures = digits[labels] * np.float32(0.25) + noise(len(labels) * 784, 1001).reshape(-1, 784) * np.float32(0.5)
    return pictures.reshape(-1, 28, 28, 1), labels


def network():
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(120, 5, activation="tanh"),
            layers.Flatten(),
            layers.Dense(84, activation="tanh"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def losses(optimizer):
    keras.config.set_floatx("float32")
    model = network()
    model.set_weights([weights(w.shape, i + 1) for i, w in enumerate(model.get_weights())])
    model.compile(optimizer, "sparse_categorical_crossentropy")
    x, y = data()
    result = []
    for step in range(STEPS):
        rows = slice(step % BATCHES * BATCH, (step % BATCHES + 1) * BATCH)
        result.append(float(model.train_on_batch(x[rows], y[rows])))
        model.reset_metrics()
    return result


here = os.path.dirname(os.path.abspath(__file__))
for name, optimizer in [
    ("sgd", keras.optimizers.SGD(0.05, momentum=0.9)),
    ("adam", keras.optimizers.Adam(0.001)),
]:
    values = losses(optimizer)
    with open(os.path.join(here, name + ".txt"), "w") as file:
        file.write(f"# Keras {keras.__version__}, LeNet-5, {name}, losses of {STEPS} steps of batch {BATCH}\n")
        file.writelines(f"{value:.8f}\n" for value in values)
    print(name, values[0], values[-1])
