/**
 * What Reflux knows about ONNX operators: one small class for each says which forms are supported, which shapes come
 * out, what it costs, which of its constants are trained, and how it reads in TorchScript.
 */
@NullMarked
package io.reflux.model.operator;

import org.jspecify.annotations.NullMarked;
