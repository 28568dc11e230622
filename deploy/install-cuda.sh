#!/usr/bin/env bash
# Fetches ONNX Runtime's CUDA 12 library for a GPU machine. `npm rebuild` skips the script silently, so it is called by its path.
set -euo pipefail
cd "$(dirname "$0")/.."
ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install
echo "Now set MODELBANK_EXECUTION_PROVIDER=auto and look at 'executionProvider' of the next job."
