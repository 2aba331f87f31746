/**
 * What the encoding of soft labels loses, measured on a few of the rows that are sent, so that an operator sees it for this
 * teacher and this data.
 */
@NullMarked
package io.reflux.teacher.fidelity;

import org.jspecify.annotations.NullMarked;
