"""Golden values of losses, metrics, optimizers and schedules from Keras 3 (TensorFlow backend) and NumPy.

Run: python Tests/Golden/training_parts.py      (Keras 3.15, TensorFlow 2.x)
Writes losses.json, metrics.json, optimizers.json, schedules.json, training_parity.json and small_parts.json beside itself.
"""
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf

HERE = pathlib.Path(__file__).parent
random = np.random.default_rng(20)
extra = np.random.default_rng(21)


def flat(values):
    return [int(v) if v == int(v) else float(f"{v:.9g}") for v in np.asarray(values, np.float64).ravel()]


def write(name, rows):
    head = {"source": f"Keras {keras.__version__}, TensorFlow {tf.__version__}, seed 20", "rows": rows}
    (HERE / name).write_text(json.dumps(head, indent=None).replace('{"name"', '\n{"name"') + "\n")


# Losses: values per sample, and the gradient of their sum with respect to the prediction.
def loss_rows():
    rows = []

    def row(name, function, target, prediction):
        prediction = tf.constant(prediction, tf.float32)
        target = tf.constant(target)
        with tf.GradientTape() as tape:
            tape.watch(prediction)
            values = function(target, prediction)
            total = tf.reduce_sum(values)
        gradient = tape.gradient(total, prediction)
        rows.append({
            "name": name, "shape": list(prediction.shape), "target_shape": list(target.shape), "target": flat(target),
            "prediction": flat(prediction), "values": flat(values), "gradient": flat(gradient)})

    real = random.normal(size=(4, 3)).astype("f")
    other = random.normal(size=(4, 3)).astype("f") * 2
    grid = random.normal(size=(2, 3, 2)).astype("f")
    positive = random.uniform(0.1, 4, size=(4, 3)).astype("f")
    counts = random.integers(0, 5, size=(4, 3)).astype("f")
    logits = random.normal(size=(4, 5)).astype("f") * 3
    probabilities = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    unscaled = random.uniform(0.05, 1, size=(4, 5)).astype("f")
    labels = np.array([0, 3, 4, 1], "i")
    one_hot = np.eye(5, dtype="f")[labels]
    soft = random.dirichlet(np.ones(5), 4).astype("f")
    places = random.normal(size=(2, 3, 4)).astype("f")
    place_labels = random.integers(0, 4, size=(2, 3)).astype("i")
    bits = random.integers(0, 2, size=(4, 3)).astype("f")
    chances = random.uniform(0.02, 0.98, size=(4, 3)).astype("f")
    chances[0, 0], chances[1, 1] = 0, 1
    signs = bits * 2 - 1
    k = keras.losses

    row("meanSquaredError", k.mean_squared_error, real, other)
    row("meanSquaredError", k.mean_squared_error, grid, grid[::-1].copy())
    row("meanAbsoluteError", k.mean_absolute_error, real, other)
    row("meanAbsolutePercentageError", k.mean_absolute_percentage_error, real, other)
    row("meanSquaredLogarithmicError", k.mean_squared_logarithmic_error, positive, positive[::-1].copy())
    row("quadraticError", lambda t, y: tf.reduce_sum(0.5 * (y - t) ** 2, -1), real, other)
    row("categoricalCrossentropy", k.categorical_crossentropy, one_hot, probabilities)
    row("categoricalCrossentropy", k.categorical_crossentropy, soft, unscaled)
    row("categoricalCrossentropy/logits", lambda t, y: k.categorical_crossentropy(t, y, from_logits=True), one_hot, logits)
    row("categoricalCrossentropy/logits", lambda t, y: k.categorical_crossentropy(t, y, from_logits=True), soft, logits)
    row("categoricalCrossentropy/smoothed",
        lambda t, y: k.categorical_crossentropy(t, y, label_smoothing=0.1), one_hot, probabilities)
    row("sparseCategoricalCrossentropy", k.sparse_categorical_crossentropy, labels, probabilities)
    row("sparseCategoricalCrossentropy", k.sparse_categorical_crossentropy, labels.reshape(4, 1), unscaled)
    row("sparseCategoricalCrossentropy/logits",
        lambda t, y: k.sparse_categorical_crossentropy(t, y, from_logits=True), labels, logits)
    row("sparseCategoricalCrossentropy/logits",
        lambda t, y: k.sparse_categorical_crossentropy(t, y, from_logits=True), place_labels, places)
    row("binaryCrossentropy", k.binary_crossentropy, bits, chances)
    row("binaryCrossentropy/logits", lambda t, y: k.binary_crossentropy(t, y, from_logits=True), bits, other * 20)
    row("binaryCrossentropy/smoothed", lambda t, y: k.binary_crossentropy(t, y, label_smoothing=0.2), bits, chances)
    row("hinge", k.hinge, signs, other)
    row("hinge", k.hinge, bits, other)
    row("squaredHinge", k.squared_hinge, signs, other)
    row("categoricalHinge", k.categorical_hinge, one_hot, logits)
    row("perceptron", lambda t, y: tf.reduce_mean(tf.maximum(0.0, -t * y), -1), signs, other)
    row("klDivergence", k.kl_divergence, soft, probabilities)
    row("poisson", k.poisson, counts, positive)
    row("huber", k.huber, real, other)
    row("huber/0.3", lambda t, y: k.huber(t, y, delta=0.3), real, other)
    row("logCosh", k.log_cosh, real, other * 5)
    row("cosineSimilarity", k.cosine_similarity, real, other)
    row("binaryFocalCrossentropy", k.binary_focal_crossentropy, bits, chances)
    row("binaryFocalCrossentropy/balanced",
        lambda t, y: k.binary_focal_crossentropy(t, y, True, 0.4, 1.5, True, 0.1), bits, other)
    row("categoricalFocalCrossentropy", k.categorical_focal_crossentropy, one_hot, unscaled)
    row("categoricalFocalCrossentropy/each",
        lambda t, y: k.categorical_focal_crossentropy(t, y, [0.1, 0.2, 0.3, 0.4, 0.5], 1.3, True, 0.1), one_hot, logits)
    row("categoricalGeneralizedCrossEntropy/0.7",
        lambda t, y: k.categorical_generalized_cross_entropy(t, y, 0.7), labels, probabilities)
    row("dice", k.dice, bits, chances)
    row("dice/rows", lambda t, y: k.dice(t, y, axis=[1]), bits, chances)
    row("tversky", lambda t, y: k.tversky(t, y, 0.3, 0.8), bits, chances)
    row("tversky/rows", lambda t, y: k.tversky(t, y, 0.3, 0.8, axis=[1]), bits, chances)
    masked = np.array([0, 3, -1, 1], "i")

    def ignoring(t, y):
        values = k.sparse_categorical_crossentropy(t, y, ignore_class=-1)
        return values * (len(masked) / np.sum(masked != -1))

    row("sparseCategoricalCrossentropy/ignore", ignoring, masked, probabilities)
    spheres = extra.normal(size=(7, 4)).astype("f")
    spheres /= np.linalg.norm(spheres, axis=1, keepdims=True)
    classes = np.array([0, 1, 0, 2, 1, 1, 3], "i")

    def circle(diagonal):
        def values(t, y):
            loss = k.circle(t, y, gamma=8, margin=0.3, remove_diagonal=diagonal)
            mask = tf.cast(loss > 0, tf.float32)
            return loss * mask * len(classes) / tf.reduce_sum(mask)
        return values

    row("circle", circle(True), classes, spheres)
    row("circle/diagonal", circle(False), classes, spheres)
    row("ctc", k.ctc, np.array([[1, 2, 2], [3, 0, 0], [0, 0, 0], [2, 3, 1]], "i"),
        extra.normal(size=(4, 6, 4)).astype("f") * 2)
    return rows


