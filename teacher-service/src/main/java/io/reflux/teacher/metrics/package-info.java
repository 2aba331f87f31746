/**
 * What a teacher counts, under the names that the dashboards query.
 */
@NullMarked
package io.reflux.teacher.metrics;

import org.jspecify.annotations.NullMarked;
