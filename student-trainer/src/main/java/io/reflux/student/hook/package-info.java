/**
 * What happens in a run, told as records to whoever listens: progress, metrics, the live page and the report.
 */
@NullMarked
package io.reflux.student.hook;

import org.jspecify.annotations.NullMarked;
