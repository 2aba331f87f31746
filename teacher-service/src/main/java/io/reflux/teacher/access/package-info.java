/**
 * Who may call a teacher, and how much: bearer tokens, and limits of what one client has open at a time. {@link
 * io.reflux.teacher.access.AccessGate} stands before gRPC, so that a refused call costs next to nothing.
 */
@NullMarked
package io.reflux.teacher.access;

import org.jspecify.annotations.NullMarked;
