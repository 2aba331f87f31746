/** {@code reflux label}: fills a teacher's cache ahead of time. */
@NullMarked
package io.reflux.app.label;

import org.jspecify.annotations.NullMarked;
