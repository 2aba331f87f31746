/** What collects the values of a tensor, batch after batch, and says which range its integers shall cover. */
@NullMarked
package io.reflux.quantization.observer;

import org.jspecify.annotations.NullMarked;