# Metrics: the value after three batches, with and without sample weights.
def metric_rows():
    rows = []

    def row(name, metric, target, prediction, weighted=False, numbers=random):
        weights = numbers.uniform(0, 2, size=len(target)).astype("f").round(2) if weighted else None
        for batch in np.array_split(np.arange(len(target)), 3):
            metric.update_state(target[batch], prediction[batch], None if weights is None else weights[batch])
        values = keras.ops.convert_to_numpy(metric.result())
        result = [float(v) for v in values] if values.ndim else float(values)
        rows.append({
            "name": name, "shape": list(prediction.shape), "target_shape": list(target.shape), "target": flat(target),
            "prediction": [round(v, 3) for v in flat(prediction)], "weights": [] if weights is None else [round(v, 2) for v in flat(weights)], "result": result})

    n = 20
    labels = random.integers(0, 6, size=n).astype("i")
    one_hot = np.eye(6, dtype="f")[labels]
    scores = random.dirichlet(np.ones(6), n).astype("f") + 0.2 * one_hot * (random.random((n, 1)) < 0.6)
    scores = (scores / scores.sum(-1, keepdims=True)).astype("f")
    bits = random.integers(0, 2, size=(n, 1)).astype("f")
    chances = np.clip(0.35 * bits + random.uniform(0, 0.65, size=(n, 1)), 0, 1).astype("f")
    chances[3], chances[7] = 0, 1
    many = random.integers(0, 2, size=(n, 3)).astype("f")
    many_chances = random.random((n, 3)).astype("f")
    real = (random.normal(size=(n, 2)) * 3 + 5).astype("f")
    other = (real + random.normal(size=(n, 2))).astype("f")
    scores, chances, many_chances, real, other = (x.round(3) for x in (scores, chances, many_chances, real, other))
    m = keras.metrics

    for weighted in (False, True):
        def add(name, metric, target, prediction):
            row(name, metric, target, prediction, weighted)
        add("binaryAccuracy", m.BinaryAccuracy(), bits, chances)
        add("binaryAccuracy", m.BinaryAccuracy(), many, many_chances)
        add("binaryAccuracy/0.3", m.BinaryAccuracy(threshold=0.3), bits, chances)
        add("categoricalAccuracy", m.CategoricalAccuracy(), one_hot, scores)
        add("sparseCategoricalAccuracy", m.SparseCategoricalAccuracy(), labels, scores)
        add("accuracy", m.BinaryAccuracy(), bits, chances)
        add("accuracy", m.CategoricalAccuracy(), one_hot, scores)
        add("accuracy", m.SparseCategoricalAccuracy(), labels, scores)
        add("topKCategoricalAccuracy/2", m.TopKCategoricalAccuracy(k=2), one_hot, scores)
        add("sparseTopKCategoricalAccuracy/3", m.SparseTopKCategoricalAccuracy(k=3), labels, scores)
        add("meanSquaredError", m.MeanSquaredError(), real, other)
        add("meanAbsoluteError", m.MeanAbsoluteError(), real, other)
        add("meanAbsolutePercentageError", m.MeanAbsolutePercentageError(), real, other)
        add("rootMeanSquaredError", m.RootMeanSquaredError(), real, other)
        add("precision", m.Precision(), bits, chances)
        add("precision", m.Precision(), many, many_chances)
        add("precision/class1", m.Precision(class_id=1), many, many_chances)
        add("recall", m.Recall(), bits, chances)
        add("recall/0.7", m.Recall(thresholds=0.7), many, many_chances)
        add("f1/macro", m.F1Score(average="macro"), one_hot, scores)
        add("f1/weighted", m.F1Score(average="weighted"), one_hot, scores)
        add("f1/micro0.5", m.F1Score(average="micro", threshold=0.5), many, many_chances)
        add("auc", m.AUC(), bits, chances)
        add("auc", m.AUC(), many, many_chances)
        add("auc/pr", m.AUC(curve="PR"), bits, chances)
        add("auc/minoring", m.AUC(summation_method="minoring"), bits, chances)
        add("auc/pr-majoring", m.AUC(curve="PR", summation_method="majoring"), bits, chances)
        add("binaryCrossentropy", m.BinaryCrossentropy(), bits, chances)
        add("categoricalCrossentropy", m.CategoricalCrossentropy(), one_hot, scores)
        add("r2", m.R2Score(), real, other)

    n = 12
    bits, chances, many, many_chances = (x[:n] for x in (bits, chances, many, many_chances))
    pixels = extra.integers(0, 4, size=n).astype("i")
    said = np.where(extra.random(n) < 0.7, pixels, extra.integers(0, 4, size=n)).astype("f")
    hot = np.eye(4, dtype="f")[pixels]
    guesses = (extra.random((n, 4)) + 0.6 * hot).astype("f").round(3)
    ranked = extra.random((n, 5)).astype("f").round(3)
    several = extra.integers(0, 2, size=(n, 5)).astype("f")
    wide = (extra.normal(size=(n, 4)) * 2).astype("f").round(3)
    near = (wide + extra.normal(size=(n, 4))).astype("f").round(3)
    for weighted in (False, True):
        def add(name, metric, target, prediction):
            row(name, metric, target, prediction, weighted, extra)
        add("ioU", m.IoU(4, [0, 2], dtype="float32"), pixels, said)
        add("ioU/ignore", m.IoU(4, [0, 1, 3], ignore_class=1, dtype="float32"), pixels, said)
        add("meanIoU", m.MeanIoU(4, dtype="float32"), pixels, said)
        add("meanIoU/dense", m.MeanIoU(4, sparse_y_pred=False, dtype="float32"), pixels, guesses)
        add("oneHotIoU", m.OneHotIoU(4, [1, 3], dtype="float32"), hot, guesses)
        add("oneHotMeanIoU", m.OneHotMeanIoU(4, dtype="float32"), hot, guesses)
        add("binaryIoU", m.BinaryIoU([0, 1], 0.4, dtype="float32"), bits[:, 0], chances[:, 0])
        add("truePositives", m.TruePositives(), bits, chances)
        add("falsePositives/0.3", m.FalsePositives(0.3), bits, chances)
        add("trueNegatives", m.TrueNegatives(), many, many_chances)
        add("falseNegatives", m.FalseNegatives(), many, many_chances)
        add("precision/top2", m.Precision(top_k=2), several, ranked)
        add("precision/top2-0.6", m.Precision(thresholds=0.6, top_k=2), several, ranked)
        add("recall/top3-class1", m.Recall(top_k=3, class_id=1), several, ranked)
        add("precisionAtRecall", m.PrecisionAtRecall(0.6), bits, chances)
        add("recallAtPrecision", m.RecallAtPrecision(0.7, num_thresholds=50), bits, chances)
        add("sensitivityAtSpecificity", m.SensitivityAtSpecificity(0.6), bits, chances)
        add("sensitivityAtSpecificity/one", m.SensitivityAtSpecificity(0.2, num_thresholds=1), bits, chances)
        add("specificityAtSensitivity/class2", m.SpecificityAtSensitivity(0.5, class_id=2), many, many_chances)
        add("fBeta", m.FBetaScore(average="macro", beta=2.0), hot, guesses)
        add("fBeta/weighted", m.FBetaScore(average="weighted", beta=0.5, threshold=0.5), hot, guesses)
        add("pearsonCorrelation", m.PearsonCorrelation(), wide, near)
        add("concordanceCorrelation", m.ConcordanceCorrelation(), wide, near)
        add("cosineSimilarity", m.CosineSimilarity(), wide, near)
        add("logCosh", m.LogCoshError(), wide, near)
        add("hinge", m.Hinge(), several * 2 - 1, ranked)
        add("squaredHinge", m.SquaredHinge(), several * 2 - 1, ranked)
        add("categoricalHinge", m.CategoricalHinge(), hot, guesses)
        add("poisson", m.Poisson(), several, ranked)
        add("r2/variance", m.R2Score(class_aggregation="variance_weighted_average"), wide, near)
        add("r2/adjusted", m.R2Score(num_regressors=3), wide, near)
        add("auc/labels", m.AUC(multi_label=True, num_labels=3), many, many_chances)
        add("auc/weighted-labels", m.AUC(multi_label=True, num_labels=3, label_weights=[1, 2, 0.5]), many, many_chances)
        add("auc/label-weights", m.AUC(label_weights=[1, 2, 0.5]), many, many_chances)

    # Several values: of each threshold, class or output.
    third = np.random.default_rng(22)
    for weighted in (False, True):
        def add(name, metric, target, prediction):
            row(name, metric, target, prediction, weighted, third)
        add("precision/thresholds", m.Precision(thresholds=[0.2, 0.5, 0.8]), many, many_chances)
        add("precision/thresholds-top2", m.Precision(thresholds=[0.3, 0.6], top_k=2, class_id=3), several, ranked)
        add("recall/thresholds", m.Recall(thresholds=[0.2, 0.5, 0.8]), many, many_chances)
        add("truePositives/thresholds", m.TruePositives([0.2, 0.7]), many, many_chances)
        add("falsePositives/thresholds", m.FalsePositives([0.2, 0.7]), many, many_chances)
        add("trueNegatives/thresholds", m.TrueNegatives([0.2, 0.7]), bits, chances)
        add("falseNegatives/thresholds", m.FalseNegatives([0.2, 0.7]), many, many_chances)
        add("f1/each", m.F1Score(), hot, guesses)
        add("fBeta/each", m.FBetaScore(beta=2.0, threshold=0.4), hot, guesses)
        add("r2/each", m.R2Score(class_aggregation=None), wide, near)
        add("auc/thresholds", m.AUC(thresholds=[0.1, 0.45, 0.7]), many, many_chances)
        add("auc/thresholds-labels", m.AUC(thresholds=[0.1, 0.45, 0.7], multi_label=True), many, many_chances)
        add("auc/gain", m.AUC(curve="PRGAIN"), many, many_chances)
        add("auc/gain-minoring", m.AUC(curve="PRGAIN", summation_method="minoring"), bits, chances)
        ids = np.argsort(-guesses, axis=-1).astype("f")
        add("sparseTopKCategoricalAccuracy/sorted", m.SparseTopKCategoricalAccuracy(2, from_sorted_ids=True), pixels, ids)
    return rows


