# Two Oceans: what can be asked for. `make` alone lists it.

# python3 if it is new enough, else the newest that the tests know, else one they do not know yet.
IS_NEW := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(or $(shell for name in python3 python3.13 python3.12 python3.11 python3.14; do \
            $$name -c "$(IS_NEW)" > /dev/null 2>&1 && echo $$name && break; done),python3)
VENV   := .venv
BIN    := $(VENV)/bin
SEED   ?= 7
JOBS   ?= 2
# Statistics over many runs take minutes: `make test LONG=1` includes them.
PICK   := $(if $(LONG),,-m "not long")

# What Python has compiled is kept, whatever the shell says: the tests alone begin it more than a hundred times.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test bench lint playthroughs patterns ideas casts volumes reference screens portfolio backtest clean

help: ## this list
	@echo "Two Oceans: exercises for crises that cross the Atlantic and the Pacific"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.whole ## install everything into .venv, with what tests and notebooks need

demo: $(VENV)/.base ## play the cyber incident and say where its charts are
	$(BIN)/oceans run cyber_incident --seed $(SEED)
	@folder=$$(ls -td results/cyber_incident-*/ | head -n 1) && echo && echo "The charts:" && ls $${folder}charts/*.svg

test: $(VENV)/.whole ## run the tests; LONG=1 adds the statistics over many runs
	$(BIN)/python -m pytest $(PICK) -n $(JOBS) --dist loadfile $(ARGS)

bench: $(VENV)/.whole ## how fast it is, in one table; BEFORE=commit, in turn with how fast it was then
	$(BIN)/python bench/bench.py $(if $(BEFORE),--before $(BEFORE))

lint: $(VENV)/.whole ## look for slips in the code: style, layout, types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

playthroughs: $(VENV)/.whole ## write the stored transcripts anew, one for each scenario
	$(BIN)/python tests/playthroughs/transcripts.py

patterns: $(VENV)/.whole ## measure the patterns of the record anew and write them into sim/ODD.md
	$(BIN)/python -m tests.patterns.page

ideas: $(VENV)/.whole ## play the article's ideas with and without, and write what they change into sim/ODD.md
	$(BIN)/python -m tests.ideas.page ideas

casts: $(VENV)/.whole ## play casts from silent to bold and write what differs into sim/ODD.md (many minutes)
	$(BIN)/python -m tests.ideas.page casts

volumes: $(VENV)/.base ## count how much happens in scenarios and past cases, for results/reference (some minutes)
	$(BIN)/python results/reference/volumes.py

reference: $(VENV)/.base ## draw the charts in results/reference anew
	$(BIN)/python results/reference/draw.py

screens: $(VENV)/.whole ## play an exercise in the room, and take the pictures of it and of its papers anew (two minutes)
	$(BIN)/python results/reference/screens.py

portfolio: $(VENV)/.whole ## sweep the article's question anew, for results/reference (a few minutes)
	$(BIN)/python results/reference/portfolio.py

backtest: $(VENV)/.whole ## play the past cases anew, for results/reference (about a minute)
	$(BIN)/python results/reference/backtest.py

clean: ## remove .venv and what tests and tools leave behind; results stay
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find sim tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------------------------- the environment
# A stamp is renewed when the dependencies have changed, and only then.

$(VENV)/.base: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV): a minute or two, once."
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	@touch $@

$(VENV)/.whole: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing into $(VENV), with what tests and notebooks need: a minute or two, once."
	@$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	@touch $(VENV)/.base $@

$(BIN)/python:
	@$(PYTHON) -c "$(IS_NEW)" > /dev/null 2>&1 || { \
	  found=$$($(PYTHON) --version 2> /dev/null) || found="no $(PYTHON)"; \
	  echo "It takes Python 3.11 or later, and here is $$found. Name yours: make $(or $(MAKECMDGOALS),setup) PYTHON=..."; \
	  exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian: sudo apt install python3-venv"; exit 1; }
