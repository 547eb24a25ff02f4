"""Rows of the conformance table: a name, and how the model of that row is made in Keras."""
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np

L, A, C, I, R = keras.layers, keras.activations, keras.constraints, keras.initializers, keras.regularizers
V, S, IMAGE, ROOM = (4,), (6, 4), (6, 7, 3), (4, 5, 6, 2)
ROWS = {}


def model(function, *shapes, dtype="float32"):
    inputs = [keras.Input(shape, dtype=dtype) for shape in shapes]
    return keras.Model(inputs, function(*inputs))


def row(name, function, *shapes, dtype="float32"):
    assert name not in ROWS, name
    ROWS[name] = lambda: model(function, *shapes, dtype=dtype)


def options(layer, sample, base, **rows):
    """A row for each set of options of a layer of one input."""
    for name, given in {"": {}, **rows}.items():
        text = f"{layer.__name__}_{name}".rstrip("_")
        row(text, lambda x, given=given: layer(**{**base, **given})(x), sample)


# Core
KERNEL = dict(
    max_norm=dict(kernel_constraint=C.MaxNorm(0.5)),
    min_max_norm=dict(kernel_constraint=C.MinMaxNorm(0.2, 0.6, rate=0.5, axis=[0, 1])),
    non_neg=dict(kernel_constraint="non_neg", bias_constraint=C.NonNeg()),
    unit_norm=dict(kernel_constraint=C.UnitNorm(axis=1)),
    regularized=dict(kernel_regularizer="l2", bias_regularizer=R.L1(0.02), activity_regularizer=R.L1L2(0.01, 0.02)),
    seeded=dict(kernel_initializer=I.HeNormal(seed=5), bias_initializer=I.RandomUniform(-1, 1, seed=6)),
    no_bias=dict(use_bias=False),
    gelu=dict(activation="gelu"),
)
options(L.Dense, V, dict(units=3), orthogonal=dict(kernel_regularizer=R.OrthogonalRegularizer(0.1, "columns")), **KERNEL)
for name, initializer in dict(
    zeros=I.Zeros(), ones=I.Ones(), constant=I.Constant(0.3), glorot_uniform=I.GlorotUniform(seed=1),
    glorot_normal=I.GlorotNormal(), he_uniform=I.HeUniform(), lecun_uniform=I.LecunUniform(), lecun_normal=I.LecunNormal(),
    uniform=I.RandomUniform(), normal=I.RandomNormal(seed=2), truncated=I.TruncatedNormal(), orthogonal=I.Orthogonal(2.0, seed=3),
    scaling=I.VarianceScaling(2.0, "fan_out", "uniform", seed=4), identity=I.Identity(),
).items():
    row(f"initializer_{name}", lambda x, i=initializer: L.Dense(4, kernel_initializer=i)(x), V)
row("EinsumDense", lambda x: L.EinsumDense("abc,cd->abd", (None, 3), bias_axes="d")(x), S)
row("EinsumDense_options", lambda x: L.EinsumDense(
    "abc,cde->abde", (None, 2, 3), bias_axes="de", activation="tanh", kernel_constraint=C.MaxNorm(1))(x), S)
row("Embedding", lambda x: L.Embedding(8, 3)(x), (5,), dtype="int32")
row("Embedding_constraint", lambda x: L.Embedding(8, 3, embeddings_constraint="unit_norm")(x), (5,), dtype="int32")
row("Embedding_mask", lambda x: L.LSTM(2)(L.Embedding(8, 3, mask_zero=True)(x)), (5,), dtype="int32")
row("Masking", lambda x: L.GRU(2)(L.Masking(0.0)(x)), S)
row("Identity", lambda x: L.Identity()(x), V)
row("shared", lambda x, y: (lambda d: L.Add()([d(x), d(y)]))(L.Dense(3)), V, V)
row("nested", lambda x: keras.Sequential([keras.Input(V), L.Dense(3), L.BatchNormalization()], name="inner")(x), V)