# Optimizers: a parameter [4] and a parameter [2, 2] after each of eight steps with given gradients.
def optimizer_rows():
    steps = 8
    first = [random.normal(size=4).astype("f"), random.normal(size=(2, 2)).astype("f")]
    gradients = [[(random.normal(size=p.shape) * s).astype("f") for p in first] for s in random.uniform(0.2, 3, steps)]
    rows = []

    def row(name, optimizer, exclude=None):
        variables = [keras.Variable(p, name=n) for p, n in zip(first, ["bias", "kernel"])]
        if exclude:
            optimizer.exclude_from_weight_decay(var_names=exclude)
        optimizer.build(variables)
        path = []
        for gradient in gradients:
            optimizer.apply(gradient)
            path.append(sum([flat(keras.ops.convert_to_numpy(v)) for v in variables], []))
        rows.append({"name": name, "steps": path})

    o = keras.optimizers
    row("sgd", o.SGD(0.1))
    row("sgd/momentum", o.SGD(0.1, momentum=0.9))
    row("sgd/nesterov", o.SGD(0.1, momentum=0.9, nesterov=True))
    row("sgd/decay", o.SGD(0.1, weight_decay=0.05))
    row("sgd/decay-kernel", o.SGD(0.1, weight_decay=0.05), exclude=["bias"])
    row("sgd/value", o.SGD(0.1, clipvalue=0.5))
    row("sgd/norm", o.SGD(0.1, clipnorm=1.0))
    row("sgd/globalNorm", o.SGD(0.1, global_clipnorm=1.0))
    row("rmsprop", o.RMSprop(0.05))
    row("rmsprop/centered", o.RMSprop(0.05, rho=0.8, momentum=0.5, centered=True))
    row("adagrad", o.Adagrad(0.1))
    row("adadelta", o.Adadelta(1.0))
    row("adam", o.Adam(0.05))
    row("adam/amsgrad", o.Adam(0.05, beta_1=0.8, beta_2=0.7, epsilon=1e-3, amsgrad=True))
    row("adamw", o.AdamW(0.05))
    row("adamax", o.Adamax(0.05))
    row("nadam", o.Nadam(0.05))
    row("lion", o.Lion(0.01, weight_decay=0.1))
    parameters = {"first": sum([flat(p) for p in first], []),
                  "gradients": [sum([flat(g) for g in step], []) for step in gradients]}
    return [{"name": "parameters", **parameters}] + rows


