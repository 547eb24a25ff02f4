"""Outputs and gradients of layers from Keras 3 (TensorFlow backend), layers_*.json beside this script.

Run: python Tests/Golden/layer_gradients.py [part of a name]      (Keras 3.15, TensorFlow 2.x)
With an argument only rows whose names hold it are made again; all others stay as they are.

Each row: inputs, weights, outputs for inference (or for training, where nothing is random), and the gradients of the sum over all outputs of y[j] cos(1 + j), j
counting the elements of an output in row-major order, with respect to floating inputs and to weights.
"""
import json
import os
import pathlib
import sys
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras import layers

HERE = pathlib.Path(__file__).parent
SECTIONS = {}
CASES = {}
random = None  # one generator for each row, seeded by its name


def flat(values):
    return [float(f"{v:.7g}") for v in np.asarray(values, np.float64).ravel()]


def section(name):
    """Rows from here on go into the file layers_`name`.json."""
    SECTIONS[name] = []


def case(name, body, *inputs, scale=0.7, training=False, slopes=True, eager=False):
    """`body` makes outputs of Keras inputs; `inputs` are shapes of floats, or functions that make arrays."""
    CASES[name] = (body, inputs, scale, training, slopes, eager)
    SECTIONS[list(SECTIONS)[-1]].append(name)


def pixels(*shape, low=0.0, high=1.0):
    return lambda: random.uniform(low, high, size=shape).astype("float32")


def padded(batch, time, features, lengths):
    """Sequences with zeros behind their ends; a length below 0 puts them before."""
    def make():
        x = random.normal(size=(batch, time, features)).astype("float32")
        for row, length in enumerate(lengths):
            x[row, length:] = 0 if length >= 0 else x[row, length:]
            if length < 0:
                x[row, :time + length] = 0
        return x
    return make


def whole(batch, *shape, below):
    return lambda: random.integers(0, below, size=(batch, *shape)).astype("int32")


def row(name):
    global random
    random = np.random.default_rng(zlib.crc32(name.encode()))
    body, given, scale, training, slopes_wanted, eager = CASES[name]
    arrays = [x() if callable(x) else random.normal(size=x).astype("float32") for x in given]
    if eager:  # Keras cannot make a model of it
        y = body(*[tf.constant(x) for x in arrays])
        return {
            "name": name, "training": training,
            "inputs": [{"shape": list(x.shape), "dtype": str(x.dtype), "values": flat(x)} for x in arrays],
            "outputs": [{"shape": list(y.shape), "values": flat(y)}], "weights": [], "after": [], "inputGradients": [],
            "weightGradients": [],
        }
    symbols = [keras.Input(x.shape[1:], batch_size=x.shape[0], dtype=str(x.dtype)) for x in arrays]
    outputs = body(*symbols)
    outputs = list(outputs) if isinstance(outputs, (list, tuple)) else [outputs]
    model = keras.Model(symbols, outputs)
    # Seed generators and moving statistics of their own kind are no parameters.
    weights = [w for w in model.weights if "seed" not in w.path]
    for w in weights:
        if str(w.dtype).startswith("float"):
            low = 0.3 if "variance" in w.path else 0.1
            sign = 1 if "variance" in w.path else random.choice([-1, 1], w.shape)
            w.assign(random.uniform(low, 1, w.shape) * scale * sign)
    given_weights = [flat(w) for w in weights]  # training may change them
    tensors = [tf.constant(x) for x in arrays]
    floating = [i for i, x in enumerate(arrays) if x.dtype == np.float32]
    trained = [w for w in weights if w.trainable]
    with tf.GradientTape() as tape:
        tape.watch([tensors[i] for i in floating])
        results = model(tensors if len(tensors) > 1 else tensors[0], training=training)
        results = list(results) if isinstance(results, (list, tuple)) else [results]
        total = tf.add_n([
            tf.reduce_sum(tf.cast(y, tf.float32)
                          * tf.reshape(tf.constant(np.cos(1 + np.arange(np.prod(y.shape))), tf.float32), y.shape))
            for y in results])
    slopes = [] if not slopes_wanted else tape.gradient(total, [tensors[i] for i in floating] + [w.value for w in trained],
                           unconnected_gradients="zero")
    slopes = [tf.convert_to_tensor(g) for g in slopes]
    if not slopes_wanted:
        floating = []
    return {
        "name": name, "training": training,
        "inputs": [{"shape": list(x.shape), "dtype": str(x.dtype), "values": flat(x)} for x in arrays],
        "outputs": [{"shape": list(y.shape), "values": flat(y)} for y in results],
        "weights": [{"name": w.path.split("/")[-1], "shape": list(w.shape), "values": v}
                    for w, v in zip(weights, given_weights)],
        "after": [flat(w) for w in weights] if training else [],
        "inputGradients": [flat(g) for g in slopes[:len(floating)]],
        "weightGradients": [flat(g) for g in slopes[len(floating):]],
    }


