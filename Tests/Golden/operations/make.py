"""Writes golden values of operations: what PyTorch and Keras compute, forward and backward, on small seeded inputs.

Run it twice, once with each peer's Python; it writes torch.json and keras.json beside itself:

    python make.py torch     # PyTorch 2.13
    python make.py keras     # Keras 3.15 on TensorFlow

Tensors are channel-last, kernels [window..., channels / groups, filters], as in the library under test. Every case
holds its inputs, the output gradient that was propagated, the result and the gradients of the inputs.
"""
import json
import pathlib
import sys

import numpy as np

SEED = 20240229
random = np.random.default_rng(SEED)
folder = pathlib.Path(__file__).parent


def draw(*shape):
    """Sixteenths: exact in every format, short as text."""
    return (random.integers(-24, 25, shape) / 16).astype(np.float32)


def tensor(values):
    values = np.asarray(values)
    if values.dtype.kind == "i":
        return {"shape": list(values.shape), "dtype": "int32", "data": values.ravel().tolist()}
    return {"shape": list(values.shape), "dtype": "float32", "data": [float(f"{v:.8g}") for v in values.ravel()]}


def case(operation, name, attributes, **tensors):
    return {"operation": operation, "name": name, "attributes": attributes, "tensors": {k: tensor(v) for k, v in tensors.items()}}