# Schedules: rates at some steps.
def schedule_rows():
    s = keras.optimizers.schedules
    at = [0, 1, 5, 9, 10, 11, 19, 20, 25, 30, 31, 40, 69, 70, 71, 100, 1000]
    rows = [{"name": "steps", "rates": at}]

    def row(name, schedule):
        rows.append({"name": name, "rates": flat([float(schedule(step)) for step in at])})

    row("exponential", s.ExponentialDecay(0.1, 10, 0.5))
    row("exponential/stairs", s.ExponentialDecay(0.1, 10, 0.5, staircase=True))
    row("inverseTime", s.InverseTimeDecay(0.1, 10, 0.5))
    row("inverseTime/stairs", s.InverseTimeDecay(0.1, 10, 0.5, staircase=True))
    row("piecewise", s.PiecewiseConstantDecay([10, 30], [0.1, 0.01, 0.001]))
    row("polynomial", s.PolynomialDecay(0.1, 40, 0.01, power=2.0))
    row("polynomial/cycles", s.PolynomialDecay(0.1, 20, 0.01, cycle=True))
    row("cosine", s.CosineDecay(0.1, 40, alpha=0.1))
    row("cosine/warmup", s.CosineDecay(0.0, 30, alpha=0.05, warmup_target=0.2, warmup_steps=10))
    row("restarts", s.CosineDecayRestarts(0.1, 10, alpha=0.1, m_mul=0.8))
    row("restarts/equal", s.CosineDecayRestarts(0.1, 20, t_mul=1.0, m_mul=0.5))
    return rows


