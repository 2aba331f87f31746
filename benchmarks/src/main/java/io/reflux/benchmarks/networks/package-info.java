/** Whole networks as PyTorch exports them: what Reflux computes with them against ONNX Runtime and PyTorch. */
@NullMarked
package io.reflux.benchmarks.networks;

import org.jspecify.annotations.NullMarked;
