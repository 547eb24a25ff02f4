"""Numbers of texts from Keras 3's layers for strings (TensorFlow backend).

Run: python Tests/Golden/text_layers.py      (Keras 3.15, TensorFlow 2.x)
Writes text_layers.json beside itself: numbers by the row's name, in row-major order.
"""
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras import layers

TEXTS = ["", "a", "red", "blue", "green!", "twelve chars", "a text of seventeen+", "x" * 31, "y" * 33, "z" * 64,
         "é ü 漢字", "0123456789" * 9, "abc" * 50]
SENTENCES = ["The cat sat on the mat.", "A dog, a cat!", "the  Dog ran", "It's raining; cats & dogs"]
WORDS = ["red", "blue", "red", "green", "blue", "red", "black", "white"]
rows = {}


def keep(name, values):
    rows[name] = [float(f"{v:.7g}") for v in np.asarray(values, np.float64).ravel()]


keep("hashing", layers.Hashing(1000)(tf.constant(TEXTS)))
keep("hashing-salt", layers.Hashing(1000, salt=[133, 137])(tf.constant(TEXTS)))
keep("hashing-one-salt", layers.Hashing(97, salt=5)(tf.constant(TEXTS)))
keep("hashing-mask", layers.Hashing(50, mask_value="red")(tf.constant(TEXTS)))
keep("hashing-numbers", layers.Hashing(64)(tf.constant([0, 1, 2, 12345, -7], tf.int64)))
keep("crossing", layers.HashedCrossing(50)((tf.constant(WORDS), tf.constant(WORDS[::-1]))))
keep("crossing-numbers", layers.HashedCrossing(50)((tf.constant([1, 2, 3], tf.int64), tf.constant([30, 20, 10], tf.int64))))

lookup = layers.StringLookup(vocabulary=["red", "green"])
keep("lookup", lookup(tf.constant(WORDS)))
keep("lookup-several", layers.StringLookup(vocabulary=["red", "green"], num_oov_indices=3)(tf.constant(WORDS)))
keep("lookup-mask", layers.StringLookup(vocabulary=["red", "green"], mask_token="blue")(tf.constant(WORDS)))
keep("lookup-multi-hot", layers.StringLookup(vocabulary=["red", "green"], output_mode="multi_hot")(tf.constant([WORDS[:4], WORDS[4:]])))
adapted = layers.StringLookup(max_tokens=4)
adapted.adapt(tf.constant(WORDS))
keep("lookup-adapted", adapted(tf.constant(WORDS)))
rows["lookup-vocabulary"] = adapted.get_vocabulary()

for name, options in {
    "vectors": {}, "vectors-length": {"output_sequence_length": 3}, "vectors-few": {"max_tokens": 5},
    "vectors-case": {"standardize": None}, "vectors-ngrams": {"ngrams": 2}, "vectors-characters": {"split": "character"},
    "vectors-multi-hot": {"output_mode": "multi_hot"}, "vectors-count": {"output_mode": "count", "ngrams": (2,)},
    "vectors-tf-idf": {"output_mode": "tf_idf"},
    "vectors-padded": {"output_mode": "count", "max_tokens": 20, "pad_to_max_tokens": True},
}.items():
    layer = layers.TextVectorization(**options)
    layer.adapt(SENTENCES)
    keep(name, layer(tf.constant(SENTENCES)))
    rows[name + "-vocabulary"] = layer.get_vocabulary()

values = np.random.default_rng(3).normal(size=300).astype("float32")
bins = layers.Discretization(num_bins=5)
bins.adapt(values)
keep("bins-data", values)
keep("bins", bins.bin_boundaries)
normal = layers.Normalization(axis=-1)
normal.adapt(values.reshape(75, 4))
keep("normalized", normal(values.reshape(75, 4)[:3]))
numbers = layers.IntegerLookup(max_tokens=4)
numbers.adapt(np.array([5, 9, 5, 7, 7, 2, 9, 5]))
rows["integer-vocabulary"] = [int(v) for v in numbers.get_vocabulary()]

file = pathlib.Path(__file__).parent / "text_layers.json"
head = {"source": f"Keras {keras.__version__}, TensorFlow {tf.__version__}", "texts": TEXTS, "sentences": SENTENCES, "words": WORDS}
file.write_text(json.dumps(head | {"rows": rows}, ensure_ascii=False).replace('"], "', '"],\n"').replace('], "', '],\n"') + "\n")
print(len(rows), "rows,", file.stat().st_size, "bytes")