class ScheduleFree(keras.optimizers.ScheduleFreeAdamW):
    """The paper's rule: on TensorFlow, Keras 3.15 loses z's first value in a compiled model, and reads z after its update."""

    def update_step(self, gradient, variable, learning_rate):
        index = self._get_variable_index(variable)
        z, v = self._momentums[index], self._velocities[index]
        step = tf.cast(self.iterations + 1, tf.float32)
        rate = learning_rate * tf.minimum(step / max(self.warmup_steps, 1), 1.0)
        old = tf.where(step == 1, tf.identity(variable), tf.identity(z))
        v.assign(v + (1 - self.beta_2) * (gradient ** 2 - v))
        new = old - rate * gradient / (tf.sqrt(v / (1 - self.beta_2 ** step)) + self.epsilon)
        mean = (variable - (1 - self.beta_1) * old) / self.beta_1
        z.assign(new)
        variable.assign((1 - self.beta_1) * new + self.beta_1 * ((1 - 1 / step) * mean + new / step))


# Training: the losses of 30 steps of a small network from the same weights and batches.
def parity_rows():
    x = extra.normal(size=(5, 8, 6, 2)).astype("f").round(3)
    y = np.eye(3, dtype="f")[extra.integers(0, 3, size=(5, 8))]
    o, c, r = keras.optimizers, keras.constraints, keras.regularizers
    start = None
    rows = []

    def row(name, optimizer, constraint=None, regularizer=None):
        nonlocal start
        keras.backend.clear_session()
        model = keras.Sequential([
            keras.layers.Input((6, 2)), keras.layers.Conv1D(4, 3, activation="tanh"), keras.layers.Flatten(),
            keras.layers.Dense(10, "tanh", kernel_constraint=constraint, kernel_regularizer=regularizer),
            keras.layers.Dense(3, "softmax", bias_constraint=constraint and c.NonNeg())])
        if start is None:
            start = [(extra.normal(size=w.shape) * 0.5).astype("f").round(3) for w in model.get_weights()]
        model.set_weights(start)
        if name.endswith("/kernels"):
            optimizer.exclude_from_weight_decay(var_names=["bias"])
        model.compile(optimizer, "categorical_crossentropy")
        losses = []
        for step in range(30):
            model.reset_metrics()
            losses.append(float(model.train_on_batch(x[step % 5], y[step % 5])))
        rows.append({"name": name, "losses": flat(losses)})

    row("sgd", o.SGD(0.1))
    row("sgd/momentum", o.SGD(0.05, momentum=0.9))
    row("sgd/nesterov", o.SGD(0.05, momentum=0.9, nesterov=True))
    row("sgd/decay/kernels", o.SGD(0.1, weight_decay=0.1))
    row("sgd/clipvalue", o.SGD(0.5, clipvalue=0.02))
    row("sgd/clipnorm", o.SGD(0.5, clipnorm=0.1))
    row("sgd/globalClipnorm", o.SGD(0.5, global_clipnorm=0.1))
    row("sgd/ema", o.SGD(0.1, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=4))
    row("sgd/accumulation", o.SGD(0.3, momentum=0.5, gradient_accumulation_steps=4))
    row("rmsprop", o.RMSprop(0.01))
    row("rmsprop/centered", o.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True))
    row("adagrad", o.Adagrad(0.1))
    row("adadelta", o.Adadelta(1.0))
    row("adam", o.Adam(0.02))
    row("adam/amsgrad", o.Adam(0.02, beta_1=0.8, beta_2=0.9, amsgrad=True))
    row("adam/accumulation", o.Adam(0.05, gradient_accumulation_steps=3, clipnorm=0.05))
    row("adam/accumulation-ema", o.Adam(0.05, gradient_accumulation_steps=2, use_ema=True, ema_overwrite_frequency=3))
    row("adam/schedule", o.Adam(o.schedules.CosineDecay(0.05, 20)))
    row("adamw", o.AdamW(0.02, weight_decay=0.1))
    row("adamax", o.Adamax(0.02))
    row("nadam", o.Nadam(0.02))
    row("lion", o.Lion(0.005, weight_decay=0.1))
    row("ftrl", o.Ftrl(0.3, l1_regularization_strength=0.01, l2_regularization_strength=0.02,
                       l2_shrinkage_regularization_strength=0.03, beta=0.1))
    row("ftrl/power", o.Ftrl(0.1, learning_rate_power=-0.3))
    row("adafactor", o.Adafactor(0.05))
    row("adafactor/options", o.Adafactor(0.3, beta_2_decay=-0.6, epsilon_2=0.01, clip_threshold=0.5, weight_decay=0.05))
    row("lamb", o.Lamb(0.02))
    row("lamb/decay", o.Lamb(0.02, weight_decay=0.1))
    row("muon", o.Muon(0.02))
    row("muon/options", o.Muon(0.02, nesterov=False, ns_steps=3, rms_rate=None, adam_lr_ratio=0.5, weight_decay=0.1,
                               adam_weight_decay=0.05, exclude_layers=["dense_1"]))
    row("scheduleFree", ScheduleFree(0.02))
    row("scheduleFree/warmup", ScheduleFree(0.05, warmup_steps=10))
    row("adam/lossScale", o.LossScaleOptimizer(o.Adam(0.02), initial_scale=1024.0, dynamic_growth_steps=5))
    groups = {"(.*/)?dense/.*": o.Adam(0.01, use_ema=True, ema_overwrite_frequency=5),
              "(.*/)?conv1d/kernel": o.Lion(0.003)}
    row("multi", o.MultiOptimizer(o.OptimizerMap(o.SGD(0.2, clipnorm=0.3), groups)))
    row("sgd/maxNorm", o.SGD(0.2), constraint=c.MaxNorm(0.8))
    row("sgd/minMaxNorm", o.SGD(0.2), constraint=c.MinMaxNorm(0.9, 1.1, rate=0.5))
    row("sgd/unitNorm", o.Adam(0.02), constraint=c.UnitNorm(axis=[0, 1]))
    row("sgd/nonNeg", o.SGD(0.2), constraint=c.NonNeg())
    row("sgd/l1l2", o.SGD(0.1), regularizer=r.L1L2(0.01, 0.02))
    row("sgd/orthogonal", o.SGD(0.1), regularizer=r.OrthogonalRegularizer(0.5, "columns"))
    row("sgd/orthogonalRows", o.SGD(0.1), regularizer=r.OrthogonalRegularizer(0.5, "rows"))
    return [{"name": "data", "x": flat(x), "y": flat(y), "weights": sum([flat(w) for w in start], [])}] + rows


# Initializers without randomness.
def small_rows():
    i = keras.initializers
    rows = []

    def row(name, initializer, shape):
        rows.append({"name": name, "shape": list(shape), "values": flat(initializer(shape))})

    row("identity", i.Identity(2.0), (3, 4))
    row("stft", i.STFT(), (6, 1, 4))
    row("stft/imag", i.STFT("imag", "hamming", "spectrum", True), (5, 1, 3))
    row("stft/plain", i.STFT("real", None, None), (4, 1, 3))
    row("stft/blackman", i.STFT("imag", "blackman", None), (6, 1, 3))
    return rows


write("losses.json", loss_rows())
write("metrics.json", metric_rows())
write("optimizers.json", optimizer_rows())
write("schedules.json", schedule_rows())
write("training_parity.json", parity_rows())
write("small_parts.json", small_rows())
