/**
 * Handwritten-looking digits drawn from vector strokes: an endless, seeded data set that needs no file and no font.
 */
@NullMarked
package io.reflux.data.glyph;

import org.jspecify.annotations.NullMarked;