# Convolutions
CONV = dict(
    same=dict(padding="same"), strides=dict(strides=2), dilation=dict(dilation_rate=2), groups=dict(groups=2, filters=4),
    tanh=dict(activation="tanh"), no_bias=dict(use_bias=False),
    constraint=dict(kernel_constraint=C.MaxNorm(0.5, axis=[0, 1]), bias_constraint="non_neg"),
    regularized=dict(kernel_regularizer=R.L1L2(0.01, 0.02)), same_strides=dict(strides=2, padding="same"),
)
options(L.Conv1D, (9, 4), dict(filters=3, kernel_size=3), causal=dict(padding="causal"), **CONV)
options(L.Conv2D, (8, 9, 4), dict(filters=3, kernel_size=3), window=dict(kernel_size=(2, 3)), **CONV)
options(L.Conv3D, (6, 5, 7, 2), dict(filters=3, kernel_size=2), **CONV)
TRANSPOSE = dict(
    same=dict(padding="same"), strides=dict(strides=2), output=dict(strides=2, output_padding=1), no_bias=dict(use_bias=False),
    same_strides=dict(strides=2, padding="same"), constraint=dict(kernel_constraint=C.UnitNorm(axis=[0, 1])),
)
options(L.Conv1DTranspose, (5, 4), dict(filters=3, kernel_size=3), **TRANSPOSE)
options(L.Conv2DTranspose, (4, 5, 2), dict(filters=3, kernel_size=3), **TRANSPOSE)
options(L.Conv3DTranspose, (3, 4, 2, 2), dict(filters=2, kernel_size=3), **TRANSPOSE)
DEPTHWISE = dict(
    same=dict(padding="same"), strides=dict(strides=2), multiplier=dict(depth_multiplier=2), no_bias=dict(use_bias=False),
    constraint=dict(depthwise_constraint=C.MaxNorm(0.4)), dilation=dict(dilation_rate=2),
)
options(L.DepthwiseConv1D, (9, 3), dict(kernel_size=3), **DEPTHWISE)
options(L.DepthwiseConv2D, (8, 9, 3), dict(kernel_size=3), **DEPTHWISE)
options(L.SeparableConv1D, (9, 3), dict(filters=4, kernel_size=3), pointwise=dict(pointwise_constraint="non_neg"), **DEPTHWISE)
options(L.SeparableConv2D, (8, 9, 3), dict(filters=4, kernel_size=3), pointwise=dict(pointwise_constraint="non_neg"), **DEPTHWISE)

# Pooling
for axes, shape in ((1, (9, 3)), (2, (8, 9, 2)), (3, (6, 5, 7, 2))):
    for kind in ("Max", "Average"):
        options(getattr(L, f"{kind}Pooling{axes}D"), shape, dict(pool_size=2), same=dict(padding="same"),
                strides=dict(pool_size=3, strides=1), overlapping=dict(pool_size=3, strides=2, padding="same"))
        options(getattr(L, f"Global{kind}Pooling{axes}D"), shape, {}, keepdims=dict(keepdims=True))
        options(getattr(L, f"Adaptive{kind}Pooling{axes}D"), shape, dict(output_size=2), three=dict(output_size=3))
    options(getattr(L, f"ZeroPadding{axes}D"), shape, dict(padding=1), two=dict(padding=2))
    options(getattr(L, f"Cropping{axes}D"), shape, dict(cropping=1))
    options(getattr(L, f"UpSampling{axes}D"), shape, dict(size=2), three=dict(size=3))
    row(f"SpatialDropout{axes}D", lambda x, d=getattr(L, f"SpatialDropout{axes}D"): d(0.3)(x), shape)
row("ZeroPadding1D_sides", lambda x: L.ZeroPadding1D((1, 2))(x), S)
row("ZeroPadding2D_sides", lambda x: L.ZeroPadding2D(((1, 2), (0, 3)))(x), IMAGE)
row("Cropping2D_sides", lambda x: L.Cropping2D(((1, 2), (0, 3)))(x), IMAGE)
row("UpSampling2D_bilinear", lambda x: L.UpSampling2D((2, 3), interpolation="bilinear")(x), IMAGE)

# Normalizations
options(L.BatchNormalization, IMAGE, {}, axis=dict(axis=1), no_scale=dict(scale=False), no_center=dict(center=False),
        options=dict(momentum=0.7, epsilon=0.01), constraint=dict(gamma_constraint="non_neg", beta_constraint=C.MaxNorm(0.1)),
        regularized=dict(gamma_regularizer="l2", beta_regularizer="l1"))
options(L.LayerNormalization, S, {}, axes=dict(axis=[1, 2]), no_scale=dict(scale=False), no_center=dict(center=False),
        constraint=dict(gamma_constraint="non_neg"), epsilon=dict(epsilon=0.1))
options(L.GroupNormalization, (5, 6, 4), dict(groups=2), all=dict(groups=1), each=dict(groups=-1), no_scale=dict(scale=False),
        constraint=dict(beta_constraint="non_neg"))
options(L.UnitNormalization, S, {}, axis=dict(axis=1))
options(L.RMSNormalization, S, {}, epsilon=dict(epsilon=0.1))
row("SpectralNormalization", lambda x: L.SpectralNormalization(L.Dense(3))(x), V)
row("SpectralNormalization_conv", lambda x: L.SpectralNormalization(L.Conv2D(3, 2), power_iterations=2)(x), IMAGE)

