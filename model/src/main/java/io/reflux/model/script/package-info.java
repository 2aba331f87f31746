/**
 * ONNX compiled to TorchScript: a {@link io.reflux.model.graph.ModelGraph} becomes the text of a module, the text an
 * archive, and the archive a module that libtorch runs through DJL. No Python is involved.
 */
@NullMarked
package io.reflux.model.script;

import org.jspecify.annotations.NullMarked;