series, masked = (2, 4, 3), padded(3, 4, 2, [4, 2, -2])

section("recurrent")
case("simple-rnn", lambda x: layers.SimpleRNN(3)(x), series)
case("simple-rnn-relu", lambda x: layers.SimpleRNN(2, activation="relu", use_bias=False, return_sequences=True)(x), series)
case("lstm", lambda x: layers.LSTM(3)(x), series)
case("lstm-sequences", lambda x: layers.LSTM(2, return_sequences=True, use_bias=False)(x), series)
case("lstm-activations", lambda x: layers.LSTM(2, activation="softsign", recurrent_activation="hard_sigmoid")(x), series)
case("lstm-states", lambda x, h, c: layers.LSTM(2, return_sequences=True, return_state=True)(x, initial_state=[h, c]),
     series, (2, 2), (2, 2))
case("lstm-backwards", lambda x: layers.LSTM(2, return_sequences=True, go_backwards=True)(x), series)
case("lstm-masked", lambda x: layers.LSTM(2, return_sequences=True)(layers.Masking()(x)), masked)
case("lstm-masked-last", lambda x: layers.LSTM(2, return_state=True)(layers.Masking()(x)), masked)
case("lstm-masked-backwards", lambda x: layers.LSTM(2, return_sequences=True, go_backwards=True)(layers.Masking()(x)), masked)
case("lstm-zero-output", lambda x: layers.LSTM(2, return_sequences=True, zero_output_for_mask=True)(layers.Masking()(x)), masked)
case("lstm-deep-masked",
     lambda x: layers.LSTM(2)(layers.Dropout(0.3)(layers.Dense(3)(layers.LSTM(2, return_sequences=True)(layers.Masking()(x))))),
     masked)
case("gru", lambda x: layers.GRU(3, return_sequences=True)(x), series)
case("gru-reset-before", lambda x: layers.GRU(2, reset_after=False)(x), series)
case("gru-masked-backwards", lambda x: layers.GRU(2, go_backwards=True, return_state=True)(layers.Masking()(x)), masked)
case("rnn-cells", lambda x: layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)], return_sequences=True)(x), series)
case("rnn-cells-masked", lambda x: layers.RNN([layers.SimpleRNNCell(3), layers.LSTMCell(2)], return_sequences=True)(
    layers.Masking()(x)), masked)
case("rnn-cell-state", lambda x: layers.RNN(layers.GRUCell(2), return_state=True)(x), series)
for mode in ("concat", "sum", "mul", "ave"):
    case(f"bidirectional-{mode}", lambda x, m=mode: layers.Bidirectional(layers.LSTM(2, return_sequences=True), merge_mode=m)(x), series)
case("bidirectional-none", lambda x: layers.Bidirectional(layers.SimpleRNN(2), merge_mode=None)(x), series)
case("bidirectional-masked", lambda x: layers.Bidirectional(layers.GRU(2, return_sequences=True))(layers.Masking()(x)), masked)
case("bidirectional-state", lambda x: layers.Bidirectional(layers.GRU(2, return_state=True))(x), series)
case("bidirectional-initial", lambda x, a, b: layers.Bidirectional(layers.GRU(2))(x, initial_state=[a, b]), series, (2, 2), (2, 2))
case("bidirectional-two-kinds", lambda x: layers.Bidirectional(
    layers.LSTM(2), backward_layer=layers.GRU(2, go_backwards=True))(x), series)