def torch_cases():
    import torch
    import torch.nn.functional as F

    def first(x):  # channel-last to channel-first
        return torch.tensor(np.moveaxis(x, -1, 1).copy(), dtype=torch.float64)

    def last(x):
        return np.moveaxis(x.detach().numpy(), 1, -1)

    def weights(w):  # [window..., in, out] to [out, in, window...]
        return torch.tensor(np.moveaxis(w, (-1, -2), (0, 1)).copy(), dtype=torch.float64)

    def weights_back(w):
        return np.moveaxis(w.detach().numpy(), (0, 1), (-1, -2))

    convolutions = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
    transposed = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
    table = [
        # spatial sizes, window, channels, filters, strides, padding, dilation, groups
        ([7], [3], 2, 3, [1], [0], [1], 1),
        ([9], [3], 4, 6, [2], [1], [2], 2),
        ([5, 6], [3, 3], 2, 3, [1, 1], [1, 1], [1, 1], 1),
        ([7, 6], [3, 2], 3, 4, [2, 1], [1, 0], [1, 2], 1),
        ([6, 5], [3, 3], 4, 4, [1, 2], [1, 1], [1, 1], 2),
        ([5, 5], [3, 3], 3, 6, [1, 1], [1, 1], [1, 1], 3),
        ([4, 3], [2, 2], 16, 16, [1, 1], [0, 0], [1, 1], 1),
        ([4, 5, 3], [2, 3, 2], 2, 2, [1, 2, 1], [0, 1, 1], [1, 1, 1], 1),
        ([5, 4, 4], [2, 2, 2], 4, 2, [1, 1, 2], [1, 0, 0], [2, 1, 1], 2),
    ]
    for sizes, window, channels, filters, strides, padding, dilation, groups in table:
        attributes = dict(strides=strides, low=padding, high=padding, dilations=dilation, groups=groups)
        name = f"{len(sizes)}D {sizes} window {window} strides {strides} padding {padding} dilation {dilation} groups {groups}"
        x, w = draw(2, *sizes, channels), draw(*window, channels // groups, filters)
        tx, tw = first(x).requires_grad_(), weights(w).requires_grad_()
        y = convolutions[len(sizes)](tx, tw, None, strides, padding, dilation, groups)
        dy = draw(*last(y).shape)
        y.backward(first(dy))
        yield case("convolution", name, attributes, x=x, kernel=w, dy=dy, y=last(y), dx=last(tx.grad), dkernel=weights_back(tw.grad))
        # The same attributes turned around: from filters to channels.
        z = draw(*dy.shape)
        tz, tw = first(z).requires_grad_(), weights(w).requires_grad_()
        extra = [n - ((o - 1) * s - 2 * p + d * (k - 1) + 1)
                 for n, o, s, p, d, k in zip(sizes, dy.shape[1:], strides, padding, dilation, window)]
        t = transposed[len(sizes)](tz, tw, None, strides, padding, extra, groups, dilation)
        dt = draw(*last(t).shape)
        t.backward(first(dt))
        yield case("transposed convolution", name, attributes, x=z, kernel=w, dy=dt, y=last(t), dx=last(tz.grad), dkernel=weights_back(tw.grad))

    pools = {("max", 1): F.max_pool1d, ("max", 2): F.max_pool2d, ("max", 3): F.max_pool3d,
             ("average", 1): F.avg_pool1d, ("average", 2): F.avg_pool2d, ("average", 3): F.avg_pool3d}
    for kind, counts in [("max", False), ("average", False), ("average", True)]:
        for sizes, window, strides, padding in [([7], [3], [2], [1]), ([6, 5], [2, 2], [2, 2], [0, 0]), ([6, 7], [3, 2], [1, 2], [1, 1]),
                                                ([4, 5, 4], [2, 3, 2], [2, 1, 2], [1, 1, 0])]:
            count = 2 * int(np.prod(sizes)) * 3
            x = (random.permutation(count).reshape(2, *sizes, 3) / 16 - 4).astype(np.float32)
            tx = first(x).requires_grad_()
            options = {} if kind == "max" else dict(count_include_pad=counts)
            y = pools[kind, len(sizes)](tx, window, strides, padding, **options)
            dy = draw(*last(y).shape)
            y.backward(first(dy))
            attributes = dict(size=window, strides=strides, low=padding, high=padding, countsPadding=int(counts))
            yield case(f"{kind} pooling", f"{sizes} window {window} strides {strides} padding {padding} counts {counts}", attributes,
                       x=x, dy=dy, y=last(y), dx=last(tx.grad))

    for size, channels, alpha, beta, k in [(5, 8, 1e-4, 0.75, 2.0), (3, 4, 0.5, 0.5, 1.0), (5, 3, 2.0, 0.75, 1.0)]:
        x = draw(2, 3, 2, channels)
        tx = first(x).requires_grad_()
        y = F.local_response_norm(tx, size, alpha, beta, k)
        dy = draw(*x.shape)
        y.backward(first(dy))
        yield case("local response normalization", f"size {size} channels {channels}", dict(size=size, alpha=alpha, beta=beta, k=k),
                   x=x, dy=dy, y=last(y), dx=last(tx.grad))

    for shape in [(6, 3), (3, 4, 5), (2, 3, 4, 16), (2, 2, 3, 2, 3)]:
        x, gamma, beta = draw(*shape), draw(shape[-1]) + 2, draw(shape[-1])
        tx = first(x).requires_grad_()
        tg, tb = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (gamma, beta))
        y = F.batch_norm(tx, None, None, tg, tb, True, 0.0, 1e-3)
        dy = draw(*shape)
        y.backward(first(dy))
        yield case("batch normalization", f"shape {shape}", dict(epsilon=1e-3), x=x, gamma=gamma, beta=beta, dy=dy, y=last(y), dx=last(tx.grad),
                   dgamma=tg.grad.numpy(), dbeta=tb.grad.numpy())
        tx = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        tg, tb = (torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in (gamma, beta))
        y = F.layer_norm(tx, [shape[-1]], tg, tb, 1e-3)
        y.backward(torch.tensor(dy, dtype=torch.float64))
        yield case("layer normalization", f"shape {shape}", dict(epsilon=1e-3), x=x, gamma=gamma, beta=beta, dy=dy, y=y.detach().numpy(),
                   dx=tx.grad.numpy(), dgamma=tg.grad.numpy(), dbeta=tb.grad.numpy())

    for rows, classes in [(5, 3), (4, 10), (3, 37)]:
        logits, dy = draw(rows, classes) * 3, draw(rows)
        labels = random.integers(0, classes, rows).astype(np.int32)
        soft = np.abs(draw(rows, classes)) + 0.125
        soft = (soft / soft.sum(-1, keepdims=True)).astype(np.float32)
        for kind, targets in [("sparse", labels), ("soft", soft)]:
            tx = torch.tensor(logits, dtype=torch.float64, requires_grad=True)
            t = torch.tensor(targets, dtype=torch.int64 if kind == "sparse" else torch.float64)
            y = F.cross_entropy(tx, t, reduction="none")
            y.backward(torch.tensor(dy, dtype=torch.float64))
            yield case("softmax cross-entropy", f"{kind} {rows} x {classes}", {}, x=logits, targets=targets, dy=dy, y=y.detach().numpy(),
                       dx=tx.grad.numpy())


