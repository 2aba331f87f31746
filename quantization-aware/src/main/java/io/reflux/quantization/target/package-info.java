/** What engines run in integers, as tables: which operators, which schemes, and what must stand between them. */
@NullMarked
package io.reflux.quantization.target;

import org.jspecify.annotations.NullMarked;