case("time-distributed-dense", lambda x: layers.TimeDistributed(layers.Dense(2, activation="tanh"))(x), series)
case("time-distributed-conv", lambda x: layers.TimeDistributed(layers.Conv2D(2, 2))(x), (2, 3, 3, 4, 1))
case("conv-lstm1d", lambda x: layers.ConvLSTM1D(2, 3, padding="same", return_sequences=True)(x), (1, 3, 5, 2))
case("conv-lstm1d-dilated", lambda x: layers.ConvLSTM1D(2, 2, dilation_rate=2, return_state=True)(x), (1, 3, 6, 1))
case("conv-lstm2d", lambda x: layers.ConvLSTM2D(2, (2, 3), strides=(1, 2))(x), (1, 2, 3, 5, 2))
case("conv-lstm2d-backwards", lambda x: layers.ConvLSTM2D(1, 2, padding="same", go_backwards=True, use_bias=False,
     return_sequences=True)(x), (2, 3, 3, 3, 1))
case("conv-lstm3d", lambda x: layers.ConvLSTM3D(1, 2, recurrent_activation="hard_sigmoid")(x), (1, 2, 3, 3, 2, 1))

section("masks")
tokens = lambda: np.array([[3, 1, 0, 0], [2, 4, 1, 0], [1, 2, 3, 4]], "int32")
case("embedding-mask-average", lambda t: layers.GlobalAveragePooling1D()(layers.Embedding(5, 3, mask_zero=True)(t)), tokens)
case("embedding-mask-lstm", lambda t: layers.LSTM(2)(layers.Embedding(5, 3, mask_zero=True)(t)), tokens)
case("embedding-mask-dropped", lambda t: layers.LSTM(2)(layers.Reshape((4, 3))(layers.Embedding(5, 3, mask_zero=True)(t))), tokens)
other = padded(3, 4, 2, [3, 4, 1])
for kind in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"):
    case(f"mask-{kind.lower()}", lambda a, b, k=kind: layers.SimpleRNN(2, return_sequences=True)(
        getattr(layers, k)()([layers.Masking()(a), layers.Masking()(b)])), masked, other)
case("mask-maximum-one", lambda a, b: layers.Maximum()([layers.Masking()(a), b]), masked, other)
case("mask-concatenate", lambda a, b: layers.SimpleRNN(2, return_sequences=True)(
    layers.Concatenate()([layers.Masking()(a), layers.Masking()(b)])), masked, other)
case("mask-concatenate-time", lambda a, b: layers.SimpleRNN(2, return_sequences=True)(
    layers.Concatenate(axis=1)([layers.Masking()(a), b])), masked, other)

section("attention")
case("attention", lambda q, v: layers.Attention()([q, v]), (2, 3, 4), (2, 5, 4))
case("attention-key", lambda q, v, k: layers.Attention(use_scale=True)([q, v, k]), (2, 3, 4), (2, 5, 2), (2, 5, 4))
case("attention-concat", lambda q, v: layers.Attention(score_mode="concat", use_scale=True)([q, v], use_causal_mask=True),
     (2, 3, 4), (2, 3, 4))
case("attention-masked", lambda q, v: layers.SimpleRNN(2)(layers.Attention()([layers.Masking()(q), layers.Masking()(v)])),
     masked, other)
case("attention-scores", lambda q, v: layers.Attention()([q, v], return_attention_scores=True), (2, 3, 4), (2, 5, 4))
case("additive-attention", lambda q, v: layers.AdditiveAttention()([q, v], return_attention_scores=True), (2, 3, 4), (2, 5, 4))
case("additive-attention-plain", lambda q, v: layers.AdditiveAttention(use_scale=False)([layers.Masking()(q), layers.Masking()(v)]),
     masked, other)
heads = layers.MultiHeadAttention
case("multi-head", lambda q, v: heads(2, 3)(q, v), (2, 3, 4), (2, 5, 2))
case("multi-head-self", lambda x: heads(2, 2, use_bias=False)(x, x, use_causal_mask=True), (2, 3, 4))
case("multi-head-sizes", lambda q, v, k: heads(2, 3, value_dim=2, output_shape=(2, 2))(q, v, key=k, return_attention_scores=True),
     (2, 3, 4), (2, 4, 2), (2, 4, 3))
case("multi-head-masked", lambda q, v: layers.SimpleRNN(2)(heads(2, 2)(layers.Masking()(q), layers.Masking()(v))), masked, other)
case("multi-head-given-mask", lambda q, v, m: heads(2, 2)(q, v, attention_mask=m), (2, 3, 4), (2, 4, 4),
     lambda: np.array([[[1, 0, 1, 1], [1, 1, 0, 0], [0, 0, 0, 1]], [[1, 1, 1, 1], [0, 1, 1, 0], [1, 0, 0, 0]]], "int32"))
