"""Whether the real TensorBoard reads the event files that Cajal writes.

Run: swift run KerasTrial events FOLDER     trains a small model with the callback; part of `make conformance`
     python3 Tests/Conformance/tensorboard_events.py FOLDER
Without the package `tensorboard` it says so and passes.
"""
import sys

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
except ImportError:
    print("TensorBoard is not installed: its reading of event files is not tried")
    sys.exit()

EPOCHS = 3
problems = []
for run, wanted in {"train": {"epoch_loss", "epoch_mae"}, "validation": {"epoch_loss", "epoch_mae"}}.items():
    events = EventAccumulator(f"{sys.argv[1]}/{run}", size_guidance={"scalars": 0, "histograms": 0})
    events.Reload()
    tags = events.Tags()
    missing = wanted - set(tags["scalars"])
    if missing:
        problems.append(f"{run} has no {missing}, but {tags['scalars']}")
    for tag in wanted - missing:
        steps = [event.step for event in events.Scalars(tag)]
        values = [event.value for event in events.Scalars(tag)]
        print(f"{run}/{tag}: steps {steps}, values {[round(v, 4) for v in values]}")
        if steps != list(range(EPOCHS)) or not all(v == v for v in values):
            problems.append(f"{run}/{tag} has steps {steps}")
    if run == "train":
        histograms = tags["histograms"]
        print(f"{len(histograms)} histograms: {histograms}")
        counts = {tag: [event.histogram_value.num for event in events.Histograms(tag)] for tag in histograms}
        if not histograms or any(n <= 0 for row in counts.values() for n in row):
            problems.append(f"histograms {counts}")
print("TensorBoard reads the events" if not problems else "\n".join(problems))
sys.exit(bool(problems))
