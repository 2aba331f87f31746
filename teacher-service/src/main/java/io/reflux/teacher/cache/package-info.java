/**
 * Encoded rows of soft labels by what they depend on, in two tiers: the memory of the process, over a folder that
 * survives it. Both are bounded in bytes; whatever is lost or damaged can be computed again. {@code docs/cache.md}.
 */
@NullMarked
package io.reflux.teacher.cache;

import org.jspecify.annotations.NullMarked;