case("multi-head-axes", lambda q, v: heads(2, 2, attention_axes=(2,))(q, v), (2, 2, 3, 4), (2, 2, 4, 4))
case("multi-head-all-axes", lambda x: heads(1, 2)(x, x), (1, 2, 3, 2))
case("multi-head-gate", lambda x: heads(2, 2, use_gate=True, sliding_window=2)(x, x), (1, 4, 3))
groups = layers.GroupQueryAttention
case("group-query", lambda q, v: groups(2, 4, 2)(q, v), (2, 3, 4), (2, 5, 4))
case("group-query-causal", lambda x: groups(2, 4, 1, use_bias=False, use_gate=True)(x, x, use_causal_mask=True), (1, 4, 3))
case("group-query-scores", lambda q, v: groups(2, 2, 2, sliding_window=2)(layers.Masking()(q), layers.Masking()(v),
     return_attention_scores=True), masked, other)
case("einsum-dense", lambda x: layers.EinsumDense("ab,bc->ac", 3, bias_axes="c", activation="tanh")(x), (2, 4))
case("einsum-dense-sequence", lambda x: layers.EinsumDense("abc,cd->abd", (None, 2), bias_axes="d")(x), series)
case("einsum-dense-ellipsis", lambda x: layers.EinsumDense("...x,xy->...y", 2, bias_axes="y")(x), (2, 3, 2, 4))
case("einsum-dense-heads", lambda x: layers.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de")(x), series)
case("einsum-dense-permuted", lambda x: layers.EinsumDense("abc,bde->adec", (2, 5, 3), bias_axes="e")(x), series)

section("others")
image, volume = (2, 5, 4, 3), (1, 4, 3, 5, 2)
case("rms-normalization", lambda x: layers.RMSNormalization()(x), (2, 3, 4))
case("rms-normalization-axes", lambda x: layers.RMSNormalization(axis=[1, 2], epsilon=1e-3)(x), (2, 3, 4))
case("spectral-normalization", lambda x: layers.SpectralNormalization(layers.Dense(3))(x), (2, 4))
case("spectral-normalization-training", lambda x: layers.SpectralNormalization(layers.Conv2D(3, 2), power_iterations=3)(x),
     image, training=True)
case("alpha-dropout", lambda x: layers.AlphaDropout(0.3)(x), (2, 4))
case("adaptive-average1d", lambda x: layers.AdaptiveAveragePooling1D(3)(x), (2, 7, 2))
case("adaptive-average2d", lambda x: layers.AdaptiveAveragePooling2D((2, 3))(x), image)
case("adaptive-average3d", lambda x: layers.AdaptiveAveragePooling3D(2)(x), volume)
case("adaptive-max1d", lambda x: layers.AdaptiveMaxPooling1D(4)(x), (2, 7, 2))
case("adaptive-max2d", lambda x: layers.AdaptiveMaxPooling2D((3, 2))(x), image)
case("adaptive-max3d", lambda x: layers.AdaptiveMaxPooling3D((3, 2, 2))(x), volume)
case("batch-normalization-training", lambda x: layers.BatchNormalization()(x), image, training=True)
case("batch-normalization-masked", lambda x: layers.BatchNormalization()(layers.Masking()(x)), masked, training=True)
case("batch-normalization-renorm", lambda x: layers.BatchNormalization(renorm=True, renorm_clipping={
    "rmin": 0.5, "rmax": 1.5, "dmax": 0.3})(x), image, training=True)
case("batch-normalization-renorm-inference", lambda x: layers.BatchNormalization(renorm=True)(x), image)
case("reversible-embedding", lambda t: layers.ReversibleEmbedding(5, 3, mask_zero=True)(t), tokens)
case("reversible-embedding-back", lambda x: layers.ReversibleEmbedding(4, 3, logit_soft_cap=2.0)(x, reverse=True), series)
case("reversible-embedding-untied", lambda x: layers.ReversibleEmbedding(4, 3, tie_weights=False)(x, reverse=True), series)
for mode in ("bilinear", "bicubic"):
    case(f"upsampling-{mode}", lambda x, m=mode: layers.UpSampling2D((2, 3), interpolation=m)(x), (1, 3, 4, 2))

section("preprocessing")
picture = (1, 6, 5, 2)
for mode in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
    case(f"resizing-{mode}", lambda x, m=mode: layers.Resizing(4, 8, interpolation=m)(x), picture)
    case(f"resizing-{mode}-antialias", lambda x, m=mode: layers.Resizing(3, 7, interpolation=m, antialias=True)(x), picture)
case("resizing-crop", lambda x: layers.Resizing(4, 4, crop_to_aspect_ratio=True)(x), (1, 7, 5, 2))
case("resizing-pad", lambda x: layers.Resizing(4, 4, pad_to_aspect_ratio=True, fill_value=2.0)(x), (1, 7, 4, 2))
case("center-crop", lambda x: layers.CenterCrop(3, 2)(x), picture)
case("center-crop-small", lambda x: layers.CenterCrop(8, 4)(x), picture)
case("rescaling", lambda x: layers.Rescaling(0.5, offset=-1.0)(x), (2, 3))
case("normalization-given", lambda x: layers.Normalization(mean=[1.0, 2.0, 0.5], variance=[4.0, 0.25, 1.0])(x), (2, 3))
case("normalization-invert", lambda x: layers.Normalization(axis=None, mean=1.5, variance=4.0, invert=True)(x), (2, 3))
for mode in ("int", "one_hot", "multi_hot", "count"):
    case(f"discretization-{mode}", lambda x, m=mode: layers.Discretization([-0.5, 0.0, 0.7], output_mode=m)(x), (3, 4), slopes=False)
    if mode != "int":
        case(f"category-{mode}", lambda t, m=mode: layers.CategoryEncoding(5, output_mode=m)(t), whole(3, 4, below=5), slopes=False)
case("category-one", lambda t: layers.CategoryEncoding(5, output_mode="one_hot")(t), whole(3, 1, below=5), slopes=False)
for mode in ("int", "multi_hot", "count"):
    case(f"integer-lookup-{mode}", lambda t, m=mode: layers.IntegerLookup(vocabulary=[3, 7, 1], output_mode=m)(t),
         whole(3, 4, below=8), slopes=False)
case("integer-lookup-mask", lambda t: layers.IntegerLookup(vocabulary=[3, 7, 1], mask_token=0, num_oov_indices=2)(t),
     whole(3, 4, below=8), slopes=False)
case("integer-lookup-invert", lambda t: layers.IntegerLookup(vocabulary=[3, 7, 1], invert=True)(t), whole(3, 4, below=4), slopes=False)

section("images")
colors = pixels(2, 5, 4, 3)
changing = dict(training=True, slopes=False)
case("random-brightness", lambda x: layers.RandomBrightness((0.2, 0.2), value_range=(0, 1))(x), colors, **changing)
case("random-contrast-none", lambda x: layers.RandomContrast((0.0, 0.0), value_range=(0, 1))(x), colors, **changing)
for fill in ("reflect", "nearest", "wrap", "constant"):
    case(f"random-translation-{fill}", lambda x, f=fill: layers.RandomTranslation((0.3, 0.3), (-0.45, -0.45), fill_mode=f,
         fill_value=0.5)(x), colors, **changing)
    case(f"random-rotation-{fill}", lambda x, f=fill: layers.RandomRotation((0.08, 0.08), fill_mode=f)(x), colors, **changing)
case("random-rotation-nearest-pixel", lambda x: layers.RandomRotation((-0.1, -0.1), interpolation="nearest")(x), colors, **changing)
case("random-zoom", lambda x: layers.RandomZoom((0.3, 0.3), (-0.2, -0.2))(x), colors, **changing)
case("random-zoom-even", lambda x: layers.RandomZoom((-0.3, -0.3), fill_mode="constant")(x), colors, **changing)
case("random-invert", lambda x: layers.RandomInvert((1.0, 1.0), value_range=(0, 1))(x), colors, **changing)
case("random-grayscale", lambda x: layers.RandomGrayscale(1.0)(x), colors, **changing)
case("random-color-degeneration", lambda x: layers.RandomColorDegeneration((0.3, 0.3), value_range=(0, 1))(x), colors, **changing)
case("random-saturation", lambda x: layers.RandomSaturation((0.4, 0.4), value_range=(0, 1))(x), colors, **changing)
case("random-hue-none", lambda x: layers.RandomHue((0.0, 0.0), value_range=(0, 1))(x), colors, **changing)
case("random-posterization", lambda x: layers.RandomPosterization((3, 3), value_range=(0, 1))(x), colors, **changing)
case("random-sharpness", lambda x: layers.RandomSharpness((0.8, 0.8), value_range=(0, 1))(x), colors, **changing)
case("random-gaussian-blur", lambda x: layers.RandomGaussianBlur((1.0, 1.0), kernel_size=3, sigma=(0.7, 0.7),
     value_range=(0, 1))(x), colors, **changing)
case("solarization", lambda x: layers.Solarization((0.0, 0.0), (0.0, 0.0), value_range=(0, 1))(x), colors, **changing)
case("equalization", lambda x: layers.Equalization(value_range=(0, 1))(x), colors, **changing, eager=True)
case("equalization-few", lambda x: layers.Equalization(bins=8)(x), pixels(2, 5, 4, 3, high=255.0), **changing, eager=True)
case("random-color-jitter", lambda x: layers.RandomColorJitter(value_range=(0, 1), brightness_factor=(0.1, 0.1),
     saturation_factor=(0.6, 0.6), hue_factor=(0.0, 0.0))(x), colors, **changing)
case("random-flip-inference", lambda x: layers.RandomFlip()(x), picture)
case("auto-contrast", lambda x: layers.AutoContrast(value_range=(0, 1))(x), colors, slopes=False)
case("clahe", lambda x: layers.ContrastLimitedAdaptiveHistogramEqualization(value_range=(0, 1), tile_grid_size=(2, 2))(x),
     colors, slopes=False)
case("clahe-limit", lambda x: layers.ContrastLimitedAdaptiveHistogramEqualization(clip_limit=60.0, tile_grid_size=(2, 3))(x),
     pixels(1, 7, 7, 1, high=255.0), slopes=False)

section("sound")
case("mel-spectrogram", lambda x: layers.MelSpectrogram(fft_length=16, sequence_stride=4, sampling_rate=1000, num_mel_bins=5)(x),
     (2, 40), slopes=False)
case("mel-spectrogram-plain", lambda x: layers.MelSpectrogram(fft_length=16, sequence_stride=5, sequence_length=11,
     window="hamming", sampling_rate=800, num_mel_bins=4, min_freq=10, max_freq=300, power_to_db=False, mag_exp=1.0)(x), (1, 40),
     slopes=False)
for mode in ("log", "magnitude", "psd", "real", "imag", "angle", "stft"):
    case(f"stft-{mode}", lambda x, m=mode: layers.STFTSpectrogram(mode=m, frame_length=6, frame_step=4)(x), (1, 20, 2),
         slopes=mode != "angle")
case("stft-expanded", lambda x: layers.STFTSpectrogram(mode="magnitude", frame_length=6, frame_step=4, fft_length=16,
     window="hamming", periodic=True, scaling="spectrum", padding="same", expand_dims=True)(x), (1, 20, 2))



def masked_training():
    """Loss, metric and weights after a step of training on sequences of which not all places count."""
    global random
    random = np.random.default_rng(11)
    model = keras.Sequential([
        keras.Input((5,), batch_size=4, dtype="int32"), layers.Embedding(6, 3, mask_zero=True),
        layers.LSTM(3, return_sequences=True), layers.Dense(4, activation="softmax")])
    for w in model.weights:
        w.assign(random.uniform(-0.8, 0.8, w.shape))
    before = [flat(w) for w in model.weights]
    x = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0], [1, 1, 1, 1, 1], [5, 3, 2, 4, 0]], "int32")
    y = random.integers(0, 4, size=(4, 5)).astype("int32")
    model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = model.evaluate(x, y, batch_size=4, verbose=0)
    model.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0)
    return {"x": x.ravel().tolist(), "y": y.ravel().tolist(), "weights": before, "loss": loss, "accuracy": accuracy,
            "after": [flat(w) for w in model.weights]}


(HERE / "masked_training.json").write_text(json.dumps(masked_training()) + "\n")
wanted = sys.argv[1] if len(sys.argv) > 1 else ""
for part, names in SECTIONS.items():
    file = HERE / f"layers_{part}.json"
    known = {r["name"]: r for r in json.loads(file.read_text())["rows"]} if file.exists() else {}
    rows = [row(name) if wanted in name or name not in known else known[name] for name in names]
    head = {"source": f"Keras {keras.__version__}, TensorFlow {tf.__version__}", "rows": rows}
    text = json.dumps(head).replace('{"name": "', '\n{"name": "').replace('[\n{"name"', '[{"name"')
    file.write_text(text + "\n")
    print(part, len(rows), "rows,", file.stat().st_size, "bytes", flush=True)
