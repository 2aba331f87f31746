/**
 * An ONNX model in memory: read, checked, edited and written. {@link io.reflux.model.graph.ModelGraph} is immutable;
 * an edit returns a new graph and keeps every field of the file it does not touch. Only this package knows the
 * protobuf classes.
 */
@NullMarked
package io.reflux.model.graph;

import org.jspecify.annotations.NullMarked;