def keras_cases():
    import os
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import keras
    import tensorflow as tf

    def run(function, dy_shape, *inputs):
        variables = [tf.Variable(value.astype(np.float32)) for value in inputs]
        with tf.GradientTape() as tape:
            y = function(*variables)
            dy = draw(*y.shape)
            loss = tf.reduce_sum(y * dy.astype(np.float32))
        return y.numpy(), dy, [g.numpy() for g in tape.gradient(loss, variables)]

    def same(n, k, s, d=1):
        total = max((-(-n // s) - 1) * s + d * (k - 1) + 1 - n, 0)
        return total // 2, total - total // 2

    table = [([9], [4], [2], [1]), ([7, 6], [3, 2], [2, 2], [1, 1]), ([6, 6], [3, 3], [1, 1], [2, 2]), ([5, 4, 6], [2, 3, 2], [2, 1, 2], [1, 1, 1])]
    for sizes, window, strides, dilation in table:
        pads = [same(*p) for p in zip(sizes, window, strides, dilation)]
        attributes = dict(strides=strides, low=[p[0] for p in pads], high=[p[1] for p in pads], dilations=dilation, groups=1)
        x, w = draw(2, *sizes, 3), draw(*window, 3, 4)
        y, dy, grads = run(lambda x, w: keras.ops.conv(x, w, tuple(strides), "same", "channels_last", tuple(dilation)), None, x, w)
        yield case("convolution", f"same {sizes} window {window} strides {strides} dilation {dilation}", attributes, x=x, kernel=w, dy=dy, y=y,
                   dx=grads[0], dkernel=grads[1])
        if dilation == [1] * len(sizes):
            # Keras's kernel is [window..., filters, channels]: ours with the roles of the transposed layer.
            z = draw(2, *(-(-n // s) for n, s in zip(sizes, strides)), 4)
            full = [a * s for a, s in zip(z.shape[1:], strides)]
            pads = [same(*p) for p in zip(full, window, strides)]
            attributes = dict(attributes, low=[p[0] for p in pads], high=[p[1] for p in pads])
            y, dy, grads = run(lambda z, w: keras.ops.conv_transpose(z, w, tuple(strides), "same", data_format="channels_last"), None, z, w)
            yield case("transposed convolution", f"same {sizes} window {window} strides {strides}", attributes, x=z, kernel=w, dy=dy, y=y,
                       dx=grads[0], dkernel=grads[1])
        for kind, pool in [("max", keras.ops.max_pool), ("average", keras.ops.average_pool)]:
            count = 2 * int(np.prod(sizes)) * 3
            x = (random.permutation(count).reshape(2, *sizes, 3) / 16 - 4).astype(np.float32)
            pads = [same(n, k, s) for n, k, s in zip(sizes, window, strides)]
            attributes = dict(size=window, strides=strides, low=[p[0] for p in pads], high=[p[1] for p in pads], countsPadding=0)
            y, dy, grads = run(lambda x: pool(x, tuple(window), tuple(strides), "same", "channels_last"), None, x)
            yield case(f"{kind} pooling", f"same {sizes} window {window} strides {strides}", attributes, x=x, dy=dy, y=y, dx=grads[0])

    for shape in [(2, 5, 4, 3), (4, 7, 16)]:
        x, w = draw(*shape), draw(*([3] * (len(shape) - 2)), shape[-1], 1)
        kernel = np.swapaxes(w, -1, -2)  # ours: one channel a group, as many filters
        window = [3] * (len(shape) - 2)
        y, dy, grads = run(lambda x, w: keras.ops.depthwise_conv(x, w, 1, "valid", "channels_last"), None, x, w)
        attributes = dict(strides=[1] * len(window), low=[0] * len(window), high=[0] * len(window), dilations=[1] * len(window), groups=shape[-1])
        yield case("convolution", f"depthwise {shape}", attributes, x=x, kernel=kernel, dy=dy, y=y, dx=grads[0], dkernel=np.swapaxes(grads[1], -1, -2))


if __name__ == "__main__":
    peer = sys.argv[1]
    cases = list({"torch": torch_cases, "keras": keras_cases}[peer]())
    if peer == "torch":
        import torch
        version = "PyTorch " + torch.__version__
    else:
        import keras
        version = "Keras " + keras.__version__
    lines = ",\n".join(json.dumps(c, separators=(",", ":")) for c in cases)
    (folder / f"{peer}.json").write_text(f'{{"peer":"{version}","seed":{SEED},"cases":[\n{lines}\n]}}\n')
    print(len(cases), "cases")