# Regularization
options(L.Dropout, S, dict(rate=0.3), seed=dict(seed=3), shape=dict(noise_shape=(None, 1, 4)))
options(L.AlphaDropout, S, dict(rate=0.3))
options(L.GaussianDropout, S, dict(rate=0.3))
options(L.GaussianNoise, S, dict(stddev=0.3))
row("ActivityRegularization", lambda x: L.ActivityRegularization(0.1, 0.2)(L.Dense(3)(x)), V)

# Attention
Q, K = (4, 5), (6, 5)
for name, given in {"": {}, "scale": dict(use_scale=True), "concat": dict(score_mode="concat"), "dropout": dict(dropout=0.1)}.items():
    row(f"Attention_{name}".rstrip("_"), lambda q, v, g=given: L.Attention(**g)([q, v]), Q, K)
row("Attention_causal", lambda q, v: L.Attention()([q, v], use_causal_mask=True), Q, K)
row("Attention_key", lambda q, v, k: L.Attention()([q, v, k]), Q, K, K)
row("AdditiveAttention", lambda q, v: L.AdditiveAttention()([q, v]), Q, K)
row("AdditiveAttention_plain", lambda q, v: L.AdditiveAttention(use_scale=False)([q, v]), Q, K)
HEADS = {
    "": {}, "value": dict(value_dim=4), "output": dict(output_shape=3), "no_bias": dict(use_bias=False),
    "dropout": dict(dropout=0.1), "regularized": dict(kernel_regularizer="l2"), "constraint": dict(kernel_constraint=C.MaxNorm(0.5)),
}
for name, given in HEADS.items():
    row(f"MultiHeadAttention_{name}".rstrip("_"), lambda q, v, g=given: L.MultiHeadAttention(2, 3, **g)(q, v), Q, K)
row("MultiHeadAttention_causal", lambda q: L.MultiHeadAttention(2, 3)(q, q, use_causal_mask=True), Q)
row("MultiHeadAttention_key", lambda q, v, k: L.MultiHeadAttention(2, 3)(q, v, key=k), Q, K, (6, 2))
row("GroupQueryAttention", lambda q, v: L.GroupQueryAttention(3, 4, 2)(q, v), Q, K)
row("GroupQueryAttention_one", lambda q, v: L.GroupQueryAttention(3, 4, 1, use_bias=False)(q, v), Q, K)

# Recurrent
RECURRENT = dict(
    sequences=dict(return_sequences=True), backwards=dict(go_backwards=True, return_sequences=True), no_bias=dict(use_bias=False),
    relu=dict(activation="relu"), dropout=dict(dropout=0.2, recurrent_dropout=0.1), unroll=dict(unroll=True),
    constraint=dict(kernel_constraint=C.MaxNorm(0.5), recurrent_constraint="unit_norm", bias_constraint="non_neg"),
    regularized=dict(kernel_regularizer="l2", recurrent_regularizer="l1"),
)
options(L.SimpleRNN, S, dict(units=3), **RECURRENT)
options(L.LSTM, S, dict(units=3), forget=dict(unit_forget_bias=False), hard=dict(recurrent_activation="hard_sigmoid"), **RECURRENT)
options(L.GRU, S, dict(units=3), before=dict(reset_after=False), **RECURRENT)
for kind in (L.SimpleRNN, L.LSTM, L.GRU):
    row(f"{kind.__name__}_state", lambda x, k=kind: k(3, return_state=True)(x), S)
    row(f"RNN_{kind.__name__}Cell", lambda x, k=kind: L.RNN(getattr(L, f"{k.__name__}Cell")(3), return_sequences=True)(x), S)
row("LSTM_initial", lambda x, h, c: L.LSTM(3)(x, initial_state=[h, c]), S, (3,), (3,))
row("StackedRNNCells", lambda x: L.RNN([L.LSTMCell(3), L.GRUCell(2)])(x), S)
for merge in ("concat", "sum", "ave", "mul"):
    row(f"Bidirectional_{merge}", lambda x, m=merge: L.Bidirectional(L.LSTM(3, return_sequences=True), merge_mode=m)(x), S)
row("Bidirectional_last", lambda x: L.Bidirectional(L.GRU(3))(x), S)
row("Bidirectional_other", lambda x: L.Bidirectional(L.GRU(3), backward_layer=L.LSTM(2, go_backwards=True))(x), S)
row("Bidirectional_none", lambda x: L.Bidirectional(L.LSTM(3), merge_mode=None)(x), S)
row("TimeDistributed", lambda x: L.TimeDistributed(L.Dense(3))(x), S)
row("TimeDistributed_conv", lambda x: L.TimeDistributed(L.Conv2D(2, 2))(x), (3, 5, 5, 1))
for axes, shape in ((1, (3, 6, 2)), (2, (3, 5, 5, 2)), (3, (2, 4, 4, 4, 1))):
    options(getattr(L, f"ConvLSTM{axes}D"), shape, dict(filters=2, kernel_size=2), sequences=dict(return_sequences=True),
            same=dict(padding="same"), strides=dict(strides=2), constraint=dict(kernel_constraint="non_neg"))

