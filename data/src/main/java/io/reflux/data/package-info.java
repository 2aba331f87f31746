/**
 * What a labelled set of images or token sequences is: its samples by id, their form, its fingerprint, and how it splits into training,
 * validation and test.
 */
@NullMarked
package io.reflux.data;

import org.jspecify.annotations.NullMarked;
