/**
 * How soft labels become bytes and come back: one {@link io.reflux.proto.encoding.SoftLabelEncoding} for each
 * {@code EncodingKind} that is served. docs/encodings.md specifies every byte.
 */
@NullMarked
package io.reflux.proto.encoding;

import org.jspecify.annotations.NullMarked;
