/** How steeply a model's answers change around its weights. */
@NullMarked
package io.reflux.model.curvature;

import org.jspecify.annotations.NullMarked;
