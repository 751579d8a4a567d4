# Everything a fresh checkout needs: make, git and one Python >= 3.12 (`make PYTHON=…` names it).
# make itself ends with 2 whenever a recipe fails and prints the real code as "Error N"; `pocketgate run` and `.ci/run` hand it on.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup gate prove test lint types imports bars lock clean

BIN := .venv/bin
ARGS ?=
OLD ?= python3.12
NEW ?= python3.13

help: ## this list
	@sed -n 's/^\([a-z]*\):[^#]*## /  make \1	/p' Makefile

setup: ## what all other targets need: Python packages, Node, Appium (a second call costs nothing)
	@python=$$(sh setup/find-python.sh "$(CURDIR)") && exec "$$python" -E -s -m setup "$(CURDIR)"

gate: setup ## the release gate; make gate ARGS="--claim C08" passes options on
	@$(BIN)/pocketgate run $(ARGS); code=$$?; echo $$code > .build/gate.exit; exit $$code

prove: setup ## each seeded defect and the clean twin through the gate; make prove ARGS="--defect token_in_url"
	@$(BIN)/pocketgate prove $(ARGS)

test: lint types imports ## all checks of this repository itself
	$(BIN)/python -m pytest tests -n 2 --dist worksteal $(ARGS)

lint: setup ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup ## mypy --strict
	$(BIN)/mypy
	$(BIN)/mypy --package setup

imports: setup ## the layers, kept by import-linter
	$(BIN)/lint-imports --no-logo

bars: setup ## measure every bar of docs/figures.md on a quiet machine; make bars ARGS=--markdown prints its rows
	@$(BIN)/python -m gate.bars all $(ARGS)

lock: ## resolve requirements.txt anew: make lock OLD=/path/to/python3.12 NEW=/path/to/python3.13
	$(NEW) -E -s -m setup.relock . $(OLD) $(NEW)

clean: ## remove what set-up and runs have made
	rm -rf .venv .build artifacts drivers/appium/node_modules
