"""Writes peer.safetensors with the safetensors package, and reads files that the tests have written.

python3 safetensors_file.py             writes peer.safetensors beside this script (safetensors 0.8, numpy 2)
python3 safetensors_file.py read FILE   prints names, types, shapes and sums of a file
"""
import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file
from safetensors import safe_open

if len(sys.argv) > 2:
    with safe_open(sys.argv[2], "np") as file:
        for name in file.keys():
            value = file.get_tensor(name)
            print(name, value.dtype, list(value.shape), float(value.astype(np.float64).sum()))
else:
    tensors = {
        "dense/kernel": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
        "dense/bias": np.array([1, -2, 3], dtype=np.float16),
        "count": np.array(7, dtype=np.int64),
        "mask": np.array([True, False, True]),
        "wide": np.array([[1e300]], dtype=np.float64),
        "bytes": np.array([0, 255], dtype=np.uint8),
        "empty": np.zeros((0, 5), dtype=np.int32),
    }
    save_file(tensors, pathlib.Path(__file__).with_name("peer.safetensors"), {"made by": "a peer"})
