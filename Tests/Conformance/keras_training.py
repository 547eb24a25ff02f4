"""Rows of the conformance table that train: losses, metrics, optimizers, schedules, several outputs."""
import keras
import numpy as np
from keras.src.applications import resnet

L, F, M, O = keras.layers, keras.losses, keras.metrics, keras.optimizers
TRAINING = {}


def row(name, loss, metrics=(), optimizer=None, activation="sigmoid", target="floats", units=3, **compiled):
    """A small model with two layers; `target` says what the targets are."""

    def make():
        model = keras.Sequential([keras.Input((4,)), L.Dense(5, activation="tanh"), L.Dense(units, activation=activation)])
        chosen = optimizer() if optimizer else O.SGD(0.05)
        model.compile(chosen, loss, metrics=list(metrics), run_eagerly=True, **compiled)
        return model, target

    assert name not in TRAINING, name
    TRAINING[name] = make


# Losses
for loss in (
    "mse", "mae", "mape", "msle", "huber", "log_cosh", "poisson", "kl_divergence", "cosine_similarity", "dice", "tversky",
    "binary_crossentropy", "binary_focal_crossentropy",
):
    row(f"loss_{loss}", loss)
for loss in ("hinge", "squared_hinge", "categorical_hinge"):
    row(f"loss_{loss}", loss, activation="tanh", target="one_hot")
for loss in ("categorical_crossentropy", "categorical_focal_crossentropy"):
    row(f"loss_{loss}", loss, activation="softmax", target="one_hot")
row("loss_sparse_categorical_crossentropy", "sparse_categorical_crossentropy", activation="softmax", target="labels")
for name, loss, options in (
    ("smoothing", F.BinaryCrossentropy(label_smoothing=0.1), {}),
    ("logits", F.BinaryCrossentropy(from_logits=True), dict(activation="linear", target="one_hot")),
    ("categorical_smoothing", F.CategoricalCrossentropy(label_smoothing=0.1), dict(activation="softmax", target="one_hot")),
    ("categorical_logits", F.CategoricalCrossentropy(from_logits=True), dict(activation="linear", target="one_hot")),
    ("sparse_logits", F.SparseCategoricalCrossentropy(from_logits=True), dict(activation="linear", target="labels")),
    ("focal", F.BinaryFocalCrossentropy(apply_class_balancing=True, alpha=0.3, gamma=1.5), dict(target="one_hot")),
    ("categorical_focal", F.CategoricalFocalCrossentropy(alpha=0.4, gamma=1.0), dict(activation="softmax", target="one_hot")),
    ("generalized", F.CategoricalGeneralizedCrossEntropy(q=0.7), dict(activation="softmax", target="labels")),
    ("tversky_options", F.Tversky(alpha=0.3, beta=0.7), {}),
    ("dice_axis", F.Dice(axis=-1), {}),
    ("circle", F.Circle(gamma=2.0), dict(activation="linear", target="labels")),
    ("huber_delta", F.Huber(), {}),
    ("sum", F.MeanSquaredError(reduction="sum"), {}),
    ("weighted_mean", F.MeanAbsoluteError(reduction="mean_with_sample_weight"), {}),
    ("crossentropy_sum", F.CategoricalCrossentropy(reduction="sum"), dict(activation="softmax", target="one_hot")),
):
    row(f"loss_class_{name}", loss, **options)