# Merging and reshaping
for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"):
    row(name, lambda x, y, n=name: getattr(L, n)()([x, y]), S, S)
row("Concatenate_axis", lambda x, y: L.Concatenate(axis=1)([x, y]), S, S)
row("Dot", lambda x, y: L.Dot(axes=2)([x, y]), S, S)
row("Dot_normalized", lambda x, y: L.Dot(axes=(1, 1), normalize=True)([x, y]), S, S)
options(L.Flatten, S, {})
options(L.Permute, S, dict(dims=(2, 1)))
options(L.RepeatVector, V, dict(n=3))
options(L.Reshape, S, dict(target_shape=(3, 8)), open=dict(target_shape=(-1, 2)))

# Activations; Keras's sparsemax is wrong for several rows
for name in (
    "celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_tanh leaky_relu linear log_sigmoid log_softmax mish "
    "relu relu6 selu sigmoid silu softmax softplus soft_shrink softsign sparse_plus sparse_sigmoid squareplus tanh tanh_shrink"
).split():
    if hasattr(A, name):
        row(f"activation_{name}", lambda x, n=name: L.Activation(n)(x), V)
options(L.ReLU, S, {}, options=dict(max_value=1.0, negative_slope=0.1, threshold=0.2))
options(L.LeakyReLU, S, {}, slope=dict(negative_slope=0.1))
options(L.PReLU, S, {}, shared=dict(shared_axes=[1]), constraint=dict(alpha_constraint="non_neg"))
options(L.ELU, S, {}, alpha=dict(alpha=0.5))
options(L.Softmax, S, {}, axis=dict(axis=1))

# Preprocessing
row("Normalization", lambda x: L.Normalization(mean=[1.0, 2, 3, 4], variance=[1.0, 2, 3, 4])(x), V)
row("Normalization_invert", lambda x: L.Normalization(mean=2.0, variance=3.0, axis=None, invert=True)(x), V)
options(L.Rescaling, S, dict(scale=0.5), offset=dict(offset=0.25))
options(L.Discretization, V, dict(bin_boundaries=[-1.0, 0.0, 1.0]))
for mode in ("one_hot", "multi_hot", "count"):
    row(f"CategoryEncoding_{mode}", lambda x, m=mode: L.CategoryEncoding(8, output_mode=m)(x), (1,) if mode == "one_hot" else V, dtype="int32")
options(L.CenterCrop, IMAGE, dict(height=3, width=4))
options(L.Resizing, IMAGE, dict(height=4, width=5), nearest=dict(interpolation="nearest"), bicubic=dict(interpolation="bicubic"),
        larger=dict(height=11, width=9), crop=dict(crop_to_aspect_ratio=True))
for layer, given in (
    (L.RandomFlip, {}), (L.RandomTranslation, dict(height_factor=0.1, width_factor=0.2)), (L.RandomRotation, dict(factor=0.1)),
    (L.RandomZoom, dict(height_factor=0.1)), (L.RandomContrast, dict(factor=0.1)), (L.RandomBrightness, dict(factor=0.1)),
    (L.RandomShear, dict(x_factor=0.1)), (L.RandomHue, dict(factor=0.1)),
    (L.RandomSaturation, dict(factor=0.1)), (L.RandomGrayscale, dict(factor=0.1)), (L.RandomInvert, dict(factor=0.1)),
    (L.RandomPosterization, dict(factor=4)), (L.RandomSharpness, dict(factor=0.1)), (L.RandomColorDegeneration, dict(factor=0.1)),
    (L.RandomColorJitter, dict(brightness_factor=0.1)), (L.RandomErasing, dict(factor=0.1)), (L.RandomGaussianBlur, dict(factor=0.1)),
    (L.RandomPerspective, dict(factor=0.1)), (L.RandomElasticTransform, dict(factor=0.1)), (L.Solarization, {}), (L.AutoContrast, {}),
    (L.RandAugment, {}), (L.AugMix, {}),
):
    options(layer, (6, 7, 3), given)
row("STFTSpectrogram", lambda x: L.STFTSpectrogram(frame_length=16, frame_step=8, fft_length=16)(x), (64, 1))
row("MelSpectrogram", lambda x: L.MelSpectrogram(fft_length=32, sequence_stride=16, num_mel_bins=4, sampling_rate=100)(x), (128,))
