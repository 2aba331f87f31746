/** Views of a data set as what models take and what they should answer, be they images or text. */
@NullMarked
package io.reflux.student.sample;

import org.jspecify.annotations.NullMarked;
