# Every target first installs what is missing (scripts/setup.sh says what and why); that takes no time when all is there.
SWIFT ?= swift
SOURCES := $(wildcard Sources Tests Examples Benchmarks) Package.swift

.DEFAULT_GOAL := help
.PHONY: help setup setup-tests build run test conformance guard-update bench docs format lint clean

help: ## this list
	@echo 'Cajal: deep learning for Swift. Targets:'
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|' 2>/dev/null || \
	  sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1	\2/p' $(firstword $(MAKEFILE_LIST))

setup: ## install what building and running needs
	@scripts/setup.sh

setup-tests:
	@scripts/setup.sh --tests

build: setup ## build the library and the cajal command, optimized
	$(SWIFT) build --configuration release --product cajal </dev/null

run: build ## train a network on handwritten digits and show how good it is
	.build/release/cajal train digits

# Optimized, because the kernels are C loops that crawl without; in a place of its own, because tests are built with other
# flags and each build would undo the other. The test library runs tests side by side by itself.
test: setup-tests ## build and run every test
	$(SWIFT) test --configuration release --scratch-path .build/tests --disable-xctest </dev/null

guard-update: setup-tests ## accept what programs are made of now (kernels, conversions, forks, memory)
	CAJAL_GUARD_UPDATE=1 $(SWIFT) test --configuration release --scratch-path .build/tests --disable-xctest \
	  --filter ProgramGuardTests </dev/null

# Python with Keras 3 and TensorFlow, which makes the models of the conformance table; without one it is installed below
# .build.
CAJAL_KERAS_PYTHON ?= .build/keras-python/bin/python
KERAS_MODELS := $(CURDIR)/.build/keras-models
KERAS_WHOLE := $(CURDIR)/.build/keras-whole
KERAS_EVENTS := $(CURDIR)/.build/keras-events

.build/keras-python/bin/python:
	python3 -m venv .build/keras-python
	.build/keras-python/bin/pip install --quiet keras tensorflow-cpu tensorboard scipy 'setuptools<81'

# Keras's models, a table of small ones and twelve whole ones, read and written, then read back in Keras; event files that
# TensorBoard reads; and the tests of the compiler's passes once more, with every architecture in its full width: some
# minutes, 4 GB of memory and of disk.
conformance: setup-tests $(CAJAL_KERAS_PYTHON) ## compare with Keras, and all models with each compiler pass off
	$(CAJAL_KERAS_PYTHON) Tests/Conformance/keras_names.py
	rm -rf $(KERAS_MODELS) $(KERAS_WHOLE) $(KERAS_EVENTS)
	$(CAJAL_KERAS_PYTHON) Tests/Conformance/keras_layers.py $(KERAS_MODELS)
	$(CAJAL_KERAS_PYTHON) Tests/Conformance/keras_models.py $(KERAS_WHOLE)
	CAJAL_KERAS_MODELS=$(KERAS_MODELS) CAJAL_KERAS_WHOLE=$(KERAS_WHOLE) CAJAL_CONFORMANCE=full $(SWIFT) test \
	  --configuration release --scratch-path .build/tests --disable-xctest \
	  --filter 'ConformanceTests|KerasModelTests|LossCurveTests' </dev/null
	$(CAJAL_KERAS_PYTHON) Tests/Conformance/keras_layers.py --check $(KERAS_MODELS)
	$(CAJAL_KERAS_PYTHON) Tests/Conformance/keras_models.py --check $(KERAS_WHOLE)
	.build/tests/release/KerasTrial events $(KERAS_EVENTS)
	$(CAJAL_KERAS_PYTHON) Tests/Conformance/tensorboard_events.py $(KERAS_EVENTS)

bench: build ## time the standard workloads on this machine
	.build/release/cajal bench

docs: setup ## build the reference and guides into .build/docs
	scripts/docs.sh

format: setup ## format all sources in place
	$(SWIFT) format --in-place --recursive $(SOURCES)

lint: setup ## check the formatting
	$(SWIFT) format lint --strict --recursive $(SOURCES)

clean: ## remove what was built (keeps .vendor)
	rm -rf .build
