/**
 * Text as sequences of token ids: vocabularies, windows of one long text with the next tokens as labels, and labelled
 * sentences.
 */
@NullMarked
package io.reflux.data.text;

import org.jspecify.annotations.NullMarked;