# Metrics
for name, metric, options in (
    ("accuracy", "accuracy", dict(activation="softmax", target="one_hot")),
    ("accuracy_sparse", "accuracy", dict(activation="softmax", target="labels")),
    ("accuracy_binary", "accuracy", dict(units=1, target="binary")),
    ("binary_accuracy", M.BinaryAccuracy(threshold=0.6), dict(target="one_hot")),
    ("categorical_accuracy", "categorical_accuracy", dict(activation="softmax", target="one_hot")),
    ("sparse_accuracy", "sparse_categorical_accuracy", dict(activation="softmax", target="labels")),
    ("top_k", M.TopKCategoricalAccuracy(2), dict(activation="softmax", target="one_hot")),
    ("sparse_top_k", M.SparseTopKCategoricalAccuracy(2), dict(activation="softmax", target="labels")),
    ("auc", "auc", dict(units=1, target="binary")),
    ("auc_pr", M.AUC(curve="PR", num_thresholds=50, summation_method="majoring"), dict(units=1, target="binary")),
    ("auc_labels", M.AUC(multi_label=True), dict(target="one_hot")),
    ("precision", "precision", dict(target="one_hot")),
    ("precision_options", M.Precision(thresholds=0.4, class_id=1), dict(target="one_hot")),
    ("precision_top", M.Precision(top_k=2), dict(target="one_hot")),
    ("recall", M.Recall(thresholds=0.6), dict(target="one_hot")),
    ("true_positives", M.TruePositives(), dict(target="one_hot")),
    ("true_negatives", M.TrueNegatives(thresholds=0.4), dict(target="one_hot")),
    ("false_positives", M.FalsePositives(), dict(target="one_hot")),
    ("false_negatives", M.FalseNegatives(), dict(target="one_hot")),
    ("precision_at_recall", M.PrecisionAtRecall(0.5), dict(units=1, target="binary")),
    ("recall_at_precision", M.RecallAtPrecision(0.5), dict(units=1, target="binary")),
    ("sensitivity", M.SensitivityAtSpecificity(0.5), dict(units=1, target="binary")),
    ("specificity", M.SpecificityAtSensitivity(0.5), dict(units=1, target="binary")),
    ("f1_macro", M.F1Score(average="macro"), dict(target="one_hot")),
    ("f1_threshold", M.F1Score(average="micro", threshold=0.5), dict(target="one_hot")),
    ("fbeta", M.FBetaScore(average="weighted", beta=2.0), dict(target="one_hot")),
    ("binary_iou", M.BinaryIoU(target_class_ids=[0, 1], threshold=0.5), dict(target="one_hot")),
    ("one_hot_iou", M.OneHotIoU(num_classes=3, target_class_ids=[0, 2]), dict(activation="softmax", target="one_hot")),
    ("one_hot_mean_iou", M.OneHotMeanIoU(num_classes=3), dict(activation="softmax", target="one_hot")),
    ("mean_iou", M.MeanIoU(num_classes=3, sparse_y_pred=False), dict(activation="softmax", target="labels")),
    ("precision_thresholds", M.Precision(thresholds=[0.3, 0.5, 0.6]), dict(target="one_hot")),
    ("precision_thresholds_top", M.Precision(thresholds=[0.45, 0.55], top_k=2, class_id=1), dict(target="one_hot")),
    ("recall_thresholds", M.Recall(thresholds=[0.4, 0.6]), dict(target="one_hot")),
    ("recall_top", M.Recall(top_k=1), dict(target="one_hot")),
    ("true_positives_thresholds", M.TruePositives(thresholds=[0.3, 0.6]), dict(target="one_hot")),
    ("true_negatives_thresholds", M.TrueNegatives(thresholds=[0.3, 0.6]), dict(target="one_hot")),
    ("false_positives_thresholds", M.FalsePositives(thresholds=[0.3, 0.45, 0.6]), dict(target="one_hot")),
    ("false_negatives_thresholds", M.FalseNegatives(thresholds=[0.3, 0.6]), dict(target="one_hot")),
    ("auc_thresholds", M.AUC(thresholds=[0.3, 0.45, 0.6, 0.7]), dict(target="one_hot")),
    ("auc_thresholds_labels", M.AUC(thresholds=[0.3, 0.45, 0.6], multi_label=True), dict(target="one_hot")),
    ("auc_gain", M.AUC(curve="PRGAIN"), dict(target="one_hot")),
    ("auc_weighted_labels", M.AUC(multi_label=True, label_weights=[1.0, 2.0, 0.5]), dict(target="one_hot")),
    ("auc_logits", M.AUC(from_logits=True), dict(activation="linear", target="one_hot")),
    ("f1_each", M.F1Score(), dict(target="one_hot")),
    ("f1_each_threshold", M.F1Score(threshold=0.4), dict(target="one_hot")),
    ("fbeta_each", M.FBetaScore(beta=0.5), dict(target="one_hot")),
    ("fbeta_micro", M.FBetaScore(average="micro", beta=2.0, threshold=0.5), dict(target="one_hot")),
    ("r2_each", M.R2Score(class_aggregation=None), {}),
    ("r2_regressors", M.R2Score(num_regressors=2), {}),
    ("iou", M.IoU(num_classes=3, target_class_ids=[0, 2], sparse_y_pred=False), dict(activation="softmax", target="labels")),
    ("r2", M.R2Score(), {}),
    ("r2_weighted", M.R2Score(class_aggregation="variance_weighted_average"), {}),
    ("rmse", M.RootMeanSquaredError(), {}),
    ("cosine", M.CosineSimilarity(), {}),
    ("log_cosh", M.LogCoshError(), {}),
    ("pearson", M.PearsonCorrelation(), {}),
    ("concordance", M.ConcordanceCorrelation(), {}),
    ("means", [M.MeanSquaredError(), M.MeanAbsoluteError(), M.MeanAbsolutePercentageError()], {}),
    ("names", ["mse", "mae", "msle", "kl_divergence", "poisson"], {}),
    ("crossentropies", [M.BinaryCrossentropy(label_smoothing=0.1)], dict(target="one_hot")),
    ("categorical_crossentropy", [M.CategoricalCrossentropy()], dict(activation="softmax", target="one_hot")),
    ("hinges", [M.Hinge(), M.SquaredHinge(), M.CategoricalHinge()], dict(activation="tanh", target="one_hot")),
    ("weighted", [], dict(weighted_metrics=["mae"])),
):
    is_sparse = options.get("target") == "labels"
    row(f"metric_{name}", "sparse_categorical_crossentropy" if is_sparse else "mse",
        metric if isinstance(metric, list) else [metric], **options)

