/** Files that are written whole or not at all. */
@NullMarked
package io.reflux.model.file;

import org.jspecify.annotations.NullMarked;
