/**
 * The HTTP port for operators: metrics, liveness and readiness.
 */
@NullMarked
package io.reflux.teacher.admin;

import org.jspecify.annotations.NullMarked;