# Optimizers
for name, kind, options in (
    ("SGD", O.SGD, dict(learning_rate=0.1)), ("SGD_momentum", O.SGD, dict(learning_rate=0.1, momentum=0.9)),
    ("SGD_nesterov", O.SGD, dict(learning_rate=0.1, momentum=0.9, nesterov=True)),
    ("RMSprop", O.RMSprop, {}), ("RMSprop_centered", O.RMSprop, dict(momentum=0.5, centered=True, rho=0.8)),
    ("Adam", O.Adam, {}), ("Adam_amsgrad", O.Adam, dict(amsgrad=True, beta_1=0.8)), ("AdamW", O.AdamW, {}),
    ("AdamW_decay", O.AdamW, dict(weight_decay=0.1, amsgrad=True)),
    ("Adadelta", O.Adadelta, dict(learning_rate=0.5)), ("Adagrad", O.Adagrad, dict(initial_accumulator_value=0.2)),
    ("Adamax", O.Adamax, {}), ("Nadam", O.Nadam, {}), ("Lion", O.Lion, {}),
    ("Ftrl", O.Ftrl, dict(learning_rate=0.1)),
    ("Ftrl_options", O.Ftrl, dict(learning_rate=0.1, initial_accumulator_value=0.3, l1_regularization_strength=0.001,
                                  l2_regularization_strength=0.01, l2_shrinkage_regularization_strength=0.02, beta=0.1)),
    ("Adafactor", O.Adafactor, dict(learning_rate=0.1)), ("Lamb", O.Lamb, {}),
    ("Lamb_options", O.Lamb, dict(beta_1=0.8, epsilon=1e-5, weight_decay=0.01)),
    ("Muon", O.Muon, {}), ("Muon_options", O.Muon, dict(nesterov=False, momentum=0.8, ns_steps=3, rms_rate=None)),
    ("clipnorm", O.Adam, dict(clipnorm=0.01)), ("clipvalue", O.SGD, dict(clipvalue=0.01)),
    ("global_clipnorm", O.RMSprop, dict(global_clipnorm=0.01)), ("weight_decay", O.SGD, dict(weight_decay=0.1)),
    ("ScheduleFreeAdamW", O.ScheduleFreeAdamW, dict(warmup_steps=4)), ("ema", O.SGD, dict(use_ema=True, ema_momentum=0.7)),
    ("ema_frequency", O.Adam, dict(use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=2)),
    ("accumulation", O.SGD, dict(momentum=0.9, gradient_accumulation_steps=2)),
    ("accumulation_adam", O.Adam, dict(gradient_accumulation_steps=3)),
):
    row(f"optimizer_{name}", "mse", ["mae"], optimizer=lambda k=kind, o=options: k(**o))
