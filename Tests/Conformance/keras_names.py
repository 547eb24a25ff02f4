"""Whether every public name of Keras's modules is in Cajal, or in the guide "Coming from Keras" with the reason why not.

Run: python3 Tests/Conformance/keras_names.py
A name counts as being there where Cajal's sources declare it in the folder that the module belongs to: as a type, or as a
static member or case in Swift's spelling (`glorot_uniform` is `glorotUniform`, `MaxNorm` is `maxNorm`).
"""
import glob
import inspect
import os
import re
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FOLDERS = {
    "layers": "Layers", "losses": "Losses", "metrics": "Metrics", "optimizers": "Optimizers",
    "optimizers.schedules": "Schedules", "callbacks": "Callbacks", "initializers": "Initializers",
    "regularizers": "Regularizers", "constraints": "Constraints", "activations": "Activations",
}
DECLARATION = re.compile(r"(?:struct|class|enum|protocol|typealias|case|static (?:func|var|let)|func) `?(\w+)`?")
# What goes between Python objects and dictionaries; Swift's coders do it here.
PYTHON = {"deserialize", "serialize", "get"}


def flat(name):
    return name.replace("_", "").lower()


def main():
    with open(f"{ROOT}/Documentation/Cajal.docc/ComingFromKeras.md") as file:
        guide = set(re.findall(r"\w+", file.read()))
    everything, lost = 0, []
    for module, folder in FOLDERS.items():
        sources = glob.glob(f"{ROOT}/Sources/Cajal/{folder}/**/*.swift", recursive=True)
        text = "".join(open(path).read() for path in sources)
        declared = {flat(name) for name in DECLARATION.findall(text)}
        declared |= {flat(name) for name in re.findall(r'ActivationDefinition\("(\w+)"', text)}
        declared |= {flat(name) for name in re.findall(r'"(\w+)": "', text)}  # other names of activation functions
        owner = keras
        for part in module.split("."):
            owner = getattr(owner, part)
        for name in dir(owner):
            if name.startswith("_") or inspect.ismodule(getattr(owner, name)) or name in PYTHON:
                continue
            everything += 1
            if flat(name) not in declared and flat(name) + "metric" not in declared and name not in guide:
                lost.append(f"{module}.{name}")
    print(f"{everything} names of Keras {keras.__version__}, {len(lost)} neither in Cajal nor in the guide")
    for name in lost:
        print(name)
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
