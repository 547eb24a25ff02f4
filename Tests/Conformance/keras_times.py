"""How long a model of Keras takes to load and to predict with for the first time, in Keras and in Cajal, and in how much memory.

Run: python3 Tests/Conformance/keras_models.py FOLDER
     swift build -c release --product KerasTrial
     python3 Tests/Conformance/keras_times.py FOLDER [--runs 3] [NAME ...]     prints a table
CAJAL_KERAS_TRIAL names the program where it lies elsewhere.
Every measurement is a process of its own, Keras and Cajal by turns, the files in the cache of the disk; the best of the
runs counts. Importing Keras is not counted, nor is the start of Cajal's program. Memory is what the process reached
(VmHWM) beyond what it had before it loaded the model: after loading, and after a prediction of two images.
"""
import json
import os
import subprocess
import sys
import time

TRIAL = os.environ.get("CAJAL_KERAS_TRIAL", ".build/release/KerasTrial")


def memory(key):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(key))


def in_keras(folder, name):
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import keras
    import numpy as np

    x = np.load(f"{folder}/{name}.npz")["input_0"]
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).predict(np.ones((1, 4)), verbose=0)  # all that is lazy
    before = memory("VmRSS")
    start = time.perf_counter()
    model = keras.models.load_model(f"{folder}/{name}.keras")
    loaded, after = time.perf_counter(), memory("VmHWM")
    model.predict(x, verbose=0)
    print(json.dumps([loaded - start, time.perf_counter() - loaded, after - before, memory("VmHWM") - before]))


def best(rows):
    return [min(values) for values in zip(*rows)]


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[0] == "--keras":
        in_keras(words[1], words[2])
        sys.exit()
    folder, runs = words.pop(0), 3
    if "--runs" in words:
        at = words.index("--runs")
        runs = int(words[at + 1])
        del words[at : at + 2]
    names = words or sorted(f[:-6] for f in os.listdir(folder) if f.endswith(".keras") and not f.startswith("back-"))
    print("| model | file, MB | load: Keras, s | Cajal, s | first prediction: Keras, s | Cajal, s | memory to load: Keras, MiB |"
          " Cajal, MiB | with the prediction: Keras, MiB | Cajal, MiB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name in names:
        rows = ([], [])
        for _ in range(runs):
            for row, command in zip(rows, [[sys.executable, __file__, "--keras"], [TRIAL, "time"]]):
                done = subprocess.run([*command, folder, name], capture_output=True, text=True, check=True)
                row.append(json.loads(done.stdout.strip().splitlines()[-1]))
        keras, cajal = map(best, rows)
        size = os.path.getsize(f"{folder}/{name}.keras") / 1e6
        cells = [f"{size:.0f}"]
        cells += [text for k, c in zip(keras[:2], cajal[:2]) for text in (f"{k:.2f}", f"{c:.3f}")]
        cells += [text for k, c in zip(keras[2:], cajal[2:]) for text in (f"{k:.0f}", f"{c:.0f}")]
        print("| " + " | ".join([name, *cells]) + " |", flush=True)