for name, make in {
    "loss_scale": lambda: O.LossScaleOptimizer(O.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=2),
    "MultiOptimizer": lambda: O.MultiOptimizer(O.OptimizerMap(O.SGD(0.1, momentum=0.9), {".*kernel": O.Adam(0.05)})),
    "MultiOptimizer_three": lambda: O.MultiOptimizer(
        O.OptimizerMap(O.RMSprop(0.01), {".*/bias": O.SGD(0.1), ".*_1/kernel": O.AdamW(0.02)})),
    "ExponentialDecay": lambda: O.SGD(O.schedules.ExponentialDecay(0.1, 2, 0.5)),
    "ExponentialDecay_staircase": lambda: O.SGD(O.schedules.ExponentialDecay(0.1, 2, 0.5, staircase=True)),
    "PiecewiseConstantDecay": lambda: O.SGD(O.schedules.PiecewiseConstantDecay([2, 4], [0.1, 0.05, 0.01])),
    "PolynomialDecay": lambda: O.Adam(O.schedules.PolynomialDecay(0.1, 5, 0.01, power=2.0)),
    "InverseTimeDecay": lambda: O.SGD(O.schedules.InverseTimeDecay(0.1, 2, 0.5)),
    "CosineDecay": lambda: O.SGD(O.schedules.CosineDecay(0.01, 5, alpha=0.1, warmup_target=0.1, warmup_steps=2)),
    "CosineDecayRestarts": lambda: O.SGD(O.schedules.CosineDecayRestarts(0.1, 3, t_mul=1.5, m_mul=0.8)),
}.items():
    row(f"optimizer_{name}", "mse", optimizer=make)


def several(**compiled):
    def make():
        x = keras.Input((4,))
        h = L.Dense(5, activation="tanh")(x)
        outputs = [L.Dense(3, activation="softmax", name="kind")(h), L.Dense(1, name="size")(h)]
        model = keras.Model(x, outputs)
        model.compile("sgd", run_eagerly=True, **compiled)
        return model, ["one_hot", "floats"]

    return make


TRAINING["several_lists"] = several(
    loss=["categorical_crossentropy", "mse"], metrics=[["accuracy", M.AUC(name="area")], ["mae"]], loss_weights=[1.0, 0.5])
TRAINING["several_names"] = several(
    loss={"kind": "categorical_crossentropy", "size": F.Huber()}, metrics={"size": [M.MeanSquaredError(name="squares"), "mae"]},
    loss_weights={"kind": 2.0, "size": 1.0})
TRAINING["several_one"] = several(loss="mse", metrics=[[], ["mae"]])


def fine_tuned(unfrozen):
    """A ResNet-50 of few channels inside another model, with a new head: first the head is trained, then all."""

    def make():
        def stages(x):
            for number, (width, blocks, stride) in enumerate([(4, 3, 1), (8, 4, 2), (8, 6, 2), (16, 3, 2)], 2):
                x = resnet.stack_residual_blocks_v1(x, width, blocks, stride, f"conv{number}")
            return x

        base = resnet.ResNet(
            stages, False, True, name="resnet", include_top=False, weights=None, pooling="avg", input_shape=(64, 64, 3),
            weights_name="resnet50")
        base.trainable = False
        x = keras.Input((64, 64, 3))
        model = keras.Model(x, L.Dense(3, activation="softmax", name="head")(base(x)))
        if unfrozen:
            base.trainable = True
        model.compile(O.SGD(0.01, momentum=0.9, global_clipnorm=1.0), "categorical_crossentropy", metrics=["accuracy"])
        return model, "one_hot"

    return make


TRAINING["fine_tuning_frozen"] = fine_tuned(False)
TRAINING["fine_tuning_unfrozen"] = fine_tuned(True)
