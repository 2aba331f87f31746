/**
 * What a labelled set of images is: its samples by id, its shape, its fingerprint, and how it splits into training,
 * validation and test.
 */
@NullMarked
package io.reflux.data;

import org.jspecify.annotations.NullMarked;
