# A thin shell over tools/task.py, which works on every system; on Windows: py tools\task.py demo
PYTHON ?= $(shell command -v python3 || command -v python3.13 || command -v python3.12 || command -v python3.11 || command -v python)

TASKS := demo test install build wheel tidy bench picture lock clean
CHECKS := lint types layers python sdv js-types js-lint js browser

.PHONY: help $(CHECKS) $(TASKS)

help:
	@$(PYTHON) tools/task.py

$(TASKS):
	@$(PYTHON) tools/task.py $@ $(ARGS)

$(CHECKS):
	@$(PYTHON) tools/task.py test $@
