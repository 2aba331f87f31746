/**
 * Views: a sample as one augmentation shows it, named by 16 bytes and rendered bit for bit alike on every machine.
 */
@NullMarked
package io.reflux.data.view;

import org.jspecify.annotations.NullMarked;
