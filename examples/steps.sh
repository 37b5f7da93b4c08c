#!/bin/sh
# A job whose steps are recorded, too: culprit-run --name report -- sh examples/steps.sh
set -eu
culprit-run --step extract -- sleep 0.1
culprit-run --step sort -- sleep 0.2
culprit-run --step upload -- sleep 0.1
