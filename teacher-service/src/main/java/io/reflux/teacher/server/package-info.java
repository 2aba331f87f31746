/**
 * A teacher service as a whole: its configuration, its start and its graceful end.
 */
@NullMarked
package io.reflux.teacher.server;

import org.jspecify.annotations.NullMarked;
