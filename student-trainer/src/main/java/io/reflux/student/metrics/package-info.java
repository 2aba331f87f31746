/**
 * Micrometer meters of a student, and a small web server with /metrics, /healthz and a live page.
 */
@NullMarked
package io.reflux.student.metrics;

import org.jspecify.annotations.NullMarked;
