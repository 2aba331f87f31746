/** Plans of bits as YAML files: written by {@code reflux plan}, changed by people, replayed by commands and recipes. */
@NullMarked
package io.reflux.student.plan;

import org.jspecify.annotations.NullMarked;
