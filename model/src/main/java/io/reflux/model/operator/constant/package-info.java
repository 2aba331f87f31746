/** Values that the graph states or derives from shapes, and conversions between element types. */
@NullMarked
package io.reflux.model.operator.constant;

import org.jspecify.annotations.NullMarked;
