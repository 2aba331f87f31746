/**
 * Rewrites of stored graphs for the integer kernels of ONNX Runtime on processors, which are quick with some shapes only. Every
 * integer that a layer gives stays.
 */
@NullMarked
package io.reflux.quantization.kernels;

import org.jspecify.annotations.NullMarked;
