/**
 * Operators of each element by itself, and of two or more tensors stretched to each other: arithmetic, comparison,
 * logic and activations.
 */
@NullMarked
package io.reflux.model.operator.elementwise;

import org.jspecify.annotations.NullMarked;
