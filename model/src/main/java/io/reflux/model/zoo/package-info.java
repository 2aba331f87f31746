/** Models by name, built as ONNX graphs with freshly drawn, reproducible weights. */
@NullMarked
package io.reflux.model.zoo;

import org.jspecify.annotations.NullMarked;
